// Limits on HDF5 files of any origin: a bounded number of hard links, and data sets stored in the file in chunks of
// bounded size with built-in filters. Soft and external links, external and virtual storage, plug-ins and deeper groups
// are refused.
#pragma once
#include <string>
#include <vector>

#include "core/io/h5.hpp"

namespace coldsun::io {

inline constexpr std::size_t most_links = 4096;         // of one group; a record has about 150
inline constexpr hsize_t most_chunk_bytes = 16u << 20;  // ours have at most 1 MiB
inline constexpr std::size_t most_attribute_bytes = 64u << 20;
inline constexpr int most_axes = 8;

// Names of a group's links in order of name. Throws FileError on a link that is not hard, or on too many.
std::vector<std::string> links(hid_t group, const std::string& where);
// Opens the object of one link, which must be of this type (H5I_DATASET or H5I_GROUP).
Handle open_object(hid_t group, const std::string& name, H5I_type_t type, const std::string& where);
// Extent of a data set. Throws FileError if its bytes lie in another file or exceed the limits.
std::vector<hsize_t> check_dataset(hid_t set, const std::string& where);

}  // namespace coldsun::io
