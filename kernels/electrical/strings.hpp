// Kernels over (active member, string): maximum power and tracking before the bus is closed, operating point after.
#pragma once
#include "common/loops.hpp"
#include "electrical/converter.hpp"
#include "electrical/electrical.hpp"
#include "electrical/single_diode.hpp"

namespace coldsun::electrical {

inline constexpr Real g_dark = 0.1;  // W/m2: a string below it is dark

COLDSUN_FN Converter string_converter(const SystemView& sys, int s) {
  return Converter{sys.string_rating(s), {sys.string_loss_0(s), sys.string_loss_1(s), sys.string_loss_2(s)}};
}
// Curve of one module with its part of the wiring. The irradiance is at least g_dark, so that all lanes stay finite.
COLDSUN_FN Curve string_curve(const SystemView& sys, int s, Real g, Real t) {
  Curve c = calcparams_cec(math::max(g, g_dark), t, sys.module(sys.string_module(s)));
  c.resistance_series += sys.string_r_wire(s) / static_cast<Real>(sys.string_n_series(s));
  return c;
}

// Maximum power and mean power under perturb and observe: the tracker spends 1/4, 1/2, 1/4 of its time at v - dv, v, v
// + dv (three-level operation, Femia et al. 2005, doi 10.1109/TPEL.2005.850975). All three powers are points of the
// curve. dv is applied to the diode voltage through the slope dv/dx; the terminal step differs from it in second order.
// A boost stage cannot reach a maximum above the bus voltage: its diode conducts and the string operates at the bus
// voltage (pass-through). reads effective_irradiance, temp_cell, pv_gain, v_bus, string rows; writes v_mp, p_mp,
// p_track, p_miss, vd_mp, vd_pass, curvature. 160 B and about 980 flops per string.
struct TrackStrings {
  Cut cut;
  SystemView sys;
  Drive drive;
  StateView st;

  COLDSUN_FN void operator()(int a, int s) const {
    const int m = cut.member(a), site = sys.string_site(s), plane = sys.string_plane(s);
    const Real g = drive.effective_irradiance(m, plane) * st.pv_gain(m, s),
               n = static_cast<Real>(sys.string_n_series(s));
    const Curve c = string_curve(sys, s, g, drive.temp_cell(m, plane));
    const MaxPower best = max_power(c);
    const Real v_passed = st.v_bus(m, site) / n, x_passed = vd_from_v(c, v_passed), p_passed = at(c, x_passed).power();
    const bool pass = v_passed < best.v, dark = !(g > g_dark);
    const Real dx = sys.site(site).mppt_step * vd_bound(c) / at(c, best.vd).dv;
    const Real p_low = at(c, best.vd - dx).power(), p_high = at(c, best.vd + dx).power();
    const Real tracked = pass ? p_passed : 0.25 * (p_low + p_high) + 0.5 * best.p;
    const Real missed = pass ? best.p - p_passed : 0.25 * ((best.p - p_low) + (best.p - p_high));
    st.p_mp(m, s) = dark ? 0.0 : n * best.p;
    st.v_mp(m, s) = dark ? 0.0 : n * best.v;
    st.p_track(m, s) = dark ? 0.0 : n * tracked;
    st.p_miss(m, s) = dark ? 0.0 : n * missed;
    st.vd_mp(m, s) = best.vd;
    st.vd_pass(m, s) = pass ? x_passed : 0.0;
    st.curvature(m, s) = best.curvature;
  }
};

// Operating point at the site's share of PV power. Curtailed and limited strings operate at a higher voltage, right of
// the maximum. reads what TrackStrings wrote, pv_share, v_bus; writes v_pv, i_pv, duty, i_l, loss. 170 B and about 830
// flops per string.
struct OperateStrings {
  Cut cut;
  SystemView sys;
  Drive drive;
  StateView st;

  COLDSUN_FN void operator()(int a, int s) const {
    const int m = cut.member(a), site = sys.string_site(s), plane = sys.string_plane(s);
    const Real g = drive.effective_irradiance(m, plane) * st.pv_gain(m, s),
               n = static_cast<Real>(sys.string_n_series(s));
    const Curve c = string_curve(sys, s, g, drive.temp_cell(m, plane));
    const Converter converter = string_converter(sys, s);
    const PvRange range = pv_range(converter, st.p_track(m, s));
    const Real used = st.pv_share(m, site), target = range.low + used * (range.high - range.low);
    const bool dark = !(g > g_dark),
               passes = (st.vd_pass(m, s) > 0.0) & (used == 1.0) & (range.high == st.p_track(m, s));
    const Real p_top = math::max(st.p_mp(m, s) / n, 1e-9);
    const Real x_right =
        vd_for_power(c, st.vd_mp(m, s), p_top, st.curvature(m, s), math::clamp(target / n, 0.0, p_top));
    const Real x_open = v_oc(c);
    const Real x_on = passes ? st.vd_pass(m, s) : x_right;
    const Point p = at(c, range.on ? x_on : x_open);
    const Real v = dark ? 0.0 : n * p.v, i = range.on ? p.i : 0.0;
    const Boost b = boost(v, st.v_bus(m, site), i, sys.string_inductance(s), sys.string_f_sw(s));
    st.v_pv(m, s) = v;
    st.i_pv(m, s) = i;
    st.i_l(m, s) = i;
    st.duty(m, s) = range.on ? b.duty : 0.0;
    st.loss(m, s) = range.on ? converter_loss(converter, v * i) : 0.0;
  }
};

// The converters' modes, from the results of OperateStrings. A kernel of its own, because a store of bytes prevents
// vectorisation. reads p_track, vd_pass, v_pv, i_pv, v_bus, pv_share; writes mode. 90 B and about 30 flops per string.
struct ModeOfStrings {
  Cut cut;
  SystemView sys;
  StateView st;

  COLDSUN_FN void operator()(int a, int s) const {
    const int m = cut.member(a), site = sys.string_site(s);
    const PvRange range = pv_range(string_converter(sys, s), st.p_track(m, s));
    const bool discontinuous =
        boost(st.v_pv(m, s), st.v_bus(m, site), st.i_pv(m, s), sys.string_inductance(s), sys.string_f_sw(s))
            .discontinuous;
    Mode k = discontinuous ? Mode::dcm : Mode::ccm;
    if (st.vd_pass(m, s) > 0.0) k = Mode::pass_through;
    if (range.high < st.p_track(m, s)) k = Mode::limited;
    if (st.pv_share(m, site) < 1.0) k = Mode::curtailed;
    if (!range.on) k = Mode::off;
    st.mode(m, s) = static_cast<std::int8_t>(k);
  }
};

// All strings before the bus is closed, and after.
template <class Space>
void track_strings(Space space, const System& sys, const State& st, const Drive& d, const Cut& cut) {
  for_rows(space, cut.n_active, sys.string_site.extent(0), TrackStrings{cut, sys, d, st});
}
template <class Space>
void operate_strings(Space space, const System& sys, const State& st, const Drive& d, const Cut& cut) {
  for_rows(space, cut.n_active, sys.string_site.extent(0), OperateStrings{cut, sys, d, st});
  for_rows(space, cut.n_active, sys.string_site.extent(0), ModeOfStrings{cut, sys, st});
}

}  // namespace coldsun::electrical
