// CUDA's instantiation of the planner.
#include "schedule/forecast_pv.hpp"
#include "schedule/prepare.hpp"
#include "schedule/search.hpp"

namespace coldsun::schedule {
template void prepare<Cuda>(Cuda, Problem&);
template void forecast_pv<Cuda>(Cuda, const sky::System&, const sky::Weather&, const electrical::System&,
                                const PvForecast&, Problem&);
template void decode<Cuda>(Cuda, const Problem&, Population&, int, int);
template void evaluate<Cuda>(Cuda, const Problem&, const Weights&, Population&, int, int);
template void advance<Cuda>(Cuda, const Problem&, Search&);
template Decision decide<Cuda>(Cuda, const Problem&, const SearchOptions&, const std::vector<Real>&);
}  // namespace coldsun::schedule
