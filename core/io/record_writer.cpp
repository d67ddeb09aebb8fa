// Writes segments of a record, each complete or not at all (layout: recorder.hpp; netCDF-4 as HDF5 with dimension
// scales, CF names).
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/io/h5.hpp"
#include "core/io/recorder.hpp"
#include "core/io/sealed.hpp"

namespace coldsun::io {

namespace fs = std::filesystem;

namespace {

Handle dataset(hid_t where, const std::string& name, hid_t type, const std::vector<hsize_t>& extent, bool packed) {
  Handle space(extent.empty() ? H5Screate(H5S_SCALAR)
                              : H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
               H5Sclose, name);
  Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, name);
  hsize_t n = 1;
  for (auto e : extent) n *= e;
  if (packed && n > 0) {
    std::vector<hsize_t> chunk = extent;
    for (hsize_t budget = (1u << 20) / 8, i = 0; i < chunk.size(); ++i) {  // last axes whole, first axes split to fit
      const std::size_t at = chunk.size() - 1 - static_cast<std::size_t>(i);
      chunk[at] = std::max<hsize_t>(1, std::min(chunk[at], budget));
      budget = std::max<hsize_t>(1, budget / chunk[at]);
    }
    H5Pset_chunk(plist, static_cast<int>(chunk.size()), chunk.data());
    H5Pset_shuffle(plist);
    H5Pset_deflate(plist, 1);
    H5Pset_fletcher32(plist);  // checksum of the packed bytes: a flipped bit is found on reading
  }
  H5Pset_attr_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  return Handle(H5Dcreate2(where, name.c_str(), type, space, H5P_DEFAULT, plist, H5P_DEFAULT), H5Dclose,
                "cannot create " + name);
}

void write_scale(hid_t file, const Dimension& d) {
  if (!d.label.empty()) {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose, d.name);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    std::vector<const char*> p;
    for (const auto& s : d.label) p.push_back(s.c_str());
    Handle set = dataset(file, d.name, type, {p.size()},
                         false);  // filters do not apply to variable-length strings; the seal covers them
    check(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, p.data()), d.name);
    check(H5DSset_scale(set, d.name.c_str()), d.name);
    set_attribute(set, "long_name", d.long_name);
  } else if (!d.place.empty()) {
    Handle set = dataset(file, d.name, H5T_NATIVE_DOUBLE, {d.place.size()}, true);
    check(H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, d.place.data()), d.name);
    check(H5DSset_scale(set, d.name.c_str()), d.name);
    set_attribute(set, "long_name", d.long_name);
    set_attribute(set, "units", d.unit);
  } else {
    Handle set = dataset(file, d.name, H5T_NATIVE_INT64, {d.value.size()}, true);
    if (!d.value.empty()) check(H5Dwrite(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, d.value.data()), d.name);
    check(H5DSset_scale(set, d.name.c_str()), d.name);
    set_attribute(set, "long_name", d.long_name);
    if (d.name == "time") {
      set_attribute(set, "units", "milliseconds since 1970-01-01");
      set_attribute(set, "standard_name", "time");
      set_attribute(set, "calendar", "standard");
      set_attribute(set, "units_metadata",
                    "leap_seconds: none");  // CF 1.11, 4.4: days of 86,400 s
      set_attribute(set, "bounds", "time_bnds");
      set_attribute(set, "comment", "step means are over the step that ends here");
    } else {
      set_attribute(set, "units", "1");
      if (d.name == "member") set_attribute(set, "standard_name", "realization");
    }
  }
}

void attach(hid_t set, hid_t file, const std::string& scale_name, unsigned axis, const std::string& what) {
  Handle scale(H5Dopen2(file, scale_name.c_str(), H5P_DEFAULT), H5Dclose, scale_name);
  check(H5DSattach_scale(set, scale, axis), what);
}

// Start and end of every step. The axis nv has no variable of its own, which netCDF-4 marks by the name of its scale.
void write_bounds(hid_t file, const std::vector<std::int64_t>& time, Time step) {
  Handle ends = dataset(file, "nv", H5T_NATIVE_FLOAT, {2}, false);
  check(H5DSset_scale(ends, "This is a netCDF dimension but not a netCDF variable.         2"), "nv");
  std::vector<std::int64_t> bounds;
  for (const std::int64_t t : time) bounds.push_back(t - step / ns_per_ms), bounds.push_back(t);
  Handle set = dataset(file, "time_bnds", H5T_NATIVE_INT64, {time.size(), 2}, true);
  if (!time.empty()) check(H5Dwrite(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, bounds.data()), "time_bnds");
  attach(set, file, "time", 0, "time_bnds"), attach(set, file, "nv", 1, "time_bnds");
}

