// Kernels of any single-diode curve on bare arrays, in two passes. The fast pass is vectorised and leaves NaN where its
// steps did not converge; the second, with branches, solves those. NaN in the inputs stays NaN.
#pragma once
#include "electrical/any_curve.hpp"
#include "electrical/curve_points.hpp"

namespace coldsun::electrical {

// The key points of pvlib: i_x is the current at half of v_oc, i_xx the current midway between v_mp and v_oc.
struct SevenPoints {
  Real i_sc, v_oc, i_mp, v_mp, p_mp, i_x, i_xx;
};
COLDSUN_FN SevenPoints seven_points(const Curve& c, Real vd_sc, Real v_oc, Real vd_mp) {
  const Point mp = at(c, vd_mp);
  v_oc += 0.0 * c.resistance_series;  // the open circuit knows no series resistance, but NaN stays NaN
  return {
      .i_sc = at(c, vd_sc).i, .v_oc = v_oc, .i_mp = mp.i, .v_mp = mp.v, .p_mp = mp.power(), .i_x = 0.0, .i_xx = 0.0};
}

struct SevenPointsOfCurves {
  CurveParameters curve;
  View<Real, 2> i_sc, v_oc, i_mp, v_mp, p_mp, i_x, i_xx;
  COLDSUN_FN void store(int row, int i, const SevenPoints& p) const {
    const bool dark = curve.dark(row, i);
    i_sc(row, i) = dark ? 0.0 : p.i_sc;
    v_oc(row, i) = dark ? 0.0 : p.v_oc;
    i_mp(row, i) = dark ? 0.0 : p.i_mp;
    v_mp(row, i) = dark ? 0.0 : p.v_mp;
    p_mp(row, i) = dark ? 0.0 : p.p_mp;
    i_x(row, i) = dark ? 0.0 : p.i_x;
    i_xx(row, i) = dark ? 0.0 : p.i_xx;
  }
};

// reads 5 Real, writes 7 Real: 96 B and about 1,950 flops per curve (38 evaluations of the curve at 43, quotients, logs
// at 30).
struct FastSevenPoints : SevenPointsOfCurves {
  COLDSUN_FN void operator()(int row, int i) const {
    const Curve c = curve(row, i);
    const Solved open = fast_from_i(c, 0.0), shorted = fast_from_v(c, 0.0), most = fast_max_power(c);
    SevenPoints p = seven_points(c, shorted.x, open.x, most.x);
    const Solved half = fast_from_v(c, 0.5 * p.v_oc), between = fast_from_v(c, 0.5 * (p.v_oc + p.v_mp));
    p.i_x = at(c, half.x).i;
    p.i_xx = at(c, between.x).i;
    p.p_mp = if_solved(p.p_mp, open.moved + shorted.moved + most.moved + half.moved + between.moved);
    store(row, i, p);
  }
};
// reads 1 Real per curve; for curves left by the fast pass its bytes and about ten times its flops.
struct SureSevenPoints : SevenPointsOfCurves {
  COLDSUN_FN void operator()(int row, int i) const {
    if (p_mp(row, i) == p_mp(row, i)) return;
    const Curve c = curve(row, i);
    SevenPoints p = seven_points(c, sure_from_v(c, 0.0), sure_from_i(c, 0.0), sure_max_power(c));
    p.i_x = at(c, sure_from_v(c, 0.5 * p.v_oc)).i;
    p.i_xx = at(c, sure_from_v(c, 0.5 * (p.v_oc + p.v_mp))).i;
    store(row, i, p);
  }
};

struct CurrentOfAny {
  CurveParameters curve;
  View<const Real, 2> voltage;
  View<Real, 2> current;
};
// reads 6 Real, writes 1 Real: 56 B and about 420 flops per point (8 evaluations at 43, 7 quotients, one log at 30).
struct FastCurrent : CurrentOfAny {
  COLDSUN_FN void operator()(int row, int i) const {
    const Curve c = curve(row, i);
    const Solved s = fast_from_v(c, voltage(row, i));
    current(row, i) = if_solved(at(c, s.x).i, s.moved);
  }
};
// reads 1 Real per point; for points left by the fast pass its bytes and about ten times its flops.
struct SureCurrent : CurrentOfAny {
  COLDSUN_FN void operator()(int row, int i) const {
    if (current(row, i) == current(row, i)) return;
    const Curve c = curve(row, i);
    current(row, i) = at(c, sure_from_v(c, voltage(row, i))).i;
  }
};

struct VoltageOfAny {
  CurveParameters curve;
  View<const Real, 2> current;
  View<Real, 2> voltage;
};
// reads 6 Real, writes 1 Real: 56 B and about 400 flops per point (7 evaluations at 43, 7 quotients, one log at 30).
struct FastVoltage : VoltageOfAny {
  COLDSUN_FN void operator()(int row, int i) const {
    const Curve c = curve(row, i);
    const Solved s = fast_from_i(c, current(row, i));
    voltage(row, i) = if_solved(s.x - current(row, i) * c.resistance_series, s.moved);
  }
};
// reads 1 Real per point; for points left by the fast pass its bytes and about ten times its flops.
struct SureVoltage : VoltageOfAny {
  COLDSUN_FN void operator()(int row, int i) const {
    if (voltage(row, i) == voltage(row, i)) return;
    const Curve c = curve(row, i);
    voltage(row, i) = sure_from_i(c, current(row, i)) - current(row, i) * c.resistance_series;
  }
};

}  // namespace coldsun::electrical
