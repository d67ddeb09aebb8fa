// Every kernel of the array functions (points.hpp, any_curve_points.hpp) over points drawn from the range of its use:
// for benchmarks, and for tests on other backends.
#pragma once
#include <span>
#include <vector>

#include "common/philox.hpp"
#include "electrical/any_curve_points.hpp"
#include "sky/points.hpp"
#include "thermal/points.hpp"

namespace coldsun::bench {

struct Range {
  Real low, high;
};

// One row of n points: inputs drawn evenly from their ranges, outputs NaN.
struct Points {
  std::vector<Array<Real, 2>> in, out;
  Points(Device device, int n, std::span<const Range> range, int n_out) {
    for (std::size_t k = 0; k < range.size(); ++k) {
      in.emplace_back(device, std::array<int, 2>{1, n});
      const Chance chance{1, 0, Stream::test, static_cast<std::uint32_t>(k)};
      for (int i = 0; i < n; ++i) {
        const Real u = chance.uniform(static_cast<std::uint32_t>(i), 0);
        in.back()(0, i) = range[k].low + (range[k].high - range[k].low) * u;
      }
    }
    for (int k = 0; k < n_out; ++k) {
      out.emplace_back(device, std::array<int, 2>{1, n});
      out.back().fill(math::not_a_number);
    }
  }
};

struct PointsKernel {
  const char* name;
  double flops;  // per point
  std::vector<Range> range;
  int n_out;
  int night = -1;  // the input whose NaN means night, if there is one
};

// f(PointsKernel, make) for each; make(points) is the functor of for_rows.
template <class F>
void each_points_kernel(F&& f) {
  const Range angle{0.0, 180.0}, share{0.0, 1.0}, kelvin{280.0, 340.0};
  {
    using namespace sky;
    const Range azimuth{0, 360}, zenith{0, 85}, extra{1320, 1410};
    std::vector<Range> plane{{0, 60}, azimuth, zenith, azimuth};
    for (const Range light : {Range{0, 1e3}, {100, 1e3}, {20, 400}, extra, {1, 10}, share}) plane.push_back(light);
    f(PointsKernel{"sun",
                   SunOfPoints::flops,
                   {{1.7e9, 1.8e9}, {-60, 60}, {-180, 180}, {0, 3e3}, {7e4, 1e5}, {-10, 40}, {64, 72}},
                   6},
      [](const Points& b) {
        return SunOfPoints{.seconds = b.in[0],
                           .latitude = b.in[1],
                           .longitude = b.in[2],
                           .altitude = b.in[3],
                           .pressure = b.in[4],
                           .temp_air = b.in[5],
                           .delta_t = b.in[6],
                           .apparent_zenith = b.out[0],
                           .zenith = b.out[1],
                           .apparent_elevation = b.out[2],
                           .elevation = b.out[3],
                           .azimuth = b.out[4],
                           .equation_of_time = b.out[5]};
      });
    f(PointsKernel{"clear_sky", 220, {zenith, {1, 10}, {2, 7}, {0, 3e3}, extra}, 3, 1}, [](const Points& b) {
      return ClearSkyOfPoints{.apparent_zenith = b.in[0],
                              .airmass = b.in[1],
                              .linke_turbidity = b.in[2],
                              .altitude = b.in[3],
                              .dni_extra = b.in[4],
                              .ghi = b.out[0],
                              .dni = b.out[1],
                              .dhi = b.out[2]};
    });
    f(PointsKernel{"plane_perez", 300, plane, 5, 8}, [](const Points& b) {
      return PlaneOfPoints<Transposition::perez>{.surface_tilt = b.in[0],
                                                 .surface_azimuth = b.in[1],
                                                 .solar_zenith = b.in[2],
                                                 .solar_azimuth = b.in[3],
                                                 .dni = b.in[4],
                                                 .ghi = b.in[5],
                                                 .dhi = b.in[6],
                                                 .dni_extra = b.in[7],
                                                 .airmass = b.in[8],
                                                 .albedo = b.in[9],
                                                 .poa_global = b.out[0],
                                                 .poa_direct = b.out[1],
                                                 .poa_diffuse = b.out[2],
                                                 .poa_sky_diffuse = b.out[3],
                                                 .poa_ground_diffuse = b.out[4]};
    });
    f(PointsKernel{"cell_faiman", 50, {{0, 1200}, {-10, 45}, {0, 15}, {20, 30}, {5, 8}}, 1}, [](const Points& b) {
      return CellOfPoints<CellModel::faiman>{.poa_global = b.in[0],
                                             .temp_air = b.in[1],
                                             .wind_speed = b.in[2],
                                             .first = b.in[3],
                                             .second = b.in[4],
                                             .third = b.in[3],
                                             .fourth = b.in[4],
                                             .temp_cell = b.out[0]};
    });
    f(PointsKernel{"iam", 150, {{0, 89}, {1.4, 1.6}, {1, 10}, {1e-3, 4e-3}, {1.2, 1.4}}, 1},
      [](const Points& b) { return IamOfPoints{b.in[0], b.in[1], b.in[2], b.in[3], b.in[4], b.out[0]}; });
    f(PointsKernel{"airmass", 90, {{0, 90}}, 1}, [](const Points& b) { return AirmassOfPoints{b.in[0], b.out[0]}; });
    f(PointsKernel{"erbs", 60, {{0, 1200}, angle, extra}, 3},
      [](const Points& b) { return ErbsOfPoints{b.in[0], b.in[1], b.in[2], b.out[0], b.out[1], b.out[2]}; });
  }
  {
    using namespace thermal;
    std::vector<Range> channels{{1e-6, 2e-5}, {2e-4, 1e-3}, {1e-3, 4e-3}, {20, 80}, {0.02, 0.1}};
    for (const Range more : {kelvin, Range{0, 4}}) channels.push_back(more);
    f(PointsKernel{"coolant_water", 400, {kelvin}, 5}, [](const Points& b) {
      return CoolantOfPoints{.coolant = Coolant::water,
                             .temperature = b.in[0],
                             .rho = b.out[0],
                             .mu = b.out[1],
                             .k = b.out[2],
                             .cp = b.out[3],
                             .prandtl = b.out[4]};
    });
    f(PointsKernel{"nusselt", 300, {{1, 1e4}, {1, 50}, {0.05, 1}, {1, 1e3}}, 1},
      [](const Points& b) { return NusseltOfPoints{b.in[0], b.in[1], b.in[2], b.in[3], b.out[0]}; });
    f(PointsKernel{"pressure_drop", 500, channels, 1}, [](const Points& b) {
      return PressureDropOfPoints{.coolant = Coolant::pg25,
                                  .flow = b.in[0],
                                  .width = b.in[1],
                                  .height = b.in[2],
                                  .count = b.in[3],
                                  .length = b.in[4],
                                  .temperature = b.in[5],
                                  .minor_loss = b.in[6],
                                  .drop = b.out[0]};
    });
  }
  {
    using namespace electrical;
    const std::vector<Range> module{{1, 14}, {1e-11, 1e-9}, {0.1, 0.4}, {100, 1e3}, {1.6, 2.2}};
    const auto seven = [](const Points& b) {
      return SevenPointsOfCurves{.curve = CurveParameters{b.in[0], b.in[1], b.in[2], b.in[3], b.in[4]},
                                 .i_sc = b.out[0],
                                 .v_oc = b.out[1],
                                 .i_mp = b.out[2],
                                 .v_mp = b.out[3],
                                 .p_mp = b.out[4],
                                 .i_x = b.out[5],
                                 .i_xx = b.out[6]};
    };
    const auto curve = [](const Points& b) { return CurveParameters{b.in[0], b.in[1], b.in[2], b.in[3], b.in[4]}; };
    f(
        PointsKernel{
            "calcparams_cec",
            70,
            {{20, 1200}, {260, 350}, {2e-3, 6e-3}, {1.6, 2.2}, {8, 14}, {1e-11, 1e-9}, {100, 1e3}, {0.1, 0.4}, {0, 15}},
            5},
        [](const Points& b) {
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
    f(PointsKernel{"seven_points", 1950, module, 7}, [seven](const Points& b) { return FastSevenPoints{seven(b)}; });
    f(PointsKernel{"seven_points_sure", 19500, module, 7},
      [seven](const Points& b) { return SureSevenPoints{seven(b)}; });
    std::vector<Range> more = module;
    more.push_back({0, 40});
    f(PointsKernel{"current_from_voltage", 420, more, 1},
      [curve](const Points& b) { return FastCurrent{{curve(b), b.in[5], b.out[0]}}; });
    more.back() = {0, 1};
    f(PointsKernel{"voltage_from_current", 400, more, 1},
      [curve](const Points& b) { return FastVoltage{{curve(b), b.in[5], b.out[0]}}; });
  }
}

}  // namespace coldsun::bench
