// [power], the module files, [comms] and [jobs].
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

namespace {

using Q = Quantity;
constexpr Real pi = std::numbers::pi;
constexpr Real degree = pi / 180;
constexpr Real usd_per_kwh = 1 / 3.6e6;  // USD/J
// kg/J; the worst coal gives about 1.2 kg/kWh (IPCC AR5 WG III, annex III)
constexpr Range carbon = between(0, 5 / 3.6e6).usual(0.001 / 3.6e6, 1.5 / 3.6e6).or_zero();
constexpr Range loss_share = between(0, 0.2).usual(5e-5, 0.1).or_zero();
constexpr Range mask_angle = between(0, pi / 2).usual(0, pi / 3).no_nearer_to_zero(degree / 2);

StringGroup read_strings(Table t) {
  StringGroup g;
  g.name = t.name("name");
  g.module = t.word("module");
  g.n_row = t.count("n_row", 1, 1 << 20);
  g.n_per_row = t.count("n_per_row", 1, 1 << 20);
  g.n_series = t.count("n_series", 1, 1000);
  g.surface_tilt = t.quantity("surface_tilt", Q::angle, between(0, pi / 2).no_nearer_to_zero(degree));
  g.surface_azimuth = t.quantity("surface_azimuth", Q::angle, between(0, 2 * pi).no_nearer_to_zero(degree));
  g.soiling_ratio = t.number("soiling_ratio", between(0.05, 1).usual(0.5, 1));
  g.u_c = t.quantity("u_c", Q::film_coefficient, between(1, 500).usual(10, 60));
  g.u_v = t.quantity("u_v", Q::wind_film_coefficient, between(0, 200).usual(0.5, 20).or_zero());
  g.t_cell_time = t.quantity("t_cell_time", Q::time, between(0.1, 7200).usual(60, 1800));
  g.refractive_index_ar = t.number("refractive_index_ar", between(1, 1.6));
  g.r_wire = t.quantity("r_wire", Q::resistance, between(0, 20).usual(5e-3, 5).or_zero());
  t.finish();
  return g;
}

StringConverter read_string_converter(Table t) {
  StringConverter c;
  c.p_rated = t.quantity("p_rated", Q::power, positive());
  c.inductance = t.quantity("inductance", Q::inductance, between(1e-7, 10).usual(10e-6, 50e-3));
  c.f_sw = t.quantity("f_sw", Q::frequency, between(100, 1e8).usual(2e3, 1e6));
  c.mppt_step = t.number("mppt_step", between(0, 0.049).usual(5e-4, 0.03).or_zero());
  c.loss = read_loss(t.child("loss"));
  t.finish();
  return c;
}

BusConverter read_converter(Table t) {
  BusConverter c;
  c.p_rated = t.quantity("p_rated", Q::power, positive());
  c.loss = read_loss(t.child("loss"));
  t.finish();
  return c;
}

Battery read_battery(Table t) {
  Battery b;
  b.chemistry = t.choice("chemistry", {"lfp"});
  b.n_series = t.count("n_series", 1, 100000);
  b.n_parallel = t.count("n_parallel", 1, 100000);
  b.capacity = t.quantity("capacity", Q::charge, positive());
  b.r_0 = t.quantity("r_0", Q::resistance, positive());
  b.r_1 = t.quantity("r_1", Q::resistance, positive());
  b.tau_1 = t.quantity("tau_1", Q::time, between(0.01, 1e5).usual(0.5, 600));
  b.r_2 = t.quantity("r_2", Q::resistance, positive());
  b.tau_2 = t.quantity("tau_2", Q::time, between(0.01, 1e6).usual(20, 2e4));
  b.soc_min = t.number("soc_min", share().usual(0.005, 0.6).or_zero());
  b.soc_max = t.number("soc_max", share().usual(0.4, 1));
  b.soc_start = t.number("soc_start", share());
  b.soc_reserve = t.number("soc_reserve", share().usual(0.005, 0.8).or_zero());
  b.i_charge = t.quantity("i_charge", Q::current, not_negative());
  b.i_discharge = t.quantity("i_discharge", Q::current, not_negative());
  b.v_cell_min = t.quantity("v_cell_min", Q::voltage, between(0.5, 3.4).usual(1.8, 3.2));
  b.v_cell_max = t.quantity("v_cell_max", Q::voltage, between(3.2, 5).usual(3.4, 3.9));
  b.converter = read_converter(t.child("converter"));
  t.finish();
  if (b.soc_min >= b.soc_max) t.fail("soc_min", fmt::format("= {:g}; accepted: less than soc_max = {:g}", b.soc_min, b.soc_max));
  if (b.soc_reserve < b.soc_min || b.soc_reserve > b.soc_max)
    t.fail("soc_reserve", fmt::format("= {:g}; accepted: soc_min to soc_max, {:g} to {:g}", b.soc_reserve, b.soc_min, b.soc_max));
  if (b.v_cell_min >= b.v_cell_max) t.fail("v_cell_min_v", "is not below v_cell_max; accepted: v_cell_min < v_cell_max");
  const Real most = 0.25 * b.v_cell_min / (b.r_0 + b.r_1 + b.r_2);   // half the matched load's, far beyond any use
  if (!(b.i_discharge < most)) t.fail("i_discharge", fmt::format("= {:g} A; accepted: below v_cell_min / (4 (r_0 + r_1 + r_2)), {:g} A", b.i_discharge, most));
  if (b.soc_start < b.soc_min || b.soc_start > b.soc_max)
    t.fail("soc_start", fmt::format("= {:g}; accepted: soc_min to soc_max, {:g} to {:g}", b.soc_start, b.soc_min, b.soc_max));
  return b;
}

Bus read_bus(Table t) {
  Bus b;
  b.v_nominal = t.quantity("v_nominal", Q::voltage, between(10, 1e5).usual(48, 3000));
  b.v_min = t.quantity("v_min", Q::voltage, between(1, 1e5));
  b.v_max = t.quantity("v_max", Q::voltage, between(10, 1e6));
  b.r_droop = t.quantity("r_droop", Q::resistance, not_negative());
  b.tau_v = t.quantity("tau_v", Q::time, between(1e-5, 60).usual(1e-3, 10));
  b.capacitance = t.quantity("capacitance", Q::capacitance, positive());
  b.r_pv_cable = t.quantity("r_pv_cable", Q::resistance, not_negative());
  b.r_battery_cable = t.quantity("r_battery_cable", Q::resistance, not_negative());
  b.r_load_cable = t.quantity("r_load_cable", Q::resistance, not_negative());
  t.finish();
  if (!(b.v_min < b.v_nominal && b.v_nominal < b.v_max)) t.fail("v_nominal_v", "is out of order; accepted: v_min < v_nominal < v_max");
  if (!(b.r_droop * b.capacitance < 0.2 * b.tau_v))   // the bus voltage is found by steps that must shrink
    t.fail("r_droop", fmt::format("= {:g} mohm; accepted: below 0.2 tau_v / capacitance, {:g} mohm", b.r_droop * 1e3, 0.2e3 * b.tau_v / b.capacitance));
  return b;
}

GridTie read_grid(Table t) {
  GridTie g;
  g.present = true;
  g.p_import = t.quantity("p_import", Q::power, not_negative());
  g.p_export = t.quantity("p_export", Q::power, not_negative());
  g.p_budget = t.quantity("p_budget", Q::power, not_negative());
  g.carbon_intensity = t.hourly("carbon_intensity", Q::carbon_intensity, carbon);
  g.price = t.hourly("price", Q::price, between(-20 * usd_per_kwh, 20 * usd_per_kwh).usual(-usd_per_kwh, usd_per_kwh).no_nearer_to_zero(5e-4 * usd_per_kwh));
  g.converter = read_converter(t.child("converter"));
  t.finish();
  if (g.p_budget > g.p_import)
    throw SiteError(t.at(fmt::format("p_budget = {:g} W; accepted: at most p_import = {:g} W", g.p_budget, g.p_import)));
  return g;
}

// What a file may leave out of a generator: how such sets are usually run, and their usual fuel.
Genset read_genset(Table t, const Battery& b) {
  Genset g;
  g.present = true;
  g.p_max = t.quantity("p_max", Q::power, positive());
  const Real kw = from_unit("kw", 1.0);
  g.p_min = t.quantity_or("p_min", "kw", Q::power, between(0, g.p_max), 0.3 * g.p_max, "assumed: 30 % of p_max, below which diesels foul");
  g.start_time = t.quantity_or("start_time", "s", Q::time, between(0, 3600), 30.0, "assumed: cranking, running up and taking load");
  g.run_time_min = t.quantity_or("least_run", "min", Q::time, between(0, 86400), 1800.0, "assumed: half an hour, so that it gets warm");
  g.soc_stop = t.number_or("soc_stop", share(), 0.5 * (b.soc_reserve + b.soc_max), "assumed: half-way from soc_reserve to soc_max");
  g.fuel_idle = t.quantity_or("fuel_idle", "l_per_h", Q::volume_flow, not_negative(), g.p_max / kw * from_unit("l_per_h", 0.08415),
                              "sourced: 0.08415 L/h per kW rated (Skarstein and Uhlen 1989, Wind Engineering 13:72)");
  g.fuel_per_energy = t.quantity_or("fuel_slope", "l_per_kwh", Q::fuel_per_energy, not_negative(), from_unit("l_per_kwh", 0.246),
                                    "sourced: 0.246 L/kWh (Skarstein and Uhlen 1989, Wind Engineering 13:72)");
  g.carbon_intensity = t.quantity("carbon_intensity", Q::carbon_intensity, carbon);
  g.price = t.quantity("price", Q::price, between(0, 20 * usd_per_kwh).usual(0.02 * usd_per_kwh, 2 * usd_per_kwh));
  g.rectifier = read_converter(t.child("rectifier"));
  t.finish();
  if (g.soc_stop < b.soc_reserve || g.soc_stop > b.soc_max)
    t.fail("soc_stop", fmt::format("= {:g}; accepted: soc_reserve to soc_max of the battery, {:g} to {:g}", g.soc_stop, b.soc_reserve, b.soc_max));
  return g;
}

RackConverter read_rack_converter(Table t) {
  RackConverter r;
  r.p_rated = t.quantity("p_rated", Q::power, positive());
  r.load = t.numbers("load", above(0, 2).usual(0.005, 1.5), 2, 7);
  r.efficiency = t.numbers("efficiency", between(0.05, 1).usual(0.5, 1), 2, 7);
  t.finish();
  if (r.load.size() != r.efficiency.size()) t.fail("efficiency", "has another length than load; accepted: one efficiency per load");
  for (std::size_t i = 1; i < r.load.size(); ++i) {
    if (r.load[i] <= r.load[i - 1]) t.fail("load", "does not rise; accepted: rising shares of the rating");
    if (r.load[i] * (1.0 / r.efficiency[i] - 1.0) < r.load[i - 1] * (1.0 / r.efficiency[i - 1] - 1.0))
      t.fail("efficiency", fmt::format("= {:g} at a load of {:g} gives less loss than {:g} at {:g}; accepted: losses that rise with the load", r.efficiency[i],
                                       r.load[i], r.efficiency[i - 1], r.load[i - 1]));
  }
  return r;
}

}  // namespace

