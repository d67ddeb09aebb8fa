// The host's instantiation of the workload's steps.
#include "workload/progress.hpp"

namespace coldsun::workload {
template void draw_jobs<Host>(Host, const System&, const State&, JobTable&, std::uint64_t, std::uint32_t);
template void start<Host>(Host, const System&, const JobTable&, State&);
template void next_event<Host>(Host, const System&, const JobTable&, State&, const Drive&, const NextCut&);
template void request<Host>(Host, const System&, const JobTable&, State&, const Drive&, const Cut&);
template void advance<Host>(Host, const System&, const JobTable&, State&, const Drive&, const Cut&);
}  // namespace coldsun::workload
