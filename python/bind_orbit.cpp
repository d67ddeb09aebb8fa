// A catalogue of satellites from TLE or OMM text: states, looks, contact windows, serving satellites.
#include "orbit/assign_slots.hpp"
#include "orbit/flight.hpp"
#include "orbit/points.hpp"
#include "orbit/remark.hpp"
#include "python/bind.hpp"
#include "python/bind_arrays.hpp"

namespace {

namespace ob = coldsun::orbit;
constexpr Real degree = constants::degree;
using Times = py::array_t<Time, py::array::c_style | py::array::forcecast>;
using Reals = py::array_t<Real, py::array::c_style | py::array::forcecast>;

struct PyCatalogue {
  std::vector<ob::ElementSet> set;
  std::vector<std::string> remark;
  ob::Catalogue table;
};

// Stations in the units of the Python interface.
struct Places {
  std::vector<Real> latitude, longitude, altitude, mask;  // degrees, degrees east, m, degrees
  std::vector<ob::Station> stations() const {
    std::vector<ob::Station> out;
    for (std::size_t k = 0; k < latitude.size(); ++k)
      out.push_back(ob::make_station(latitude[k] * degree, longitude[k] * degree, altitude[k], mask[k] * degree));
    return out;
  }
};

std::shared_ptr<PyCatalogue> catalogue_of(ob::ElementFile f, const std::string& file) {
  auto c = std::make_shared<PyCatalogue>();
  c->set = std::move(f.set);
  for (ob::ElementSet& s : c->set) s.file = file;
  for (ob::Remark& r : f.remark) r.file = file;
  c->remark = ob::sentences(f.remark, 8);
  for (std::string& line : c->remark) line = clean(line);
  c->table = ob::make_catalogue(c->set, Device::host);
  return c;
}

std::shared_ptr<PyCatalogue> read_catalogue(const std::string& text, const std::string& file) {
  return guarded([&] { return catalogue_of(ob::read_elements(text), file); });
}

// Two lines a set, whether SGP4 can propagate it or not.
std::shared_ptr<PyCatalogue> parse_tle(const std::string& text) {
  return guarded([&] {
    ob::ElementFile f = ob::scan_tle(text);
    for (const ob::Remark& r : f.remark)
      if (!r.used) throw std::invalid_argument("element set: " + (r.detail.empty() ? r.reason + "." : r.detail));
    return catalogue_of(std::move(f), "");
  });
}

// Elements by python-sgp4's names, one row a set.
constexpr double ob::MeanElements::* element[] = {
    &ob::MeanElements::bstar,         &ob::MeanElements::eccentricity, &ob::MeanElements::arg_of_pericenter,
    &ob::MeanElements::inclination,   &ob::MeanElements::mean_anomaly, &ob::MeanElements::mean_motion,
    &ob::MeanElements::ra_of_asc_node};
constexpr int n_element = 7, mean_motion = 5;  // the only one with another unit: rad/min

// flying: those that SGP4 cannot propagate are left out, with a remark.
std::shared_ptr<PyCatalogue> from_elements(const Reals& elements, const Times& epoch, const Times& id,
                                           const std::vector<std::string>& name, bool flying) {
  return guarded([&] {
    const auto n = static_cast<std::size_t>(epoch.size());
    if (static_cast<std::size_t>(elements.size()) != n * n_element || static_cast<std::size_t>(id.size()) != n ||
        name.size() != n)
      throw std::invalid_argument("elements, epochs, numbers and names are not of one length.");
    ob::ElementFile f;
    f.n_record = static_cast<int>(n);
    for (std::size_t s = 0; s < n; ++s) {
      ob::ElementSet& e = f.set.emplace_back();
      for (int k = 0; k < n_element; ++k)
        e.mean.*element[k] = elements.data()[s * n_element + static_cast<std::size_t>(k)] / (k == mean_motion ? 60 : 1);
      e.mean.epoch = epoch.data()[s], e.norad_cat_id = id.data()[s], e.object_name = name[s];
      e.line = static_cast<std::int32_t>(s) + 1;
    }
    return catalogue_of(flying ? ob::keep_flying(std::move(f)) : std::move(f), "satellite");
  });
}
Reals elements_of(const PyCatalogue& c) {
  Reals out(std::vector<py::ssize_t>{static_cast<py::ssize_t>(c.set.size()), n_element});
  for (std::size_t s = 0; s < c.set.size(); ++s)
    for (int k = 0; k < n_element; ++k)
      out.mutable_data()[s * n_element + static_cast<std::size_t>(k)] =
          c.set[s].mean.*element[k] * (k == mean_motion ? 60 : 1);
  return out;
}

// A column of the sets as an array.
template <class T, class F>
py::array_t<T> column(const PyCatalogue& c, F&& value) {
  py::array_t<T> out(static_cast<py::ssize_t>(c.set.size()));
  for (std::size_t k = 0; k < c.set.size(); ++k) out.mutable_data()[k] = value(c.set[k]);
  return out;
}

// States over (component, row, column), (row, column): the longer of satellites and times is the column.
struct States {
  bool time_last;
  int rows, columns;
  py::array_t<Real> r, v;
  py::array_t<std::int32_t> error;

