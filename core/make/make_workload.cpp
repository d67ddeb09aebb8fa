// Site and job statistics -> workload System. Its idle power includes the leakage at t_leakage.
#include "core/make/make_system.hpp"

namespace coldsun {

workload::System make_workload(const Network& network, const Library& library, Device device) {
  std::vector<workload::Site> sites;
  std::vector<workload::NodeRow> nodes;
  for (std::int32_t s = 0; s < static_cast<std::int32_t>(network.site.size()); ++s) {
    const Site& site = network.site[static_cast<std::size_t>(s)];
    workload::Site w;
    w.node_first = static_cast<std::int32_t>(nodes.size());
    for (const NodeType& t : site.hall.node) {
      take(w, t);
      for (int i = 0; i < t.n_node; ++i) nodes.push_back({s, t.p_idle + t.p_leakage, t.p_max, t.utilisation_exponent});
    }
    w.node_count = static_cast<std::int32_t>(nodes.size()) - w.node_first;
    w.entity = entity_of(site);
    take(w, site), take(w, site.jobs), take(w, site.comms.link);
    sites.push_back(w);
  }
  return workload::make_system(sites, library.jobs, nodes, device);
}

}  // namespace coldsun
