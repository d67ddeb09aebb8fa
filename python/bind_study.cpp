// Bindings of studies: pairs of twins, their results as arrays with axes and units, keys drawn from priors.
#include "core/study/drawn.hpp"
#include "core/study/study.hpp"
#include "python/bind.hpp"

namespace {

py::dict variable(const py::array& values, const std::string& axes, const char* unit, const char* meaning) {
  return py::dict("values"_a = values, "axes"_a = axes, "units"_a = unit, "meaning"_a = meaning);
}

// One array over several parts with equal shapes, along a new first axis.
template <class T, int R>
py::array stacked(const std::vector<View<const T, R>>& parts) {
  std::vector<py::ssize_t> shape = {static_cast<py::ssize_t>(parts.size())};
  for (int r = 0; r < R; ++r) shape.push_back(parts.front().extent[r]);
  py::array_t<T> out(shape);
  T* to = out.mutable_data();
  for (const auto& p : parts) to = std::copy(p.data, p.data + p.size(), to);
  return out;
}

// All numeric fields of structs of one type, by their names.
template <class Part>
void add_fields(py::dict& out, const std::vector<const Part*>& parts, const char* axis) {
  if (parts.empty()) return;
  std::size_t k = 0;
  Part::each(*parts.front(), [&](const FieldInfo& info, const auto& first) {
    using A = std::remove_cvref_t<decltype(first)>;
    using T = typename A::value_type;
    const std::size_t field = k++;
    if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, Time>) {
      std::vector<View<const T, A::rank>> views;
      for (const Part* p : parts) {
        std::size_t i = 0;
        Part::each(*p, [&](const FieldInfo&, const auto& a) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(a)>, A>)
            if (i == field) views.push_back(a);
          ++i;
        });
      }
      out[info.name] =
          variable(stacked<T, A::rank>(views), std::string(axis) + " " + info.axes, info.unit, info.meaning);
    }
  });
}

class PyStudy {
 public:
  PyStudy(const PyNetwork& n, int members, std::uint32_t first_member, std::uint64_t seed, Time start_ns, double hours,
          double dt, const std::string& device, const std::vector<std::vector<std::string>>& paths, double limit,
          int trace_every, bool priors, const py::object& weather) {
    TwinOptions o;
    o.n_member = members;
    o.first_member = first_member;
    o.seed = seed;
    o.start = start_ns;
    o.hours = hours;
    o.dt = dt;
    StudyOptions s{{}, limit, trace_every, priors};
    for (const auto& words : paths) {
      std::uint32_t on = 0;
      for (const PathName& p : path_names)
        if (std::find(words.begin(), words.end(), p.name) != words.end()) on |= p.path;
      s.paths.push_back(on);
    }
    const auto series = all_series(weather);
    guarded([&] {
      o.device = device_named(device);
      py::gil_scoped_release release;
      study_ = make_study(n.network, n.library, series, o, s);
      return 0;
    });
  }
  void run(std::int64_t steps, const py::object& tell) {
    for (std::int64_t i = 0; i < steps; ++i) {
      {
        py::gil_scoped_release release;
        step(study_);
      }
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (!tell.is_none()) tell(i + 1);
    }
  }
  py::dict results() const {
    py::dict out;
    const Twin& t = study_.twin;
    std::vector<const State*> states = {&t.state};
    std::vector<const ensemble::Watch*> watches = {&study_.watch};
    std::vector<const ensemble::Tally*> tallies;
    for (const Event& e : study_.event)
      states.push_back(&e.state), watches.push_back(&e.watch), tallies.push_back(&e.tally);
    add_fields(out, watches, "twin");
    add_fields(out, tallies, "path");
    const View<const Real, 2> drawn = study_.parameter;
    out["parameter_value"] = variable(py::array_t<Real>({drawn.extent[0], drawn.extent[1]}, drawn.data),
                                      "member parameter", "1", "parameter drawn from its prior");
    const View<const Real, 2> energy = study_.energy;
    out["energy_it"] = variable(py::array_t<Real>({energy.extent[0], energy.extent[1]}, energy.data), "twin member",
                                "J", "energy of the IT load");
    workload::State::each(t.state.workload, [&](const FieldInfo& info, const auto& a) {
      add_site(out, states, info, a, &State::workload);
    });
    orbit::State::each(t.state.orbit,
                       [&](const FieldInfo& info, const auto& a) { add_site(out, states, info, a, &State::orbit); });
    std::vector<View<const std::uint32_t, 1>> flags;
    for (const State* s : states) flags.push_back(s->run.flags);
    out["flags"] = variable(stacked<std::uint32_t, 1>(flags), "twin member", "1",
                            "flag bits of the member; fatal bits have frozen it");
    return out;
  }
  std::vector<std::string> groups() const { return study_.group; }
  Time time() const { return study_.twin.state.time; }

