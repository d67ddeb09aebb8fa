// Checks links, storage and filters of a file before its data are read (h5_guard.hpp).
#include "core/io/h5_guard.hpp"

namespace coldsun::io {

namespace {

struct Names {
  std::vector<std::string> name;
  bool hard = true, few = true;
};

herr_t take(hid_t, const char* name, const H5L_info_t* info, void* p) {
  auto& c = *static_cast<Names*>(p);
  c.hard = info->type == H5L_TYPE_HARD;
  c.few = c.name.size() < most_links;
  if (!c.hard || !c.few) return 1;  // ends the walk
  try {
    c.name.emplace_back(name);
  } catch (...) {  // no exception may pass through the library's C frames
    return -1;
  }
  return 0;
}

}  // namespace

std::vector<std::string> links(hid_t group, const std::string& where) {
  Names found;
  const herr_t status = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, take, &found);
  if (!found.hard)
    throw FileError(where + ": holds a soft or external link; accepted: a file that coldsun wrote, which has none");
  if (!found.few)
    throw FileError(where + ": holds more than " + std::to_string(most_links) +
                    " objects; accepted: a file that coldsun wrote");
  if (status < 0) throw FileError(where + ": cannot be read (damaged); accepted: a file that coldsun wrote");
  return found.name;
}

Handle open_object(hid_t group, const std::string& name, H5I_type_t type, const std::string& where) {
  const std::string what =
      where + ": '" + name + "' cannot be read (damaged or foreign); accepted: a file that coldsun wrote";
  const auto close = [](hid_t id) -> herr_t { return H5Oclose(id); };
  Handle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), close, what);
  if (H5Iget_type(object) != type) throw FileError(what);
  return object;
}

std::vector<hsize_t> check_dataset(hid_t set, const std::string& where) {
  const std::string what = where + " cannot be read (damaged or foreign)";
  Handle plist(H5Dget_create_plist(set), H5Pclose, what), space(H5Dget_space(set), H5Sclose, what),
      type(H5Dget_type(set), H5Tclose, what);
  if (H5Pget_external_count(plist) != 0)
    throw FileError(where + " keeps its numbers in another file; accepted: a file that holds its own");
  const int axes = H5Sget_simple_extent_ndims(space);
  if (axes < 0 || axes > most_axes) throw FileError(what);
  std::vector<hsize_t> extent(static_cast<std::size_t>(axes)), chunk(extent.size());
  H5Sget_simple_extent_dims(space, extent.data(), nullptr);
  const H5D_layout_t layout = H5Pget_layout(plist);
  if (layout != H5D_CHUNKED && layout != H5D_CONTIGUOUS && layout != H5D_COMPACT)
    throw FileError(where + " keeps its numbers in another file; accepted: a file that holds its own");
  if (layout == H5D_CHUNKED) {
    if (H5Pget_chunk(plist, axes, chunk.data()) != axes) throw FileError(what);
    hsize_t bytes = H5Tget_size(type);
    for (const hsize_t c : chunk) bytes = c > 0 && bytes <= most_chunk_bytes / c ? bytes * c : most_chunk_bytes + 1;
    if (bytes > most_chunk_bytes)
      throw FileError(where + " has chunks of more than 16 MiB; accepted: a file that coldsun wrote");
  }
  const int filters = H5Pget_nfilters(plist);
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0, config = 0;
    std::size_t n = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(plist, static_cast<unsigned>(i), &flags, &n, nullptr, 0, nullptr, &config);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
      throw FileError(where + " uses another filter; accepted: deflate, shuffle, Fletcher32");
  }
  return extent;
}

}  // namespace coldsun::io
