// Attributes of foreign files: one string of bounded length, or a FileError.
#include <gtest/gtest.h>

#include <vector>

#include "core/io/h5.hpp"

namespace coldsun::io {
namespace {

// A file in memory alone, with an attribute "a" of n texts of `size` bytes; size 0: texts of any length.
std::string read_back(hsize_t n, std::size_t size) {
  silence();
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "access");
  check(H5Pset_fapl_core(access, 1 << 16, false), "access");
  Handle file(H5Fcreate("attribute.nc", H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose, "file");
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "type"),
      space(n == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &n, nullptr), H5Sclose, "space");
  check(H5Tset_size(type, size ? size : H5T_VARIABLE), "type");
  Handle a(H5Acreate2(file, "a", type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, "attribute");
  if (size) {
    const std::vector<char> text(n * size, 'x');
    check(H5Awrite(a, type, text.data()), "attribute");
  }
  return get_attribute(file, "a", "file");
}

// HDF5 would write all n strings into a buffer for one: a heap overflow.
TEST(IoAttribute, ArrayOfStringsDoesNotOverflowTheBuffer) {
  EXPECT_EQ(read_back(1, 8), "xxxxxxxx");
  EXPECT_THROW(read_back(3000, 8), FileError);
  EXPECT_THROW(read_back(0, 8), FileError);
}

TEST(IoAttribute, VariableLengthStringsAreRefused) { EXPECT_THROW(read_back(1, 0), FileError); }

}  // namespace
}  // namespace coldsun::io
