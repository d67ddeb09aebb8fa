// A network with one thing changed, for studies; the change stands in its provenance, and so in every record.
#pragma once
#include "core/site.hpp"

namespace coldsun {

// n_field nodes of each site as fields, the types with the hottest junctions at full power first; the others lumped.
Network with_fields(Network network, int n_field);

// The coolant supply held at one temperature [K], whatever the weather.
Network with_supply(Network network, Real t_supply);

}  // namespace coldsun
