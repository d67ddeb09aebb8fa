// What a planner knows ahead: the clear sky of coming days.
#include "core/plan/outlook.hpp"
#include "io_twin.hpp"
#include "sky/climate.hpp"

namespace coldsun {
namespace {

// Tomorrow's dust is not known. The outlook's clear beam at noon must be the mean of coming days: 400 drawn days of the
// month, with a standard error of about 2 %.
TEST(Outlook, TomorrowsClearBeamIsThatOfAMeanDay) {
  for (const char* name : {"atacama", "masdar"}) {
    SCOPED_TRACE(name);
    Network n = load_network(name, twin_test::data);
    const Library library = io::load_library(n, twin_test::data);
    Twin t = make_twin(n, library, {}, {.start = n.start, .hours = 1});
    const Outlook o = make_outlook(n, t.system, t.inputs, n.start, 3600 * ns_per_s, 48);
    const sky::Site place = t.system.sky.site(0);
    const sky::Climate climate = sky_climate(n.site[0]);
    const Time noon = sky::noon_of(sky::local_day(n.start, place.longitude) + 1, place.longitude);
    const int k = static_cast<int>((noon - o.weather.start(0)) / sky::weather_step);
    ASSERT_LT(k, o.weather.n_knot());
    Real mean = 0;
    sky::SkyMaker maker(place, climate);
    for (std::uint64_t seed = 0; seed < 400; ++seed)
      mean += maker(noon, sky::dust_depth(climate, place, noon, seed)).clear.dni / 400;
    EXPECT_NEAR(o.weather.dni_clear(0, k), mean, 0.05 * mean);
    EXPECT_GT(mean, 400);
  }
}

}  // namespace
}  // namespace coldsun
