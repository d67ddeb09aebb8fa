// Shadow: an ensemble that follows the published points of a site. Input points drive the members; the others correct
// them.
#pragma once
#include <string>
#include <vector>

#include "assimilation/assimilation.hpp"
#include "core/make/twin.hpp"
#include "core/shadow/pack.hpp"

namespace coldsun {

// One published point. Its index in the list is that of its observation in the filter.
struct Point {
  const ShadowPoint* kind = nullptr;  // entry in the Network
  const Observable* what = nullptr;
  const Unit* unit = nullptr;
  std::string topic;        // "BMS/v1/PUB/Value/Rack/GpuTemperature/atacama/h200/3/junction"
  std::string name;         // "atacama/h200/3 t_junction"
  int site = 0, node = -1;  // node: index in the System; -1: point of the site
};
std::vector<Point> make_points(const Network& network, const System& system);

// Data of the filter beside the State. The Network and the State must outlive it.
struct Shadow {
  std::vector<Point> point;
  std::vector<std::string> column_name;  // "atacama/h200/3 tim_gain"
  std::vector<std::int32_t> home;        // (point) home domain; -1: an input
  Array<Column, 1> column;
  Array<Look, 1> look;  // (point)
  assimilation::Domains domains;
  Array<Real, 2> x, y;                     // (member, column), (member, point)
  Array<Real, 1> y_obs, r_obs, inflation;  // (point), (point), (domain)
  Array<Real, 1> sigma, walk;      // (column) standard deviations in the column's transform: prior, random walk per day
  Array<Real, 1> reopen;           // (column) spread added once at the next analysis, after a jump of a parameter
  Array<std::int8_t, 1> use;       // (point)
  Array<std::int32_t, 1> trouble;  // (domain)
  Real relaxation = 0.0;
};

// Makes the filter. Domains: per node its interface with its junction, and its relative flow with its outlet if outlets
// are published; per site its coolant loop with flow, outlets and instrument gains; its strings; its battery. Members
// of a new State (n_step 0) are drawn from the priors. Allocates the feed in the twin's Inputs.
Shadow make_shadow(const Network& network, Twin& twin);
// Part of make_shadow: columns, priors and domains for the points in `shadow`.
void make_columns(const Network& network, Twin& twin, Shadow& shadow);

// Before a step: sets the inputs from the readings (SI), one value per point; known 0: no reading. Powers get each
// member's draw of the instrument error; sky values are written to the knots of the weather table around the step,
// without modelled clouds.
void drive(const Shadow& shadow, Twin& twin, const std::vector<Real>& value, const std::vector<std::int8_t>& known);
// After a step: writes each member's predicted readings to y.
void observe(const Shadow& shadow, const Twin& twin);
// Assimilates y_obs where use is 1, with error variance r_obs; adds the random walk; writes the members' State.
void analyse(const Shadow& shadow, Twin& twin);
// Readings of member 0 after a step, with drawn instrument errors: for an emulated site.
std::vector<Real> sense(const Shadow& shadow, const Twin& twin);

// Copies State, weather and feed into another twin of the same inputs, for what-if runs.
void fork(const Twin& from, Twin& to);

}  // namespace coldsun
