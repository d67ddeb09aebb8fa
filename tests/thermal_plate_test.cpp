// The plate's operator, its direct solution and SDIRK2: against exact solutions, a dense solver and conservation.
#include <vector>

#include "common/philox.hpp"
#include "sky_table.hpp"
#include "thermal_plant.hpp"

namespace coldsun::thermal {
namespace {

using test::Bench;

const LayerCells silicon{775e-6, 120, 1.63566e6}, interface_20{20e-6, 5, 2.5e6}, copper{5e-3, 390, 3.45e6};

TEST(ThermalPlate, ModesAreOrthonormalAndDiagonalise) {
  for (int m = 0; m < n_mode; ++m)
    for (int l = 0; l < n_mode; ++l) {
      Real dot = 0, stiff = 0;
      for (int x = 0; x < n_x; ++x) {
        const Real here = mode_shape(l, x), left = x ? mode_shape(l, x - 1) : here,
                   right = x + 1 < n_x ? mode_shape(l, x + 1) : here;
        dot += mode_shape(m, x) * here, stiff += mode_shape(m, x) * (2 * here - left - right);
      }
      EXPECT_NEAR(dot, m == l ? 1 : 0, 4e-16);
      EXPECT_NEAR(stiff, m == l ? mode_eigenvalue(m) : 0, 3e-15);
    }
}

// V1: n = 64 cells, step tolerance 1e-4 K. Limit 1e-3 K on the mean and on both faces (parabola through the two cells
// next to each).
TEST(ThermalPlate, SlabWithConvectionWithin1mK) {
  const test::Table t = test::read_table("thermal_slab.csv");
  constexpr int n = 64;
  Bench<1, n> bench(test::column<n>({{5e-3, 390, 3.45e6, n}}), test::GivenFilm{2e4});
  bench.start_at(20.0 - 40.0);
  Real now = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    bench.advance(t["time"][i] - now, 0.0, 1e-4), now = t["time"][i];
    Real mean = 0;
    for (int z = 0; z < n; ++z) mean += bench.at(0, z) / n;
    const Real a = bench.at(0, n - 1), b = bench.at(0, n - 2);
    const Real half = 0.5 * 5e-3 / n,
               wall = a - 2e4 * half / (390 + 2e4 * half) * a;  // film in series with half a cell
    EXPECT_NEAR(40 + mean, t["t_mean"][i], 1e-3);
    EXPECT_NEAR(40 + bench.at(0, 0) - (bench.at(0, 1) - bench.at(0, 0)) / 8, t["t_insulated"][i], 1e-3);
    EXPECT_NEAR(40 + wall, t["t_wet"][i], 1e-3) << a << " " << b;
  }
}

// V2: harmonic means are exact. 100 W/cm2 through three layers; junction on the outer face.
TEST(ThermalPlate, CompositeSteadyTo1e9) {
  for (const Real contact : {0.0, 2e-6}) {
    StackOf<3> s = test::column<3>({silicon.in(1), interface_20.in(1), copper.in(1)});
    s.contact[0] = s.contact[1] = contact;
    Bench<1, 3> bench(s, test::GivenFilm{2e4});
    bench.solver.prepare(bench.team, 0.0);
    const Real power = 1e6 * s.length * s.width;
    const auto rise = [&](int z) { return power * bench.column_mean(bench.solver.unit, 0, z); };
    const Real junction = rise(0) + 1e6 * 0.5 * 775e-6 / 120;
    EXPECT_NEAR(junction, contact > 0 ? 77.278845846154 : 73.278845846154, 1e-6);  // printed digits
    const Real exact = 1e6 * (775e-6 / 120 + 20e-6 / 5 + 5e-3 / 390 + 1.0 / 2e4 + 2 * contact);
    EXPECT_NEAR(junction / exact, 1.0, 1e-9);
    EXPECT_NEAR(rise(2) / (1e6 * (2.5e-3 / 390 + 1.0 / 2e4)), 1.0, 1e-9);
  }
}

// V3: flux step into three layers; limit 0.02 K.
TEST(ThermalPlate, ThreeLayerStepWithin20mK) {
  const test::Table t = test::read_table("thermal_three_layer.csv");
  constexpr int n = 60, n_si = 24, n_tim = 4;
  Bench<1, n> bench(test::column<n>({silicon.in(n_si), interface_20.in(n_tim), copper.in(n - n_si - n_tim)}),
                    test::GivenFilm{2e4});
  const Real power = 1e6 * bench.stack.length * bench.stack.width;
  Real now = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(t.n_row); ++i) {
    bench.advance(t["time"][i] - now, power, 2e-3), now = t["time"][i];
    EXPECT_NEAR(40 + bench.at(0, 0) + 1e6 * 0.5 * bench.stack.thickness[0] / 120, t["t_junction"][i], 0.02);
    const int z = n_si + n_tim;
    const Real below = 0.5 * bench.stack.thickness[z - 1] / 5, above = 0.5 * bench.stack.thickness[z] / 390;
    EXPECT_NEAR(40 + (bench.at(0, z - 1) * above + bench.at(0, z) * below) / (above + below), t["t_copper"][i], 0.02);
  }
}