LossCurve read_loss(Table t) {
  LossCurve l;
  l.c0 = t.number("c0", loss_share);
  l.c1 = t.number("c1", loss_share);
  l.c2 = t.number("c2", loss_share);
  t.finish();
  return l;
}

Power read_power(Table t) {
  Power p;
  for (Table& s : t.children("strings")) p.strings.push_back(read_strings(std::move(s)));
  p.string_converter = read_string_converter(t.child("string_converter"));
  p.battery = read_battery(t.child("battery"));
  p.bus = read_bus(t.child("bus"));
  if (auto g = t.child_if("grid")) p.grid = read_grid(*std::move(g));
  if (auto g = t.child_if("genset")) p.genset = read_genset(*std::move(g), p.battery);
  p.aux_converter = read_converter(t.child("aux_converter"));
  p.rack_converter = read_rack_converter(t.child("rack_converter"));
  {
    Table c = t.child("converter_sink");
    p.sink.heat_capacity = c.quantity("heat_capacity", Q::heat_capacity, positive());
    p.sink.conductance = c.quantity("conductance", Q::thermal_conductance, positive());
    c.finish();
  }
  t.finish();
  return p;
}

PvModule read_module(Table t) {
  PvModule m;
  m.name = t.name("name");
  m.technology = t.word("technology");
  m.n_cell_series = t.count("n_cell_series", 1, 1000);
  m.i_sc = t.quantity("i_sc", Q::current, between(0.01, 100).usual(0.5, 30));
  m.v_oc = t.quantity("v_oc", Q::voltage, between(0.5, 1000).usual(10, 300));
  m.i_mp = t.quantity("i_mp", Q::current, positive());
  m.v_mp = t.quantity("v_mp", Q::voltage, positive());
  m.alpha_sc = t.quantity("alpha_sc", Q::current_per_temperature, between(-0.1, 0.1));
  m.beta_oc = t.quantity("beta_oc", Q::voltage_per_temperature, between(-10, 0));
  m.t_noct = t.quantity("t_noct", Q::temperature, between(293.15, 353.15));
  m.a_ref = t.quantity("a_ref", Q::voltage, positive());
  m.i_l_ref = t.quantity("i_l_ref", Q::current, positive());
  m.i_o_ref = t.quantity("i_o_ref", Q::current, positive());
  m.r_s = t.quantity("r_s", Q::resistance, not_negative());
  m.r_sh_ref = t.quantity("r_sh_ref", Q::resistance, positive());
  m.adjust = t.quantity("adjust", Q::share, between(-1, 1).usual(-0.6, 0.6).no_nearer_to_zero(5e-4));
  m.gamma_r = t.quantity("gamma_r", Q::per_temperature, between(-0.02, 0).usual(-0.01, -0.001));
  m.area = t.quantity("area", Q::area, positive());
  t.finish();
  const auto relation = [&](std::string_view key, Real value, Real lo, Real usual_lo, Real usual_hi, Real hi, std::string_view what) {
    if (!(value >= lo && value <= hi))
      t.fail(key, fmt::format("gives {} = {:.3g}; accepted: {:g} to {:g}, usual {:g} to {:g}", what, value, lo, hi, usual_lo, usual_hi));
    if (value < usual_lo || value > usual_hi) t.doubt(key, fmt::format("gives {} = {:.3g}; usual: {:g} to {:g}", what, value, usual_lo, usual_hi));
  };
  relation("i_mp", m.i_mp / m.i_sc, 0.4, 0.75, 0.99, 1, "i_mp / i_sc");
  relation("v_mp", m.v_mp / m.v_oc, 0.4, 0.65, 0.92, 1, "v_mp / v_oc");
  relation("alpha_sc", std::fabs(m.alpha_sc / m.i_sc), 0, 5e-5, 3e-3, 0.02, "alpha_sc / i_sc [1/K]");
  relation("beta_oc", -m.beta_oc / m.v_oc, 0, 1e-3, 6e-3, 0.02, "-beta_oc / v_oc [1/K]");
  constexpr Real v_thermal = 0.025693;  // V, kT/q at 25 degC (CODATA 2018)
  relation("a_ref", m.a_ref / (m.n_cell_series * v_thermal), 0.3, 0.7, 2, 5, "diode's ideality");
  relation("i_l_ref", m.i_l_ref / m.i_sc, 0.8, 0.98, 1.1, 1.5, "i_l_ref / i_sc");
  relation("i_o_ref", m.i_o_ref / (m.i_l_ref * std::exp(-m.v_oc / m.a_ref)), 0.02, 0.5, 2, 50, "i_o_ref over that of the open circuit");
  relation("r_s", m.r_s * m.i_mp / m.v_mp, 0, 2e-4, 0.2, 0.6, "r_s i_mp / v_mp");
  relation("r_sh_ref", m.v_mp / (m.r_sh_ref * m.i_mp), 0, 1e-4, 0.2, 1, "v_mp / (r_sh_ref i_mp)");
  if (const Real efficiency = m.p_stc() / (1000.0 * m.area); efficiency < 0.02 || efficiency > 0.40)  // of 1,000 W/m2
    t.fail("area", fmt::format("= {:.4g} m2 for i_mp v_mp = {:.4g} W is an efficiency of {:.3g}; accepted: 0.02 to 0.4", m.area, m.p_stc(), efficiency));
  return m;
}

