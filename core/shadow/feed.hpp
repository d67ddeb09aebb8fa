// A feed and an ensemble: the points that a site publishes, what of them drives the members, and how the others correct
// them.
#pragma once
#include <string>
#include <vector>

#include "assimilation/assimilation.hpp"
#include "core/make/twin.hpp"
#include "core/shadow/pack.hpp"

namespace coldsun {

// One published point. Its place in the list is its number among the filter's observations.
struct Point {
  const ShadowPoint* kind = nullptr;  // in the Network
  const Observable* what = nullptr;
  const Unit* unit = nullptr;
  std::string topic;        // "BMS/v1/PUB/Value/Rack/GpuTemperature/atacama/h200/3/junction"
  std::string name;         // "atacama/h200/3 t_junction"
  int site = 0, node = -1;  // node: in the System, or -1
};
std::vector<Point> make_points(const Network& network, const System& system);

// What the filter needs beside the State. The Network and the State must outlive it.
struct Shadow {
  std::vector<Point> point;
  std::vector<std::string> column_name;  // "atacama/h200/3 tim_gain"
  std::vector<std::int32_t> home;        // (point) the domain that the point speaks for; -1: an input
  Array<Column, 1> column;
  Array<Look, 1> look;  // (point)
  assimilation::Domains domains;
  Array<Real, 2> x, y;                     // (member, column), (member, point)
  Array<Real, 1> y_obs, r_obs, inflation;  // (point), (point), (domain)
  Array<Real, 1> sigma, walk;  // (column) prior; random walk in a day, standard deviations in the column's transform
  Array<Real, 1> reopen;       // (column) spread to add at the next analysis, once: a parameter that jumped
  Array<std::int8_t, 1> use;   // (point)
  Array<std::int32_t, 1> trouble;  // (domain)
  Real relaxation = 0.0;
};

// Domains: every node's interface with its junction; where outlets are published, every node's flow over the site's
// with its outlet; every site's coolant loop with its flow, the nodes' outlets and the instruments' gains; its strings;
// its battery. A fresh State (n_step 0) gets its members' priors. Makes room for the feed in the twin's Inputs.
Shadow make_shadow(const Network& network, Twin& twin);
// Its part: columns, their priors and domains, for the points that stand in `shadow`.
void make_columns(const Network& network, Twin& twin, Shadow& shadow);

// Before a step: what the points said (SI), one value per point; known 0: the last value holds. Powers get each
// member's own draw of the instrument's error; the sky is written into the knots of the weather table around the step,
// without clouds of its own.
void drive(const Shadow& shadow, Twin& twin, const std::vector<Real>& value, const std::vector<std::int8_t>& known);
// After a step: what each member would be seen as, into y.
void observe(const Shadow& shadow, const Twin& twin);
// Takes in y_obs where use is 1, at r_obs; then the columns walk on, and the members' State is written.
void analyse(const Shadow& shadow, Twin& twin);
// What instruments say of member 0 after a step: y and each one's error of this step. For an emulated site.
std::vector<Real> sense(const Shadow& shadow, const Twin& twin);

// Another twin of the same inputs takes over State, weather and feed: to ask what if.
void fork(const Twin& from, Twin& to);

}  // namespace coldsun
