// Heat balance of the coupled twin: every plate and loop per cut, with stored energy recomputed from temperatures.
#include "io_twin.hpp"
#include "thermal/lumped.hpp"

namespace coldsun {
namespace {
using namespace twin_test;

// Heat in = stored + carried off, to 1e-10 of the largest term or to the rounding of the stored energy: a temperature
// near 320 K is stored to half an ulp (2.8e-14 K), and all cells of a store may round the same way.
constexpr Real tolerance = 1e-10, rounding = 2.0 * 2.8e-14;

Real worst = 0;  // largest residual over the largest term
int n_by_rounding = 0, n_checked = 0;

void expect_heat(const char* what, Real in, Real stored, Real off, Real capacity, Real dt) {
  const Real most = largest({in, stored, off}), remainder = std::fabs(in - stored - off),
             store = capacity * rounding / dt;
  EXPECT_LE(remainder, std::max(tolerance * most, store))
      << what << ": in " << in << ", stored " << stored << ", off " << off << ", dt " << dt;
  ++n_checked;
  if (remainder > tolerance * most) ++n_by_rounding;
  else if (most > 0) worst = std::max(worst, remainder / most);
}

// Copy of the heat stores before a cut.
struct Stores {
  Array<Real, 5> t_solid;
  Array<Real, 4> t_coolant;
  Array<Real, 3> q_lumped;
  Array<Real, 2> t_lumped, t_supply, t_return, t_facility, t_hall;
  explicit Stores(const State& s)
      : t_solid(s.thermal.t_solid.clone()),
        t_coolant(s.thermal.t_coolant.clone()),
        q_lumped(s.thermal.q_lumped.clone()),
        t_lumped(s.thermal.t_lumped.clone()),
        t_supply(s.thermal.t_supply.clone()),
        t_return(s.thermal.t_return.clone()),
        t_facility(s.thermal.t_facility.clone()),
        t_hall(s.thermal.t_hall.clone()) {}
};

// Heat capacities of one plate's cells, by layer; the coolant's last. They do not depend on the film.
struct CellCapacity {
  Real c[thermal::n_solid + 1];
  explicit CellCapacity(const thermal::Stack& stack) {
    const Real film[thermal::n_y] = {};
    thermal::Operator<thermal::n_y, thermal::n_solid> a;
    thermal::fill_operator(stack, 0.0, film, 1.0, a);
    std::copy(std::begin(a.capacity), std::end(a.capacity), std::begin(c));
  }
  Real all() const {
    Real sum = 0;
    for (Real x : c) sum += x * thermal::n_x * thermal::n_y;
    return sum;
  }
};

void expect_field(const Twin& t, const Stores& before, int m, int f, Real dt) {
  const thermal::State& s = t.state.thermal;
  const int node = t.system.thermal.node_of_field(f), n_plate = t.system.thermal.n_plate(node);
  const CellCapacity capacity(t.system.thermal.stack(t.system.thermal.model(node)));
  Real energy = 0;
  for (int y = 0; y < thermal::n_y; ++y)
    for (int x = 0; x < thermal::n_x; ++x) {
      for (int z = 0; z < thermal::n_solid; ++z)
        energy += capacity.c[z] * (s.t_solid(m, f, z, y, x) - before.t_solid(m, f, z, y, x));
      energy += capacity.c[thermal::n_solid] * (s.t_coolant(m, f, y, x) - before.t_coolant(m, f, y, x));
    }
  expect_heat("field, from its cells", s.q_plate(m, node), n_plate * energy / dt, s.q_carried(m, node),
              n_plate * capacity.all(), dt);
}

// Energy of the lumped plate by the definition in thermal/lumped.hpp, implemented independently.
void expect_lumped(const Twin& t, const Stores& before, int m, int l, Real dt) {
  const thermal::State& s = t.state.thermal;
  const int node = t.system.thermal.node_of_lumped(l), n_plate = t.system.thermal.n_plate(node);
  const thermal::LumpedModel& model = t.system.thermal.lumped(t.system.thermal.model(node));
  Real energy = model.capacity * (s.t_lumped(m, l) - before.t_lumped(m, l)), capacity = model.capacity;
  for (int k = 0; k < thermal::n_lumped_mode; ++k)
    energy += model.weight[k] * model.tau[k] * (s.q_lumped(m, k, l) - before.q_lumped(m, k, l)),
        capacity += model.weight[k] * model.tau[k];
  expect_heat("lumped, from its modes", s.q_plate(m, node), n_plate * energy / dt, s.q_carried(m, node),
              n_plate * capacity, dt);
}

void expect_nodes(const Twin& t, int m, Real dt) {
  const thermal::System& sys = t.system.thermal;
  const thermal::State& s = t.state.thermal;
  for (int n = 0; n < sys.n_node; ++n) {
    const CellCapacity capacity(sys.stack(sys.model(n)));
    expect_heat("plates", s.q_plate(m, n), s.q_stored(m, n), s.q_carried(m, n), sys.n_plate(n) * capacity.all(), dt);
    EXPECT_NEAR(s.q_plate(m, n), sys.liquid_fraction(n) * s.p_node(m, n), 1e-14 * s.p_node(m, n));  // one product
  }
}

void expect_loops(const Twin& t, const Stores& before, int m, int k, Real dt) {
  const thermal::System& sys = t.system.thermal;
  const thermal::State& s = t.state.thermal;
  const thermal::LoopModel& l = sys.loop(k);
  Real carried = 0, air = 0;
  for (int n = sys.first_node(k); n < sys.first_node(k + 1); ++n)
    carried += s.q_carried(m, n), air += s.p_node(m, n) - s.q_plate(m, n);
  EXPECT_NEAR(carried, s.q_plates(m, k), 1e-13 * std::fabs(carried));  // a sum of few terms
  const auto change = [&](const Array<Real, 2>& now, const Array<Real, 2>& then) { return now(m, k) - then(m, k); };
  // Coolant loop: both volumes and the CDU metal; heat of the converters arrives one cut later, to the joule.
  expect_heat(
      "plates' loop", s.q_plates(m, k) + t.state.controls.q_extra(m, k) + s.q_pump(m, k),
      (l.c_return * change(s.t_return, before.t_return) + l.c_supply * change(s.t_supply, before.t_supply)) / dt,
      s.q_cdu(m, k), l.c_return + l.c_supply, dt);
  expect_heat("facility water", s.q_cdu(m, k) + s.q_coil(m, k) + s.q_pump_facility(m, k),
              l.c_facility * change(s.t_facility, before.t_facility) / dt, s.q_cooler(m, k), l.c_facility, dt);
  expect_heat("hall air", s.q_air(m, k), l.hall_air.heat_capacity * change(s.t_hall, before.t_hall) / dt,
              s.q_coil(m, k) + s.q_chiller(m, k), l.hall_air.heat_capacity, dt);
  // Heat into the hall air: share of the nodes, pump losses, constant auxiliaries, and coil fans (at most full speed).
  const Real rest = s.q_air(m, k) - air - (s.p_pump(m, k) - s.q_pump(m, k) - s.q_pump_facility(m, k)) - l.p_aux_base;
  EXPECT_GE(rest, 0.999 * l.hall_air.fan_power * l.hall_air.fan_min * l.hall_air.fan_min * l.hall_air.fan_min);
  EXPECT_LE(rest, l.hall_air.fan_power * (1.0 + 1e-9));
  EXPECT_EQ(s.p_aux(m, k), s.p_pump(m, k) + s.p_fan(m, k) + s.p_cdu(m, k) + s.p_hall_cooler(m, k));
}

void expect_books(Twin& t, Real dt, int n_step) {
  std::vector<Stores> before;
  Real given_off = t.state.controls.heat_pending(0, 0), taken = 0;  // [J] from converters and cells; into the coolant
  for (int i = 0; i < n_step; ++i)
    walk(
        t, dt, [&](const Cut&) { before.clear(), before.emplace_back(t.state); },
        [&](const Cut& cut) {
          for (int a = 0; a < cut.n_active; ++a) {
            const int m = cut.member(a);
            const Real length = cut.length(m);
            expect_nodes(t, m, length);
            for (int f = 0; f < t.system.thermal.n_field; ++f) expect_field(t, before[0], m, f, length);
            for (int l = 0; l < t.system.thermal.n_lumped; ++l) expect_lumped(t, before[0], m, l, length);
            for (int k = 0; k < t.system.n_site(); ++k) expect_loops(t, before[0], m, k, length);
            if (m != 0) continue;
            given_off += (t.state.electrical.p_heat(0, 0) + t.state.electrical.p_heat_battery(0, 0)) * length;
            taken += t.state.controls.q_extra(0, 0) * length;
          }
        });
  // Heat of converters and cells equals heat into the coolant except for the last cut, for cuts of any lengths.
  EXPECT_NEAR(given_off, taken + t.state.controls.heat_pending(0, 0), tolerance * given_off);
  expect_sound(t.state);
}

TwinOptions two(Real local_hour, Real hours = 0.5) {
  TwinOptions o = options(local_hour, hours);
  o.n_member = 2;
  return o;
}

TEST(TwinHeat, HalfAnHourWithOutagesAndJobs) {
  Network n = small_network();
  outages(n.site.front(), 0.5);
  Twin t = twin_of(n, two(11));
  give_jobs(t, {{-1, 1e6, 2e6, 2, 1.0, true},
                {-1, 100, 200, 1, 0.7, true},
                {40, 300, 400, 2, 0.9, false},
                {60, 50, 60, 1, 0.4, true}});
  expect_books(t, 10.0, 60);
  EXPECT_GE(t.state.workload.n_done(0, 0), 2);
  std::printf("  %d books, %d of them within the rounding of the store only; the others' largest remainder %.1e\n",
              n_checked, n_by_rounding, worst);
}

TEST(TwinHeat, InTheCapBandWithFlowAndInterfaceOfItsOwn) {
  Network n = small_network();
  fixed_supply(n.site.front(), 58 + celsius);
  Twin t = twin_of(n, two(14));
  give_full_load(t, true);
  t.state.thermal.flow_gain(1, 0) = 0.6,
                               t.state.thermal.flow_gain(1, 3) = 0.7;  // the lumped plate's flow differs from its fit's
  t.state.thermal.tim_gain(1, 1) = 1.5, t.state.thermal.tim_gain(0, 3) = 1.3;
  expect_books(t, 10.0, 40);
  EXPECT_GT(t.state.thermal.throttle_fraction(1, 0), 0.5);
}

TEST(TwinHeat, ShortSteps) {
  Network n = small_network();
  outages(n.site.front(), 0.5);
  Twin t = twin_of(n, two(9));
  give_full_load(t, true);
  expect_books(t, 0.1, 100);
  std::printf("  %d books, %d of them within the rounding of the store only; the others' largest remainder %.1e\n",
              n_checked, n_by_rounding, worst);
}

// A warm hall with warm facility water: the chiller removes the heat that the coils cannot.
TEST(TwinHeat, HallWithItsChiller) {
  Network n = small_network();
  fixed_supply(n.site.front(), 45 + celsius);
  Twin t = twin_of(n, two(15, 2.0));
  give_full_load(t, false);
  for (int m = 0; m < 2; ++m)
    t.state.thermal.t_hall(m, 0) = 37 + celsius, t.state.thermal.t_facility(m, 0) = 41 + celsius;
  expect_books(t, 60.0, 40);
  EXPECT_GT(t.state.thermal.q_chiller(0, 0), 0.0);
}

}  // namespace
}  // namespace coldsun
