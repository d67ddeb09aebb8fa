// The host's instantiation of the planner.
#include "schedule/forecast_pv.hpp"
#include "schedule/prepare.hpp"
#include "schedule/search.hpp"

namespace coldsun::schedule {
template void prepare<Host>(Host, Problem&);
template void forecast_pv<Host>(Host, const sky::System&, const sky::Weather&, const electrical::System&,
                                const PvForecast&, Problem&);
template void decode<Host>(Host, const Problem&, Population&, int, int);
template void evaluate<Host>(Host, const Problem&, const Weights&, Population&, int, int);
template void advance<Host>(Host, const Problem&, Search&);
template Decision decide<Host>(Host, const Problem&, const SearchOptions&, const std::vector<Real>&);
}  // namespace coldsun::schedule
