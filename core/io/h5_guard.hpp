// What of an HDF5 file is let in, whoever wrote it: hard links of a bounded number, and data sets that hold their own
// bytes in chunks of bounded size behind filters that are built in. No soft or external link, no external or virtual
// storage, no plug-in, no depth.
#pragma once
#include <string>
#include <vector>

#include "core/io/h5.hpp"

namespace coldsun::io {

inline constexpr std::size_t most_links = 4096;         // of one group; a record has some 150
inline constexpr hsize_t most_chunk_bytes = 16u << 20;  // ours have at most 1 MiB
inline constexpr std::size_t most_attribute_bytes = 64u << 20;
inline constexpr int most_axes = 8;

// Names of a group's links, in the library's order of names. Throws FileError where one is not a hard link or there are
// too many.
std::vector<std::string> links(hid_t group, const std::string& where);
// The object behind one of them, which must be of this type (H5I_DATASET or H5I_GROUP).
Handle open_object(hid_t group, const std::string& name, H5I_type_t type, const std::string& where);
// Throws FileError where the data set's bytes lie elsewhere or cannot be read within bounds. Gives its extent.
std::vector<hsize_t> check_dataset(hid_t set, const std::string& where);

}  // namespace coldsun::io
