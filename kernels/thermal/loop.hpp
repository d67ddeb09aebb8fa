// Loop: the plates' coolant loop, CDU, facility water, dry cooler and hall air of one site, advanced together in a cut.
#pragma once
#include "common/constants.hpp"
#include "common/roots.hpp"
#include "thermal/film.hpp"

namespace coldsun::thermal {

// Named and nested as the tables of a site's [cooling] (core/site/site_hall.hpp).
struct Pump {
  Real flow = 0, dp = 0, efficiency = 0;  // design [m3/s], head there [Pa], wire to water
};
struct PlatesPump : Pump {
  Real dp_exponent = 2;  // dp ~ flow^exponent of the circuit without its plates
};
struct Cdu {
  Real ua = 0, ua_exponent = 0.7;  // at design flows [W/K], film conductance ~ flow^exponent
  Real band = 2;                   // proportional band of the valve on the supply temperature [K]
  Real control_time = 10;          // of the valve [s]
};
struct Facility {
  Pump pump;
  Real approach = 4;  // set-point below that of the supply [K]
};
struct DryCooler {
  Real ua = 0, ua_exponent = 0.6;                   // at design air and water flow [W/K]
  Real air_flow = 0;                                // design, at sea level [m3/s]
  Real fan_power = 0;                               // of all fans at design flow and sea-level density [W]
  Real fan_min = 0.2, fan_band = 4, fan_time = 20;  // lowest speed, band [K], time constant [s]
};
struct HallAir {
  Real heat_capacity = 0;                        // [J/K]
  Real t_set = 300.15, band = 4;                 // middle and width of the proportional band [K]
  Real cooling = 0;                              // at the end of the band [W]
  Real cooler_ua = 0;                            // air to facility water [W/K]
  Real fan_power = 0, fan_min = 0.3;             // at design [W], lowest speed
  Real chiller_cop = 4, chiller_t_air = 308.15;  // of the chiller at this outside temperature [K]
};

struct LoopModel {
  // plates' loop
  Real c_supply = 0,
       c_return = 0;  // heat capacity of the volumes before and after the plates, CDU metal in the first [J/K]
  Real flow = 0;      // capacity rate of the plates' loop at flow_gain 1 [W/K]; filled from the nodes
  Real v_dot = 0;     // volume flow at flow_gain 1, filled from the nodes [m3/s]
  PlatesPump pump;
  // the plates: filled from the nodes with that branch which needs the highest head
  ChannelArray channel;
  CoolantProperties properties{1000, 1e-3, 0.6, 4180};  // of the plates' coolant at its supply temperature
  Real channel_length = 0, flow_share = 0;              // [m], flow of that plate over the loop's
  Cdu cdu;
  Real c_facility = 0, flow_facility = 0;  // heat capacity [J/K] and capacity rate [W/K] of the facility water
  Facility facility;
  DryCooler dry_cooler;
  Real pressure = constants::standard_atmosphere;  // of the outside air [Pa]
  HallAir hall_air;
  Real p_aux_base = 0;  // CDU electronics, controls, lights: always on [W]
};

// Outside air is dry and ideal, cp 1006 J/(kg K). Standard sea-level density at 15 degrees C: 1.225 kg/m3 (ISO 2533).
inline constexpr Real cp_air = 1006.0, rho_air_standard = 1.225;
COLDSUN_FN Real air_density(Real pressure, Real temperature) {
  return pressure / (constants::dry_air_gas * temperature);
}

// Effectiveness of heat exchangers. Counterflow: Kays & London (1984), Compact Heat Exchangers, table 2-2. Crossflow
// with both fluids unmixed: the usual approximation of their series, Incropera et al. (2007), Fundamentals of Heat and
// Mass Transfer, 6th ed., eq. 11.32. c_r: smaller over larger capacity rate.
COLDSUN_FN Real effectiveness_counterflow(Real ntu, Real c_r) {
  const Real d = 1.0 - c_r;
  if (d * ntu < 1e-9) return ntu / (1.0 + ntu);
  const Real e = math::exp(-ntu * d);
  return (1.0 - e) / (1.0 - c_r * e);
}
COLDSUN_FN Real effectiveness_crossflow(Real ntu, Real c_r) {
  if (!(ntu > 0.0)) return 0.0;
  if (c_r < 1e-9) return 1.0 - math::exp(-ntu);
  return 1.0 - math::exp(math::pow(ntu, 0.22) / c_r * (math::exp(-c_r * math::pow(ntu, 0.78)) - 1.0));
}

// Heat per kelvin of inlet difference between two streams [W/K].
COLDSUN_FN Real exchange_counterflow(Real ua, Real flow_a, Real flow_b) {
  const Real least = math::min(flow_a, flow_b), most = math::max(flow_a, flow_b);
  return least > 0.0 ? least * effectiveness_counterflow(ua / least, least / most) : 0.0;
}
COLDSUN_FN Real exchange_crossflow(Real ua, Real flow_a, Real flow_b) {
  const Real least = math::min(flow_a, flow_b), most = math::max(flow_a, flow_b);
  return least > 0.0 ? least * effectiveness_crossflow(ua / least, least / most) : 0.0;
}

struct LoopState {
  Real t_supply, t_return, t_facility, t_hall;
  Real valve, fan_speed;
};
struct LoopInput {
  Real q_plates;     // carried off the plates [W]
  Real q_extra;      // other heat into the return volume [W]
  Real q_nodes_air;  // node power that heats hall air [W]
  Real t_supply_set, temp_air;
  Real flow, v_dot;  // of the plates' loop in this cut [W/K], [m3/s]
  Real dt;
};
struct LoopOutput {
  LoopState state;
  Real q_cdu, q_cooler, q_coil, q_chiller, q_air, q_pump, q_pump_facility;
  Real p_pump, p_fan, p_cdu, p_hall_cooler;
};

// Root of f on [low, high], where f rises from <= 0 to >= 0: Illinois false position (Dowell & Jarratt 1971,
// doi 10.1007/BF01934364).
template <class F>
COLDSUN_FN Real find_root(const F& f, Real low, Real high) {
  RootBracket b{low, high, f(low), f(high)};
  if (b.f_low >= 0.0) return low;
  if (b.f_high <= 0.0) return high;
  Real x = low;
  for (int k = 0; k < 100 && b.high - b.low > 1e-14; ++k) {
    x = (b.low * b.f_high - b.high * b.f_low) / (b.f_high - b.f_low);
    if (k % 4 == 3 || !(x > b.low && x < b.high))
      x = 0.5 * (b.low + b.high);  // bounds the number of iterations by bisection
    const Real f_x = f(x);
    if (std::fabs(f_x) < 1e-14) break;
    b.narrow(x, f_x);
  }
  return x;
}

// Supply, return and facility temperatures at the end of the cut for given valve and fan positions. Backward Euler; the
// equations are linear:
//   c_return dR/dt = flow (S - R) + q;   c_supply dS/dt = flow (R - S) - v E (R - F)
//   c_facility dF/dt = v E (R - F) + q_f - Q_cooler
//   Q_cooler = D (F + (v E (R - F) + q_f) / flow_facility - temp_air)
struct LoopEquations {
  Real c_return, c_supply, c_facility;  // capacities divided by dt [W/K]
  Real flow, flow_facility, temp_air;
  Real r_0, s_0, f_0;  // at the start [K]
  Real q, q_f;         // heat into the return volume, heat into the facility water [W]
  Real exchange;       // E: conductance of the CDU with its valve open [W/K]

