// Host code of the electrical module: builds a System from rows and its State. Allocates all memory of the module.
#include "electrical/electrical.hpp"

#include <stdexcept>
#include <string>

#include "electrical/converter.hpp"

namespace coldsun::electrical {
namespace {

void require(bool good, const std::string& what) {
  if (!good) throw std::invalid_argument("electrical: " + what);
}

void check_converter(const Converter& c, const std::string& where) {
  require(c.p_rated >= 0.0 && c.loss.c0 >= 0.0 && c.loss.c1 >= 0.0 && c.loss.c2 >= 0.0 &&
              c.loss.c0 + c.loss.c1 + c.loss.c2 < 0.5,
          where + ": rating or loss is out of range; accepted: 0 or more, loss at full load below half the rating");
}

void check_site(const Site& s, const std::string& where) {
  require(s.v_min > 0.0 && s.v_min <= s.v_nominal && s.v_nominal <= s.v_max,
          where + ": bus window is inconsistent; accepted: 0 < v_min <= v_nominal <= v_max");
  require(s.r_droop >= 0.0 && s.tau_v > 0.0 && s.capacitance >= 0.0,
          where + ": r_droop, tau_v or capacitance is out of range; accepted: tau_v above 0 s, the others 0 or more");
  // Convergence factor of the fixed-point iteration for the bus voltage.
  require(s.r_droop * s.capacitance < 0.2 * s.tau_v,
          where + ": r_droop x capacitance is too large for tau_v; accepted: below 0.2 tau_v");
  require(s.r_pv_cable >= 0.0 && s.r_battery_cable >= 0.0 && s.r_load_cable >= 0.0,
          where + ": a cable resistance is negative; accepted: 0 ohm or more");
  require(s.mppt_step >= 0.0 && s.mppt_step < 0.05, where + ": mppt_step is out of range; accepted: 0 to 0.05");
  require(s.grid.p_import >= 0.0 && s.grid.p_export >= 0.0 && s.p_import_plan >= 0.0,
          where + ": a limit of the grid is negative; accepted: 0 W or more");
  const Genset& g = s.genset;
  require(0.0 <= g.p_min && g.p_min <= g.p_max && g.start_time >= 0.0 && g.least_run >= 0.0 &&
              g.soc_stop <= s.battery.soc_max,
          where + ": genset is inconsistent; accepted: 0 <= p_min <= p_max, times 0 s or more, soc_stop <= soc_max");
  require(g.fuel_idle >= 0.0 && g.fuel_slope >= 0.0, where + ": fuel of the genset is negative; accepted: 0 or more");
  check_converter(s.battery.converter, where + ": battery converter"),
      check_converter(s.grid.converter, where + ": grid tie");
  check_converter(s.genset.rectifier, where + ": genset rectifier"),
      check_converter(s.aux_converter, where + ": auxiliary converter");
  require(s.grid.p_export == 0.0 || (s.grid.converter.p_rated > 0.0 && s.grid.p_import >= idle_power(s.grid.converter)),
          where + ": p_import does not cover the idle power of the grid tie; accepted: at least that, or p_export 0 W");
  require(s.rack.n >= 2 && s.rack.n <= 8,
          where + ": number of points in the loss table of the rack converters is out of range; accepted: 2 to 8");
  for (int i = 0; i + 1 < s.rack.n; ++i)
    require(s.rack.x[i] < s.rack.x[i + 1] && s.rack.y[i] >= 0.0 && s.rack.y[i] <= s.rack.y[i + 1],
            where + ": loss table of the rack converters does not rise; accepted: rising load, loss 0 or more");
  require(s.converter_sink.heat_capacity > 0.0 && s.converter_sink.conductance > 0.0,
          where + ": heat sink is out of range; accepted: capacity and conductance above 0");
  const Pack& b = s.battery;
  if (b.n_series == 0) return;
  require(b.n_series > 0 && b.n_parallel > 0 && b.capacity > 0.0 && b.tau_1 > 0.0 && b.tau_2 > 0.0,
          where + ": battery cells are out of range; accepted: counts, capacity and time constants above 0");
  require(b.r_0 > 0.0 && b.r_1 >= 0.0 && b.r_2 >= 0.0 && b.i_charge >= 0.0 && b.i_discharge >= 0.0,
          where + ": a battery resistance or current is out of range; accepted: r_0 above 0 ohm, the others 0 or more");
  require(0.0 <= b.soc_min && b.soc_min <= b.soc_reserve && b.soc_reserve <= b.soc_max && b.soc_max <= 1.0,
          where + ": limits of the state of charge disagree; accepted: 0 <= soc_min <= soc_reserve <= soc_max <= 1");
  require(b.soc_min <= b.soc_start && b.soc_start <= b.soc_max,
          where + ": soc_start is out of range; accepted: soc_min to soc_max");
  require(b.v_cell_min < b.v_cell_max && b.v_ocv.n >= 2,
          where + ": battery voltages are inconsistent; accepted: v_cell_min < v_cell_max, v_ocv of 2 points or more");
  // Half the matched-load current is far above any use; below it, power rises with current.
  require(b.i_discharge * (b.r_0 + b.r_1 + b.r_2) < 0.25 * b.v_cell_min,
          where + ": i_discharge is too high for the cell's resistances; accepted: voltage drop below 0.25 v_cell_min");
}

// Contiguous ranges of rows per site.
template <class Row>
void ranges(const std::vector<Row>& rows, std::int32_t Row::* site_of, std::vector<Site>& sites,
            std::int32_t Site::* first, std::int32_t Site::* count, const char* what) {
  for (Site& s : sites) s.*first = 0, s.*count = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int32_t site = rows[i].*site_of;
    require(site >= 0 && site < static_cast<std::int32_t>(sites.size()),
            std::string(what) + " " + std::to_string(i) + ": site does not exist; accepted: index of a site");
    Site& s = sites[static_cast<std::size_t>(site)];
    if (s.*count == 0) s.*first = static_cast<std::int32_t>(i);
    require(s.*first + s.*count == static_cast<std::int32_t>(i),
            std::string(what) + " " + std::to_string(i) +
                ": rows of its site are not contiguous; accepted: rows sorted by site");
    ++(s.*count);
  }
}

}  // namespace

