// Builds the index lists of the domains.
#include "assimilation/assimilation.hpp"

#include <stdexcept>
#include <string>

namespace coldsun::assimilation {

Domains make_domains(const std::vector<Domain>& domains, int n_obs, Device device) {
  const auto fail = [](std::size_t k, const std::string& why) {
    throw std::invalid_argument("domain " + std::to_string(k) + ": " + why);
  };
  std::size_t n_entry = 0;
  for (std::size_t k = 0; k < domains.size(); ++k) {
    const Domain& d = domains[k];
    if (d.n_element < 0) fail(k, "n_element is negative; accepted: 0 or more");
    if (!d.weight.empty() && d.weight.size() != d.obs.size())
      fail(k, "the number of weights is not that of the observations; accepted: one per observation, or none");
    for (const std::int32_t o : d.obs)
      if (o < 0 || o >= n_obs)
        fail(k, "observation " + std::to_string(o) + " does not exist; accepted: 0 to " + std::to_string(n_obs - 1));
    for (const Real w : d.weight)
      if (!(w > 0.0 && w <= 1.0))
        fail(k, "weight " + std::to_string(w) + " is out of range; accepted: above 0, at most 1");
    n_entry += d.obs.size();
  }
  const int n = static_cast<int>(domains.size());
  Domains out;
  allocate_fields(out, device, {{"domain_edge", n + 1}, {"entry", static_cast<int>(n_entry)}});
  int element = 0, entry = 0;
  for (int k = 0; k < n; ++k) {
    const Domain& d = domains[static_cast<std::size_t>(k)];
    out.first_element(k) = element, out.first_obs(k) = entry;
    element += d.n_element;
    for (std::size_t i = 0; i < d.obs.size(); ++i, ++entry)
      out.obs(entry) = d.obs[i], out.weight(entry) = d.weight.empty() ? 1.0 : d.weight[i];
  }
  out.first_element(n) = element, out.first_obs(n) = entry;
  return out;
}

}  // namespace coldsun::assimilation
