// A network with keys changed, for studies and by hand; the change stands in its provenance, and so in every record.
#pragma once
#include <string_view>

#include "core/site/walk.hpp"

namespace coldsun {

// n_field nodes of each site as fields, the types with the hottest junctions at full power first; the others lumped.
Network with_fields(Network network, int n_field);

// The coolant supply held at one temperature [K], whatever the weather.
Network with_supply(Network network, Real t_supply);

// One key: "cooling.cdu.ua" of every site, "masdar/cooling.cdu.ua" of one; "n_field" and "t_supply" [K] are the two
// above. std::invalid_argument where the key is not known or the value is refused.
Network changed(Network network, std::string_view key, const KeyValue& value);

}  // namespace coldsun
