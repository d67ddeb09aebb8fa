// Pairs: members with an event, each beside its own twin without it. Same draws, same schedule, same cuts; what the
// event did is their difference.
#pragma once
#include "core/make/twin.hpp"
#include "ensemble/ensemble.hpp"

namespace coldsun {

inline constexpr Real window_length = 15.0;  // s, one slot: the next outage of the same member begins no earlier
// After the start of an outage [s], where every traced outage is looked at; the ends of stalls and drains are as well.
inline constexpr Real look_offset[] = {0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8,  1.0, 1.2,
                                       1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.5};

struct StudyOptions {
  std::vector<std::uint32_t> paths = {
      path_all};         // one State with the event for each entry; 0 differs from its twin by nothing
  Real limit = 1.0;      // K, drift beyond it counts
  int trace_every = 16;  // outages of every so many slots are looked at closely; 0: none
  bool priors = true;    // draw the site's priors; else every member has the site's values
};

// One State with the event: what it has shown, and its looks of the present step.
struct Event {
  std::uint32_t paths = 0;
  State state;
  ensemble::Watch watch;
  ensemble::Tally tally;
  std::vector<std::vector<Time>> look;  // [member] instants kept on the tape, rising
  Array<Real, 2> value;                 // (member * n_look + look, item)
  Array<std::int32_t, 2> key;
};

// The site's items: junction of every node, supply, return. Groups: hall, node types, supply, return.
struct Study {
  Twin twin;  // its State is the one without the event
  ensemble::Watch watch;
  std::vector<Event> event;
  ensemble::System ensemble;
  std::vector<std::string> group;
  StudyOptions options;
  Array<Real, 2> parameter;      // (member, parameter) as drawn
  Array<Real, 1> limit;          // (item) where the junction cap begins
  Array<Real, 2> value, weight;  // (member, item) at the end of the present cut
  Array<std::int32_t, 2> key;
  Array<std::int32_t, 1> member, row_a, row_b;  // lists of one launch
  Array<Time, 1> now;
  Array<Real, 2> energy;  // (state, member) IT energy [J]: without, then each with
  int n_look = 0;         // room on the tape per member
};

// One site; throws std::invalid_argument with one sentence otherwise, or as make_twin does.
Study make_study(const Network& network, const Library& library, const std::vector<sky::Series>& weather,
                 TwinOptions twin, StudyOptions options);

// Moves every State by one step of the twin's grid.
void step(Study& study);

// The outages that are looked at closely and begin in [from, to), of one member.
std::vector<Time> traced(const Study& study, int m, Time from, Time to);

}  // namespace coldsun