// The direct solution in modes equals Gaussian elimination of the whole plate, built cell by cell from the operator's
// coefficients.
TEST(ThermalPlate, DirectSolutionEqualsDense) {
  constexpr int nz = n_solid + 1, n = n_x * n_y * nz;
  for (const Real flow : {1e-3 / 60, 1e-4 / 60, 0.0}) {
    test::Plate bench(test::benchmark_stack(), flow);
    const Operator<n_y, n_solid>& a = *bench.solver.a;
    const Real shift = 3.0;
    std::vector<Real> k(n * n, 0.0), b(n);
    const auto id = [&](int y, int z, int x) { return static_cast<std::size_t>((y * nz + z) * n_x + x); };
    const auto join = [&](std::size_t i, std::size_t j, Real g) {
      k[i * n + i] += g, k[j * n + j] += g, k[i * n + j] -= g, k[j * n + i] -= g;
    };
    for (int y = 0; y < n_y; ++y)
      for (int x = 0; x < n_x; ++x) {
        for (int z = 0; z < nz; ++z) k[id(y, z, x) * (n + 1)] += a.capacity[z] * shift;
        for (int z = 0; z < n_solid; ++z) {
          if (z + 1 < n_solid) join(id(y, z, x), id(y, z + 1, x), a.up[y][z]);
          if (x + 1 < n_x) join(id(y, z, x), id(y, z, x + 1), a.across[z]);
          if (y + 1 < n_y) join(id(y, z, x), id(y + 1, z, x), a.along[z]);
        }
        // the unknown is the outlet of the row; the walls see a share of it and of the inlet
        const std::size_t f = id(y, n_solid, x);
        for (int z = 0; z < n_solid; ++z) {
          const std::size_t w = id(y, z, x);
          const Real g = a.film[y][z], leaves = a.outlet_share[y], enters = 1 - leaves;
          k[w * (n + 1)] += g, k[f * n + w] -= g, k[w * n + f] -= g * leaves, k[f * (n + 1)] += g * leaves;
          if (y > 0) k[w * n + id(y - 1, n_solid, x)] -= g * enters, k[f * n + id(y - 1, n_solid, x)] += g * enters;
        }
        k[f * (n + 1)] += a.flow;
        if (y > 0) k[f * n + id(y - 1, n_solid, x)] -= a.flow;
      }
    for (std::size_t i = 0; i < n; ++i) b[i] = std::sin(1.0 + 0.37 * static_cast<Real>(i));
    Real* v = bench.solver.error;
    bench.to_modes(b.data(), v);
    factor<n_mode>(a, shift, 0, bench.solver.band);
    solve<n_mode>(bench.solver.band, 0, v);
    const std::vector<Real> x = test::gauss(k, b);
    Real most = 0, scale = 0;
    for (int row = 0; row < n_y * nz; ++row) {
      const Lanes<n_x> r = transform(bench.solver.table.shape, v + row * n_mode);
      for (int i = 0; i < n_x; ++i)
        most = std::fmax(most, std::fabs(r.v[i] - x[static_cast<std::size_t>(row * n_x + i)])),
        scale = std::fmax(scale, std::fabs(r.v[i]));
    }
    EXPECT_LT(most, 1e-12 * scale);
    // and -K of the answer is shift C x - b
    bench.to_modes(x.data(), bench.solver.t);
    apply_minus<n_mode>(a, 0, bench.solver.t, bench.solver.rate);
    bench.to_modes(b.data(), v);
    most = 0;
    for (int i = 0; i < n; ++i)
      most = std::fmax(most,
                       std::fabs(bench.solver.rate[i] - a.capacity[i / n_x % nz] * shift * bench.solver.t[i] + v[i]));
    EXPECT_LT(most, 1e-11);
  }
}

