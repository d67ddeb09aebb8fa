// A catalogue of satellites from TLE or OMM text: states, looks, contact windows, serving satellites.
#include "orbit/assign_slots.hpp"
#include "orbit/flight.hpp"
#include "orbit/remark.hpp"
#include "python/bind.hpp"
#include "python/bind_arrays.hpp"
#include "python/points_orbit.hpp"

namespace {

namespace ob = coldsun::orbit;
constexpr Real degree = constants::degree;
using Times = py::array_t<Time, py::array::c_style | py::array::forcecast>;

struct PyCatalogue {
  std::vector<ob::ElementSet> set;
  std::vector<std::string> remark;
  ob::Catalogue table;
};

// Station and span of a search, in the units of the face.
struct Places {
  std::vector<Real> latitude, longitude, altitude, mask;  // degrees, degrees east, m, degrees
  std::vector<ob::Station> stations() const {
    std::vector<ob::Station> out;
    for (std::size_t k = 0; k < latitude.size(); ++k)
      out.push_back(ob::make_station(latitude[k] * degree, longitude[k] * degree, altitude[k], mask[k] * degree));
    return out;
  }
};
struct Span {
  Time start, stop;
};

std::shared_ptr<PyCatalogue> read_catalogue(const std::string& text, const std::string& file) {
  return guarded([&] {
    auto c = std::make_shared<PyCatalogue>();
    ob::ElementFile f = ob::read_elements(text);
    c->set = std::move(f.set);
    for (ob::ElementSet& s : c->set) s.file = file;
    for (ob::Remark& r : f.remark) r.file = file;
    c->remark = ob::sentences(f.remark, 8);
    for (std::string& line : c->remark) line = clean(line);
    c->table = ob::make_catalogue(c->set, Device::host);
    return c;
  });
}

// A column of the sets as an array.
template <class T, class F>
py::array_t<T> column(const PyCatalogue& c, F&& value) {
  py::array_t<T> out(static_cast<py::ssize_t>(c.set.size()));
  for (std::size_t k = 0; k < c.set.size(); ++k) out.mutable_data()[k] = value(c.set[k]);
  return out;
}

// Position [m], velocity [m/s] (component, time, satellite) and error code (time, satellite).
py::tuple states(const PyCatalogue& c, const Times& time) {
  const auto n_time = time.size(), n = static_cast<py::ssize_t>(c.set.size());
  py::array_t<Real> r({py::ssize_t{3}, n_time, n}), v({py::ssize_t{3}, n_time, n});
  py::array_t<std::int32_t> error({n_time, n});
  const auto at = make_view(time.data(), n_time);
  const auto to_r = make_view(r.mutable_data(), 3, n_time, n), to_v = make_view(v.mutable_data(), 3, n_time, n);
  const auto to_error = make_view(error.mutable_data(), n_time, n);
  {
    py::gil_scoped_release release;
    ob::propagate(Host{}, c.table, at, to_r, to_v, to_error);
  }
  return py::make_tuple(r, v, error);
}

// Azimuth, elevation, slant range and range rate (time, satellite) of one place.
py::tuple looks(const PyCatalogue& c, const Times& time, const Places& place, Real dut1) {
  const auto n_time = time.size(), n = static_cast<py::ssize_t>(c.set.size());
  std::vector<py::array_t<Real>> out;
  for (int k = 0; k < 4; ++k) out.emplace_back(std::vector<py::ssize_t>{n_time, n});
  const auto view = [&](std::size_t k) { return make_view(out[k].mutable_data(), n_time, n); };
  Array<Real, 1> sidereal(Device::host, {static_cast<int>(n_time)});
  const ob::LookAtCatalogue kernel{.catalogue = c.table, .station = place.stations().at(0), .time = make_view(time.data(), n_time),
                                   .sidereal = sidereal, .azimuth = view(0), .elevation = view(1), .slant_range = view(2),
                                   .range_rate = view(3)};
  {
    py::gil_scoped_release release;
    for (int k = 0; k < sidereal.extent(0); ++k) sidereal(k) = ob::gmst82(kernel.time(k), dut1);
    for_rows(Host{}, static_cast<int>(n_time), static_cast<int>(n), kernel);
  }
  return py::make_tuple(out[0], out[1], out[2], out[3]);
}

// The sets that are used in a span: of each satellite the one nearest to its middle, none after its decay.
ob::Fleet fleet_of(const PyCatalogue& c, std::size_t n_station, const Span& span) {
  std::vector<int> all(c.set.size());
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = static_cast<int>(k);
  return ob::make_fleet(c.set, std::vector<std::vector<int>>(n_station, all), span.start, span.stop, Device::host);
}

template <class T, class Field, class F>
py::array_t<T> taken(const Field& field, F&& value) {
  py::array_t<T> out(static_cast<py::ssize_t>(field.size()));
  for (std::int64_t k = 0; k < field.size(); ++k) out.mutable_data()[k] = value(field.data()[k]);
  return out;
}

py::dict windows(const PyCatalogue& c, const Places& place, const Span& span, Real dut1) {
  ob::Fleet fleet;
  ob::Windows w;
  guarded([&] {
    py::gil_scoped_release release;
    fleet = fleet_of(c, place.latitude.size(), span);
    w = ob::find_windows(Host{}, fleet.catalogue, place.stations(), span.start, span.stop, dut1, fleet.seen);
    return 0;
  });
  const auto same = [](auto x) { return x; };
  return py::dict("station"_a = taken<std::int32_t>(w.station, same),
                  "satellite"_a = taken<std::int32_t>(w.satellite, [&](int s) { return fleet.set[static_cast<std::size_t>(s)]; }),
                  "aos"_a = taken<Time>(w.aos, same), "tca"_a = taken<Time>(w.tca, same), "los"_a = taken<Time>(w.los, same),
                  "max_elevation"_a = taken<Real>(w.max_elevation, [](Real x) { return x / degree; }),
                  "truncated"_a = taken<std::int32_t>(w.truncated, same));
}

// Tables (station, slot) of the 15-s grid.
py::dict serving(const PyCatalogue& c, const Places& place, const Span& span, Real dut1, int strategy) {
  const auto n_station = place.latitude.size();
  ob::Fleet fleet;
  ob::SlotTable t;
  guarded([&] {
    py::gil_scoped_release release;
    constexpr Time wide = 4 * 3600 * ns_per_s;  // longer than any window of a near-earth satellite
    const Span reach{span.start - wide, span.stop + wide};
    fleet = fleet_of(c, n_station, reach);
    const auto stations = place.stations();
    const ob::Windows w = ob::find_windows(Host{}, fleet.catalogue, stations, reach.start, reach.stop, dut1, fleet.seen);
    const std::vector<ob::Strategy> how(n_station, static_cast<ob::Strategy>(strategy));
    t = ob::assign_slots(Host{}, fleet.catalogue, stations, how, w, span.start, span.stop, dut1);
    return 0;
  });
  py::array_t<Time> start(t.n_slot());
  for (int k = 0; k < t.n_slot(); ++k) start.mutable_data()[k] = ob::slot_start(t.first + k);
  const auto same = [](auto x) { return x; };
  return py::dict("time"_a = start,
                  "satellite"_a = taken<std::int32_t>(t.satellite, [&](int s) { return s < 0 ? -1 : fleet.set[static_cast<std::size_t>(s)]; }),
                  "visible"_a = taken<std::int32_t>(t.visible, same), "reconfiguration"_a = taken<std::int32_t>(t.reconfiguration, same),
                  "elevation"_a = taken<Real>(t.elevation, [](Real x) { return x / degree; }),
                  "slant_range"_a = taken<Real>(t.slant_range, same), "remaining"_a = taken<Real>(t.remaining, same));
}

}  // namespace