  View<Real, 3> view(py::array_t<Real>& a) const { return make_view(a.mutable_data(), 3, rows, columns); }
  View<std::int32_t, 2> codes() { return make_view(error.mutable_data(), rows, columns); }
};

States states_of(const PyCatalogue& c, const Times& time) {
  const int n_time = static_cast<int>(time.size()), n = static_cast<int>(c.set.size());
  const bool time_last = n_time > n;
  const int rows = time_last ? n : n_time, columns = time_last ? n_time : n;
  States s{.time_last = time_last,
           .rows = rows,
           .columns = columns,
           .r = py::array_t<Real>({3, rows, columns}),
           .v = py::array_t<Real>({3, rows, columns}),
           .error = py::array_t<std::int32_t>({rows, columns})};
  const auto at = make_view(time.data(), n_time);
  const auto to_r = s.view(s.r), to_v = s.view(s.v);
  const auto to_error = s.codes();
  py::gil_scoped_release release;
  ob::propagate(Host{}, c.table, at, ob::StateTable{to_r, to_v, to_error}, time_last);
  return s;
}

// (.., satellite, time) as (.., time, satellite): a view.
py::object time_first(const py::array& a, bool time_last) {
  return time_last ? a.attr("swapaxes")(-1, -2) : py::object(a);
}

// Position [m], velocity [m/s] (component, time, satellite) and error code (time, satellite).
py::tuple states(const PyCatalogue& c, const Times& time) {
  const States s = states_of(c, time);
  return py::make_tuple(time_first(s.r, s.time_last), time_first(s.v, s.time_last), time_first(s.error, s.time_last));
}

// Azimuth, elevation, slant range and range rate (time, satellite) from one place.
py::tuple looks(const PyCatalogue& c, const Times& time, const Places& place, Real dut1) {
  States s = states_of(c, time);
  std::vector<py::array_t<Real>> out;
  for (int k = 0; k < 4; ++k) out.emplace_back(std::vector<py::ssize_t>{s.rows, s.columns});
  const auto view = [&](std::size_t k) { return make_view(out[k].mutable_data(), s.rows, s.columns); };
  const int n_time = static_cast<int>(time.size());
  Array<Real, 1> sine(Device::host, {n_time}), cosine(Device::host, {n_time});
  const ob::LookAtStates kernel{.station = place.stations().at(0),
                                .time_last = s.time_last,
                                .sine = sine,
                                .cosine = cosine,
                                .r_teme = s.view(s.r),
                                .v_teme = s.view(s.v),
                                .error = s.codes(),
                                .azimuth = view(0),
                                .elevation = view(1),
                                .slant_range = view(2),
                                .range_rate = view(3)};
  for (int k = 0; k < n_time; ++k) math::sincos(ob::gmst82(time.data()[k], dut1), sine(k), cosine(k));
  {
    py::gil_scoped_release release;
    for_rows(Host{}, s.rows, s.columns, kernel);
  }
  const auto first = [&](std::size_t k) { return time_first(out[k], s.time_last); };
  return py::make_tuple(first(0), first(1), first(2), first(3));
}

// The element sets used in a time span: of each satellite the set nearest to the middle, none after its decay.
ob::Fleet fleet_of(const PyCatalogue& c, std::size_t n_station, const ob::Span& span) {
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

py::dict windows(const PyCatalogue& c, const Places& place, const ob::Span& span) {
  ob::Fleet fleet;
  ob::Windows w;
  guarded([&] {
    py::gil_scoped_release release;
    fleet = fleet_of(c, place.latitude.size(), span);
    w = ob::find_windows(Host{}, fleet.catalogue, place.stations(), span, fleet.seen);
    return 0;
  });
  const auto same = [](auto x) { return x; };
  return py::dict(
      "station"_a = taken<std::int32_t>(w.station, same),
      "satellite"_a = taken<std::int32_t>(w.satellite, [&](int s) { return fleet.set[static_cast<std::size_t>(s)]; }),
      "aos"_a = taken<Time>(w.aos, same), "tca"_a = taken<Time>(w.tca, same), "los"_a = taken<Time>(w.los, same),
      "max_elevation"_a = taken<Real>(w.max_elevation, [](Real x) { return x / degree; }),
      "truncated"_a = taken<std::int32_t>(w.truncated, same));
}

// Tables (station, slot) of the 15-s grid.
py::dict serving(const PyCatalogue& c, const Places& place, const ob::Span& span, int strategy) {
  const auto n_station = place.latitude.size();
  ob::Fleet fleet;
  ob::SlotTable t;
  guarded([&] {
    py::gil_scoped_release release;
    const Time wide = ob::window_reach(c.table);
    const ob::Span reach{span.start - wide, span.stop + wide, span.dut1};
    fleet = fleet_of(c, n_station, reach);
    const auto stations = place.stations();
    const ob::Windows w = ob::find_windows(Host{}, fleet.catalogue, stations, reach, fleet.seen);
    const std::vector<ob::Strategy> how(n_station, static_cast<ob::Strategy>(strategy));
    t = ob::assign_slots(Host{}, fleet.catalogue, stations, how, w, span);
    return 0;
  });
  py::array_t<Time> start(t.n_slot());
  for (int k = 0; k < t.n_slot(); ++k) start.mutable_data()[k] = ob::slot_start(t.first + k);
  const auto same = [](auto x) { return x; };
  return py::dict("time"_a = start,
                  "satellite"_a = taken<std::int32_t>(
                      t.satellite, [&](int s) { return s < 0 ? -1 : fleet.set[static_cast<std::size_t>(s)]; }),
                  "visible"_a = taken<std::int32_t>(t.visible, same),
                  "reconfiguration"_a = taken<std::int32_t>(t.reconfiguration, same),
                  "elevation"_a = taken<Real>(t.elevation, [](Real x) { return x / degree; }),
                  "slant_range"_a = taken<Real>(t.slant_range, same), "remaining"_a = taken<Real>(t.remaining, same));
}

}  // namespace

void bind_orbit(py::module_& m) {
  auto o = m.def_submodule("orbit", "Kernels of orbits over catalogues, used by coldsun.orbit");
  py::class_<Places>(o, "Places",
                     "Stations: latitude, longitude [degrees], altitude [m], elevation mask [degrees], a list each")
      .def(py::init([](std::vector<Real> latitude, std::vector<Real> longitude, std::vector<Real> altitude,
                       std::vector<Real> mask) {
             return Places{std::move(latitude), std::move(longitude), std::move(altitude), std::move(mask)};
           }),
           "latitude"_a, "longitude"_a, "altitude"_a, "mask"_a);
  py::class_<ob::Span>(o, "Span", "Time span from start to stop [ns since 1970 UTC], with UT1 - UTC [s]")
      .def(py::init([](Time start, Time stop, Real dut1) { return ob::Span{start, stop, dut1}; }), "start_ns"_a,
           "stop_ns"_a, "dut1"_a);
  py::class_<PyCatalogue, std::shared_ptr<PyCatalogue>>(o, "Catalogue", "Element sets that SGP4 can propagate")
      .def("__len__", [](const PyCatalogue& c) { return c.set.size(); })
      .def_readonly("remarks", &PyCatalogue::remark,
                    "Sentences on records that are not used, or used with a remark, one per reason")
      .def(
          "names",
          [](const PyCatalogue& c) {
            std::vector<std::string> out;
            for (const auto& s : c.set) out.push_back(clean(s.object_name));
            return out;
          },
          "OBJECT_NAME of every set")
      .def(
          "norad_cat_ids",
          [](const PyCatalogue& c) { return column<std::int64_t>(c, [](const auto& s) { return s.norad_cat_id; }); },
          "NORAD_CAT_ID of every set")
      .def(
          "epochs_ns", [](const PyCatalogue& c) { return column<Time>(c, [](const auto& s) { return s.mean.epoch; }); },
          "Epoch of every set [ns since 1970 UTC]")
      .def("elements", &elements_of,
           "Elements of every set (satellite, 7): bstar, ecco, argpo, inclo, mo, no_kozai [rad/min], nodeo")
      .def(
          "deep", [](const PyCatalogue& c) { return c.table.n_deep(); },
          "How many sets have a period of 225 min and more")
      .def("states", &states, "time_ns"_a,
           "Position [m], velocity [m/s] in TEME (component, time, satellite), error code (time, satellite)")
      .def("looks", &looks, "time_ns"_a, "place"_a, "dut1"_a,
           "Azimuth, elevation [degrees], slant range [m], range rate [m/s] (time, satellite)")
      .def("windows", &windows, "places"_a, "span"_a, "Contact windows as columns, sorted by station and AOS")
      .def("serving", &serving, "places"_a, "span"_a, "strategy"_a,
           "Serving satellite of every 15-s slot as columns (station x slot)");
  o.def("read_catalogue", &read_catalogue, "text"_a, "file"_a,
        "Catalogue of TLE text, or of OMM as CSV, JSON, XML or KVN; InputError where it has no record");
  o.def("parse_tle", &parse_tle, "text"_a, "TLE text whose every set is kept; InputError at the first fault");
  o.def("from_elements", &from_elements, "elements"_a, "epochs_ns"_a, "norad_cat_ids"_a, "names"_a, "flying"_a,
        "Catalogue of elements in the order of `elements`; flying: without the sets that SGP4 cannot propagate");
}
