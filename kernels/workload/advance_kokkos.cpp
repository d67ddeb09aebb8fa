// Kokkos' instantiation of the workload's steps.
#include "workload/progress.hpp"

namespace coldsun::workload {
template void draw_jobs<KokkosSpace>(KokkosSpace, const System&, const State&, JobTable&, std::uint64_t, std::uint32_t);
template void start<KokkosSpace>(KokkosSpace, const System&, const JobTable&, State&);
template void next_event<KokkosSpace>(KokkosSpace, const System&, const JobTable&, State&, const Drive&,
                                      const NextCut&);
template void request<KokkosSpace>(KokkosSpace, const System&, const JobTable&, State&, const Drive&, const Cut&);
template void advance<KokkosSpace>(KokkosSpace, const System&, const JobTable&, State&, const Drive&, const Cut&);
}  // namespace coldsun::workload