Comms read_comms(Table t) {
  Comms c;
  c.mask = t.quantity("mask", Q::angle, mask_angle);
  c.broadband_mask = t.quantity("broadband_mask", Q::angle, mask_angle);
  c.n_antenna = t.count("n_antenna", 0, 100);
  c.broadband = t.word("broadband");
  c.data = t.words("data");
  c.strategy = t.choice("strategy", {"longest_remaining", "max_elevation", "sticky"});
  for (Table& b : t.children_if("band")) {
    Band band;
    band.name = b.name("name");
    band.frequency = b.quantity("frequency", Q::frequency, between(30e6, 1e15).usual(0.1e9, 400e12));
    band.rate_down = b.quantity("rate_down", Q::data_rate, between(0, 1e14));
    band.rate_up = b.quantity("rate_up", Q::data_rate, between(0, 1e14));
    b.finish();
    if (band.rate_down > band.frequency || band.rate_up > band.frequency)  // a carrier takes some bits per hertz of a small part of itself
      throw SiteError(b.at(fmt::format("a rate of {:.4g} bit/s on a carrier of {:.4g} Hz; accepted: at most one bit per cycle",
                                       std::max(band.rate_down, band.rate_up), band.frequency)));
    const Real share = band.rate_down / band.frequency;
    if (band.rate_down > 0 && (share < 1e-3 || share > 0.3))
      b.doubt("rate_down", fmt::format("is {:.2g} of its carrier's frequency; usual for data: 0.001 to 0.3", share));
    if (band.rate_up > 0 && (band.rate_up < 5e-4 * band.rate_down || band.rate_up > std::max(2 * band.rate_down, 1e6)))
      b.doubt("rate_up", fmt::format("is {:.2g} of the rate down; usual: 0.0005 to 2", band.rate_up / std::max(band.rate_down, 1.0)));
    c.band.push_back(std::move(band));
  }
  Table l = t.child("link");
  c.link.outage_probability = l.number("outage_probability", share().usual(0.001, 1).or_zero());
  c.link.outage_median = l.quantity("outage_median", Q::time, between(1e-4, 15).usual(0.01, 10));
  c.link.outage_sigma = l.number("outage_sigma", between(0, 3).usual(0.01, 2).or_zero());
  c.link.outage_offset = l.quantity("outage_offset", Q::time, between(-15, 15).no_nearer_to_zero(1e-3));
  c.link.processing_delay = l.quantity("processing_delay", Q::time, between(0, 10).usual(1e-3, 1).or_zero());
  c.link.link_bound_share = l.number("link_bound_share", share().usual(0.005, 1).or_zero());
  c.link.buffer = l.quantity("buffer", Q::time, between(0, 3600).usual(1e-3, 60).or_zero());
  c.link.burst_gain = l.number("burst_gain", share().usual(0.005, 1).or_zero());
  c.link.burst_ratio = l.number("burst_ratio", between(0, 100).usual(0.05, 20).or_zero());
  c.link.control_delay = l.quantity("control_delay", Q::time, between(0, 3600).usual(1e-3, 60).or_zero());
  l.finish();
  t.finish();
  return c;
}

JobMix read_jobs(Table t) {
  JobMix j;
  j.file = t.word("file");
  j.load = t.number("load", between(0, 10).usual(0.02, 2).or_zero());
  t.finish();
  return j;
}

}  // namespace coldsun::site_reader