System make_system(const std::vector<Module>& modules, std::vector<Site> sites, const std::vector<StringRow>& strings,
                   const std::vector<NodeRow>& nodes, Device device) {
  require(!sites.empty(), "the list of sites is empty; accepted: at least one site");
  for (std::size_t i = 0; i < sites.size(); ++i) check_site(sites[i], "site " + std::to_string(i));
  ranges(strings, &StringRow::string_site, sites, &Site::string_first, &Site::string_count, "string");
  ranges(nodes, &NodeRow::site, sites, &Site::node_first, &Site::node_count, "node");
  const int n_string = static_cast<int>(strings.size()), n_node = static_cast<int>(nodes.size());
  System s;
  allocate_fields(s, device,
                  {{"module", static_cast<int>(modules.size())},
                   {"site", static_cast<int>(sites.size())},
                   {"string", n_string},
                   {"node", n_node}});
  for (std::size_t i = 0; i < modules.size(); ++i) s.module(i) = modules[i];
  for (std::size_t i = 0; i < sites.size(); ++i) s.site(i) = sites[i];
  for (int i = 0; i < n_string; ++i) {
    const StringRow& r = strings[static_cast<std::size_t>(i)];
    const std::string where = "string " + std::to_string(i);
    require(r.string_module >= 0 && r.string_module < static_cast<std::int32_t>(modules.size()),
            where + ": module does not exist; accepted: index of a module");
    require(r.string_plane >= 0 && r.string_n_series > 0 && r.string_count >= 0,
            where + ": plane, n_series or count is out of range; accepted: n_series above 0, the others 0 or more");
    require(r.string_rating > 0.0 && r.string_inductance > 0.0 && r.string_f_sw > 0.0 && r.string_r_wire >= 0.0,
            where + ": boost converter is out of range; accepted: rating, inductance, f_sw above 0, r_wire 0 or more");
    r.put(s, i);
    const Converter& c = s.site(r.string_site).string_converter;
    s.string_loss_0(i) = c.loss.c0, s.string_loss_1(i) = c.loss.c1, s.string_loss_2(i) = c.loss.c2;
  }
  for (int i = 0; i < n_node; ++i) {
    const NodeRow& r = nodes[static_cast<std::size_t>(i)];
    require(r.p_rated > 0.0,
            "node " + std::to_string(i) + ": rating of the rack converter is not positive; accepted: above 0 W");
    s.node_site(i) = r.site, s.node_rating(i) = r.p_rated;
  }
  return s;
}

State make_state(const System& sys, int n_member, Device device) {
  const int n_string = sys.string_site.extent(0), n_node = sys.node_site.extent(0), n_site = sys.site.extent(0);
  State s;
  allocate_fields(s, device, {{"member", n_member}, {"string", n_string}, {"node", n_node}, {"site", n_site}});
  s.pv_gain.fill(1.0), s.capacity_factor.fill(1.0);
  for (int m = 0; m < n_member; ++m)
    for (int i = 0; i < n_site; ++i) {
      const Site& p = sys.site(i);
      s.v_bus(m, i) = p.v_nominal, s.t_sink(m, i) = p.t_sink_initial;
      s.soc(m, i) = p.battery.n_series > 0 ? p.battery.soc_start : 0.0;
    }
  return s;
}

}  // namespace coldsun::electrical
