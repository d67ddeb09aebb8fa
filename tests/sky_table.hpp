// A small table of reference numbers: "#" lines give the source, then one line of names, then numbers.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace coldsun::test {

struct Table {
  std::map<std::string, std::vector<double>> column;
  int n_row = 0;
  const std::vector<double>& operator[](const std::string& name) const { return column.at(name); }
};

inline Table read_table(const std::string& name) {
  std::ifstream file(std::string(COLDSUN_DATA_DIR) + "/" + name);
  EXPECT_TRUE(file.good()) << name;
  Table t;
  std::vector<std::string> names;
  for (std::string line, cell; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::stringstream cells(line);
    if (names.empty()) {
      while (std::getline(cells, cell, ',')) names.push_back(cell);
      continue;
    }
    for (const std::string& n : names) {
      std::getline(cells, cell, ',');
      t.column[n].push_back(std::strtod(cell.c_str(), nullptr));
    }
    ++t.n_row;
  }
  return t;
}

}  // namespace coldsun::test