  struct Answer {
    Real t_return, t_supply, t_facility, q_cdu, q_cooler;
  };
  COLDSUN_FN Answer solve(Real valve, Real cooler) const {
    const Real ve = valve * exchange, share = cooler / flow_facility, keep = (1.0 - share) * ve;
    const Real r_a = (c_return * r_0 + q) / (c_return + flow), r_b = flow / (c_return + flow);  // R = r_a + r_b S
    const Real d = c_facility + cooler + keep;
    const Real f_a = (c_facility * f_0 + (1.0 - share) * q_f + cooler * temp_air) / d,
               f_b = keep / d;  // F = f_a + f_b R
    const Real s = (c_supply * s_0 + ve * f_a - (ve * (1.0 - f_b) - flow) * r_a) /
                   (c_supply + flow + r_b * (ve * (1.0 - f_b) - flow));
    Answer out;
    out.t_supply = s, out.t_return = r_a + r_b * s, out.t_facility = f_a + f_b * out.t_return;
    out.q_cdu = ve * (out.t_return - out.t_facility);
    out.q_cooler = cooler * (out.t_facility - temp_air) + share * (out.q_cdu + q_f);
    return out;
  }
};

// Position of a proportional control with a first-order actuator at the end of the cut, for the temperature t then.
COLDSUN_FN Real controlled(Real position, Real lag, Real t, Real t_set, Real band, Real least) {
  const Real wanted = least + (1.0 - least) * math::clamp((t - t_set) / band + 0.5, 0.0, 1.0);
  return position * lag + wanted * (1.0 - lag);
}

// valve position minus the position that the resulting supply temperature requires
struct ValveBalance {
  LoopEquations eq;
  Real cooler, valve, lag, t_set, band;
  COLDSUN_FN Real operator()(Real v) const {
    return v - controlled(valve, lag, eq.solve(v, cooler).t_supply, t_set, band, 0.0);
  }
};
struct FanBalance {
  ValveBalance valve;  // its cooler conductance is set by at()
  LoopModel model;
  Real fan, lag, t_set, density;  // density: of the air relative to standard
  COLDSUN_FN Real cooler(Real n) const {
    const Real air = n * density;  // mass flow relative to design
    return exchange_crossflow(model.dry_cooler.ua * math::pow(air, model.dry_cooler.ua_exponent), model.flow_facility,
                              air * model.dry_cooler.air_flow * rho_air_standard * cp_air);
  }
  COLDSUN_FN ValveBalance at(Real n) const {
    ValveBalance v = valve;
    v.cooler = cooler(n);
    return v;
  }
  COLDSUN_FN Real operator()(Real n) const {
    const ValveBalance v = at(n);
    const Real t = v.eq.solve(find_root(v, 0.0, 1.0), v.cooler).t_facility;
    return n - controlled(fan, lag, t, t_set, model.dry_cooler.fan_band, model.dry_cooler.fan_min);
  }
};

// The chiller's COP is a constant share of Carnot's: condenser 12 K above outside air, evaporator 15 K below the hall's
// set-point. Its lift is at least 10 K, the minimum for its expansion valve.
COLDSUN_FN Real chiller_cop(const LoopModel& m, Real temp_air) {
  const Real t_evaporator = m.hall_air.t_set - 15.0;
  const Real lift = math::max(temp_air + 12.0 - t_evaporator, 10.0),
             lift_ref = math::max(m.hall_air.chiller_t_air + 12.0 - t_evaporator, 10.0);
  return m.hall_air.chiller_cop * lift_ref / lift;
}

// Head of the plates' loop [Pa]: manifolds, couplings and exchanger, in series with the plates.
COLDSUN_FN Real loop_head(const LoopModel& m, Real v_dot) {
  const Real plates =
      m.flow_share > 0.0 ? pressure_drop(m.channel, m.properties, m.flow_share * v_dot, m.channel_length) : 0.0;
  return m.pump.dp * math::pow(v_dot / m.pump.flow, m.pump.dp_exponent) + plates;
}
// Hydraulic work [W], which ends as heat in the coolant loop and in the facility water.
COLDSUN_FN Real pump_work(const LoopModel& m, Real v_dot) { return v_dot > 0.0 ? v_dot * loop_head(m, v_dot) : 0.0; }
COLDSUN_FN Real pump_work_facility(const LoopModel& m) { return m.facility.pump.flow * m.facility.pump.dp; }

// Upper bound of the power of pumps, fans, chiller and controls at a flow and an outside temperature [W].
COLDSUN_FN Real aux_bound(const LoopModel& m, Real v_dot, Real temp_air) {
  return pump_work(m, v_dot) / m.pump.efficiency + pump_work_facility(m) / m.facility.pump.efficiency + m.p_aux_base +
         m.hall_air.fan_power + m.dry_cooler.fan_power * air_density(m.pressure, temp_air) / rho_air_standard +
         m.hall_air.cooling / chiller_cop(m, temp_air);
}

// Hall air under a cooler whose capacity rises linearly over the band. The passive coil cools first, the chiller takes
// the rest. The coil uses the temperatures at the cut's start.
COLDSUN_FN void advance_hall(const LoopModel& m, const LoopState& s, const LoopInput& in, LoopOutput& out) {
  const Real on = m.hall_air.t_set - 0.5 * m.hall_air.band, c = m.hall_air.heat_capacity / in.dt,
             gain = m.hall_air.cooling / m.hall_air.band;
  const Real speed = math::clamp((s.t_hall - on) / m.hall_air.band, m.hall_air.fan_min, 1.0),
             p_fan = m.hall_air.fan_power * speed * speed * speed;
  out.q_air = in.q_nodes_air + (out.p_pump - out.q_pump - out.q_pump_facility) + m.p_aux_base + p_fan;
  Real t = s.t_hall + out.q_air / c;
  Real q = 0.0;
  if (t > on) {
    t = (c * s.t_hall + out.q_air + gain * on) / (c + gain);
    q = gain * (t - on);
    if (q > m.hall_air.cooling) q = m.hall_air.cooling, t = s.t_hall + (out.q_air - q) / c;
  }
  out.state.t_hall = t;
  out.q_coil = math::min(q, m.hall_air.cooler_ua * math::max(s.t_hall - s.t_facility, 0.0));
  out.q_chiller = q - out.q_coil;
  out.p_hall_cooler = p_fan + out.q_chiller / chiller_cop(m, in.temp_air);
}

// One site through one cut. Controls are implicit: valve and fan move, with their lag, towards the positions that
// the temperatures at the end of the cut require.
COLDSUN_FN LoopOutput advance_loop(const LoopModel& m, const LoopState& s, const LoopInput& in) {
  LoopOutput out{};
  const Real share = in.v_dot / m.pump.flow;
  out.q_pump = pump_work(m, in.v_dot), out.q_pump_facility = pump_work_facility(m);
  out.p_pump = out.q_pump / m.pump.efficiency + out.q_pump_facility / m.facility.pump.efficiency;
  out.p_cdu = m.p_aux_base;
  advance_hall(m, s, in, out);

  // At design, each side holds half of the CDU's resistance; that of the plates' side varies with its flow.
  const Real ua = share > 0.0 ? 2.0 * m.cdu.ua / (math::pow(share, -m.cdu.ua_exponent) + 1.0) : 0.0;
  LoopEquations eq;
  eq.c_return = m.c_return / in.dt, eq.c_supply = m.c_supply / in.dt, eq.c_facility = m.c_facility / in.dt;
  eq.flow = in.flow, eq.flow_facility = m.flow_facility, eq.temp_air = in.temp_air;
  eq.r_0 = s.t_return, eq.s_0 = s.t_supply, eq.f_0 = s.t_facility;
  eq.q = in.q_plates + in.q_extra + out.q_pump, eq.q_f = out.q_coil + out.q_pump_facility;
  eq.exchange = exchange_counterflow(ua, in.flow, m.flow_facility);

  const ValveBalance valve{eq, 0.0, s.valve, math::exp(-in.dt / m.cdu.control_time), in.t_supply_set, m.cdu.band};
  const FanBalance fan{valve,
                       m,
                       s.fan_speed,
                       math::exp(-in.dt / m.dry_cooler.fan_time),
                       in.t_supply_set - m.facility.approach,
                       air_density(m.pressure, in.temp_air) / rho_air_standard};
  out.state.fan_speed = find_root(fan, m.dry_cooler.fan_min, 1.0);
  const ValveBalance settled = fan.at(out.state.fan_speed);
  out.state.valve = find_root(settled, 0.0, 1.0);
  const LoopEquations::Answer t = eq.solve(out.state.valve, settled.cooler);
  out.state.t_supply = t.t_supply, out.state.t_return = t.t_return, out.state.t_facility = t.t_facility;
  out.q_cdu = t.q_cdu, out.q_cooler = t.q_cooler;
  out.p_fan = m.dry_cooler.fan_power * out.state.fan_speed * out.state.fan_speed * out.state.fan_speed * fan.density;
  return out;
}

}  // namespace coldsun::thermal