// flag_values or flag_masks with flag_meanings (CF 3.5), in the variable's number type.
void write_meaning(hid_t set, const Variable& v) {
  if (v.meaning.empty()) return;
  std::vector<std::int64_t> value;
  std::string words;
  for (const auto& [x, word] : v.meaning) {
    value.push_back(x);
    words += (words.empty() ? "" : " ") + word;
  }
  const hsize_t n = value.size();
  Handle space(H5Screate_simple(1, &n, nullptr), H5Sclose, v.name);
  Handle a(H5Acreate2(set, v.bits ? "flag_masks" : "flag_values", native(v.type), space, H5P_DEFAULT, H5P_DEFAULT),
           H5Aclose, v.name);
  check(H5Awrite(a, H5T_NATIVE_INT64, value.data()), v.name);
  set_attribute(set, "flag_meanings", words);
}

// Columns [offset, offset + width) of the rows as one data set with its scales.
void write_variable(hid_t file, const Header& header, const Variable& v, std::size_t n, const std::vector<double>& rows,
                    std::size_t offset) {
  const std::size_t w = header.width(v), width = header.width();
  std::vector<double> block(n * w);
  for (std::size_t i = 0; i < n; ++i)
    std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(i * width + offset), w,
                block.begin() + static_cast<std::ptrdiff_t>(i * w));
  std::vector<hsize_t> extent{n};
  for (const auto& name : v.dimension)
    for (const auto& d : header.dimension)
      if (d.name == name) extent.push_back(d.size());
  Handle set = dataset(file, v.name, v.single ? H5T_NATIVE_FLOAT : native(v.type), extent, true);
  if (n) check(H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, block.data()), v.name);
  if (v.meaning.empty()) set_attribute(set, "units", v.unit);  // flags have no unit (CF 3.5)
  if (v.unit == "K")
    set_attribute(set, "units_metadata", "temperature: on_scale");  // CF 1.11, 3.1.2; no record holds a difference
  write_meaning(set, v);
  set_attribute(set, "long_name", v.long_name);
  if (!v.standard_name.empty()) set_attribute(set, "standard_name", v.standard_name);
  if (!v.cell_methods.empty()) set_attribute(set, "cell_methods", v.cell_methods);
  if (!v.comment.empty()) set_attribute(set, "comment", v.comment);
  for (unsigned i = 0; i <= v.dimension.size(); ++i) attach(set, file, i == 0 ? "time" : v.dimension[i - 1], i, v.name);
}

void write_snapshot(hid_t file, const Snapshot& s) {
  Handle root(H5Gcreate2(file, "checkpoint", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, "checkpoint");
  for (const auto& [name, text] : s.attributes) set_attribute(root, name.c_str(), text);
  std::map<std::string, Handle> groups;
  for (const auto& item : s.items) {
    const FieldRef& f = item.field;
    if (!groups.count(f.group))
      groups.emplace(
          f.group, Handle(H5Gcreate2(root, f.group.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, f.group));
    std::vector<hsize_t> extent(f.extent.begin(), f.extent.end());
    Handle set = dataset(groups[f.group], f.info.name, native(f.type), extent, true);
    if (!item.bytes.empty())
      check(H5Dwrite(set, native(f.type), H5S_ALL, H5S_ALL, H5P_DEFAULT, item.bytes.data()), f.path());
    set_attribute(set, "units", f.info.unit);
    set_attribute(set, "long_name", f.info.meaning);
    set_attribute(set, "axes", f.info.axes);
  }
}

// Hash of HDF5 metadata (lookup3, Bob Jenkins 2006, public domain), for lengths of 12 k + 8 bytes.
std::uint32_t lookup3(const char* p, std::uint32_t n) {
  const auto rot = [](std::uint32_t x, int k) { return (x << k) | (x >> (32 - k)); };
  const auto word = [](const char* at) {
    std::uint32_t w = 0;
    std::memcpy(&w, at, 4);  // little-endian, as all targets of coldsun
    return w;
  };
  std::uint32_t a = 0xdeadbeefu + n, b = a, c = a;
  for (; n > 12; n -= 12, p += 12) {
    a += word(p);
    b += word(p + 4);
    c += word(p + 8);
    a -= c, a ^= rot(c, 4), c += b, b -= a, b ^= rot(a, 6), a += c, c -= b, c ^= rot(b, 8), b += a;
    a -= c, a ^= rot(c, 16), c += b, b -= a, b ^= rot(a, 19), a += c, c -= b, c ^= rot(b, 4), b += a;
  }
  a += word(p);
  b += word(p + 4);
  c ^= b, c -= rot(b, 14), a ^= c, a -= rot(c, 11), b ^= a, b -= rot(a, 25), c ^= b, c -= rot(b, 16);
  a ^= c, a -= rot(c, 4), b ^= a, b -= rot(a, 14), c ^= b, c -= rot(b, 24);
  return c;
}

// Corrects the superblock checksum: the library clears the "open for writing" flag of an image without updating it
// (HDF5 file format 3.0, II.A: 44 bytes, then the checksum; version 3 in byte 8).
void mend_superblock(std::vector<char>& image) {
  constexpr std::uint32_t size = 44;
  if (image.size() < size + 4 || image[8] != 3) return;
  const std::uint32_t sum = lookup3(image.data(), size);
  std::memcpy(image.data() + size, &sum, 4);
}

// The file as an image in memory. A full disk then fails our own write; the library could not close a file after a
// failed flush.
template <class Fill>
std::vector<char> file_image(const Fill& fill) {
  const std::lock_guard lock(library_mutex());
  silence();  // per thread
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "HDF5");
  check(H5Pset_fapl_core(access, 1 << 20, false), "HDF5");
  check(H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110),
        "HDF5");  // headers and indices with checksums
  Handle create(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "HDF5");
  H5Pset_link_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  H5Pset_attr_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  Handle file(H5Fcreate("image", H5F_ACC_TRUNC, create, access), H5Fclose, "HDF5");
  fill(static_cast<hid_t>(file));
  check(H5Fflush(file, H5F_SCOPE_GLOBAL), "HDF5");
  std::vector<char> image(static_cast<std::size_t>(std::max<ssize_t>(H5Fget_file_image(file, nullptr, 0), 0)));
  if (image.empty() || H5Fget_file_image(file, image.data(), image.size()) < 0)
    throw FileError("HDF5 returns no file image");
  mend_superblock(image);
  return image;
}

