// A network with changed keys, for studies and interactive use. Changes are added to the provenance and so to every
// record.
#pragma once
#include <string_view>

#include "core/site/walk.hpp"

namespace coldsun {

// Resolves the plates of n_field nodes of each site, hottest node types at full power first; the others are lumped.
Network with_fields(Network network, int n_field);

// Fixes the supply set-point of the coolant [K] in any weather.
Network with_supply(Network network, Real t_supply);

// Sets one key: "cooling.cdu.ua" of every site, "masdar/cooling.cdu.ua" of one, "./link[0].latency" of the network;
// "n_field" and "t_supply" [K] as above. std::invalid_argument on an unknown key or a refused value.
Network changed(Network network, std::string_view key, const KeyValue& value);

}  // namespace coldsun
