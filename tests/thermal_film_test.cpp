// Coolants, films, pressure drop, heat exchangers: against tables and limits.
#include "sky_table.hpp"
#include "thermal/loop.hpp"
#include "thermal/stack.hpp"

namespace coldsun::thermal {
namespace {

const test::Table& coolants() {
  static const test::Table t = test::read_table("thermal_coolant.csv");
  return t;
}
constexpr ChannelArray channel{0.2e-3, 1e-3, 75, 0.0};
constexpr Real length = 0.03, litre_per_minute = 1e-3 / 60;

TEST(ThermalCoolant, MatchesTablesToTheLastDigit) {
  const test::Table& t = coolants();
  ASSERT_EQ(t.n_row, 9);
  for (std::size_t i = 0; i < 9; ++i) {
    const CoolantProperties p =
        coolant_properties(t["which"][i] == 0 ? Coolant::water : Coolant::pg25, t["t"][i] + 273.15);
    EXPECT_NEAR(p.rho, t["rho"][i], 0.06);
    EXPECT_NEAR(p.mu * 1e3, t["mu"][i], 6e-4);
    EXPECT_NEAR(p.k, t["k"][i], 6e-5);
    EXPECT_NEAR(p.cp, t["cp"][i], 0.6);
  }
}

TEST(ThermalCoolant, ConstantBeyondItsRange) {
  EXPECT_EQ(water(400.0).mu, water(363.15).mu);
  EXPECT_EQ(pg25(200.0).rho, pg25(273.15).rho);
}

TEST(ThermalFilm, DuctsOfShahAndLondon) {
  const test::Table t = test::read_table("thermal_duct.csv");
  ASSERT_EQ(t.n_row, 5);
  for (std::size_t i = 0; i < 5; ++i) {  // 0.2 %: error of the polynomials
    const Real a = t["aspect"][i];
    EXPECT_NEAR(friction_laminar(a) / t["f_re"][i], 1.0, 2e-3);
    EXPECT_NEAR(nusselt_h1(a) / t["nu_h1"][i], 1.0, 2e-3);
  }
}

TEST(ThermalFilm, EntranceRaisesTheMeanAndDecays) {
  EXPECT_NEAR(nusselt_laminar_mean(0.0368, 5.738), 6.18, 0.01);
  EXPECT_NEAR(nusselt_laminar_mean(0.0147, 5.738), 7.09, 0.01);
  EXPECT_NEAR(nusselt_laminar_mean(1e3, 5.738), 5.738, 1e-3);
}

TEST(ThermalFilm, RowsKeepTheMean) {  // the mean of the rows is the mean over the channel
  const CoolantProperties p = pg25(313.15);
  for (const Real flow : {0.2, 1.0, 20.0}) {
    Real h[8], mean = 0;
    film_rows<8>(channel, p, flow * litre_per_minute, length, h);
    for (const Real x : h) mean += x / 8;
    EXPECT_NEAR(mean / film_coefficient(channel, p, flow * litre_per_minute, 0.0, length), 1.0, 1e-12);
    EXPECT_GE(h[0], h[7]);
  }
}

TEST(ThermalFilm, TransitionIsContinuousAndGnielinskiIsMet) {
  const CoolantProperties p = water(313.15);
  const auto flow_at = [&](Real re) {
    return re * p.mu / (p.rho * channel.hydraulic_diameter()) * channel.n_channel * channel.width * channel.height;
  };
  const auto h = [&](Real re) { return film_coefficient(channel, p, flow_at(re), 0.0, length); };
  const auto dp = [&](Real re) { return pressure_drop(channel, p, flow_at(re), length); };
  for (const Real re : {re_laminar, re_turbulent}) {
    EXPECT_NEAR(h(re * (1 + 1e-9)) / h(re * (1 - 1e-9)), 1.0, 1e-6);
    EXPECT_NEAR(dp(re * (1 + 1e-9)) / dp(re * (1 - 1e-9)), 1.0, 1e-6);
  }
  // re 1e4, pr 5: f = 0.03148, Nu = 80.6 by hand
  EXPECT_NEAR(friction_turbulent(1e4), 0.031478, 1e-5);
  EXPECT_NEAR(nusselt_turbulent(1e4, 5.0), 0.0039347 * 9000 * 5 / (1 + 12.7 * std::sqrt(0.0039347) * (2.924018 - 1)),
              0.02);
}

TEST(ThermalFilm, PressureDropOfTheReferencePlate) {
  const test::Table t = test::read_table("thermal_cold_plate.csv");
  for (std::size_t i = 0; i < static_cast<std::size_t>(t.n_row); ++i) {
    const CoolantProperties p = coolant_properties(t["which"][i] == 0 ? Coolant::water : Coolant::pg25, 313.15);
    const Real flow = t["flow"][i] * litre_per_minute,
               re = p.rho * channel.velocity(flow) * channel.hydraulic_diameter() / p.mu;
    const Real developing = 3.2 * std::pow(length / (channel.hydraulic_diameter() * re), -0.57);
    const Real apparent = std::hypot(developing / friction_laminar(0.2), 1.0);
    EXPECT_NEAR(pressure_drop(channel, p, flow, length) / (t["dp"][i] * apparent), 1.0, 1e-3);
    EXPECT_GT(apparent, 1.02);  // the entrance is felt
  }
}

TEST(ThermalExchanger, EffectivenessTables) {  // Kays & London's closed forms to four digits
  EXPECT_NEAR(effectiveness_counterflow(2, 0.8), 0.7109, 5e-5);
  EXPECT_NEAR(effectiveness_counterflow(3, 0.8), 0.8043, 5e-5);
  EXPECT_NEAR(effectiveness_counterflow(4, 1.0), 0.8, 5e-5);
  EXPECT_NEAR(effectiveness_counterflow(4, 1.0 - 1e-12), 0.8, 1e-9);
  EXPECT_NEAR(effectiveness_crossflow(2, 0.5), 0.7388, 5e-5);
  EXPECT_NEAR(effectiveness_crossflow(2, 1.0), 0.6154, 5e-5);
  EXPECT_NEAR(effectiveness_crossflow(2, 1e-12), 1 - std::exp(-2.0), 1e-9);
  EXPECT_EQ(exchange_counterflow(1e4, 0.0, 1e4), 0.0);
}

TEST(ThermalExchanger, StandardAirDensityAt15DegreesC) {
  EXPECT_NEAR(air_density(101325, 288.15), rho_air_standard, 1e-3);
}

}  // namespace
}  // namespace coldsun::thermal