// Writes all bytes to disk; false with errno on failure.
bool put(const fs::path& path, const std::vector<char>& image, const std::vector<char>& seal) {
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return false;
  bool ok = true;
  for (const std::vector<char>* bytes : {&image, &seal})
    for (std::size_t at = 0; ok && at < bytes->size();) {
      const ssize_t n = ::write(fd, bytes->data() + at, bytes->size() - at);
      if (n > 0) at += static_cast<std::size_t>(n);
      else ok = n < 0 && errno == EINTR;
    }
  ok = ok && ::fsync(fd) == 0;
  const int why = errno;
  ok = ::close(fd) == 0 && ok;
  if (!ok && why) errno = why;
  return ok;
}

// Writes `whole` as .part beside it and renames it once it is on disk; on failure nothing is left.
template <class Fill>
void write_whole(const fs::path& whole, const Fill& fill) {
  const std::vector<char> image = [&] {
    try {
      return file_image(fill);
    } catch (const FileError& e) {  // names one part only
      throw FileError(whole.string() + ": cannot be assembled: " + e.what());
    }
  }();
  const fs::path part = whole.string() + ".part";
  std::error_code error;
  if (!put(part, image, seal_of(image))) {
    const std::string why = last_error();
    fs::remove(part, error);
    throw FileError(whole.string() + ": cannot be written: " + why);
  }
  fs::rename(part, whole, error);
  if (error) {
    std::error_code ignored;
    fs::remove(part, ignored);
    throw FileError(whole.string() + ": cannot be renamed from .part: " + error.message());
  }
}

}  // namespace

void write_state_file(const Snapshot& snapshot, const fs::path& path) {
  write_whole(path, [&](hid_t file) {
    set_attribute(file, "coldsun_schema", schema_version);
    write_snapshot(file, snapshot);
  });
}

void Recorder::write(const Job& job) const {
  write_whole(folder_ / segment_name(job.segment), [&](hid_t file) {
    for (const auto& [name, text] : header_.attribute) set_attribute(file, name.c_str(), text);
    set_attribute(file, "segment", std::to_string(job.segment));  // identifies a renamed copy
    std::vector<Dimension> dimension = header_.dimension;
    std::vector<std::int64_t> time;
    for (const Time t : job.time) time.push_back(t / ns_per_ms);
    dimension.insert(dimension.begin(), Dimension{"time", "time", {}, time});
    for (const auto& d : dimension) write_scale(file, d);
    write_bounds(file, time, header_.step);
    std::size_t offset = 0;
    for (const auto& v : header_.variable)
      write_variable(file, header_, v, job.time.size(), job.rows, std::exchange(offset, offset + header_.width(v)));
    write_snapshot(file, job.snapshot);
  });
}

}  // namespace coldsun::io
