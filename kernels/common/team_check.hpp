// run_team_checked: are the results of a team kernel independent of the order of its threads between two barriers? For
// tests, with HostTeam.
//   EXPECT_EQ(run_team_checked(n_item, team_size, bytes, Functor{...}, n_seed, outputs...), "");
// Each order detects:
//   forward, backward   each of any two threads goes first once: a read of data written by another since the last
//                       barrier, or a write to data that another still reads, changes the results in one of the two
//   isolated            two threads that write different values to one place of scratch; reported with the place
//   shuffled            n_seed times: global memory and longer chains
#pragma once
#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/array.hpp"
#include "common/host_team.hpp"
#include "common/team.hpp"

namespace coldsun {

// for_teams in a given order, on the calling thread.
template <class F>
void for_teams(const TeamOrder& order, int n_item, int team_size, std::size_t bytes, const F& f) {
  HostCrew crew(team_size, bytes, order);
  for (int item = 0; item < n_item; ++item) crew.run([&f, item](HostTeam& team) { f(team, item); }, item);
}

struct Bytes {
  char* data;
  std::size_t size;
};
template <class T, int R>
Bytes bytes_of(const View<T, R>& v) {
  std::int64_t n = 1;
  for (int r = R - 1; r >= 0; --r) {
    if (v.extent[r] > 1 && v.stride[r] != n)
      throw std::invalid_argument("run_team_checked: an output is not contiguous");
    n *= v.extent[r];
  }
  return {reinterpret_cast<char*>(v.data), v.data ? static_cast<std::size_t>(n) * sizeof(T) : 0};
}
template <class T, int R>
Bytes bytes_of(const Array<T, R>& a) {
  return bytes_of(a.view());
}

// Runs f with a SerialTeam, then in every order with the outputs restored, and compares all bits. outputs: contiguous
// Views or Arrays on the host that f writes; afterwards they hold the results of the serial run. Returns "" or a
// sentence on the difference.
template <class F, class... Out>
std::string run_team_checked(int n_item, int team_size, std::size_t bytes, const F& f, int n_seed,
                             const Out&... outputs) {
  const std::vector<Bytes> out{bytes_of(outputs)...};
  const auto save = [&out] {
    std::vector<std::vector<char>> copy;
    for (const auto& [data, size] : out) copy.emplace_back(data, data + size);
    return copy;
  };
  const auto restore = [&out](const std::vector<std::vector<char>>& copy) {
    for (std::size_t k = 0; k < out.size(); ++k) std::copy(copy[k].begin(), copy[k].end(), out[k].data);
  };
  const auto before = save();
  for (int item = 0; item < n_item; ++item) {
    char* memory = host_scratch(bytes + scratch_slack);
    // scratch is zero here and poisoned below: a read before a write gives two results
    std::memset(memory, 0, bytes + scratch_slack);
    SerialTeam team{memory, 0, bytes + scratch_slack};
    f(team, item);
  }
  const auto serial = save();
  std::vector<TeamOrder> orders{{TeamOrder::forward}, {TeamOrder::backward}, {TeamOrder::isolated}};
  for (int s = 0; s < n_seed; ++s) orders.push_back({TeamOrder::shuffled, static_cast<std::uint64_t>(s)});
  std::string verdict;
  for (const TeamOrder& order : orders) {
    restore(before);
    try {
      for_teams(order, n_item, team_size, bytes, f);
    } catch (const std::logic_error& error) {
      verdict = order.name() + " order: " + error.what();
      break;
    }
    for (std::size_t k = 0; k < out.size() && verdict.empty(); ++k)
      if (!std::equal(serial[k].begin(), serial[k].end(), out[k].data))
        verdict = order.name() + " order: output " + std::to_string(k) + " differs from the serial run's";
    if (!verdict.empty()) break;
  }
  restore(serial);
  return verdict;
}

}  // namespace coldsun