// V10: the fin model in the shipped 16 rows and two fin sub-layers. Nearly isothermal base (k 1e7), adiabatic lid,
// developed film: fins and coolant are exact in steady state, so the remaining error is the 1e-4 of the table's digits.
TEST(ThermalPlate, FinsAndExchangeOfTheReferencePlate) {
  const test::Table t = test::read_table("thermal_cold_plate.csv");
  for (std::size_t i = 0; i < static_cast<std::size_t>(t.n_row); ++i) {
    constexpr int ny = n_y, ns = 5;
    StackOf<ns> s = test::column<ns>({{1e-3, 1e7, 3.45e6, 3}});
    s.length = s.width = 0.03, s.channel = {0.2e-3, 1e-3, 75, 0}, s.n_below = 3, s.n_fin = 2;
    for (int z = 3; z < ns; ++z) s.thickness[z] = 1e-3 / 2, s.conductivity[z] = 390, s.heat_capacity[z] = 3.45e6;
    const CoolantProperties p = coolant_properties(t["which"][i] == 0 ? Coolant::water : Coolant::pg25, 313.15);
    s.rho_cp = p.rho * p.cp;
    const Real flow = t["flow"][i] * 1e-3 / 60;
    Bench<ny, ns> bench(s, test::GivenFilm{nusselt_h1(0.2) * p.k / s.channel.hydraulic_diameter()}, flow);
    bench.solver.prepare(bench.team, 0.0);
    Real base = 0;
    for (int y = 0; y < ny; ++y) base += bench.column_mean(bench.solver.unit, y, 2) / ny;
    EXPECT_NEAR(base / t["r"][i], 1.0, 1e-3) << "row " << i;
  }
}

// V7 and the plate of 3D-ICE's timing: 0.098 K/W to the inlet, 63 % of the rise within about 75 ms, heat in = m cp
// (t_out - t_in).
TEST(ThermalPlate, BenchmarkPlateRespondsAsMeasured) {
  test::Plate bench(test::benchmark_stack(), 1e-3 / 60);
  bench.power_map(test::benchmark_plate().power_map);
  bench.start_at(0);
  const PlateReport a = bench.advance(0.075, 700.0, 0.05), b = bench.advance(60.0, 700.0, 0.05);
  PlateFlow<n_solid>{&bench.stack, bench.flow, 1.0}.refresh(bench.team, bench.solver,
                                                            bench.t_inlet);  // the film is now that of the end
  bench.solver.prepare(bench.team, 0.0);
  Real slope = 0;
  for (int i = 0; i < n_x * n_y; ++i) bench.solver.face[i] = 0;
  const Real r = FaceJunction<n_y>{bench.solver.face, bench.solver.face_unit, 1.0, 0.0}(1.0, slope);
  EXPECT_NEAR(r, 0.098, 0.004);  // resolved in 100,000 cells: 68.4 K for 700 W
  EXPECT_NEAR(a.t_junction / (700 * r), 0.63, 0.05);
  EXPECT_NEAR(b.t_junction, 700 * r, 1e-3);
  const Real w = 1e-3 / 60 * bench.stack.rho_cp;
  EXPECT_NEAR(w * bench.solver.outlet(bench.solver.t) / root_columns, 700.0, 1e-5 * 700);
  EXPECT_NEAR(700 / w, 10.1293, 2e-3);
  for (const PlateReport& p : {a, b}) EXPECT_NEAR(p.energy_in, p.carried + p.stored, 1e-11 * p.energy_in);
}

