// Benchmarks of the sky: position of the Sun, clear sky, transposition, cloud field, the whole step. Each is checked
// before it is timed.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "bench/rates.hpp"
#include "common/loops.hpp"
#include "common/sun.hpp"
#include "sky/advance.hpp"

namespace coldsun::bench {
namespace {

using namespace coldsun::sky;

constexpr int n_item = 4096;
const Time noon = midnight({2026, 3, 1}) + 15 * 3600 * ns_per_s;

// The field draws its own cover.
struct OwnCover {
  COLDSUN_FN Real operator()(std::int64_t /*second*/) const { return -1.0; }
};

// writes the Sun's inertial direction. 24 B; 246 cosines and 63 sines with cosines of 45 flops each: some 14,000 flops
struct SunPlace {
  View<Real, 2> out;
  COLDSUN_FN void operator()(int i) const {
    const sun::Place p = sun::place(noon + i * 3600 * ns_per_s);
    out(i, 0) = p.teme.x, out(i, 1) = p.teme.y, out(i, 2) = p.teme.z;
  }
};
void sun_place(benchmark::State& state) {
  const Array<Real, 2> out(Device::host, {n_item, 3});
  for (auto _ : state) {
    for_each(Host{}, n_item, SunPlace{out});
    benchmark::ClobberMemory();
  }
  for (int i = 0; i < n_item; ++i)
    if (std::fabs(out(i, 2)) > 0.3979) return state.SkipWithError("the Sun left the tropics");
  rates(state, n_item, 24, 14000);
}
BENCHMARK(sun_place)->Name("sky/sun_place")->UseRealTime();

// reads nothing; writes the direction to the apparent Sun. 24 B; rotation, parallax, refraction: 250 flops
struct SunSight {
  sun::Place place;
  sun::Horizon horizon;
  View<Real, 2> out;
  COLDSUN_FN void operator()(int i) const {
    const sun::Sight s = sun::sight(place, sun::mean_sidereal_time(noon + i * ns_per_s), horizon, 83000.0, 290.0);
    out(i, 0) = s.apparent.x, out(i, 1) = s.apparent.y, out(i, 2) = s.apparent.z;
  }
};
void sun_sight(benchmark::State& state) {
  const Array<Real, 2> out(Device::host, {n_item, 3});
  const sun::Observer observer = {-0.4, -1.22, 1635.0};
  for (auto _ : state) {
    for_each(Host{}, n_item, SunSight{sun::place(noon), sun::horizon(observer), out});
    benchmark::ClobberMemory();
  }
  const sun::Sight s = sun::sight(noon + 77 * ns_per_s, observer, 83000.0, 290.0);
  // The Sun itself moves 1.5e-5 rad in these 77 s, which the loop leaves out.
  if (std::fabs(out(77, 2) - s.apparent.z) > 3e-5) return state.SkipWithError("differs from the Sun at that time");
  rates(state, n_item, 24, 250);
}
BENCHMARK(sun_sight)->Name("sky/sun_sight")->UseRealTime();

// reads zenith, turbidity; writes ghi, dni. 32 B; air mass 70, two exponentials of height, three of light: 230 flops
struct ClearSky {
  View<const Real, 2> in;
  View<Real, 2> out;
  COLDSUN_FN void operator()(int i) const {
    const Real up = math::cos(in(i, 0));
    const Irradiance s =
        clear_sky(up, absolute_airmass(relative_airmass(in(i, 0), up), 83000.0), in(i, 1), 1635.0, 1366.0);
    out(i, 0) = s.ghi, out(i, 1) = s.dni;
  }
};
// reads zenith, turbidity, ghi, dni; writes the plane's irradiance. 40 B; air mass 70, direction 90, Perez 40: 210
// flops
struct Plate {
  View<const Real, 2> in, sky;
  View<Real, 1> out;
  Tilt tilt;
  COLDSUN_FN void operator()(int i) const {
    Real up, level;
    math::sincos(in(i, 0), level, up);
    const SkyNow s = {.ghi = sky(i, 0),
                      .dni = sky(i, 1),
                      .dhi = std::fma(-sky(i, 1), up, sky(i, 0)),
                      .dni_extra = 1366.0,
                      .zenith = in(i, 0),
                      .cos_zenith = up,
                      .airmass = relative_airmass(in(i, 0), up)};
    out(i) = on_plane(Transposition::perez, s, tilt, cos_aoi(tilt, 0.0, level, up), 0.25).global();
  }
};
struct Skies {
  Array<Real, 2> in{Device::host, {n_item, 2}}, out{Device::host, {n_item, 2}};
  Array<Real, 1> poa{Device::host, {n_item}};
  Skies() {
    for (int i = 0; i < n_item; ++i) in(i, 0) = 1.5 * i / n_item, in(i, 1) = 2.0 + i % 5;
  }
};
void sky_clear(benchmark::State& state) {
  Skies s;
  for (auto _ : state) {
    for_each(Host{}, n_item, ClearSky{s.in, s.out});
    benchmark::ClobberMemory();
  }
  // At the zenith the beam of the formula, by libm.
  const Real beam = 1366.0 * (0.664 + 0.163 / std::exp(-1635.0 / 8000.0)) *
                    std::exp(-0.09 * absolute_airmass(relative_airmass(0.0, 1.0), 83000.0));
  if (std::fabs(s.out(0, 1) - beam) > 1e-9 * beam) return state.SkipWithError("differs from libm");
  rates(state, n_item, 32, 230);
}
BENCHMARK(sky_clear)->Name("sky/clear_sky")->UseRealTime();
void sky_perez(benchmark::State& state) {
  Skies s;
  for_each(Host{}, n_item, ClearSky{s.in, s.out});
  for (auto _ : state) {
    for_each(Host{}, n_item, Plate{s.in, s.out, s.poa, tilt_of(0.4, 0.0)});
    benchmark::ClobberMemory();
  }
  for (int i = 0; i < n_item; ++i)
    if (!(s.poa(i) > 0.0 && s.poa(i) < 2.0 * s.out(i, 0) + 400.0))
      return state.SkipWithError("a plane shines by itself");
  rates(state, n_item, 40, 210);
}
BENCHMARK(sky_perez)->Name("sky/perez")->UseRealTime();

CloudLaw cloudy() {
  Cloudiness c;
  for (int m = 0; m < 12; ++m) c.clear_fraction[m] = 0.2, c.overcast_fraction[m] = 0.1;
  return make_cloud_law(c);
}

// writes the mean index of ten seconds. 8 B; 11 knots of 12 octaves (10 flops) and 180 more, some 40 normals of 70:
// 6,000 flops
struct Clouds {
  View<const CloudLaw, 1> law;
  View<Real, 1> out;
  COLDSUN_FN void operator()(int i) const {
    CloudField field(law(0), {1, static_cast<std::uint32_t>(i), Stream::cloud, 0});
    out(i) = cloud_mean(field, OwnCover{}, noon + 300000000, noon + 10 * ns_per_s + 300000000).index;
  }
};
void sky_clouds(benchmark::State& state) {
  const Array<CloudLaw, 1> law(Device::host, {1});
  law(0) = cloudy();
  const Array<Real, 1> out(Device::host, {n_item});
  for (auto _ : state) {
    for_each(Host{}, n_item, Clouds{law, out});
    benchmark::ClobberMemory();
  }
  Real mean = 0.0, square = 0.0;
  for (int i = 0; i < n_item; ++i) mean += out(i) / n_item, square += out(i) * out(i) / n_item;
  if (!(mean > 0.6 && mean < 1.0 && square > mean * mean)) return state.SkipWithError("no clouds like the law's");
  rates(state, n_item, 8, 6000);
}
BENCHMARK(sky_clouds)->Name("sky/cloud_mean_10s")->UseRealTime();

// The step of 64 members, two sites, four planes, ten seconds by day. Items: member-sites, each with two planes. 800 B
// and 7,500 flops
void sky_advance(benchmark::State& state) {
  constexpr int n_member = 64;
  std::vector<Site> site(2);
  for (int s = 0; s < 2; ++s)
    site[s].latitude = -0.4, site[s].longitude = -1.22, site[s].altitude = 1635.0, site[s].entity = s,
    site[s].cloud = cloudy();
  std::vector<Plane> plane(4);
  for (int p = 0; p < 4; ++p) plane[p].site = p / 2, plane[p].surface_tilt = 0.3;
  const System system = make_system(site, plane, Device::host);
  Weather weather = make_weather(system, noon, noon + 600 * ns_per_s, Device::host);
  Climate climate = {};
  for (int m = 0; m < 12; ++m)
    climate.linke_turbidity[m] = 3.0, climate.temp_air_min[m] = 285.0, climate.temp_air_max[m] = 300.0;
  for (int s = 0; s < 2; ++s) fill_from_climate(weather, system, s, climate, 1);
  State sky = make_state(system, weather, noon, n_member, Device::host);
  const Array<std::int32_t, 1> member(Device::host, {n_member});
  const Array<Time, 1> start(Device::host, {n_member}), stop(Device::host, {n_member});
  const Array<std::uint32_t, 1> flags(Device::host, {n_member});
  for (int m = 0; m < n_member; ++m) member(m) = m, start(m) = noon + 60 * ns_per_s, stop(m) = noon + 70 * ns_per_s;
  const Cut cut = {member, start, stop, n_member, 1, 0};
  for (auto _ : state) {
    advance(Host{}, system, sky, Drive{&weather, flags}, cut);
    benchmark::ClobberMemory();
  }
  for (int m = 0; m < n_member; ++m) {
    CloudField field(system.site(1).cloud, {1, cut.id(m), Stream::cloud, 1});
    const Real index = cloud_mean(field, OwnCover{}, start(m), stop(m)).index;
    if (flags(m) || std::fabs(sky.clearsky_index(m, 1) - index) > 1e-3)
      return state.SkipWithError("the step's clouds are not the field's");
  }
  rates(state, 2 * n_member, 800, 7500);
}
BENCHMARK(sky_advance)->Name("sky/advance")->UseRealTime();

}  // namespace
}  // namespace coldsun::bench
