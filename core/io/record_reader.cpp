// Reads closed segments of a record: attributes, checkpoint. Every file is checked first: seal, schema, links, storage,
// shapes (h5_guard.hpp); restore checks the values (core/step/check_state.hpp).
#include "core/io/h5_guard.hpp"
#include "core/io/recorder.hpp"
#include "core/io/sealed.hpp"

namespace coldsun::io {

namespace fs = std::filesystem;

namespace {

constexpr const char* not_ours =
    ": not a readable HDF5 file (truncated or foreign); accepted: a segment that coldsun wrote";

// Opens a segment after checking seal and schema.
Handle open_segment(const fs::path& segment) {
  silence();
  const std::string where = segment.string();
  if (!fs::exists(segment)) throw FileError(where + ": no such file");
  if (!fs::is_regular_file(segment)) throw FileError(where + not_ours);
  const Seal seal = seal_state(segment);
  if (seal == Seal::broken) throw FileError(where + ": damaged (checksum does not match); accepted: an undamaged copy");
  Handle file(H5Fopen(segment.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, where + not_ours);
  const std::string version = get_attribute(file, "coldsun_schema", where);
  if (version != schema_version)
    throw FileError(where + ": coldsun_schema = " + version + "; accepted: " + schema_version);
  if (seal == Seal::missing)
    throw FileError(where + ": no checksum (truncated or foreign); accepted: a segment that coldsun wrote");
  return file;
}

using Attributes = std::map<std::string, std::string>;

Attributes all_attributes(hid_t object, const std::string& where) {
  struct Context {
    Attributes out;
    const std::string& where;
    std::size_t bytes = 0;
  } context{{}, where};
  auto visit = [](hid_t at, const char* name, const H5A_info_t*, void* p) -> herr_t {
    auto& c = *static_cast<Context*>(p);
    try {
      std::string text = get_attribute(at, name, c.where);
      c.bytes += text.size();
      if (c.bytes > most_attribute_bytes) return 1;
      c.out[name] = std::move(text);
    } catch (const std::exception&) {  // attribute of another tool
    }
    return 0;
  };
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, visit, &context);
  return context.out;
}

Scalar scalar_from(hid_t type, const std::string& what) {
  for (Scalar s : {Scalar::f64, Scalar::f32, Scalar::i64, Scalar::i32, Scalar::i16, Scalar::i8, Scalar::u64,
                   Scalar::u32, Scalar::u8})
    if (H5Tequal(type, native(s)) > 0) return s;
  throw FileError(what + ": unknown number type");
}

// f(group, name, data set) for every field of the checkpoint; exactly two levels of groups.
template <class F>
void each_field_of(hid_t file, const std::string& where, Attributes* attributes, F&& f) {
  if (H5Lexists(file, "checkpoint", H5P_DEFAULT) <= 0) throw FileError(where + ": holds no checkpoint");
  const std::string below = where + ": checkpoint";
  links(file, where);
  Handle root = open_object(file, "checkpoint", H5I_GROUP, where);
  if (attributes) *attributes = all_attributes(root, where);
  for (const std::string& group : links(root, below)) {
    Handle part = open_object(root, group, H5I_GROUP, below);
    for (const std::string& name : links(part, below + "/" + group)) {
      Handle set = open_object(part, name, H5I_DATASET, below + "/" + group);
      f(group, name, static_cast<hid_t>(set));
    }
  }
}

constexpr std::size_t most_unasked_bytes = std::size_t{1} << 30;  // of a checkpoint read without a State to compare

}  // namespace

std::map<std::string, std::string> read_attributes(const fs::path& segment) {
  const std::lock_guard lock(library_mutex());
  Handle file = open_segment(segment);
  return all_attributes(file, segment.string());
}

void check_segment(const fs::path& segment) {
  const std::lock_guard lock(library_mutex());
  Handle file = open_segment(segment);
  const std::string where = segment.string();
  for (const std::string& name : links(file, where)) {
    if (name == "checkpoint") continue;
    Handle set = open_object(file, name, H5I_DATASET, where);
    check_dataset(set, where + ": " + name);
  }
  if (H5Lexists(file, "checkpoint", H5P_DEFAULT) <= 0 && H5Aexists(file, "thinned") > 0)
    return;  // thinned records have no checkpoint
  each_field_of(file, where, nullptr, [&](const std::string& group, const std::string& name, hid_t set) {
    check_dataset(set, where + ": checkpoint/" + group + "/" + name);
  });
}

Snapshot read_snapshot(const fs::path& segment, const State* like) {
  const std::lock_guard lock(library_mutex());
  Handle file = open_segment(segment);
  const std::string where = segment.string();
  std::map<std::string, FieldRef> wanted;
  if (like)
    for (const FieldRef& f : fields(*like)) wanted[f.path()] = f;
  Snapshot s;
  std::size_t total = 0;
  each_field_of(file, where, &s.attributes, [&](const std::string& group, const std::string& name, hid_t set) {
    const std::string path = group + "/" + name, what = where + ": checkpoint/" + path;
    const auto known = wanted.find(path);
    if (like && known == wanted.end()) return;  // not a field of this State
    const std::vector<hsize_t> extent = check_dataset(set, what);
    Handle type(H5Dget_type(set), H5Tclose, what);
    FieldRef f{};  // its texts stay empty: a field that was read
    f.group = group;
    f.type = scalar_from(type, what);
    f.item = H5Tget_size(type);
    std::size_t n = f.item;
    for (const hsize_t e : extent) {
      if (e > INT32_MAX || (e > 0 && n > most_unasked_bytes / e && !like))
        throw FileError(what + " is larger than any checkpoint");
      f.extent.push_back(static_cast<std::int32_t>(e));
      n *= e;
    }
    Snapshot::Item item{path, f, {}};
    // Memory is allocated for the State's shape, never for the file's: another shape stays empty and restore refuses
    // it.
    if (!like || (f.type == known->second.type && f.extent == known->second.extent)) {
      if (!like && (total += n) > most_unasked_bytes) throw FileError(where + ": its checkpoint is larger than 1 GiB");
      item.bytes.resize(n);
      if (n)
        check(H5Dread(set, native(f.type), H5S_ALL, H5S_ALL, H5P_DEFAULT, item.bytes.data()),
              what + " cannot be read (damaged)");
    }
    s.items.push_back(std::move(item));
  });
  return s;
}

}  // namespace coldsun::io
