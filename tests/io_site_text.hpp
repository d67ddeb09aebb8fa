// The shipped Atacama file as text, for the tests of the site reader.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/io/site_reader.hpp"

namespace coldsun::site_test {

namespace fs = std::filesystem;

inline const fs::path data = fs::path(COLDSUN_DATA_DIR) / ".." / ".." / "data";

inline std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::string atacama() {
  static const std::string text = text_of(data / "sites" / "atacama.toml");
  return text;
}

// The shipped site with one piece of text replaced; the test fails if the piece is not there.
inline std::string with(const std::string& from, const std::string& to) {
  std::string text = atacama();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "\"" << from << "\" is not in the shipped file: mend this test";
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

}  // namespace coldsun::site_test
