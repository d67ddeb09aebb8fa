// Reads a reference table of validation/data: comma-separated; '#' lines give the source, the first other line the
// column names.
#pragma once
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace coldsun::test {

struct DataTable {
  std::map<std::string, std::vector<std::string>> column;
  std::size_t n_row = 0;
  double operator()(const std::string& name, std::size_t row) const { return std::stod(column.at(name).at(row)); }
};

inline DataTable read_table(const std::string& name) {
  std::ifstream file(std::string(COLDSUN_DATA_DIR) + "/" + name);
  if (!file) throw std::runtime_error("no such table: " + name);
  DataTable t;
  std::vector<std::string> head;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> cell;
    std::istringstream in(line);
    for (std::string c; std::getline(in, c, ',');) cell.push_back(c);
    if (head.empty()) {
      head = cell;
      continue;
    }
    for (std::size_t i = 0; i < head.size(); ++i) t.column[head[i]].push_back(i < cell.size() ? cell[i] : "");
    ++t.n_row;
  }
  return t;
}

}  // namespace coldsun::test
