// Clear sky, transposition, glass and cell temperature against pvlib's numbers, from the tables' own angles.
#include <cmath>

#include "backends.hpp"
#include "sky/cell_temperature.hpp"
#include "sky/clear_sky.hpp"
#include "sky/iam.hpp"
#include "sky/sky.hpp"
#include "sky/transposition.hpp"
#include "sky_table.hpp"

namespace coldsun::test {
namespace {

using namespace coldsun::sky;
constexpr Real degree = constants::degree;
// Ten digits are printed in the tables; the models have no other freedom. Near 0 the absolute part takes over.
constexpr double tolerance = 1e-8, absolute = 1e-7;

template <class Space>
class SkyModels : public OnBackend<Space> {};
TYPED_TEST_SUITE(SkyModels, Backends);

// Columns: 0 apparent zenith, 1 azimuth (degrees), 2 pressure, 3 dni_extra, 4 turbidity, 5 altitude, 6 ghi, 7 dni, 8
// dhi, 9 tilt, 10 azimuth of the plane (degrees), 11 albedo, 12 temp_air (K), 13 wind_speed.
struct Models {
  View<const Real, 2> in;
  View<Real, 2> out;
  COLDSUN_FN void operator()(int i) const {
    const Real zenith = in(i, 0) * degree, azimuth = in(i, 1) * degree, up = math::cos(zenith),
               level = math::sin(zenith);
    const Real airmass = relative_airmass(zenith, up);
    const Irradiance clear = clear_sky(up, absolute_airmass(airmass, in(i, 2)), in(i, 4), in(i, 5), in(i, 3));
    const Tilt tilt = tilt_of(in(i, 9) * degree, in(i, 10) * degree);
    const Real incidence = cos_aoi(tilt, level * math::sin(azimuth), level * math::cos(azimuth), up);
    const SkyNow now = {.ghi = in(i, 6),
                        .dni = in(i, 7),
                        .dhi = in(i, 8),
                        .dni_extra = in(i, 3),
                        .zenith = zenith,
                        .cos_zenith = up,
                        .airmass = airmass};
    Iam plain, coated;
    coated.refractive_index_ar = 1.29;
    out(i, 0) = airmass, out(i, 1) = clear.ghi, out(i, 2) = clear.dni, out(i, 3) = clear.dhi;
    out(i, 4) = std::acos(incidence) / degree;
    out(i, 5) = iam_physical(plain, incidence), out(i, 6) = iam_physical(coated, incidence);
    for (int k = 0; k < 4; ++k)
      out(i, 7 + k) = on_plane(static_cast<Transposition>(k), now, tilt, incidence, in(i, 11)).global();
    CellTemperature sapm, pvsyst, faiman;
    pvsyst.model = CellModel::pvsyst;
    faiman.model = CellModel::faiman, faiman.u_c = 25.0, faiman.u_v = 6.84;
    const Real poa = out(i, 10);
    out(i, 11) = temp_cell_steady(sapm, poa, in(i, 12), in(i, 13));
    out(i, 12) = temp_cell_steady(pvsyst, poa, in(i, 12), in(i, 13));
    out(i, 13) = temp_cell_steady(faiman, poa, in(i, 12), in(i, 13));
    const Irradiance split = erbs(in(i, 6), up, in(i, 3));
    out(i, 14) = split.dni, out(i, 15) = split.dhi;
  }
};

template <class Space>
Array<Real, 2> modelled(const Array<Real, 2>& in) {
  Array<Real, 2> out(device_of<Space>, {in.extent(0), 16});
  for_each(Space{}, in.extent(0), Models{in, out});
  synchronize(Space{});
  return out;
}

void near(double got, double want, const char* what, int row) {
  EXPECT_NEAR(got, want, tolerance * std::fabs(want) + absolute) << what << ' ' << row;
}

TYPED_TEST(SkyModels, masdar_days) {
  const Table t = read_table("sky_masdar_pvlib.csv");
  Array<Real, 2> in(device_of<TypeParam>, {t.n_row, 14});
  for (int i = 0; i < t.n_row; ++i) {
    int c = 0;
    for (const char* name : {"apparent_zenith", "azimuth", "pressure_Pa", "dni_extra", "LT"}) in(i, c++) = t[name][i];
    in(i, c++) = 5.0;
    for (const char* name : {"ghi", "dni", "dhi", "fixed_tilt", "fixed_azimuth"}) in(i, c++) = t[name][i];
    in(i, c++) = 0.25;
    in(i, c++) = t["Tamb_C"][i] + 273.15, in(i, c++) = t["wind_m_s"][i];
  }
  const Array<Real, 2> out = modelled<TypeParam>(in);
  const char* name[14] = {"airmass_rel",  "ghi",     "dni",           "dhi",           "aoi",
                          "iam_physical", nullptr,   "poa_isotropic", "poa_haydavies", "poa_reindl",
                          "poa_perez",    "Tc_sapm", "Tc_pvsyst",     "Tc_faiman"};
  int days = 0;
  for (int i = 0; i < t.n_row; ++i) {
    const bool day = t["apparent_zenith"][i] < 90.0;
    days += day;
    for (int c = 0; c < 14; ++c)
      if (name[c] && (c > 0 || day)) near(out(i, c) - (c > 10 ? 273.15 : 0.0), t[name[c]][i], name[c], i);
  }
  EXPECT_GT(days, 140);
}

TYPED_TEST(SkyModels, random_skies_and_planes_agree_with_pvlib) {
  const Table t = read_table("sky_random_pvlib.csv");
  Array<Real, 2> in(device_of<TypeParam>, {t.n_row, 14});
  for (int i = 0; i < t.n_row; ++i) {
    int c = 0;
    for (const char* name : {"apparent_zenith", "azimuth", "pressure_Pa", "dni_extra", "LT", "altitude", "ghi", "dni",
                             "dhi", "tilt", "surface_azimuth", "albedo"})
      in(i, c++) = t[name][i];
    in(i, 12) = 300.0, in(i, 13) = 1.0;
  }
  const Array<Real, 2> out = modelled<TypeParam>(in);
  const char* name[11] = {"airmass", "ghi_clear", "dni_clear", nullptr,  "aoi",  "iam",
                          "iam_ar",  "isotropic", "haydavies", "reindl", "perez"};
  for (int i = 0; i < t.n_row; ++i) {
    const bool day = t["apparent_zenith"][i] < 90.0;
    for (int c = 0; c < 11; ++c)
      if (name[c] && (c > 0 || day)) near(out(i, c), t[name[c]][i], name[c], i);
    if (day) near(out(i, 14), t["erbs_dni"][i], "erbs dni", i), near(out(i, 15), t["erbs_dhi"][i], "erbs dhi", i);
  }
}

// Two quadratures of the same integrals, 1 degree here, finer there: 0.1 %, and 1 % for the thin slice of ground under
// a flat plane.
TEST(SkyModels, diffuse_light_through_glass) {
  const Table t = read_table("sky_diffuse_iam.csv");
  std::vector<Site> site(1);
  site[0].cloud = make_cloud_law({});
  std::vector<Plane> plane(t.n_row);
  for (int i = 0; i < t.n_row; ++i)
    plane[i].surface_tilt = t["tilt"][i] * degree, plane[i].iam.refractive_index_ar = t["n_ar"][i];
  const System s = make_system(site, plane, Device::host);
  for (int i = 0; i < t.n_row; ++i) {
    EXPECT_NEAR(s.plane(i).iam.sky, t["sky"][i], 1e-3) << i;
    EXPECT_NEAR(s.plane(i).iam.ground, t["ground"][i], 1e-2 * t["ground"][i]) << i;
  }
}

TEST(SkyModels, haze_moves_light_from_beam_to_sky) {
  const Irradiance clear = {800.0, 850.0, 120.0};
  const Real up = (clear.ghi - clear.dhi) / clear.dni;
  const Irradiance none = with_haze(clear, up, 1.2, 0.0, 0.8), all = with_haze(clear, up, 1.2, 0.3, 1.0),
                   some = with_haze(clear, up, 1.2, 0.3, 0.8);
  EXPECT_NEAR(none.ghi, clear.ghi, 1e-12);
  EXPECT_NEAR(all.ghi, clear.ghi, 1e-12);  // nothing is taken, so the whole stays
  EXPECT_NEAR(all.dni, clear.dni * std::exp(-0.36), 1e-10);
  EXPECT_NEAR(clear.ghi - some.ghi, 0.2 * (clear.dni - some.dni) * up, 1e-10);
}

TEST(SkyModels, lag_is_the_exponential) {
  for (Real x : {1e-9, 1e-6, 9.9e-4, 1.1e-3, 0.02, 1.0, 30.0}) {
    const Lag l = lag(300.0 * x, 300.0);
    EXPECT_NEAR(l.left, std::exp(-x), 1e-15);
    EXPECT_NEAR(l.mean, -std::expm1(-x) / x, 2e-13);
  }
}

}  // namespace
}  // namespace coldsun::test
