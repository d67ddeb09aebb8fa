// Data with a source: module rows, an LFP cell, the loss of a rack converter.
#include <initializer_list>
#include <utility>

#include "electrical/electrical.hpp"

namespace coldsun::electrical {

// CEC module list as in SAM (sam-library-cec-modules-2021-12-01, via pvlib-python). Fields: I_L_ref, I_o_ref, R_s,
// R_sh_ref, a_ref, alpha_sc, Adjust / 100.
Module module_longi_lr5_72hbd_545m() { return {13.937, 1.47e-11, 0.169931, 139.433, 1.80382, 0.0057072, 0.0540163}; }
Module module_first_solar_fs_6460a() { return {2.59199, 3.18e-12, 3.4533, 4505.63, 8.13286, 0.0014504, -0.0227135}; }

// Open-circuit voltage of a 3.3 V LFP cell (A123 type) at rest, digitised at 24 states of charge; published with the
// DFM-InsP gauge for model aircraft (github.com/davidmcq137/JetiLuaDFM, DFM-InsP/A123.lua). Straight lines between the
// points; hysteresis (10 to 20 mV) is left out.
OcvTable ocv_lfp() {
  static constexpr std::pair<Real, Real> point[] = {
      {1.01, 2.90},   {5.35, 3.12},   {9.63, 3.17},   {13.88, 3.19},  {18.24, 3.20},  {22.59, 3.22},
      {26.87, 3.23},  {31.24, 3.24},  {35.55, 3.25},  {39.83, 3.263}, {44.14, 3.266}, {48.46, 3.269},
      {52.74, 3.272}, {57.05, 3.274}, {61.31, 3.276}, {65.61, 3.278}, {69.92, 3.28},  {74.18, 3.29},
      {78.54, 3.304}, {82.85, 3.306}, {87.09, 3.313}, {91.47, 3.316}, {95.71, 3.32},  {100.0, 3.59}};
  OcvTable t;
  for (const auto& [percent, v] : point) t.x[t.n] = percent / 100.0, t.y[t.n] = v, ++t.n;
  return t;
}

// A 280 Ah prismatic LFP cell, representative values (assumed): r_0 0.25 mohm, pairs 0.15 mohm / 20 s and 0.20 mohm /
// 600 s, 0.5C continuous, 2.5 to 3.65 V. Round trip at 0.5C is about 94 to 96 %.
Pack pack_lfp_280ah(int n_series, int n_parallel) {
  Pack p;
  p.v_ocv = ocv_lfp();
  p.capacity = 280.0 * 3600.0;
  p.r_0 = 0.25e-3, p.r_1 = 0.15e-3, p.r_2 = 0.20e-3, p.tau_1 = 20.0, p.tau_2 = 600.0;
  p.n_series = n_series, p.n_parallel = n_parallel;
  p.i_charge = 140.0, p.i_discharge = 140.0;
  p.v_cell_min = 2.5, p.v_cell_max = 3.65;
  p.soc_min = 0.05, p.soc_reserve = 0.15, p.soc_max = 0.97, p.soc_start = 0.6;
  return p;
}

// An 800-to-48 V LLC stage: 98 % at its best (Renesas at PE International, peinternational.net/presentation/40). The
// load of the best efficiency and the shape around it are assumed: loss of 0.30 % + 0.80 % x + 1.28 % x^2 of the
// rating, 93.6, 96.2, 97.5, 98.0, 97.7 % at 5, 10, 20, 50, 100 % of rated output. Converted to loss x (1 / eta - 1) per
// unit of rating and extrapolated linearly to no load.
LossTable loss_rack_llc() {
  LossTable t;
  for (const auto& [x, eta] : std::initializer_list<std::pair<Real, Real>>{
           {0.05, 0.936}, {0.10, 0.962}, {0.20, 0.975}, {0.50, 0.980}, {1.0, 0.977}}) {
    ++t.n;
    t.x[t.n] = x, t.y[t.n] = x * (1.0 / eta - 1.0);
  }
  ++t.n;
  t.x[0] = 0.0, t.y[0] = t.y[1] - (t.y[2] - t.y[1]) / (t.x[2] - t.x[1]) * t.x[1];
  monotone_slopes(t);
  return t;
}

}  // namespace coldsun::electrical
