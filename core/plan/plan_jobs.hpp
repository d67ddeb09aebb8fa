// Rows of the scheduler's problem from running, queued and expected jobs.
#pragma once
#include "core/plan/plan.hpp"

namespace coldsun {

struct Candidate {
  schedule::Job job;
  std::vector<int> places;  // indices in the job table; empty: expected future jobs
  std::vector<Real> work;   // expected remaining time of each [s]
};
// In order of service: by priority, then by release.
std::vector<Candidate> candidates(const System&, const State&, const Inputs&, int member, const PlanOptions&);

}  // namespace coldsun
