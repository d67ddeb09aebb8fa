// Bindings of the engine: twins and records. Arrays are zero-copy; the GIL is released while the engine runs.
#include <pybind11/functional.h>

#include <atomic>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>

#include "build_info.hpp"
#include "common/constants.hpp"
#include "common/loops.hpp"
#include "core/io/describe.hpp"
#include "core/io/h5.hpp"
#include "core/io/run_recorded.hpp"
#include "core/io/sealed.hpp"
#include "core/io/site_reader.hpp"
#include "python/bind.hpp"
#include "python/bind_arrays.hpp"

namespace {

py::dtype dtype_of(Scalar t) {
  switch (t) {
    case Scalar::f64:
      return py::dtype::of<double>();
    case Scalar::f32:
      return py::dtype::of<float>();
    case Scalar::i64:
      return py::dtype::of<std::int64_t>();
    case Scalar::i32:
      return py::dtype::of<std::int32_t>();
    case Scalar::i16:
      return py::dtype::of<std::int16_t>();
    case Scalar::i8:
      return py::dtype::of<std::int8_t>();
    case Scalar::u64:
      return py::dtype::of<std::uint64_t>();
    case Scalar::u32:
      return py::dtype::of<std::uint32_t>();
    case Scalar::u8:
      return py::dtype::of<std::uint8_t>();
  }
  throw std::logic_error("scalar");
}

const char* kind_name(Kind k) {
  return k == Kind::state ? "state" : k == Kind::parameter ? "parameter" : k == Kind::derived ? "derived" : "scratch";
}

class Engine {
 public:
  Engine(const PyNetwork& n, int members, std::uint32_t first_member, std::uint64_t seed, Time start_ns, double hours,
         double dt, const std::string& device, const std::vector<std::string>& paths_off, const py::object& weather) {
    TwinOptions o;
    o.n_member = members;
    o.first_member = first_member;
    o.seed = seed;
    o.start = start_ns;
    o.hours = hours;
    o.dt = dt;
    const auto series = all_series(weather);
    check_changes(n);
    guarded([&] {
      o.device = device_named(device);
      for (const PathName& p : path_names)
        for (const std::string& off : paths_off)
          if (off == p.name) o.paths &= ~p.path;
      py::gil_scoped_release release;
      twin_ = make_twin(n.network, n.library, series, o);
      return 0;
    });
  }

  // Views by group; each keeps the engine alive.
  static py::dict state(const std::shared_ptr<Engine>& self) {
    py::dict out;
    for (const FieldRef& f : fields(self->twin_.state)) {
      if (!out.contains(f.group)) out[f.group.c_str()] = py::dict();
      std::vector<py::ssize_t> shape(f.extent.begin(), f.extent.end());
      out[f.group.c_str()][f.info.name] = py::array(dtype_of(f.type), shape, f.data, py::cast(self));
    }
    return out;
  }
  py::dict field_table() const {
    py::dict out;
    for (const FieldRef& f : fields(twin_.state)) {
      if (!out.contains(f.group)) out[f.group.c_str()] = py::dict();
      out[f.group.c_str()][f.info.name] =
          py::dict("units"_a = f.info.unit, "axes"_a = f.info.axes, "meaning"_a = f.info.meaning,
                   "kind"_a = kind_name(f.info.kind), "writer"_a = f.info.writer);
    }
    return out;
  }

