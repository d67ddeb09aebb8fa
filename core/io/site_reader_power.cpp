// Relations between the keys of power and communications; files of modules, constellations and job statistics.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

void settle(Battery& b, Table& t, const Beside&) {
  if (b.soc_min >= b.soc_max)
    t.fail("soc_min", fmt::format("= {:g}; accepted: less than soc_max = {:g}", b.soc_min, b.soc_max));
  if (b.soc_reserve < b.soc_min || b.soc_reserve > b.soc_max)
    t.fail("soc_reserve",
           fmt::format("= {:g}; accepted: soc_min to soc_max, {:g} to {:g}", b.soc_reserve, b.soc_min, b.soc_max));
  if (b.v_cell_min >= b.v_cell_max)
    t.fail("v_cell_min_v", "is not below v_cell_max; accepted: v_cell_min < v_cell_max");
  const Real most = 0.25 * b.v_cell_min / (b.r_0 + b.r_1 + b.r_2);  // half the current of the matched load
  if (!(b.i_discharge < most))
    t.fail("i_discharge",
           fmt::format("= {:g} A; accepted: below v_cell_min / (4 (r_0 + r_1 + r_2)), {:g} A", b.i_discharge, most));
  if (b.soc_start < b.soc_min || b.soc_start > b.soc_max)
    t.fail("soc_start",
           fmt::format("= {:g}; accepted: soc_min to soc_max, {:g} to {:g}", b.soc_start, b.soc_min, b.soc_max));
}

void settle(Bus& b, Table& t, const Beside&) {
  if (!(b.v_min < b.v_nominal && b.v_nominal < b.v_max))
    t.fail("v_nominal_v", "is out of order; accepted: v_min < v_nominal < v_max");
  if (!(b.r_droop * b.capacitance < 0.2 * b.tau_v))  // convergence of the bus voltage iteration
    t.fail("r_droop", fmt::format("= {:g} mohm; accepted: below 0.2 tau_v / capacitance, {:g} mohm", b.r_droop * 1e3,
                                  0.2e3 * b.tau_v / b.capacitance));
}

void settle(GridTie& g, Table& t, const Beside&) {
  if (g.p_budget > g.p_import)
    throw SiteError(
        t.at(fmt::format("p_budget = {:g} W; accepted: at most p_import = {:g} W", g.p_budget, g.p_import)));
}

void settle(RackConverter& r, Table& t, const Beside&) {
  if (r.load.size() != r.efficiency.size())
    t.fail("efficiency", "differs in length from load; accepted: one efficiency per load");
  for (std::size_t i = 1; i < r.load.size(); ++i) {
    if (r.load[i] <= r.load[i - 1]) t.fail("load", "is not rising; accepted: rising shares of the rating");
    if (r.load[i] * (1.0 / r.efficiency[i] - 1.0) < r.load[i - 1] * (1.0 / r.efficiency[i - 1] - 1.0))
      t.fail("efficiency",
             fmt::format(
                 "= {:g} at load {:g} gives a lower loss than {:g} at load {:g}; accepted: losses that rise with load",
                 r.efficiency[i], r.load[i], r.efficiency[i - 1], r.load[i - 1]));
  }
}

void settle(Power& p, Table& t, const Beside& beside) {
  const Battery& b = p.battery;
  if (const Genset& g = p.genset; g.present && (g.soc_stop < b.soc_reserve || g.soc_stop > b.soc_max))
    t.child("genset").fail(
        "soc_stop", fmt::format("= {:g}; accepted: soc_reserve to soc_max of the battery, {:g} to {:g}", g.soc_stop,
                                b.soc_reserve, b.soc_max));
  std::vector<Table> strings = t.children("strings");
  for (std::size_t i = 0; i < p.strings.size(); ++i) {
    const std::string& name = p.strings[i].module;
    if (std::none_of(p.module.begin(), p.module.end(), [&](const PvModule& m) { return m.name == name; }))
      p.module.push_back(read_named<PvModule>("module", "modules", name, strings[i], beside));
  }
}

