// The compiled-in site (site.hpp).
#include "core/check/site.hpp"

#include "common/constants.hpp"

namespace coldsun {

namespace {

constexpr Real deg = constants::pi / 180.0, celsius = constants::zero_celsius, kwh = 3.6e6, lpm = 1e-3 / 60.0;
constexpr Real share = 0.125;  // of a one-megawatt hall

Monthly all_year(Real x) {
  Monthly m;
  m.fill(x);
  return m;
}

Climate climate() {
  Climate c;
  c.linke_turbidity = all_year(3.0), c.haze = all_year(0.054), c.haze_forward = 0.8;
  c.dust_days = all_year(0.3), c.dust_depth = 0.3;
  c.temp_air_min = all_year(4.0 + celsius), c.temp_air_max = all_year(24.0 + celsius);
  c.wind_speed = all_year(4.3), c.wind_amplitude = 0.5, c.albedo = 0.25;
  c.cloud.clear_fraction = all_year(0.5), c.cloud.overcast_fraction = all_year(0.1), c.cloud.kc_thick = 0.5,
  c.cloud.kc_max = 1.4;
  return c;
}

PlateClass plate() {
  PlateClass p;
  p.name = "gpu_700w", p.length = p.width = 28.5e-3, p.n_x = p.n_y = 8;
  p.layer = {{"die", 775e-6, 120.0, 1.636e6}, {"tim", 50e-6, 8.0, 2.5e6}, {"base", 1e-3, 390.0, 3.45e6}};
  p.tim_layer = "tim";
  p.channel = {.n_channel = 95,
               .width = 150e-6,
               .height = 2e-3,
               .fin_conductivity = 390.0,
               .fin_heat_capacity = 3.45e6,
               .n_fin_layer = 2,
               .minor_loss = 1.5};
  p.lid = {"lid", 1e-3, 390.0, 3.45e6};
  p.coolant = "pg25";
  for (int y = 0; y < 8; ++y)  // higher density in the middle
    for (int x = 0; x < 8; ++x) p.power_map.push_back((y == 0 || y == 7 ? 0.7 : 1.1) * (x == 0 || x == 7 ? 0.7 : 1.1));
  return p;
}

NodeType node(const char* name, int n_node, int n_field, Real tim_factor, Real flow_factor) {
  NodeType t;
  t.name = name, t.gpu = "700 W accelerator", t.plate = "gpu_700w";
  t.n_node = n_node, t.n_field = n_field, t.n_plate = 8;
  t.p_idle = 1400.0, t.p_max = 7000.0, t.utilisation_exponent = 0.8;
  t.p_leakage = 400.0, t.t_leakage = 65.0 + celsius, t.leakage_slope = 0.012;
  t.t_cap = 85.0 + celsius, t.t_cap_band = 10.0, t.throttle_floor = 0.35;
  t.t_trip = 105.0 + celsius, t.t_restart = 75.0 + celsius, t.restart_time = 300.0;
  t.flow_factor = flow_factor, t.tim_factor = tim_factor;
  return t;
}

Cooling cooling() {
  Cooling c;
  c.coolant = c.facility.coolant = "pg25";
  c.volume = 1.8 * share, c.pump = {1075 * lpm * share, 175e3, 0.60, 1.85};
  c.t_supply = 36.0 + celsius, c.t_supply_min = 26.0 + celsius, c.supply_approach = 11.0, c.p_aux_base = 6e3 * share;
  c.cdu.ua = 160e3 * share, c.cdu.ua_exponent = 0.7, c.cdu.heat_capacity = 0.6e6 * share, c.cdu.band = 2.0,
  c.cdu.control_time = 10.0;
  c.facility.volume = 3.5 * share, c.facility.pump = {1250 * lpm * share, 180e3, 0.62}, c.facility.approach = 4.0;
  c.dry_cooler.ua = 240e3 * share, c.dry_cooler.ua_exponent = 0.55, c.dry_cooler.air_flow = 85.0 * share,
  c.dry_cooler.fan_power = 24e3 * share;
  c.dry_cooler.fan_min = 0.15, c.dry_cooler.fan_band = 4.0, c.dry_cooler.fan_time = 20.0;
  c.hall_air.t_set = 35.0 + celsius, c.hall_air.band = 4.0, c.hall_air.heat_capacity = 12e6 * share;
  c.hall_air.cooler_ua = 40e3 * share, c.hall_air.cooling = 240e3 * share;
  c.hall_air.fan_power = 7e3 * share, c.hall_air.fan_min = 0.3, c.hall_air.chiller_cop = 4.0,
  c.hall_air.chiller_t_air = 35.0 + celsius;
  return c;
}

// LONGi LR5-72HBD-545M, SAM/CEC library 2021-12-01.
PvModule module() {
  PvModule m;
  m.name = "longi_lr5_72hbd_545m";
  m.n_cell_series = 72;
  m.i_sc = 13.92, m.v_oc = 49.7, m.i_mp = 13.04, m.v_mp = 41.8, m.alpha_sc = 0.0057072, m.beta_oc = -0.128723;
  m.a_ref = 1.80382, m.i_l_ref = 13.937, m.i_o_ref = 1.47e-11, m.r_s = 0.169931, m.r_sh_ref = 139.433,
  m.adjust = 0.0540163;
  m.area = 2.49;
  return m;
}

StringGroup strings(const char* name, int n_row, Real tilt, Real azimuth) {
  StringGroup g;
  g.name = name, g.module = "longi_lr5_72hbd_545m";
  g.n_row = n_row, g.n_per_row = 3, g.n_series = 14;
  g.surface_tilt = tilt * deg, g.surface_azimuth = azimuth * deg, g.soiling_ratio = 0.97;
  g.u_c = 25.0, g.u_v = 6.84, g.t_cell_time = 300.0, g.refractive_index_ar = 1.29, g.r_wire = 0.15;
  return g;
}

Power power() {
  const LossCurve stage{0.0016, 0.0038, 0.0049};
  Power p;
  p.module = {module()};
  p.strings = {strings("north", 11, 22, 0), strings("east", 3, 12, 90), strings("west", 3, 12, 270)};
  p.string_converter = {8.5e3, 0.9e-3, 50e3, 0.005, stage};
  Battery& b = p.battery;
  b.chemistry = "lfp", b.n_series = 250, b.n_parallel = 3, b.capacity = 280.0 * 3600.0;
  b.r_0 = 0.25e-3, b.r_1 = 0.15e-3, b.tau_1 = 20.0, b.r_2 = 0.20e-3, b.tau_2 = 600.0;
  b.soc_min = 0.05, b.soc_reserve = 0.10, b.soc_max = 0.95, b.soc_start = 0.5, b.i_charge = 70.0, b.i_discharge = 140.0;
  b.v_cell_min = 2.5, b.v_cell_max = 3.65;
  b.converter = {1300e3 * share, stage};
  p.bus = {.v_nominal = 800.0,
           .v_min = 720.0,
           .v_max = 820.0,
           .r_droop = 0.08,
           .tau_v = 0.2,
           .capacitance = 0.33 * share,
           .r_pv_cable = 0.016,
           .r_battery_cable = 0.008,
           .r_load_cable = 0.02};
  p.grid.present = true, p.grid.p_import = 125e3, p.grid.p_budget = 75e3,
  p.grid.converter = {1100e3 * share, {0.0040, 0.0060, 0.0080}};
  p.grid.carbon_intensity.value.fill(0.291 / kwh), p.grid.price.value.fill(60e-3 / kwh);
  p.aux_converter = {15e3, {0.0040, 0.0080, 0.0100}};
  p.rack_converter = {9e3, {0.05, 0.10, 0.20, 0.50, 1.00}, {0.936, 0.962, 0.975, 0.980, 0.977}};
  p.converter_sink = {180e3 * share, 2.5e3 * share};
  return p;
}

Comms comms() {
  Comms c;
  c.mask = 10 * deg, c.broadband_mask = 25 * deg, c.n_antenna = 2;
  c.broadband = "broadband", c.data = {"data"}, c.strategy = "longest_remaining";
  LinkPrior& l = c.link;
  l.outage_probability = 0.3, l.outage_median = 0.519, l.outage_sigma = 0.3, l.outage_offset = -0.18,
  l.processing_delay = 0.025;
  l.link_bound_share = 0.5, l.buffer = 0.15, l.burst_gain = 0.5, l.burst_ratio = 1.0, l.control_delay = 0.1;
  return c;
}

ShadowMap shadow_map() {
  ShadowMap m;
  const auto add = [&](const char* quantity, const char* unit, Real noise, Real low, Real high, Real gain_sigma = 0.0) {
    m.point.push_back({.quantity = quantity,
                       .object_type = "Check",
                       .point_type = quantity,
                       .tag = "{site}/{node}",
                       .unit = unit,
                       .noise = noise,
                       .min = low,
                       .max = high,
                       .gain_sigma = gain_sigma});
  };
  add("p_node", "kw", 10, 0, 12e3), add("dni", "w_per_m2", 0.5, -10, 1300), add("dhi", "w_per_m2", 0.3, -10, 900);
  add("t_junction", "degc", 0.5, 253, 398), add("t_outlet", "degc", 0.15, 263, 368),
      add("t_supply", "degc", 0.1, 263, 368);
  add("t_return", "degc", 0.1, 263, 368), add("flow", "lpm", 1e-5, 0, 0.05, 0.05), add("p_pv", "kw", 600, -20e3, 6e6);
  add("p_battery", "kw", 1000, -5e6, 5e6), add("soc", "pct", 0.005, 0, 1);
  m.tim_sigma = 0.3, m.flow_sigma = 0.08, m.soiling_sigma = 0.05, m.drift_per_day = 0.02, m.relaxation = 0.1;
  return m;
}

}  // namespace

Time check_start() { return 1'781'442'000 * ns_per_s; }  // 2026-06-14 13:00 UTC, nine in the morning at the site

Network check_network() {
  Site s;
  s.name = "check", s.title = "Compiled-in site";
  s.latitude = -22.92 * deg, s.longitude = -69.91 * deg, s.altitude = 1635.0, s.utc_offset = -4 * 3600.0,
  s.start = check_start();
  s.climate = climate();
  s.hall = {2, 8, 0.80, {node("worn", 4, 4, 1.6, 0.85), node("new", 12, 4, 1.0, 1.05)}};
  s.plate = {plate()};
  s.cooling = cooling();
  s.power = power();
  s.comms = comms();
  s.jobs = {"", 0.9};
  s.shadow = shadow_map();
  Network n;
  n.name = "check", n.start = check_start();
  n.site = {s};
  return n;
}

Library check_library() {
  Library l;
  orbit::WalkerDelta w;
  w.inclination = 53 * deg, w.total = 24 * 11, w.plane = 24, w.phasing = 5, w.altitude = 1.1e6, w.epoch = check_start(),
  w.name = "broadband";
  l.broadband = orbit::walker_delta(w);
  w.inclination = 97.4 * deg, w.total = 12, w.plane = 3, w.phasing = 1, w.altitude = 500e3, w.name = "data";
  l.data = orbit::walker_delta(w);
  workload::JobStatistics j;
  j.n_count = 3;
  const std::int32_t count[] = {1, 8, 16};
  const Real part[] = {0.7, 0.2, 0.1};
  for (int i = 0; i < 3; ++i) j.gpu_count[i] = count[i], j.gpu_share[i] = part[i], j.gpu_class[i] = 0;
  j.n_class = 1, j.n_level = 5;
  const Real level[] = {0.0, 0.25, 0.5, 0.75, 1.0}, duration[] = {30.0, 120.0, 600.0, 2400.0, 14400.0};
  for (int i = 0; i < 5; ++i) j.level[i] = level[i], j.duration[0][i] = duration[i];
  j.interval_cv = 1.5, j.walltime_min = 300.0, j.slack_min = 600.0, j.slack_median = 1.0, j.slack_sigma = 0.8;
  j.n_utilization = 2, j.utilization[0] = 0.3, j.utilization[1] = 1.0, j.stalled_utilization = 0.05;
  j.data_in_median = 20e9, j.data_in_sigma = 1.5, j.data_out_median = 2e9, j.data_out_sigma = 1.5;
  workload::complete(j);
  l.jobs = {j};
  return l;
}

Twin check_twin(int n_member, Device device, Real hours) {
  TwinOptions options;
  options.n_member = n_member, options.seed = 7, options.device = device, options.hours = hours,
  options.start = check_start();
  return make_twin(check_network(), check_library(), {}, options);
}

}  // namespace coldsun