// Order of SDIRK2 on a developed transient: halving the step divides the error by 4. Coolant above 90 degrees, where
// its properties are constant.
TEST(ThermalPlate, SecondOrderInTime) {
  Real error[3];
  const auto run = [](int n) {
    test::Plate bench(test::benchmark_stack(), 1e-3 / 60);
    bench.t_inlet = 370.0;
    bench.start_at(0);
    bench.advance(0.3, 700.0, 1e-5);
    for (int k = 0; k < n; ++k) bench.step(0.32 / n, 700.0);
    return bench.at(3, 0);
  };
  const Real exact = run(1024);
  for (int k = 0; k < 3; ++k) error[k] = std::fabs(run(16 << k) - exact);
  EXPECT_GT(std::log2(error[0] / error[1]), 1.9);
  EXPECT_GT(std::log2(error[1] / error[2]), 1.9);
  EXPECT_LT(error[2], 1e-2);
}

// V14: no flow heats at power over capacity; long and tiny steps; nothing undershoots.
TEST(ThermalPlate, StoresAllHeatWithoutFlowAndNeverOvershoots) {
  test::Plate still(test::benchmark_stack(), 0.0);
  still.start_at(0);
  still.advance(5.0, 100.0, 0.05);
  const PlateReport r = still.advance(10.0, 100.0, 0.05);
  EXPECT_NEAR(root_columns * still.solver.weighted_sum(still.solver.t, 1.0), 1500.0, 1e-9);
  EXPECT_NEAR(still.at(0, n_solid), 1500.0 / (still.solver.capacity_sum() * n_x), 3.0);  // the spread within the plate
  EXPECT_EQ(r.carried, 0.0);
  EXPECT_NEAR(r.stored, 1000.0, 1e-9);

  test::Plate cold(test::benchmark_stack(), 1e-3 / 60);
  for (const Real h : {1e-4, 1e-2, 1.0, 1e3, 1e9}) {
    cold.start_at(30.0);
    cold.advance(h, 0.0, 0.05);
    for (int y = 0; y < n_y; ++y)
      for (int z = 0; z <= n_solid; ++z) EXPECT_NEAR(cold.at(y, z), 15.0, 15.05);
  }
}

TEST(ThermalPlate, StackKeepsItsLayers) {
  const Stack s = test::benchmark_stack();
  Real below = 0, resistance = 0;
  for (int z = 0; z < s.n_below; ++z) below += s.thickness[z], resistance += s.thickness[z] / s.conductivity[z];
  EXPECT_NEAR(below, 50e-6 + 700e-6 + 50e-6 + 1e-3, 1e-15);
  EXPECT_NEAR(resistance, 750e-6 / 120 + 50e-6 / 5 + 1e-3 / 390, 1e-15);
  EXPECT_EQ(s.n_below + s.n_fin + s.n_lid(), n_solid);
  PlateSpec bad = test::benchmark_plate();
  bad.channel.n_channel = 150;
  EXPECT_THROW(make_stack(bad), std::invalid_argument);
  bad = test::benchmark_plate(), bad.layer.resize(6, bad.layer[0]);
  EXPECT_THROW(make_stack(bad), std::invalid_argument);
  bad = test::benchmark_plate(), bad.layer.back().contact = 1e-6;  // no cell above it would feel it
  EXPECT_THROW(make_stack(bad), std::invalid_argument);
  bad = test::benchmark_plate(), bad.tim_layer = 3;
  EXPECT_THROW(make_stack(bad), std::invalid_argument);
}

}  // namespace
}  // namespace coldsun::thermal