  std::int64_t run(std::int64_t steps, const std::string& folder, int first_segment, std::int64_t per_segment,
                   std::map<std::string, std::string> attributes, bool with_fields, bool with_internals,
                   const py::object& tell, const py::object& hook, std::vector<std::string> also) {
    io::RecordOptions o{folder, first_segment, per_segment, std::move(attributes), with_fields, with_internals};
    o.also = std::move(also);
    if (!hook.is_none()) o.hook = hook.attr("_hook")().cast<py::capsule>().get_pointer<io::Hook>();
    std::exception_ptr stopped;  // Ctrl-C or an error of `tell`: raised after the open segment is closed
    std::int64_t done = 0;
    guarded([&] {
      py::gil_scoped_release release;
      done = io::run_recorded(twin_.system, twin_.state, twin_.inputs, twin_.dt, steps, o, [&](std::int64_t n) {
        py::gil_scoped_acquire acquire;
        try {
          if (!tell.is_none() && (n % 16 == 0 || n == steps)) tell(n);
          if (told_to_stop()) throw py::error_already_set();
        } catch (const py::error_already_set&) {
          stopped = std::current_exception();
        }
        return !stopped;
      });
      return 0;
    });
    if (stopped) std::rethrow_exception(stopped);
    return done;
  }
  // Ctrl-C ends it after a whole step.
  void step(std::int64_t n) {
    bool stopped = false;
    {
      py::gil_scoped_release release;
      const auto after = [&](const State&) {
        py::gil_scoped_acquire acquire;
        return !(stopped = told_to_stop());
      };
      coldsun::run(twin_.system, twin_.state, twin_.inputs, twin_.dt, n, {.after = after});
    }
    if (stopped) throw py::error_already_set();
  }
  void stop() { ending_ = true; }
  std::vector<std::string> hashes() const {
    std::vector<std::string> out;
    for (std::uint64_t h : coldsun::hash(twin_.state)) {
      char text[17];
      std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(h));
      out.emplace_back(text);
    }
    return out;
  }
  void save(const std::string& path) const {
    py::gil_scoped_release release;
    io::save_file(twin_.state, path);
  }
  void restore(const std::string& path) {
    guarded([&] { return io::restore_file(twin_, path), 0; });
  }
  Time time() const { return twin_.state.time; }
  std::string device() const { return twin_.state.device == Device::cuda ? "cuda" : "cpu"; }
  std::vector<Time> span() const { return {twin_.inputs.start, twin_.inputs.stop}; }
  Twin& twin() { return twin_; }

 private:
  // Sets the exception of a signal, or SystemExit, which ends a thread without a traceback.
  bool told_to_stop() const {
    if (ending_) PyErr_SetString(PyExc_SystemExit, "the process ends");
    return ending_ || PyErr_CheckSignals() != 0;
  }
  std::atomic<bool> ending_ = false;
  Twin twin_;
};

}  // namespace

