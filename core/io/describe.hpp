// Design figures of a site and the origin of its values, as text and as JSON: `coldsun check SITE`.
#pragma once
#include <string>

#include "core/site/site.hpp"

namespace coldsun {

/// Counts over the provenance of a site or a network.
struct OriginCount {
  int measured = 0, sourced = 0, assumed = 0, unstated = 0;
  int total() const { return measured + sourced + assumed + unstated; }
};
OriginCount count_origins(const std::vector<Provenance>&);

/// Design figures computed from the site file alone. SI.
struct DesignPoint {
  Real p_it_max = 0;   // all nodes at p_max
  Real p_pv_stc = 0;   // all strings at standard test conditions
  Real e_battery = 0;  // between soc_min and soc_max at 3.2 V per cell
  int n_node = 0, n_field = 0, n_gpu = 0, n_string = 0, n_string_row = 0;
  Real q_liquid = 0;                // heat into the plates at p_it_max
  Real t_supply = 0, t_return = 0;  // of the coolant loop
  Real flow_per_heat = 0;           // m3/s per W
  Real cdu_approach = 0;            // coolant supply over facility supply
  Real t_facility_supply = 0, t_facility_return = 0;
  Real t_air_limit = 0;       // warmest outdoor air at which the set-point holds at p_it_max
  Real cooler_approach = 0;   // facility supply over that air
  Real p_aux_design = 0;      // pumps, fans, trim chiller and constant auxiliaries, at design
  Real v_string_oc_cold = 0;  // open-circuit voltage of the longest string on the coldest mean night
};
DesignPoint design_point(const Site&);

/// Notes on unusual values and design figures; empty if all are in the usual range.
std::vector<std::string> doubts(const Site&);
/// Notes on single values only.
std::vector<std::string> doubts(const std::vector<Provenance>&);

// `whole`: with every assumed value and its reason.
std::string describe(const Site&, bool whole = false);
std::string describe(const Network&, bool whole = false);

}  // namespace coldsun
