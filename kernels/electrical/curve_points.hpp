// Kernels of the single-diode model on bare arrays, for Python and the benchmarks.
#pragma once
#include "common/array.hpp"
#include "electrical/single_diode.hpp"

namespace coldsun::electrical {

inline constexpr Real photocurrent_dark = 1e-15;  // A: a curve below it is dark, with key points of zero

struct CurveParameters {
  View<const Real, 2> photocurrent, saturation_current, resistance_series, resistance_shunt, nNsVth;
  COLDSUN_FN Curve operator()(int row, int i) const {
    // the order of the arguments of max keeps NaN
    return make_curve(math::max(photocurrent_dark, photocurrent(row, i)), saturation_current(row, i),
                      resistance_series(row, i), 1.0 / resistance_shunt(row, i), nNsVth(row, i));
  }
  COLDSUN_FN bool dark(int row, int i) const { return photocurrent(row, i) <= photocurrent_dark; }
};

// Parameters of the CEC model, with module parameters per point. reads 9 Real, writes 5 Real: 112 B and about 70 flops
// per point (one exp at 31).
struct ParametersOfPoints {
  View<const Real, 2> effective_irradiance, temp_cell;                           // W/m2, K
  View<const Real, 2> alpha_sc, a_ref, i_l_ref, i_o_ref, r_sh_ref, r_s, adjust;  // adjust: percent, as SAM
  View<Real, 2> photocurrent, saturation_current, resistance_series, resistance_shunt, nNsVth;
  COLDSUN_FN void operator()(int row, int i) const {
    const Module m{.i_l_ref = i_l_ref(row, i),
                   .i_o_ref = i_o_ref(row, i),
                   .r_s = r_s(row, i),
                   .r_sh_ref = r_sh_ref(row, i),
                   .a_ref = a_ref(row, i),
                   .alpha_sc = alpha_sc(row, i),
                   .adjust = adjust(row, i) * 0.01};
    const Curve c = calcparams_cec(effective_irradiance(row, i), temp_cell(row, i), m);
    photocurrent(row, i) = c.photocurrent;
    saturation_current(row, i) = c.saturation_current;
    resistance_series(row, i) = c.resistance_series;
    resistance_shunt(row, i) = 1.0 / c.conductance_shunt;
    nNsVth(row, i) = c.nNsVth;
  }
};

}  // namespace coldsun::electrical