PYBIND11_MODULE(_engine, m) {
  m.doc() = "The coldsun engine. Use the package coldsun; this module is its C++ side.";
  py::register_exception<InputError>(m, "InputError", PyExc_ValueError);
  py::register_exception<io::FileError>(m, "FileError", PyExc_OSError).doc() =
      "A file cannot be read or written; the text is one sentence.";

  bind_network(m);

  py::class_<Engine, std::shared_ptr<Engine>>(
      m, "Engine",
      "A twin: System, State and Inputs of a network, and their steps; InputError where an argument is invalid")
      .def(py::init<const PyNetwork&, int, std::uint32_t, std::uint64_t, Time, double, double, const std::string&,
                    const std::vector<std::string>&, const py::object&>(),
           "network"_a, py::kw_only(), "members"_a, "first_member"_a, "seed"_a, "start_ns"_a, "hours"_a, "dt"_a,
           "device"_a, "paths_off"_a, "weather"_a)
      .def("state", &Engine::state,
           "Zero-copy views of the fields of the State, by group and name; they keep the engine alive")
      .def("fields", &Engine::field_table, "Units, axes, meaning, kind and writer of every field, by group and name")
      .def("run", &Engine::run, "steps"_a, "folder"_a, "first_segment"_a, "per_segment"_a, "attributes"_a, "fields"_a,
           "internals"_a, "tell"_a, "hook"_a = py::none(), "also"_a = std::vector<std::string>{},
           "Runs steps with a record in `folder`; tell(steps done) after each 16th; returns the number of steps done")
      .def("step", &Engine::step, "n"_a = 1, "Runs steps without a record; Ctrl-C ends them after a whole step")
      .def("stop", &Engine::stop, "Ends `run` and `step` after a whole step; callable from any thread")
      .def("hash", &Engine::hashes, "Hash of each member's state, 16 hexadecimal digits")
      .def("save", &Engine::save, "path"_a, "Writes the State to an HDF5 file")
      .def("restore", &Engine::restore, "path"_a, "Reads the State from a file of `save` or from a segment of a record")
      .def(
          "_twin", [](Engine& e) { return py::capsule(&e.twin(), "coldsun::Twin"); }, "For the other bindings")
      .def_property_readonly("time_ns", &Engine::time, "Time of the State [ns since 1970 UTC]")
      .def_property_readonly("device", &Engine::device, "Device of the State: cpu or cuda")
      .def_property_readonly("span_ns", &Engine::span, "Start and end of the inputs [ns since 1970 UTC]");

  bind_plan(m);
  bind_shadow(m);
  bind_study(m);
  bind_electrical(m);
  bind_sky(m);
  bind_thermal(m);
  bind_orbit(m);
  m.def(
      "check_segment",
      [](const std::string& path) {
        py::gil_scoped_release release;
        io::check_segment(path);
      },
      "Raises FileError unless the file is an undamaged segment");
  m.def("seal", [](const std::string& path) { io::seal_file(path); }, "Appends the checksum to a file of another tool");
  m.def("flag_text", &flag_text, "Meaning of flag bits as text");
  m.def("is_fatal", &is_fatal, "Whether flag bits freeze a member");
  m.def(
      "device_available",
      [](const std::string& word) { return device_available(word == "cuda" ? Device::cuda : Device::host); }, "word"_a,
      "Whether this build and machine have the device cpu or cuda");
  m.def("max_threads", &host_threads, "Number of threads of parallel loops");
  m.def("set_threads", &set_host_threads, "n"_a, "Sets the number of threads of parallel loops");
  m.def(
      "build_info",
      [] {
        unsigned a = 0, b = 0, c = 0;
        H5get_libversion(&a, &b, &c);
        return py::dict("version"_a = build_info::version, "commit"_a = build_info::commit,
                        "compiler"_a = build_info::compiler, "arch"_a = build_info::arch,
#if defined(COLDSUN_CUDA)
                        "cuda"_a = true,
#else
                        "cuda"_a = false,
#endif
                        "hdf5"_a = std::to_string(a) + "." + std::to_string(b) + "." + std::to_string(c));
      },
      "Version, commit, compiler, processor and libraries of this build");
  m.def(
      "job_table",
      [](const py::object& engine) {
        Twin& t = behind<Twin>(engine, "_twin");
        py::dict out;
        workload::JobTable::each(t.inputs.jobs, [&](const FieldInfo& info, auto& a) {
          using A = std::remove_cvref_t<decltype(a)>;
          if constexpr (A::rank == 2)
            out[info.name] = py::array_t<typename A::value_type>({a.extent(0), a.extent(1)}, a.data(), engine);
        });
        return out;
      },
      "engine"_a, "The jobs of a run, (member, job)");
  m.def(
      "weather_table",
      [](const py::object& engine) {
        Twin& t = behind<Twin>(engine, "_twin");
        py::dict out("start"_a = t.inputs.weather.start(0), "step"_a = sky::weather_step);
        sky::Weather::each(t.inputs.weather, [&](const FieldInfo& info, auto& a) {
          using A = std::remove_cvref_t<decltype(a)>;
          if constexpr (A::rank == 2) out[info.name] = py::array_t<Real>({a.extent(0), a.extent(1)}, a.data(), engine);
        });
        return out;
      },
      "engine"_a, "The weather of a run, (site, knot), as it is: what is written there is what the twin will meet");
}
