// What a site publishes and how the published points meet the model: part of Site (core/site/site.hpp), SI.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/space.hpp"
#include "core/site/units.hpp"

namespace coldsun {

/// A quantity of the model that a point may stand for.
struct Observable {
  enum Axis { node, site };
  enum How { end, mean, flow };   // value at the end of the step, mean over it, coolant through the site's plates
  std::string_view name, group, field;
  Axis axis;
  How how;
  Quantity quantity, difference;  // of the value and of its error
  bool input;                     // drives the members; the others are compared with them
};
const std::vector<Observable>& observables();
const Observable* find_observable(std::string_view name);

/// One kind of point: it stands for a point per node or site.
struct ShadowPoint {
  std::string quantity;                 ///< name of an Observable
  std::string object_type, point_type;  ///< parts of the topic: DSX Exchange, BMS v1
  std::string tag;                      ///< the topic's tag path; {site} and {node} are replaced
  std::string unit;                     ///< suffix of the unit in which the value is published
  Real noise = 0;                       ///< standard deviation of the instrument's error [SI]
  Real low = 0, high = 0;               ///< physical limits [SI]
  Real gain_sigma = 0;                  ///< prior of ln(instrument's gain); 0: it is taken at its word [1]
};

/// Points, and how far the estimated parameters may lie from the site file.
struct ShadowMap {
  std::vector<ShadowPoint> point;
  Real tim_sigma = 0;       ///< of ln(interface resistance over design), node by node [1]
  Real flow_sigma = 0;      ///< of ln(coolant flow over design) [1]
  Real soiling_sigma = 0;   ///< of ln(light that passes the dirt over the file's) [1]
  Real drift = 0;           ///< random walk of those, standard deviation after a day [1]
  Real relaxation = 0;      ///< share of the spread that an analysis takes away and that is given back [1]
};

}  // namespace coldsun
