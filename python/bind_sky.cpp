// Array functions of the sky: the Sun, clear sky, planes of array, cell temperature, glass.
#include "python/bind_arrays.hpp"
#include "sky/points.hpp"

namespace {

using namespace coldsun::sky;
using arrays::Columns;
using arrays::over_points;
using pybind11::ssize_t;

auto sun(const Columns& columns, ssize_t n) {
  return over_points<7, 6>(columns, n, [](const auto& b) {
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
}

auto clear_sky_of(const Columns& columns, ssize_t n) {
  return over_points<5, 3>(columns, n, [](const auto& b) {
    return ClearSkyOfPoints{.apparent_zenith = b.in[0],
                            .airmass = b.in[1],
                            .linke_turbidity = b.in[2],
                            .altitude = b.in[3],
                            .dni_extra = b.in[4],
                            .ghi = b.out[0],
                            .dni = b.out[1],
                            .dhi = b.out[2]};
  });
}

template <Transposition model>
auto plane_by(const Columns& columns, ssize_t n) {
  return over_points<10, 5>(columns, n, [](const auto& b) {
    return PlaneOfPoints<model>{.surface_tilt = b.in[0],
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
}
auto plane(const Columns& columns, ssize_t n, int model) {
  switch (static_cast<Transposition>(model)) {
    case Transposition::isotropic:
      return plane_by<Transposition::isotropic>(columns, n);
    case Transposition::hay_davies:
      return plane_by<Transposition::hay_davies>(columns, n);
    case Transposition::reindl:
      return plane_by<Transposition::reindl>(columns, n);
    case Transposition::perez:
      return plane_by<Transposition::perez>(columns, n);
  }
  throw std::invalid_argument("model = " + std::to_string(model) + "; accepted: 0 to 3");
}

template <CellModel model>
auto cell_by(const Columns& columns, ssize_t n) {
  return over_points<7, 1>(columns, n, [](const auto& b) {
    return CellOfPoints<model>{.poa_global = b.in[0],
                               .temp_air = b.in[1],
                               .wind_speed = b.in[2],
                               .first = b.in[3],
                               .second = b.in[4],
                               .third = b.in[5],
                               .fourth = b.in[6],
                               .temp_cell = b.out[0]};
  });
}
auto cell(const Columns& columns, ssize_t n, int model) {
  switch (static_cast<CellModel>(model)) {
    case CellModel::sapm:
      return cell_by<CellModel::sapm>(columns, n);
    case CellModel::pvsyst:
      return cell_by<CellModel::pvsyst>(columns, n);
    case CellModel::faiman:
      return cell_by<CellModel::faiman>(columns, n);
  }
  throw std::invalid_argument("model = " + std::to_string(model) + "; accepted: 0 to 2");
}

auto glass(const Columns& columns, ssize_t n) {
  return over_points<5, 1>(
      columns, n, [](const auto& b) { return IamOfPoints{b.in[0], b.in[1], b.in[2], b.in[3], b.in[4], b.out[0]}; });
}
auto airmass(const Columns& columns, ssize_t n) {
  return over_points<1, 1>(columns, n, [](const auto& b) { return AirmassOfPoints{b.in[0], b.out[0]}; });
}
auto split(const Columns& columns, ssize_t n) {
  return over_points<3, 3>(
      columns, n, [](const auto& b) { return ErbsOfPoints{b.in[0], b.in[1], b.in[2], b.out[0], b.out[1], b.out[2]}; });
}

}  // namespace

void bind_sky(pybind11::module_& m) {
  using namespace pybind11::literals;
  auto s = m.def_submodule("sky", "Kernels of the sky over points, used by coldsun.sky");
  s.def(
      "sun", &sun, "columns"_a, "n"_a,
      "UTC [s since 1970], latitude, longitude [degrees], altitude [m], pressure [Pa], air temperature [degC], delta_t "
      "[s] -> apparent_zenith, zenith, apparent_elevation, elevation, azimuth [degrees], equation_of_time [min]");
  s.def(
      "clear_sky", &clear_sky_of, "columns"_a, "n"_a,
      "Apparent zenith [degrees], absolute air mass, Linke turbidity, altitude [m], dni_extra [W/m2] -> ghi, dni, dhi "
      "[W/m2]");
  s.def(
      "plane", &plane, "columns"_a, "n"_a, "model"_a,
      "Tilt, azimuth, solar zenith, solar azimuth [degrees], dni, ghi, dhi, dni_extra [W/m2], air mass, albedo -> "
      "poa_global, poa_direct, poa_diffuse, poa_sky_diffuse, poa_ground_diffuse [W/m2]; model: 0 isotropic, 1 Hay and "
      "Davies, 2 Reindl, 3 Perez");
  s.def("cell", &cell, "columns"_a, "n"_a, "model"_a,
        "Irradiance [W/m2], air temperature [degC], wind speed [m/s], four parameters -> cell temperature [degC]; "
        "model: 0 "
        "SAPM, 1 PVsyst, 2 Faiman");
  s.def("iam_physical", &glass, "columns"_a, "n"_a,
        "Angle of incidence [degrees], n, K [1/m], L [m], n of the coating -> incidence angle modifier");
  s.def("relative_airmass", &airmass, "columns"_a, "n"_a, "Apparent zenith [degrees] -> relative air mass");
  s.def("erbs", &split, "columns"_a, "n"_a,
        "ghi [W/m2], zenith [degrees], dni_extra [W/m2] -> dni, dhi [W/m2], clearness index");
  s.def("extraterrestrial_dni", &coldsun::sun::extraterrestrial_dni, "day"_a,
        "Day of the year -> extraterrestrial normal irradiance [W/m2]");
}
