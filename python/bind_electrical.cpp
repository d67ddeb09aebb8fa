// Array functions of the single-diode model: CEC parameters, key points, current at a voltage, voltage at a current.
#include "electrical/any_curve_points.hpp"
#include "python/bind_arrays.hpp"

namespace {

using namespace coldsun::electrical;
using arrays::Columns;
using arrays::over_points;

template <class Block>
CurveParameters curves(const Block& b, std::size_t first) {
  return {b.in[first], b.in[first + 1], b.in[first + 2], b.in[first + 3], b.in[first + 4]};
}

}  // namespace

void bind_electrical(pybind11::module_& m) {
  using namespace pybind11::literals;
  auto e = m.def_submodule("electrical", "Kernels of the single-diode model over points, used by coldsun.electrical");
  e.def(
      "calcparams_cec",
      [](const Columns& columns, pybind11::ssize_t n) {
        return over_points<9, 5>(columns, n, [](const auto& b) {
          return ParametersOfPoints{.effective_irradiance = b.in[0],
                                    .temp_cell = b.in[1],
                                    .alpha_sc = b.in[2],
                                    .a_ref = b.in[3],
                                    .i_l_ref = b.in[4],
                                    .i_o_ref = b.in[5],
                                    .r_sh_ref = b.in[6],
                                    .r_s = b.in[7],
                                    .adjust = b.in[8],
                                    .photocurrent = b.out[0],
                                    .saturation_current = b.out[1],
                                    .resistance_series = b.out[2],
                                    .resistance_shunt = b.out[3],
                                    .nNsVth = b.out[4]};
        });
      },
      "columns"_a, "n"_a,
      "Irradiance [W/m2], cell temperature [K], alpha_sc [A/K], a_ref [V], I_L_ref, I_o_ref [A], R_sh_ref, R_s [ohm], "
      "Adjust [%] -> photocurrent, saturation current [A], series, shunt resistance [ohm], nNsVth [V]");
  e.def(
      "singlediode",
      [](const Columns& columns, pybind11::ssize_t n) {
        return over_points<5, 7>(columns, n, [](const auto& b) {
          const SevenPointsOfCurves all{.curve = curves(b, 0),
                                        .i_sc = b.out[0],
                                        .v_oc = b.out[1],
                                        .i_mp = b.out[2],
                                        .v_mp = b.out[3],
                                        .p_mp = b.out[4],
                                        .i_x = b.out[5],
                                        .i_xx = b.out[6]};
          return std::tuple(FastSevenPoints{all}, SureSevenPoints{all});
        });
      },
      "columns"_a, "n"_a,
      "Five parameters as of calcparams_cec -> i_sc [A], v_oc [V], i_mp [A], v_mp [V], p_mp [W], i_x, i_xx [A]");
  e.def(
      "i_from_v",
      [](const Columns& columns, pybind11::ssize_t n) {
        return over_points<6, 1>(columns, n, [](const auto& b) {
          const CurrentOfAny all{curves(b, 1), b.in[0], b.out[0]};
          return std::tuple(FastCurrent{all}, SureCurrent{all});
        });
      },
      "columns"_a, "n"_a, "Voltage [V] and five parameters as of calcparams_cec -> current [A]");
  e.def(
      "v_from_i",
      [](const Columns& columns, pybind11::ssize_t n) {
        return over_points<6, 1>(columns, n, [](const auto& b) {
          const VoltageOfAny all{curves(b, 1), b.in[0], b.out[0]};
          return std::tuple(FastVoltage{all}, SureVoltage{all});
        });
      },
      "columns"_a, "n"_a, "Current [A] and five parameters as of calcparams_cec -> voltage [V]");
}
