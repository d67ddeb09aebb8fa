// CUDA's instantiation of the workload's steps.
#include "workload/progress.hpp"

namespace coldsun::workload {
template void draw_jobs<Cuda>(Cuda, const System&, const State&, JobTable&, std::uint64_t, std::uint32_t);
template void start<Cuda>(Cuda, const System&, const JobTable&, State&);
template void next_event<Cuda>(Cuda, const System&, const JobTable&, State&, const Drive&, const NextCut&);
template void request<Cuda>(Cuda, const System&, const JobTable&, State&, const Drive&, const Cut&);
template void advance<Cuda>(Cuda, const System&, const JobTable&, State&, const Drive&, const Cut&);
}  // namespace coldsun::workload