 private:
  // Counters of the first site since the start.
  template <class A, class Part>
  void add_site(py::dict& out, const std::vector<const State*>& states, const FieldInfo& info, const A&,
                Part State::* part) const {
    using T = typename A::value_type;
    if constexpr (A::rank == 2 && std::is_arithmetic_v<T> && !std::is_same_v<T, Time> && sizeof(T) >= 4) {
      static constexpr std::string_view wanted[] = {"n_late",       "n_done",        "wait_seconds",
                                                    "work_done",    "stall_seconds", "outage_seconds",
                                                    "outage_count", "handover_count"};
      if (std::find(std::begin(wanted), std::end(wanted), info.name) == std::end(wanted)) return;
      std::vector<View<const T, 2>> views;
      for (const State* s : states)
        Part::each(s->*part, [&](const FieldInfo& i, const auto& a) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(a)>, A>)
            if (std::string_view(i.name) == info.name) views.push_back(a);
        });
      py::array all = stacked<T, 2>(views);
      out[info.name] = variable(all[py::make_tuple(py::ellipsis(), 0)].template cast<py::array>(), "twin member",
                                info.unit, info.meaning);
    }
  }

  Study study_;
};

}  // namespace

void bind_study(py::module_& m) {
  py::class_<PyStudy>(m, "Study", "Members with outages, each with its reference twin without")
      .def(py::init<const PyNetwork&, int, std::uint32_t, std::uint64_t, Time, double, double, const std::string&,
                    const std::vector<std::vector<std::string>>&, double, int, bool, const py::object&>(),
           "network"_a, py::kw_only(), "members"_a, "first_member"_a, "seed"_a, "start_ns"_a, "hours"_a, "dt"_a,
           "device"_a, "paths"_a, "limit"_a, "trace_every"_a, "priors"_a, "weather"_a)
      .def("run", &PyStudy::run, "steps"_a, "tell"_a = py::none(), "Runs steps; tell(steps done) after each")
      .def("results", &PyStudy::results, "Results by name, each a dict of values, axes, units and meaning")
      .def_property_readonly("groups", &PyStudy::groups, "Names of the groups of nodes and coolant temperatures")
      .def_property_readonly("time_ns", &PyStudy::time, "Time of the members [ns since 1970 UTC]");

  py::class_<KeyPrior>(m, "KeyPrior", "A key of a study's site and the prior that it is drawn from, once a draw.")
      .def(py::init([](const PyNetwork& n, const std::string& key, const std::string& distribution,
                       std::optional<Real> low, std::optional<Real> high, Real centre, Real spread, bool priors) {
             return guarded(
                 [&] { return key_prior(n.network, key, {distribution, low, high, centre, spread}, priors); });
           }),
           "network"_a, "key"_a, "distribution"_a, "low"_a, "high"_a, "centre"_a, "spread"_a, "priors"_a,
           "Refused with the sentence of the reader where a number is outside the key's range")
      .def_readonly("key", &KeyPrior::key, "Path of the key")
      .def_readonly("unit", &KeyPrior::unit, "Symbol of the key's SI unit")
      .def(
          "draw",
          [](const KeyPrior& k, const PyNetwork& n, std::uint64_t seed, std::uint32_t draw) {
            return drawn(k, n.network, seed, draw);
          },
          "network"_a, "seed"_a, "draw"_a, "The value in that draw [SI]");
  m.def(
      "parameters",
      [] {
        py::list out;
        for (const ParameterInfo& p : parameter_table)
          out.append(py::dict("name"_a = p.name, "units"_a = p.unit, "meaning"_a = p.meaning));
        return out;
      },
      "Parameters that may have a prior, as dicts: name, units, meaning");
  m.def(
      "bin_edges",
      [] {
        std::vector<Real> edge;
        for (int i = 0; i <= ensemble::n_bin; ++i) edge.push_back(ensemble::bin_edge(i));
        return edge;
      },
      "Edges of the bins of the drift [K]");
  m.def(
      "look_offsets", [] { return std::vector<Real>(std::begin(look_offset), std::end(look_offset)); },
      "Times after the start of an outage at which its drift is sampled [s]");
}
