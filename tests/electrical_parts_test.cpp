// Converters, cables, tables and the battery, each against its equation or a reference.
#include <cmath>
#include <vector>

#include "backends.hpp"
#include "common/philox.hpp"
#include "electrical/bus.hpp"
#include "electrical_data.hpp"

namespace coldsun::electrical {
namespace {

using test::device_of;

template <class Space>
class ElectricalParts : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(ElectricalParts, test::Backends);

struct RoundTrips {
  View<const Real, 1> p;
  View<Real, 1> terminal, cable, load, fed;
  Converter c;
  Real k;
  COLDSUN_FN void operator()(int i) const {
    terminal(i) = terminal_power(c, through(c, p(i)));
    cable(i) = cable_sent(k, cable_received(k, p(i)));
    load(i) = load_power(c, input_power(c, p(i)));
    fed(i) = cable_load(k, cable_fed(k, p(i)));
  }
};

// Every inverse undoes its loss: to rounding of the quadratic's root, here up to 1.2 times rating in both directions.
TYPED_TEST(ElectricalParts, InversesUndoTheirLosses) {
  const int n = 2001;
  Array<Real, 1> p(device_of<TypeParam>, {n}), a(device_of<TypeParam>, {n}), b(device_of<TypeParam>, {n}),
      c(device_of<TypeParam>, {n});
  Array<Real, 1> d(device_of<TypeParam>, {n});
  for (int i = 0; i < n; ++i) p(i) = 1.2e5 * (i - 1000) / 1000.0;
  for_each(TypeParam{}, n, RoundTrips{p, a, b, c, d, Converter{1e5}, 0.02 / (800.0 * 800.0)});
  for (int i = 0; i < n; ++i) {
    EXPECT_NEAR(a(i), p(i), 1e-13 * 1.2e5);
    EXPECT_NEAR(b(i), p(i), 1e-13 * 1.2e5);
    EXPECT_NEAR(c(i), p(i) > 0 ? p(i) : 0.0, 1e-12 * 1.2e5);
    EXPECT_NEAR(d(i), p(i), p(i) > 0 ? 1e-13 * 1.2e5 : 1.2e5);  // a load is never negative
  }
}

// The quoted efficiencies of a silicon-carbide boost stage, as output over input at the input power per unit of rating.
TEST(ElectricalConverters, HaveTheQuotedEfficiencies) {
  const Converter c{10e3};
  const double x[] = {0.05, 0.1, 0.2, 0.5, 1.0}, eta[] = {0.965, 0.980, 0.987, 0.9906, 0.9897};
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(through(c, x[i] * 10e3) / (x[i] * 10e3), eta[i], 2.5e-3);
  EXPECT_GT(idle_power(c), 0.0);
  EXPECT_NEAR(through(c, idle_power(c)), 0.0, 1e-12 * 10e3);
}

// An 800-to-48 V stage reaches 98 %; the curve of an AC supply stood here, 93.8 % at 78 % load.
TEST(ElectricalConverters, RackEfficiencyMatchesItsSourceAndLossRises) {
  const LossTable t = loss_rack_llc();
  const double x[] = {0.05, 0.1, 0.2, 0.5, 1.0}, eta[] = {0.936, 0.962, 0.975, 0.980, 0.977};
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(x[i] / (x[i] + t(x[i])), eta[i], 1e-14);
  EXPECT_NEAR(0.78 / (0.78 + t(0.78)), 0.979, 1e-3);
  for (double p = 0.0; p < 1.3; p += 1e-3) {
    EXPECT_GT(t(p), 0.0);
    EXPECT_GE(t(p + 1e-3), t(p));
    EXPECT_NEAR(t.slope(p + 3e-4), (t(p + 3e-4 + 1e-7) - t(p + 3e-4 - 1e-7)) / 2e-7, 1e-5);
  }
}

// PV: net power as a quadratic in the share used is the sum of the strings' own losses, and share() undoes it.
TEST(ElectricalConverters, ShareOfPvPowerIsExact) {
  const Converter c{8e3};
  for (double track : {40.0, 700.0, 7500.0, 12e3}) {
    const PvRange r = pv_range(c, track);
    ASSERT_TRUE(r.on);
    const Real l = net_linear(c, r), q = net_square(c, r);
    for (double u : {0.0, 0.1, 0.6, 1.0}) {
      const Real net = through(c, r.low + u * (r.high - r.low));
      EXPECT_NEAR(net, l * u + q * u * u, 1e-12 * 8e3);
      EXPECT_NEAR(share(l, q, net), u, 1e-11);
    }
  }
  EXPECT_FALSE(pv_range(c, 20.0).on);
  EXPECT_LE(pv_range(c, 12e3).high, 8e3);
}

// Ideal boost on a resistance in discontinuous conduction: M = (1 + sqrt(1 + 4 d^2 / K)) / 2, K = 2 l f_sw / r
// (Erickson and Maksimovic, ch. 5). K = 0.01, d = 0.3, 400 V in: M = 3.5414, 1416.55 V; a switching simulation gave
// 1416.79 V.
TEST(ElectricalConverters, BoostFindsDiscontinuousConduction) {
  const double l = 100e-6, f_sw = 50e3, k = 0.01, d = 0.3, r = 2.0 * l * f_sw / k,
               m = 0.5 * (1.0 + std::sqrt(1.0 + 4.0 * d * d / k));
  const double v_in = 400.0, v_out = m * v_in, i_l = v_out * v_out / r / v_in;
  const Boost b = boost(v_in, v_out, i_l, l, f_sw);
  EXPECT_TRUE(b.discontinuous);
  EXPECT_NEAR(b.duty, d, 1e-13);
  EXPECT_NEAR(v_out, 1416.55, 0.01);
  const Boost heavy = boost(585.0, 800.0, 13.0, 0.9e-3, 50e3);
  EXPECT_FALSE(heavy.discontinuous);
  EXPECT_DOUBLE_EQ(heavy.duty, 1.0 - 585.0 / 800.0);
  EXPECT_EQ(boost(810.0, 800.0, 13.0, 0.9e-3, 50e3).duty, 0.0);
  // Both forms agree where half the ripple equals the mean current.
  const double edge = 585.0 * heavy.duty / (2.0 * 0.9e-3 * 50e3);
  EXPECT_NEAR(boost(585.0, 800.0, edge * (1.0 - 1e-9), 0.9e-3, 50e3).duty, heavy.duty, 1e-8);
}

Real terminal_voltage(const Pack& b, const Cell& s, Real i) { return b.v_ocv(s.soc) - b.r_0 * i - s.v_1 - s.v_2; }

// Reference: the same cell at 20 digits. 1e-9 V is far above the rounding of the printed table and of 500 steps.
TEST(Battery, FollowsTheConstantCurrentReference) {
  const auto ref = test::read_table("electrical_battery_lfp_2rc_cc.csv");
  ASSERT_EQ(ref.n_row, 501u);
  const Pack p = pack_lfp_280ah(1, 1);
  Cell s{ref("soc", 0), ref("v1_V", 0), ref("v2_V", 0)};
  for (std::size_t k = 0; k < ref.n_row; ++k) {
    const double i = ref("I_A_discharge_pos", k);
    EXPECT_NEAR(terminal_voltage(p, s, i), ref("v_terminal_V", k), 1e-9) << "row " << k;
    EXPECT_NEAR(s.soc, ref("soc", k), 1e-12);
    EXPECT_NEAR(s.v_1, ref("v1_V", k), 1e-12);
    EXPECT_NEAR(s.v_2, ref("v2_V", k), 1e-12);
    if (k + 1 < ref.n_row) s = cell_after(p, cell_cut(p, 1.0, ref("t_s", k + 1) - ref("t_s", k)), s, i);
  }
}

struct HoldPower {
  Pack pack;
  View<const Real, 1> soc, v_1, v_2, power, dt;
  View<Real, 1> current, voltage;
  COLDSUN_FN void operator()(int i) const {
    const CellCut c = cell_cut(pack, 1.0, dt(i));
    const Cell s{soc(i), v_1(i), v_2(i)};
    current(i) = current_for_power(pack, c, s, power(i));
    voltage(i) = mean_voltage(pack, c, s, current(i));
  }
};

TYPED_TEST(ElectricalParts, BatteryDeliversTheRequestedPower) {
  const int n = 5000;
  std::vector<Array<Real, 1>> x;
  for (int k = 0; k < 7; ++k) x.emplace_back(device_of<TypeParam>, std::array<int, 1>{n});
  const Chance u{3, 0, Stream::test, 1};
  for (int i = 0; i < n; ++i) {
    const auto j = static_cast<std::uint32_t>(i);
    x[0](i) = 0.02 + 0.97 * u.uniform(j, 0), x[1](i) = 0.05 * (u.uniform(j, 1) - 0.5),
    x[2](i) = 0.06 * (u.uniform(j, 2) - 0.5);
    x[3](i) = 900.0 * (u.uniform(j, 3) - 0.5), x[4](i) = std::pow(10.0, -2.0 + 4.0 * u.uniform(j, 4));
  }
  for_each(TypeParam{}, n, HoldPower{pack_lfp_280ah(1, 1), x[0], x[1], x[2], x[3], x[4], x[5], x[6]});
  for (int i = 0; i < n; ++i) EXPECT_NEAR(x[5](i) * x[6](i), x[3](i), 1e-13 * 450.0) << i;
}

// Energy over an hour at constant power against small steps: second order in dt.
TEST(Battery, EnergyAtTheTerminalsIsSecondOrder) {
  Pack p = pack_lfp_280ah(1, 1);
  // A smooth open-circuit voltage: the table's corners would hide the order.
  for (int i = 0; i < p.v_ocv.n; ++i) p.v_ocv.y[i] = 3.1 + 0.3 * p.v_ocv.x[i];
  const auto soc_after = [&](int n) {
    Cell s{0.9, 0.0, 0.0};
    for (int k = 0; k < n; ++k) {
      const CellCut c = cell_cut(p, 1.0, 3600.0 / n);
      s = cell_after(p, c, s, current_for_power(p, c, s, 300.0));
    }
    return s.soc;
  };
  const double fine = soc_after(25600), e_1 = soc_after(200) - fine, e_2 = soc_after(400) - fine,
               e_4 = soc_after(800) - fine;
  EXPECT_GT(std::log2(e_1 / e_2), 1.8);
  EXPECT_GT(std::log2(e_2 / e_4), 1.8);
  EXPECT_LT(std::fabs(e_4), 1e-6);
}

// First law of a cell: open-circuit power = terminal power + heat + growth of the energy in the RC pairs (C = tau / r).
TEST(Battery, HeatClosesTheCellsEnergy) {
  const Pack p = pack_lfp_280ah(1, 1);
  for (double i : {140.0, -90.0, 0.0})
    for (double dt : {0.01, 10.0, 2000.0}) {
      const Cell s{0.62, 0.013, -0.02};
      const CellCut c = cell_cut(p, 1.0, dt);
      const Cell n = cell_after(p, c, s, i);
      const double inside = (0.5 * p.tau_1 / p.r_1 * (n.v_1 * n.v_1 - s.v_1 * s.v_1) +
                             0.5 * p.tau_2 / p.r_2 * (n.v_2 * n.v_2 - s.v_2 * s.v_2)) /
                            dt;
      const double chemical = p.v_ocv(s.soc - 0.5 * c.k * i) * i;
      const double scale = std::fabs(chemical) + std::fabs(inside) + 1.0;
      EXPECT_NEAR(chemical, i * mean_voltage(p, c, s, i) + cell_heat(p, c, s, i) + inside, 1e-9 * scale)
          << i << " " << dt;
      EXPECT_GE(cell_heat(p, c, s, i), 0.0);
    }
}

// Limits hold at every instant of the cut: walked through in 50 pieces at the largest power of each kind.
TEST(Battery, LimitsHoldInsideTheCut) {
  Pack p = pack_lfp_280ah(1, 1);
  p.i_charge = 280.0, p.i_discharge = 280.0, p.v_cell_min = 3.05, p.v_cell_max = 3.45;
  const Chance u{9, 0, Stream::test, 2};
  int by_voltage = 0, by_charge = 0, by_current = 0;
  for (std::uint32_t j = 0; j < 1000; ++j) {
    const Cell start{p.soc_min + (p.soc_max - p.soc_min) * u.uniform(j, 0), 0.04 * (u.uniform(j, 1) - 0.5),
                     0.04 * (u.uniform(j, 2) - 0.5)};
    const double dt = std::pow(10.0, -1.0 + 4.5 * u.uniform(j, 3));
    const CellCut whole = cell_cut(p, 1.0, dt), piece = cell_cut(p, 1.0, dt / 50);
    const PackLimits l = pack_limits(p, whole, start, 1e9);
    EXPECT_GE(l.discharge, l.discharge_reserve);
    EXPECT_GE(l.discharge_reserve, 0.0);
    EXPECT_GE(l.charge, 0.0);
    for (double power : {l.discharge, -l.charge}) {
      if (power == 0.0) continue;
      Cell s = start;
      const double i = current_for_power(p, whole, start, power);
      EXPECT_LE(std::fabs(i), 280.0 * (1.0 + 1e-12));
      bool volt = false;
      for (int k = 0; k < 50; ++k) {
        const double v = terminal_voltage(p, s, i);
        EXPECT_GE(v, p.v_cell_min - (power > 0 ? 1e-9 : 1.0));
        EXPECT_LE(v, p.v_cell_max + (power < 0 ? 1e-9 : 1.0));
        s = cell_after(p, piece, s, i);
        volt =
            volt || terminal_voltage(p, s, i) < p.v_cell_min + 0.02 || terminal_voltage(p, s, i) > p.v_cell_max - 0.02;
      }
      EXPECT_GE(s.soc, p.soc_min - 1e-12);
      EXPECT_LE(s.soc, p.soc_max + 1e-12);
      const bool at_current = std::fabs(i) > 279.999, at_charge = s.soc < p.soc_min + 1e-9 || s.soc > p.soc_max - 1e-9;
      by_current += at_current, by_charge += at_charge, by_voltage += !at_current && !at_charge && volt;
    }
  }
  for (int met : {by_voltage, by_charge, by_current}) EXPECT_GT(met, 20);
}

TEST(ElectricalHeatSink, StoredHeatClosesItsBalance) {
  Site p;
  p.converter_sink.heat_capacity = 4e4, p.converter_sink.conductance = 900.0;
  for (double dt : {0.01, 10.0, 3600.0}) {
    const Sink s = sink_after(p, 305.0, 303.0, 12e3, dt);
    EXPECT_NEAR(12e3, s.p_heat + p.converter_sink.heat_capacity * (s.t_end - 305.0) / dt,
                1e-9 * 12e3 / (dt < 1.0 ? dt : 1.0));
  }
  EXPECT_NEAR(sink_after(p, 305.0, 303.0, 12e3, 1e6).t_end, 303.0 + 12e3 / 900.0, 1e-10);
}

}  // namespace
}  // namespace coldsun::electrical
