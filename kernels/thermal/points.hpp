// Kernels of coolants and channels over points, SI. Beyond the correlations' range NaN, where the twin holds the end of
// the range.
#pragma once
#include "common/array.hpp"
#include "thermal/film.hpp"

namespace coldsun::thermal {

using Input = View<const Real, 2>;
using Output = View<Real, 2>;

COLDSUN_FN bool in_range(Real temperature) { return (temperature >= coolant_t_min) & (temperature <= coolant_t_max); }

// reads 1 Real, writes 5 Real: 48 B and about 400 flops (four exp, one log for water; one exp for glycol).
struct CoolantOfPoints {
  Coolant coolant;
  Input temperature;
  Output rho, mu, k, cp, prandtl;
  COLDSUN_FN void operator()(int row, int i) const {
    const CoolantProperties p = coolant_properties(coolant, temperature(row, i));
    const bool known = in_range(temperature(row, i));
    rho(row, i) = known ? p.rho : math::not_a_number;
    mu(row, i) = known ? p.mu : math::not_a_number;
    k(row, i) = known ? p.k : math::not_a_number;
    cp(row, i) = known ? p.cp : math::not_a_number;
    prandtl(row, i) = known ? p.prandtl() : math::not_a_number;
  }
};

// Mean Nusselt number from the inlet on: the film of one channel of height 1 with a coolant of density, viscosity and
// conductivity 1. reads 4 Real, writes 1 Real: 40 B and about 300 flops.
struct NusseltOfPoints {
  Input reynolds, prandtl, aspect, length;  // length in hydraulic diameters
  Output nusselt;
  COLDSUN_FN void operator()(int row, int i) const {
    const ChannelArray one{.width = aspect(row, i), .height = 1.0, .n_channel = 1.0, .minor_loss = 0.0};
    const CoolantProperties unit{.rho = 1.0, .mu = 1.0, .k = 1.0, .cp = prandtl(row, i)};
    const Real d = one.hydraulic_diameter(), flow = reynolds(row, i) / d * one.width * one.height;
    const Real far = math::min(1e12, length(row, i));  // the order of min: NaN stays NaN
    const Real h = film_coefficient(one, unit, flow, 0.0, far * d);
    const bool known = (reynolds(row, i) >= 0.0) & (prandtl(row, i) > 0.0) & (far > 0.0) & (aspect(row, i) > 0.0) &
                       (aspect(row, i) <= 1.0);
    nusselt(row, i) = known ? h * d : math::not_a_number;
  }
};

// Pressure drop of parallel channels. reads 7 Real, writes 1 Real: 64 B and about 500 flops.
struct PressureDropOfPoints {
  Coolant coolant;
  Input flow, width, height, count, length, temperature, minor_loss;
  Output drop;
  COLDSUN_FN void operator()(int row, int i) const {
    const ChannelArray c{
        .width = width(row, i), .height = height(row, i), .n_channel = count(row, i), .minor_loss = minor_loss(row, i)};
    const Real value = pressure_drop(c, coolant_properties(coolant, temperature(row, i)), flow(row, i), length(row, i));
    const bool known = in_range(temperature(row, i)) & (flow(row, i) == flow(row, i));
    drop(row, i) = known ? value : math::not_a_number;
  }
};

}  // namespace coldsun::thermal