void bind_orbit(py::module_& m) {
  auto o = m.def_submodule("orbit", "Kernels of the orbits over catalogues; the package's orbit.py is their face.");
  py::class_<Places>(o, "Places", "Stations: latitude, longitude [degrees], altitude [m], elevation mask [degrees], one number each")
      .def(py::init([](std::vector<Real> latitude, std::vector<Real> longitude, std::vector<Real> altitude, std::vector<Real> mask) {
             return Places{std::move(latitude), std::move(longitude), std::move(altitude), std::move(mask)};
           }), "latitude"_a, "longitude"_a, "altitude"_a, "mask"_a);
  py::class_<Span>(o, "Span", "From start to stop, ns since 1970 UTC")
      .def(py::init([](Time start, Time stop) { return Span{start, stop}; }), "start_ns"_a, "stop_ns"_a);
  py::class_<PyCatalogue, std::shared_ptr<PyCatalogue>>(o, "Catalogue", "Element sets that SGP4 can propagate")
      .def("__len__", [](const PyCatalogue& c) { return c.set.size(); })
      .def_readonly("remarks", &PyCatalogue::remark, "Records of the text that are not used, or used with a word: one sentence per reason")
      .def("names", [](const PyCatalogue& c) {
        std::vector<std::string> out;
        for (const auto& s : c.set) out.push_back(clean(s.object_name));
        return out;
      }, "OBJECT_NAME of every set")
      .def("norad_cat_ids", [](const PyCatalogue& c) { return column<std::int64_t>(c, [](const auto& s) { return s.norad_cat_id; }); },
           "NORAD_CAT_ID of every set")
      .def("epochs_ns", [](const PyCatalogue& c) { return column<Time>(c, [](const auto& s) { return s.mean.epoch; }); },
           "Epoch of every set, ns since 1970 UTC")
      .def("states", &states, "time_ns"_a, "Position [m], velocity [m/s] in TEME (component, time, satellite), error code (time, satellite)")
      .def("looks", &looks, "time_ns"_a, "place"_a, "dut1"_a, "Azimuth, elevation [degrees], slant range [m], range rate [m/s] (time, satellite)")
      .def("windows", &windows, "places"_a, "span"_a, "dut1"_a, "Contact windows, columns sorted by station and rise")
      .def("serving", &serving, "places"_a, "span"_a, "dut1"_a, "strategy"_a, "Serving satellite of every 15-s slot, tables (station, slot) flat");
  o.def("read_catalogue", &read_catalogue, "text"_a, "file"_a, "TLE or OMM CSV text");
}
