// The bus in situations written by hand: order of supply, curtailment, shedding, black-out, droop; field lists and
// refusals.
#include <functional>
#include <stdexcept>

#include "electrical_plant.hpp"

namespace coldsun::electrical {
namespace {

template <class Space>
class Bus : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(Bus, test::Backends);

// One member, one kind of site, a situation written by hand.
struct Case {
  Rig b;
  explicit Case(Device device, double dt = 10.0) : b(device, 1) {
    b.start(0) = 0, b.stop(0) = nanoseconds(dt);
    b.g.fill(0.0), b.t.fill(298.15), b.p_site_cap.fill(1e9), b.t_coolant.fill(303.0);
    b.p_aux_bound.fill(2e3), b.p_aux.fill(1.5e3), b.p_floor.fill(500.0), b.p_leak.fill(50.0), b.p_request.fill(3e3);
    for (int s = 0; s < n_kind; ++s) b.st.v_bus(0, s) = b.sys.site(s).v_nominal;
  }
  template <class Space>
  void step(Space space) {
    allocate(space, b.sys, b.st, b.drive(), b.cut());
    for (int n = 0; n < n_kind * n_node; ++n) b.p_node(0, n) = std::max(b.st.p_allocated(0, n) - 20.0, 0.0);
    for (int s = 0; s < n_kind; ++s) b.p_aux(0, s) = std::min(1.5e3, b.st.p_aux_cap(0, s));
    advance(space, b.sys, b.st, b.drive(), b.cut());
    EXPECT_EQ(b.flags(0), 0u);
    for (int s = 0; s < n_kind; ++s) check_site(b, 0, s);
  }
  Real allocated(int s) const {
    Real sum = 0.0;
    for (int n = s * n_node; n < (s + 1) * n_node; ++n) sum += b.st.p_allocated(0, n);
    return sum;
  }
};

// Full battery, light, no load: all strings rise in voltage by the same share, and the bus takes only its own load.
TYPED_TEST(Bus, CurtailsWhatLoadsBatteryAndGridDoNotTake) {
  Case c(device_of<TypeParam>);
  c.b.g.fill(900.0), c.b.p_request.fill(600.0);
  for (int s = 0; s < n_kind; ++s)
    c.b.st.soc(0, s) = c.b.sys.site(s).battery.n_series ? c.b.sys.site(s).battery.soc_max : 0.0;
  c.step(TypeParam{});
  const State& st = c.b.st;
  for (int s : {island, genset, no_battery, grid_and_battery}) {
    EXPECT_LT(st.pv_share(0, s), 0.5);
    EXPECT_GT(st.p_curtailed(0, s), 0.3 * st.p_pv_available(0, s));
    for (int i = s * n_string; i < (s + 1) * n_string; ++i) {
      EXPECT_GT(st.v_pv(0, i), st.v_mp(0, i));
      EXPECT_EQ(st.mode(0, i), static_cast<std::int8_t>(Mode::curtailed));
    }
  }
  // The export site curtails only PV power beyond its export limit.
  EXPECT_NEAR(st.p_grid(0, export_site), -25e3, 1e-6);
  EXPECT_LT(st.p_curtailed(0, export_site), st.p_curtailed(0, grid_and_battery) - 20e3);
}

// The same light with room in the battery: charges at its limit, the rest is curtailed; the charge is counted exactly.
TYPED_TEST(Bus, ChargesWithinItsLimits) {
  Case c(device_of<TypeParam>);
  c.b.g.fill(1000.0), c.b.p_request.fill(550.0);
  c.step(TypeParam{});
  const State& st = c.b.st;
  EXPECT_NEAR(st.i_battery(0, island), -140.0, 1e-8);  // the cell's current limit
  const Pack& p = c.b.sys.site(island).battery;
  EXPECT_NEAR(st.soc(0, island), p.soc_start - st.i_battery(0, island) * 10.0 / p.capacity, 1e-15);
  EXPECT_GT(st.v_bus(0, island), 800.0);  // droop: charging lifts the bus
  // Tracking losses are the curve's own: about half the curvature times the mean square of the step.
  EXPECT_GT(st.p_mppt_loss(0, island), 0.0);
  EXPECT_LT(st.p_mppt_loss(0, island), 2e-3 * st.p_pv_available(0, island));
}

// Night: battery above its reserve, then grid, then genset; the reserve is kept while something else can give.
TYPED_TEST(Bus, DrawsInOrderAtNight) {
  Case c(device_of<TypeParam>);
  c.b.p_request.fill(2e3);
  c.step(TypeParam{});
  EXPECT_GT(c.b.st.p_battery(0, grid_and_battery), 30e3);
  EXPECT_LT(c.b.st.p_grid(0, grid_and_battery), 1e3);
  EXPECT_LT(c.b.st.v_bus(0, grid_and_battery), 800.0);  // droop
  for (int s = 0; s < n_kind; ++s) c.b.st.soc(0, s) = c.b.sys.site(s).battery.soc_reserve;
  c.b.st.genset_mode(0, genset) = static_cast<std::int8_t>(GensetMode::running);
  c.step(TypeParam{});
  EXPECT_GT(c.b.st.p_grid(0, grid_and_battery), 30e3);
  EXPECT_GT(c.b.st.p_genset(0, genset), 30e3);
  EXPECT_EQ(c.allocated(island), 0.0);  // the island keeps its reserve
  EXPECT_EQ(c.b.st.p_it(0, island), 0.0);
}

// An island with an empty battery in the dark: everything is off, nothing flows, nothing breaks; and it comes back with
// the light.
TYPED_TEST(Bus, ShedsAllInABlackoutAndRecoversWithPv) {
  Case c(device_of<TypeParam>);
  for (int s = 0; s < n_kind; ++s) c.b.st.soc(0, s) = c.b.sys.site(s).battery.soc_min;
  for (int k = 0; k < 3; ++k) c.step(TypeParam{});
  EXPECT_EQ(c.b.st.p_aux_cap(0, island), 0.0);
  for (const auto* a :
       {&c.b.st.p_pv, &c.b.st.p_battery, &c.b.st.p_it, &c.b.st.p_aux, &c.b.st.p_loss, &c.b.st.de_bus_dt})
    EXPECT_EQ((*a)(0, island), 0.0);
  EXPECT_EQ(c.b.st.p_shed(0, island), n_node * 3e3);
  EXPECT_EQ(c.b.st.soc(0, island), c.b.sys.site(island).battery.soc_min);
  c.b.g.fill(800.0), c.b.p_request.fill(1e3);
  c.step(TypeParam{});
  EXPECT_GT(c.b.st.p_it(0, island), 0.0);
  EXPECT_GT(c.b.st.soc(0, island), c.b.sys.site(island).battery.soc_min);
}

// A small grid at night with an empty battery: the important nodes run, then the lower rows, one in part, the rest
// stays on at its least.
TYPED_TEST(Bus, ShedsByPriorityThenByRow) {
  Case c(device_of<TypeParam>);
  for (int s = 0; s < n_kind; ++s) c.b.st.soc(0, s) = c.b.sys.site(s).battery.soc_min;
  const int first = small_grid * n_node;
  c.b.priority(0, first + 9) = 5, c.b.priority(0, first + 3) = 2;
  c.step(TypeParam{});
  const auto p = [&](int i) { return c.b.st.p_allocated(0, first + i); };
  EXPECT_EQ(p(9), 3050.0);
  EXPECT_EQ(p(3), 3050.0);
  int full = 0, part = 0, least = 0;
  for (int i = 0; i < n_node; ++i)
    full += p(i) == 3050.0, part += p(i) > 550.0 && p(i) < 3050.0, least += p(i) == 550.0;
  EXPECT_GE(full, 2);
  EXPECT_LE(part, 1);
  EXPECT_EQ(full + part + least, n_node);
  EXPECT_GE(p(0), p(1));
  EXPECT_GT(c.b.st.p_shed(0, small_grid), 20e3);
  // A cap on the site, without leakage, is kept at any supply. Below the sum of minimum powers some nodes switch off,
  // the last rows first.
  c.b.p_site_cap.fill(5e3);
  c.step(TypeParam{});
  EXPECT_EQ(c.allocated(small_grid), 10 * 550.0);
  EXPECT_GT(p(9), 0.0);
  EXPECT_EQ(p(15), 0.0);
}

// A battery at its reserve beside a grid that feeds the hall is switched off: its converter's own need does not drain
// it.
TYPED_TEST(Bus, BatteryAtItsReserveIsNotDrainedByItsConverter) {
  Case c(device_of<TypeParam>);
  const double reserve = c.b.sys.site(small_grid).battery.soc_reserve;
  c.b.st.soc(0, small_grid) = reserve, c.b.p_request.fill(600.0);
  for (int k = 0; k < 100; ++k) c.step(TypeParam{});
  EXPECT_EQ(c.b.st.soc(0, small_grid), reserve);
  EXPECT_EQ(c.b.st.loss_battery_converter(0, small_grid), 0.0);
  EXPECT_GT(c.b.st.p_it(0, small_grid), 0.0);
}

// A surplus that is less than the converter's own need does not switch on the converter of a battery at its reserve: it
// would drain it.
TYPED_TEST(Bus, SmallSurplusDoesNotDrainABatteryAtItsReserve) {
  Case c(device_of<TypeParam>);
  const double reserve = c.b.sys.site(island).battery.soc_reserve;
  for (int i = 1; i <= 20; ++i) {  // from a glimmer to more than enough to charge
    c.b.g.fill(10.0 * i), c.b.p_request.fill(0.0), c.b.p_floor.fill(0.0), c.b.p_leak.fill(0.0), c.b.p_node.fill(0.0),
        c.b.p_aux.fill(0.0);
    c.b.st.soc(0, island) = reserve;
    electrical::allocate(TypeParam{}, c.b.sys, c.b.st, c.b.drive(), c.b.cut());
    electrical::advance(TypeParam{}, c.b.sys, c.b.st, c.b.drive(), c.b.cut());
    synchronize(TypeParam{});
    EXPECT_GE(c.b.st.soc(0, island), reserve) << c.b.g(0, 0);
  }
  EXPECT_GT(c.b.st.soc(0, island), reserve);
}

// Where power is short empty nodes go off before a job waits for them.
TYPED_TEST(Bus, IdleNodesSwitchOffFirst) {
  Case c(device_of<TypeParam>);
  for (int s = 0; s < n_kind; ++s) c.b.st.soc(0, s) = c.b.sys.site(s).battery.soc_min;
  const int first = small_grid * n_node;
  for (int i = 0; i < n_node; ++i)
    c.b.priority(0, first + i) = i < 8 ? 0 : 1, c.b.p_request(0, first + i) = i < 8 ? 500.0 : 3e3;
  c.step(TypeParam{});
  int idle = 0, work = 0;
  for (int i = 0; i < n_node; ++i) (i < 8 ? idle : work) += c.b.st.p_allocated(0, first + i) > 0.0;
  EXPECT_EQ(work, 8);
  EXPECT_EQ(idle, 0);
}

// The bus voltage approaches its droop line with its response time, and the energy in the capacitance closes the
// balance.
TYPED_TEST(Bus, CapacitanceEnergyClosesTheBalance) {
  Case c(device_of<TypeParam>, 0.05);
  for (int s = 0; s < n_kind; ++s) c.b.st.v_bus(0, s) = c.b.sys.site(s).v_max - 5.0;
  for (int k = 0; k < 30; ++k) {
    std::vector<double> v;
    for (int s = 0; s < n_kind; ++s) v.push_back(c.b.st.v_bus(0, s));
    c.step(TypeParam{});
    for (int s = 0; s < n_kind; ++s) {
      const double now = c.b.st.v_bus(0, s), was = v[static_cast<std::size_t>(s)];
      EXPECT_NEAR(c.b.st.de_bus_dt(0, s), 0.5 * 5e-3 * (now * now - was * was) / 0.05, 1e-6);
    }
  }
  const Site& p = c.b.sys.site(grid_and_battery);
  const State& st = c.b.st;
  const double i =
      (st.p_it(0, 0) + st.p_aux(0, 0) + st.loss_rack(0, 0) + st.loss_aux_converter(0, 0) + st.loss_load_cable(0, 0)) /
      st.v_bus(0, 0);
  EXPECT_NEAR(st.v_bus(0, 0), p.v_nominal - p.r_droop * i, 0.1);
}

TEST(ElectricalFields, FillTheirStructs) {
  check_fields(State{});
  check_fields(System{});
}

TEST(ElectricalSystem, RejectsInvalidDescriptions) {
  const auto with = [](const std::function<void(Site&)>& change) {
    std::vector<Site> s{base_site()};
    change(s[0]);
    return make_system({module_longi_lr5_72hbd_545m()}, s, {}, {}, Device::host);
  };
  EXPECT_NO_THROW(with([](Site&) {}));
  EXPECT_THROW(with([](Site& s) { s.v_min = 900.0; }), std::invalid_argument);
  EXPECT_THROW(with([](Site& s) { s.grid.p_export = 1e3; }), std::invalid_argument);
  EXPECT_THROW(with([](Site& s) { s.battery.soc_reserve = 0.01; }), std::invalid_argument);
  EXPECT_THROW(with([](Site& s) { s.r_droop = 1e3; }), std::invalid_argument);
  EXPECT_THROW(make_system({}, {base_site()}, {{0, 0, 0, 14, 1, 8e3, 1e-3, 5e4, 0.0}}, {}, Device::host),
               std::invalid_argument);
  EXPECT_THROW(make_system({}, {base_site()}, {}, {{1, 5e3}}, Device::host), std::invalid_argument);
}

}  // namespace
}  // namespace coldsun::electrical
