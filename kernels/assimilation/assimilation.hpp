// Ensemble square-root filter on packed vectors: domains of elements and observations, and one analysis. Independent of
// the physics.
#pragma once
#include <vector>

#include "common/array.hpp"
#include "common/fields.hpp"

namespace coldsun::assimilation {

// Reduction of the anomalies.
//   denkf  half the gain of the mean: linear in K, slightly too wide where the observation is much sharper than the
//     forecast
//          (Sakov and Oke 2008, doi 10.1111/j.1600-0870.2007.00299.x, eqs. 13-15)
//   root   the exact square root of the Kalman update (Andrews 1968; Whitaker and Hamill 2002,
//          doi 10.1175/1520-0493(2002)130<1913:EDAWPO>2.0.CO;2, eq. 10)
enum class Form : std::int8_t { denkf, root };

// Domains: neighbouring columns of the packed vector with a common list of observations. Every column is in exactly
// one. Constant.
// clang-format off
#define COLDSUN_ASSIMILATION_DOMAINS(F) \
  F(std::int32_t, first_element, "1", "domain_edge", parameter, host, "index of the domain's first column in the packed vector") \
  F(std::int32_t, first_obs,     "1", "domain_edge", parameter, host, "index of the domain's first entry") \
  F(std::int32_t, obs,           "1", "entry",       parameter, host, "index of the observation used in the domain") \
  F(Real,         weight,        "1", "entry",       parameter, host, "weight of the observation in the domain")
// clang-format on
struct Domains {
  COLDSUN_ARRAYS(COLDSUN_ASSIMILATION_DOMAINS)
  int n_domain() const { return first_element.extent(0) - 1; }
};
struct DomainsView {
  COLDSUN_READS(DomainsView, Domains, COLDSUN_ASSIMILATION_DOMAINS)
};

// Host-side description of one domain.
struct Domain {
  std::int32_t n_element = 0;
  std::vector<std::int32_t> obs;
  std::vector<Real> weight;  // empty: 1 for all
};
// Throws std::invalid_argument in one sentence for an invalid domain; n_obs is the number of observations.
Domains make_domains(const std::vector<Domain>& domains, int n_obs, Device device);

// One analysis: x becomes x_a.
struct Analysis {
  View<Real, 2> x;                   // (member, element) forecast in, analysis out
  View<const Real, 2> y;             // (member, obs) observation predicted by each member
  View<const Real, 1> y_obs, r_obs;  // (obs) observed value; its error variance, > 0
  View<const std::int8_t, 1> use;    // (obs) 1: assimilate it
  View<const Real, 1> inflation;     // (domain) factor on the analysed anomalies, >= 1
  // (domain) 1: the innovation covariance is not positive definite, and x is unchanged
  View<std::int32_t, 1> trouble;
  Form form = Form::root;
  // Share of a column's spread reduction that is undone (Whitaker and Hamill 2012, doi 10.1175/MWR-D-11-00276.1,
  // eq. 2). Unlike inflation, it does not change unobserved elements, whose spread would otherwise grow without limit.
  Real relaxation = 0.0;
};

template <class Space>
void analyse(Space space, const Domains& domains, const Analysis& analysis);

}  // namespace coldsun::assimilation
