// Rows of the scheduler's problem from the jobs that run, wait, and are to be expected.
#pragma once
#include "core/plan/plan.hpp"

namespace coldsun {

struct Candidate {
  schedule::Job job;
  std::vector<int> places;  // in the table of jobs; none: it is only expected
  std::vector<Real> work;   // of each, s left as expected
};
// In the order of service: highest priority first, among equals the earlier release.
std::vector<Candidate> candidates(const System&, const State&, const Inputs&, int member, const PlanOptions&);

}  // namespace coldsun