void settle(PvModule& m, Table& t, const Beside&) {
  const auto relation = [&](std::string_view key, Real value, Real lo, Real usual_lo, Real usual_hi, Real hi,
                            std::string_view what) {
    if (!(value >= lo && value <= hi))
      t.fail(key, fmt::format("gives {} = {:.3g}; accepted: {:g} to {:g}, usual {:g} to {:g}", what, value, lo, hi,
                              usual_lo, usual_hi));
    if (value < usual_lo || value > usual_hi)
      t.doubt(key, fmt::format("gives {} = {:.3g}; usual: {:g} to {:g}", what, value, usual_lo, usual_hi));
  };
  relation("i_mp", m.i_mp / m.i_sc, 0.4, 0.75, 0.99, 1, "i_mp / i_sc");
  relation("v_mp", m.v_mp / m.v_oc, 0.4, 0.65, 0.92, 1, "v_mp / v_oc");
  relation("alpha_sc", std::fabs(m.alpha_sc / m.i_sc), 0, 5e-5, 3e-3, 0.02, "alpha_sc / i_sc [1/K]");
  relation("beta_oc", -m.beta_oc / m.v_oc, 0, 1e-3, 6e-3, 0.02, "-beta_oc / v_oc [1/K]");
  constexpr Real v_thermal = 0.025693;  // V, kT/q at 25 degC (CODATA 2018)
  relation("a_ref", m.a_ref / (m.n_cell_series * v_thermal), 0.3, 0.7, 2, 5, "diode ideality factor");
  relation("i_l_ref", m.i_l_ref / m.i_sc, 0.8, 0.98, 1.1, 1.5, "i_l_ref / i_sc");
  relation("i_o_ref", m.i_o_ref / (m.i_l_ref * std::exp(-m.v_oc / m.a_ref)), 0.02, 0.5, 2, 50,
           "i_o_ref over its value from v_oc");
  relation("r_s", m.r_s * m.i_mp / m.v_mp, 0, 2e-4, 0.2, 0.6, "r_s i_mp / v_mp");
  relation("r_sh_ref", m.v_mp / (m.r_sh_ref * m.i_mp), 0, 1e-4, 0.2, 1, "v_mp / (r_sh_ref i_mp)");
  if (const Real efficiency = m.p_stc() / (1000.0 * m.area); efficiency < 0.02 || efficiency > 0.40)  // at 1,000 W/m2
    t.fail("area", fmt::format("= {:.4g} m2 with i_mp v_mp = {:.4g} W: efficiency {:.3g}; accepted: 0.02 to 0.4",
                               m.area, m.p_stc(), efficiency));
}

void settle(Band& band, Table& t, const Beside&) {
  if (band.rate_down > band.frequency ||
      band.rate_up > band.frequency)  // bandwidths are a small share of the carrier, at a few bits per hertz
    throw SiteError(
        t.at(fmt::format("data rate {:.4g} bit/s on a carrier of {:.4g} Hz; accepted: at most 1 bit per cycle",
                         std::max(band.rate_down, band.rate_up), band.frequency)));
  const Real share = band.rate_down / band.frequency;
  if (band.rate_down > 0 && (share < 1e-3 || share > 0.3))
    t.doubt("rate_down", fmt::format("is {:.2g} of the carrier frequency; usual: 0.001 to 0.3", share));
  if (band.rate_up > 0 && (band.rate_up < 5e-4 * band.rate_down || band.rate_up > std::max(2 * band.rate_down, 1e6)))
    t.doubt("rate_up",
            fmt::format("is {:.2g} of rate_down; usual: 0.0005 to 2", band.rate_up / std::max(band.rate_down, 1.0)));
}

void settle(Comms& c, Table& t, const Beside& beside) {
  std::vector<Constellation>& all = beside.site->constellation;
  all.push_back(find_constellation(t, "broadband", c.broadband, beside));
  for (const std::string& name : c.data)
    if (name != c.broadband) all.push_back(find_constellation(t, "data", name, beside));
}

void settle(JobMix& j, Table& t, const Beside& b) {
  j.file = find_file(t, "file", "file of job statistics", "jobs", j.file, {"toml"}, b.folder, b.data).string();
}

}  // namespace coldsun::site_reader
