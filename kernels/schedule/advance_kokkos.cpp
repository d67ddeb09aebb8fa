// Kokkos' instantiation of the planner.
#include "schedule/forecast_pv.hpp"
#include "schedule/prepare.hpp"
#include "schedule/search.hpp"

namespace coldsun::schedule {
template void prepare<KokkosSpace>(KokkosSpace, Problem&);
template void forecast_pv<KokkosSpace>(KokkosSpace, const sky::System&, const sky::Weather&, const electrical::System&,
                                       const PvForecast&, Problem&);
template void decode<KokkosSpace>(KokkosSpace, const Problem&, Population&, int, int);
template void evaluate<KokkosSpace>(KokkosSpace, const Problem&, const Weights&, Population&, int, int);
template void advance<KokkosSpace>(KokkosSpace, const Problem&, Search&);
template Decision decide<KokkosSpace>(KokkosSpace, const Problem&, const SearchOptions&, const std::vector<Real>&);
}  // namespace coldsun::schedule
