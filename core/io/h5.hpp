// Thin owner of HDF5 handles: closes them, and turns a failed call into one sentence.
#pragma once
#include <hdf5.h>
#include <hdf5_hl.h>

#include <cerrno>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "core/step/snapshot.hpp"

namespace coldsun::io {

// A file that cannot be read or written; what() is one sentence that names it.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline std::string last_error() { return std::error_code(errno, std::generic_category()).message(); }

class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Close closer, const std::string& what) : id_(id), close_(closer) {
    if (id < 0) throw FileError(what);
  }
  Handle(Handle&& o) noexcept : id_(std::exchange(o.id_, -1)), close_(o.close_) {}
  Handle& operator=(Handle&& o) noexcept {
    std::swap(id_, o.id_), std::swap(close_, o.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }
  // Closing can fail (full disk): call this where the result matters.
  herr_t close() { return id_ >= 0 ? close_(std::exchange(id_, -1)) : 0; }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

inline void check(herr_t status, const std::string& what) {
  if (status < 0) throw FileError(what);
}

// Guards all calls: HDF5 may be built without its own lock, and writer thread, save and restore may overlap.
inline std::mutex& library_mutex() {
  static std::mutex mutex;
  return mutex;
}

// Stops HDF5 from printing its error stack; FileError replaces it.
inline void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

inline void set_attribute(hid_t object, const char* name, const std::string& text) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "HDF5 type");
  check(H5Tset_size(type, text.empty() ? 1 : text.size()), "HDF5 type");
  H5Tset_cset(type, H5T_CSET_UTF8);
  Handle space(H5Screate(H5S_SCALAR), H5Sclose, "HDF5 space");
  Handle a(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, std::string("attribute ") + name);
  check(H5Awrite(a, type, text.empty() ? "\0" : text.data()), std::string("attribute ") + name);
}

inline constexpr std::size_t most_text_bytes = 16u
                                               << 20;  // of one attribute; the inputs of a network take about 100 kB

inline std::string get_attribute(hid_t object, const char* name, const std::string& where) {
  const std::string what = where + ": no readable attribute '" + name + "'; accepted: a file that coldsun wrote";
  if (H5Aexists(object, name) <= 0) throw FileError(what);
  Handle a(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, what);
  Handle type(H5Aget_type(a), H5Tclose, what);
  Handle space(H5Aget_space(a), H5Sclose, what);
  // One string of fixed length only: with an array of strings H5Aread would write past our buffer.
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) > 0 || H5Sget_simple_extent_npoints(space) != 1)
    throw FileError(what);
  const std::size_t size = H5Tget_size(type);
  if (size > most_text_bytes) throw FileError(what);
  std::string text(size, '\0');
  check(H5Aread(a, type, text.data()), what);
  while (!text.empty() && text.back() == '\0') text.pop_back();
  return text;
}

inline hid_t native(Scalar t) {
  switch (t) {
    case Scalar::f64:
      return H5T_NATIVE_DOUBLE;
    case Scalar::f32:
      return H5T_NATIVE_FLOAT;
    case Scalar::i64:
      return H5T_NATIVE_INT64;
    case Scalar::i32:
      return H5T_NATIVE_INT32;
    case Scalar::i16:
      return H5T_NATIVE_INT16;
    case Scalar::i8:
      return H5T_NATIVE_INT8;
    case Scalar::u64:
      return H5T_NATIVE_UINT64;
    case Scalar::u32:
      return H5T_NATIVE_UINT32;
    case Scalar::u8:
      return H5T_NATIVE_UINT8;
  }
  return -1;
}

}  // namespace coldsun::io
