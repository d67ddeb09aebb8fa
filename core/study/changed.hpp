// A network with one thing changed, for studies; the change stands in its provenance, and so in every record.
#pragma once
#include <string_view>

#include "core/site/site.hpp"

namespace coldsun {

// n_field nodes of each site as fields, the types with the hottest junctions at full power first; the others lumped.
Network with_fields(Network network, int n_field);

// The coolant supply held at one temperature [K], whatever the weather.
Network with_supply(Network network, Real t_supply);

// One of the two by its name, "n_field" or "t_supply" [K]; another name or an impossible value is std::invalid_argument.
Network changed(Network network, std::string_view what, Real value);

}  // namespace coldsun
