// Pairs: members with an event (outage), each beside a reference twin without its effects. Draws, schedule and cuts are
// equal, so that the difference is the effect of the event.
#pragma once
#include "core/make/twin.hpp"
#include "ensemble/ensemble.hpp"

namespace coldsun {

inline constexpr Real window_length = 15.0;  // s, one slot: the next outage of the member begins no earlier
// Sampling instants after the start of a traced outage [s]; the ends of stalls and drains are sampled too.
inline constexpr Real look_offset[] = {0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8,  1.0, 1.2,
                                       1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.5};

struct StudyOptions {
  std::vector<std::uint32_t> paths = {path_all};  // one State with the event per entry; 0: equal to the reference twin
  Real limit = 1.0;                               // K, threshold of drift
  int trace_every = 16;                           // trace the outages of every trace_every-th slot; 0: none
  bool priors = true;                             // draw from the site's priors; false: site values for every member
};

// One State with the event: its statistics, and the samples of the present step (tape).
struct Event {
  std::uint32_t paths = 0;
  State state;
  ensemble::Watch watch;
  ensemble::Tally tally;
  std::vector<std::vector<Time>> look;  // [member] sampling instants on the tape, ascending
  Array<Real, 2> value;                 // (member * n_look + look, item)
  Array<std::int32_t, 2> key;
};

// Items of a site: junction of every node, supply, return. Groups of items: hall, node types, supply, return.
struct Study {
  Twin twin;  // reference twin: State without the event
  ensemble::Watch watch;
  std::vector<Event> event;
  ensemble::System ensemble;
  std::vector<std::string> group;
  StudyOptions options;
  Array<Real, 2> parameter;      // (member, parameter) as drawn
  Array<Real, 1> limit;          // (item) t_cap of the node [K]
  Array<Real, 2> value, weight;  // (member, item) at the end of the present cut
  Array<std::int32_t, 2> key;
  Array<std::int32_t, 1> member, row_a, row_b;  // lists for one kernel launch
  Array<Time, 1> now;
  Array<Real, 2> energy;  // (state, member) IT energy [J]: reference twin first, then the others
  int n_look = 0;         // capacity of the tape per member
};

// For a network of one site; else std::invalid_argument. Throws as make_twin does.
Study make_study(const Network& network, const Library& library, const std::vector<sky::Series>& weather,
                 TwinOptions twin, StudyOptions options);

// Advances every State by one step.
void step(Study& study);

// Starts of the traced outages of one member in [from, to).
std::vector<Time> traced(const Study& study, int m, Time from, Time to);

}  // namespace coldsun
