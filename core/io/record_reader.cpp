// Reads closed segments of a record: which there are, their attributes, the State at their end.
#include <algorithm>
#include <cstdlib>

#include "core/io/h5.hpp"
#include "core/io/recorder.hpp"

namespace coldsun::io {

namespace fs = std::filesystem;

std::vector<fs::path> segments(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.rfind("segment_", 0) == 0 && it->path().extension() == ".nc") found.push_back(it->path());
  }
  if (error) throw FileError(folder.string() + ": cannot read this folder: " + error.message());
  if (found.empty()) throw FileError(folder.string() + ": holds no closed segment; accepted: the folder of a record (segment_0000.nc ...)");
  const auto number = [](const fs::path& p) { return std::strtol(p.filename().c_str() + 8, nullptr, 10); };  // after "segment_"
  std::sort(found.begin(), found.end(), [&](const fs::path& a, const fs::path& b) { return number(a) < number(b); });
  return found;
}

namespace {

Handle open_segment(const fs::path& segment) {
  silence();
  if (!fs::exists(segment)) throw FileError(segment.string() + ": no such file");
  const std::string what = segment.string() + ": not a readable HDF5 file (truncated or foreign); accepted: a segment that coldsun wrote";
  Handle file(H5Fopen(segment.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, what);
  const std::string version = get_attribute(file, "coldsun_schema", segment.string());
  if (version != schema_version)
    throw FileError(segment.string() + ": coldsun_schema = " + version + "; accepted: " + schema_version);
  return file;
}

using Attributes = std::map<std::string, std::string>;

Attributes all_attributes(hid_t object, const std::string& where) {
  struct Context {
    Attributes out;
    const std::string& where;
  } context{{}, where};
  auto visit = [](hid_t at, const char* name, const H5A_info_t*, void* p) -> herr_t {
    auto& c = *static_cast<Context*>(p);
    try {
      c.out[name] = get_attribute(at, name, c.where);
    } catch (const FileError&) {  // another tool's attribute
    }
    return 0;
  };
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, visit, &context);
  return context.out;
}

Scalar scalar_from(hid_t type, const std::string& what) {
  for (Scalar s : {Scalar::f64, Scalar::f32, Scalar::i64, Scalar::i32, Scalar::i16, Scalar::i8, Scalar::u64, Scalar::u32, Scalar::u8})
    if (H5Tequal(type, native(s)) > 0) return s;
  throw FileError(what + ": unknown number type");
}

}  // namespace

std::map<std::string, std::string> read_attributes(const fs::path& segment) {
  const std::lock_guard lock(library_mutex());
  Handle file = open_segment(segment);
  return all_attributes(file, segment.string());
}

Snapshot read_snapshot(const fs::path& segment) {
  const std::lock_guard lock(library_mutex());
  Handle file = open_segment(segment);
  const std::string where = segment.string();
  if (H5Lexists(file, "checkpoint", H5P_DEFAULT) <= 0) throw FileError(where + ": holds no checkpoint");
  Handle root(H5Gopen2(file, "checkpoint", H5P_DEFAULT), H5Gclose, where + ": holds no checkpoint");
  Snapshot s;
  s.attributes = all_attributes(root, where);
  struct Context {
    Snapshot& s;
    const std::string& where;
    std::string error;
  } context{s, where, {}};
  auto visit = [](hid_t at, const char* name, const H5O_info_t* info, void* p) -> herr_t {
    auto& c = *static_cast<Context*>(p);
    if (info->type != H5O_TYPE_DATASET) return 0;
    try {
      const std::string path = name, what = c.where + ": checkpoint/" + path;
      Handle set(H5Dopen2(at, name, H5P_DEFAULT), H5Dclose, what);
      Handle type(H5Dget_type(set), H5Tclose, what), space(H5Dget_space(set), H5Sclose, what);
      FieldRef f{};  // its names stay null: that is how restore knows a field that was read
      const auto slash = path.find('/');
      f.group = path.substr(0, slash);
      f.type = scalar_from(type, what);
      f.item = H5Tget_size(type);
      std::vector<hsize_t> extent(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
      H5Sget_simple_extent_dims(space, extent.data(), nullptr);
      std::size_t n = f.item;
      for (auto e : extent) f.extent.push_back(static_cast<std::int32_t>(e)), n *= e;
      Snapshot::Item item{path, f, std::vector<char>(n)};
      if (n) check(H5Dread(set, native(f.type), H5S_ALL, H5S_ALL, H5P_DEFAULT, item.bytes.data()), what + " cannot be read");
      c.s.items.push_back(std::move(item));
    } catch (const std::exception& e) {   // nothing may fly through the library's C frames
      c.error = dynamic_cast<const FileError*>(&e) ? e.what() : c.where + ": its checkpoint cannot be read (" + e.what() + ")";
      return -1;
    }
    return 0;
  };
  const herr_t status = H5Ovisit2(root, H5_INDEX_NAME, H5_ITER_NATIVE, visit, &context, H5O_INFO_BASIC);
  if (status < 0) throw FileError(context.error.empty() ? where + ": its checkpoint cannot be read" : context.error);
  return s;
}

}  // namespace coldsun::io
