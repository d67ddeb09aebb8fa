// Kernels over (active member, string): maximum power and tracking before the bus is closed, the operating point after.
#pragma once
#include "common/cut.hpp"
#include "electrical/converter.hpp"
#include "electrical/electrical.hpp"
#include "electrical/single_diode.hpp"

namespace coldsun::electrical {

inline constexpr Real g_dark = 0.1;  // W/m2: below it a string is dark

// What a string row is made of.
struct StringSet {
  View<const Module, 1> module;
  View<const Site, 1> site;
  View<const std::int32_t, 1> site_of, plane, module_of, n_series, count;
  View<const Real, 1> rating, inductance, f_sw, r_wire, loss_0, loss_1, loss_2;

  COLDSUN_FN Converter converter(int s) const { return Converter{rating(s), loss_0(s), loss_1(s), loss_2(s)}; }
  // Curve of one module with its part of the wiring; photocurrent never below that of g_dark, so that all lanes stay finite.
  COLDSUN_FN Curve curve(int s, Real g, Real t) const {
    Curve c = calcparams_cec(math::max(g, g_dark), t, module(module_of(s)));
    c.resistance_series += r_wire(s) / static_cast<Real>(n_series(s));
    return c;
  }
};
inline StringSet string_set(const System& s) {
  return StringSet{s.module,       s.site,          s.string_site,       s.string_plane, s.string_module, s.string_n_series,
                   s.string_count, s.string_rating, s.string_inductance, s.string_f_sw,  s.string_r_wire,
                   s.string_loss_0, s.string_loss_1, s.string_loss_2};
}

// Maximum power, and what perturb and observe makes of it: the tracker dwells 1/4, 1/2, 1/4 of its time at v - dv, v, v + dv (three-level
// operation, Femia et al. 2005, doi 10.1109/TPEL.2005.850975). All three powers are points of the curve. dv is laid on the diode voltage
// through the slope dv/dx; the terminal step differs from it in second order. Where the maximum lies above the bus voltage a boost stage
// cannot reach it: its diode conducts and the string rests at the bus voltage (pass-through).
// reads effective_irradiance, temp_cell, pv_gain, v_bus, string rows; writes v_mp, p_mp, p_track, p_miss, vd_mp, vd_pass, curvature.
// 160 B and about 980 flops per string.
struct TrackStrings {
  Cut cut;
  StringSet set;
  View<const Real, 2> effective_irradiance, temp_cell, pv_gain, v_bus;
  View<Real, 2> v_mp, p_mp, p_track, p_miss, vd_mp, vd_pass, curvature;

  COLDSUN_FN void operator()(int a, int s) const {
    const int m = cut.member(a), site = set.site_of(s), plane = set.plane(s);
    const Real g = effective_irradiance(m, plane) * pv_gain(m, s), n = static_cast<Real>(set.n_series(s));
    const Curve c = set.curve(s, g, temp_cell(m, plane));
    const MaxPower best = max_power(c);
    const Real v_passed = v_bus(m, site) / n, x_passed = vd_from_v(c, v_passed), p_passed = at(c, x_passed).power();
    const bool pass = v_passed < best.v, dark = !(g > g_dark);
    const Real dx = set.site(site).mppt_step * vd_bound(c) / at(c, best.vd).dv;
    const Real p_low = at(c, best.vd - dx).power(), p_high = at(c, best.vd + dx).power();
    const Real tracked = pass ? p_passed : 0.25 * (p_low + p_high) + 0.5 * best.p;
    const Real missed = pass ? best.p - p_passed : 0.25 * ((best.p - p_low) + (best.p - p_high));
    p_mp(m, s) = dark ? 0.0 : n * best.p;
    v_mp(m, s) = dark ? 0.0 : n * best.v;
    p_track(m, s) = dark ? 0.0 : n * tracked;
    p_miss(m, s) = dark ? 0.0 : n * missed;
    vd_mp(m, s) = best.vd;
    vd_pass(m, s) = pass ? x_passed : 0.0;
    curvature(m, s) = best.curvature;
  }
};

// The operating point at the site's share of PV power. Curtailed and limited strings go up in voltage, right of the maximum.
// reads what TrackStrings wrote, pv_share, v_bus; writes v_pv, i_pv, duty, i_l, loss. 170 B and about 830 flops per string.
struct OperateStrings {
  Cut cut;
  StringSet set;
  View<const Real, 2> effective_irradiance, temp_cell, pv_gain, v_bus, pv_share, p_mp, p_track, vd_mp, vd_pass, curvature;
  View<Real, 2> v_pv, i_pv, duty, i_l, loss;

  COLDSUN_FN void operator()(int a, int s) const {
    const int m = cut.member(a), site = set.site_of(s), plane = set.plane(s);
    const Real g = effective_irradiance(m, plane) * pv_gain(m, s), n = static_cast<Real>(set.n_series(s));
    const Curve c = set.curve(s, g, temp_cell(m, plane));
    const Converter converter = set.converter(s);
    const PvRange range = pv_range(converter, p_track(m, s));
    const Real used = pv_share(m, site), target = range.low + used * (range.high - range.low);
    const bool dark = !(g > g_dark), passes = (vd_pass(m, s) > 0.0) & (used == 1.0) & (range.high == p_track(m, s));
    const Real p_top = math::max(p_mp(m, s) / n, 1e-9);
    const Real x_right = vd_for_power(c, vd_mp(m, s), p_top, curvature(m, s), math::clamp(target / n, 0.0, p_top));
    const Real x_open = newton_open<5>(c, vd_bound(c));
    const Real x_on = passes ? vd_pass(m, s) : x_right;
    const Point p = at(c, range.on ? x_on : x_open);
    const Real v = dark ? 0.0 : n * p.v, i = range.on ? p.i : 0.0;
    const Boost b = boost(v, v_bus(m, site), i, set.inductance(s), set.f_sw(s));
    v_pv(m, s) = v;
    i_pv(m, s) = i;
    i_l(m, s) = i;
    duty(m, s) = range.on ? b.duty : 0.0;
    loss(m, s) = range.on ? converter_loss(converter, v * i) : 0.0;
  }
};

// The converters' modes, from what OperateStrings wrote; apart from it, as a store of bytes keeps a loop from becoming vectors.
// reads p_track, vd_pass, v_pv, i_pv, v_bus, pv_share; writes mode. 90 B and about 30 flops per string.
struct ModeOfStrings {
  Cut cut;
  StringSet set;
  View<const Real, 2> v_bus, pv_share, p_track, vd_pass, v_pv, i_pv;
  View<std::int8_t, 2> mode;

  COLDSUN_FN void operator()(int a, int s) const {
    const int m = cut.member(a), site = set.site_of(s);
    const PvRange range = pv_range(set.converter(s), p_track(m, s));
    const bool discontinuous = boost(v_pv(m, s), v_bus(m, site), i_pv(m, s), set.inductance(s), set.f_sw(s)).discontinuous;
    Mode k = discontinuous ? Mode::dcm : Mode::ccm;
    if (vd_pass(m, s) > 0.0) k = Mode::pass_through;
    if (range.high < p_track(m, s)) k = Mode::limited;
    if (pv_share(m, site) < 1.0) k = Mode::curtailed;
    if (!range.on) k = Mode::off;
    mode(m, s) = static_cast<std::int8_t>(k);
  }
};

}  // namespace coldsun::electrical
