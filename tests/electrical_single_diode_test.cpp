// Single-diode model: parameters, maximum power, currents and curtailment voltages against 50-digit references, on
// every backend.
#include <cmath>
#include <vector>

#include "backends.hpp"
#include "common/philox.hpp"
#include "electrical/any_curve_points.hpp"
#include "electrical_data.hpp"

namespace coldsun::electrical {
namespace {

using test::device_of;

Module module_named(const std::string& name) {
  return name.substr(0, 5) == "LONGi" ? module_longi_lr5_72hbd_545m() : module_first_solar_fs_6460a();
}

// One row per curve: everything that the model gives at irradiance g and temperature t.
struct Evaluate {
  View<const Module, 1> module;
  View<const Real, 2> g, t, v;
  View<Real, 2> il, i0, gsh, a, isc, voc, imp, vmp, pmp, vd, curvature, i_at_v;
  COLDSUN_FN void operator()(int r, int k) const {
    const Curve c = calcparams_cec(g(r, k), t(r, k), module(k));
    const MaxPower m = max_power(c);
    il(r, k) = c.photocurrent, i0(r, k) = c.saturation_current, gsh(r, k) = c.conductance_shunt, a(r, k) = c.nNsVth;
    isc(r, k) = at(c, vd_from_v(c, 0.0)).i, voc(r, k) = v_oc(c), imp(r, k) = m.i, vmp(r, k) = m.v, pmp(r, k) = m.p,
           vd(r, k) = m.vd, curvature(r, k) = m.curvature;
    i_at_v(r, k) = at(c, vd_from_v(c, v(r, k))).i;
  }
};

template <class Space>
struct Curves {
  Array<Module, 1> module;
  Array<Real, 2> g, t, v, il, i0, gsh, a, isc, voc, imp, vmp, pmp, vd, curvature, i;
  explicit Curves(int n) : module(device_of<Space>, {n}) {
    for (auto* x : {&g, &t, &v, &il, &i0, &gsh, &a, &isc, &voc, &imp, &vmp, &pmp, &vd, &curvature, &i})
      *x = {device_of<Space>, {1, n}};
  }
  void run() const {
    for_rows(Space{}, 1, module.extent(0),
             Evaluate{module, g, t, v, il, i0, gsh, a, isc, voc, imp, vmp, pmp, vd, curvature, i});
  }
};

template <class Space>
class SingleDiode : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(SingleDiode, test::Backends);

// Tolerances: a few rounding errors of exp at an argument of 40 (1e-16 x 40); v_oc and v_mp are flatter in them than
// p_mp.
TYPED_TEST(SingleDiode, MeetsKeyPoints) {
  const auto ref = test::read_table("electrical_sdm_keypoints.csv");
  ASSERT_EQ(ref.n_row, 60u);
  const Curves<TypeParam> c(static_cast<int>(ref.n_row));
  for (std::size_t k = 0; k < ref.n_row; ++k) {
    const int i = static_cast<int>(k);
    c.module(i) = module_named(ref.column.at("module")[k]), c.g(0, i) = ref("G_W_m2", k),
    c.t(0, i) = ref("Tc_C", k) + 273.15;
  }
  c.run();
  const auto near = [&](const Array<Real, 2>& x, const char* name, std::size_t k, double tolerance) {
    EXPECT_NEAR(x(0, static_cast<int>(k)) / ref(name, k), 1.0, tolerance) << name << " row " << k;
  };
  for (std::size_t k = 0; k < ref.n_row; ++k) {
    near(c.il, "IL_A", k, 1e-14), near(c.i0, "I0_A", k, 2e-13), near(c.a, "nNsVth_V", k, 1e-14);
    near(c.pmp, "p_mp", k, 1e-12), near(c.vmp, "v_mp", k, 1e-10), near(c.imp, "i_mp", k, 1e-10),
        near(c.vd, "vd_mp", k, 1e-10);
    near(c.voc, "v_oc", k, 1e-12), near(c.isc, "i_sc", k, 1e-12);
    EXPECT_LT(c.curvature(0, static_cast<int>(k)), 0.0);
  }
}

TYPED_TEST(SingleDiode, CurrentAtAnyVoltageFromReverseToBeyondOpenCircuit) {
  const auto ref = test::read_table("electrical_sdm_iv_points.csv");
  ASSERT_EQ(ref.n_row, 540u);
  const Curves<TypeParam> c(static_cast<int>(ref.n_row));
  for (std::size_t k = 0; k < ref.n_row; ++k) {
    const int i = static_cast<int>(k);
    c.module(i) = module_named(ref.column.at("module")[k]), c.g(0, i) = ref("G_W_m2", k),
    c.t(0, i) = ref("Tc_C", k) + 273.15;
    c.v(0, i) = ref("v_V", k);
  }
  c.run();
  for (std::size_t k = 0; k < ref.n_row; ++k) {
    const int i = static_cast<int>(k);
    // The reference demands 1e-12 of the photocurrent; v itself is given to 20 digits, so that slope x rounding of v
    // comes on top.
    const double rounding = std::fabs(ref("didv_S", k) * c.v(0, i)) * 4e-16;
    EXPECT_NEAR(c.i(0, i), ref("i_A", k), 1e-12 * c.il(0, i) + rounding) << "row " << k;
  }
}

// Voltages far above v_oc (a string on a higher bus) and shunted, resistive or dim curves: the equation must hold
// everywhere.
TYPED_TEST(SingleDiode, SatisfiesItsEquationForExtremeCurves) {
  const int n = 20000;
  const Curves<TypeParam> c(n);
  const Chance chance{5, 0, Stream::test, 0};
  for (int i = 0; i < n; ++i) {
    Module m = i % 2 ? module_longi_lr5_72hbd_545m() : module_first_solar_fs_6460a();
    m.r_s *= std::pow(10.0, 2.0 * chance.uniform(static_cast<std::uint32_t>(i), 0) - 1.5);
    m.r_sh_ref *= std::pow(10.0, 2.0 * chance.uniform(static_cast<std::uint32_t>(i), 1) - 1.0);
    c.module(i) = m;
    c.g(0, i) = std::pow(10.0, -1.0 + 4.15 * chance.uniform(static_cast<std::uint32_t>(i), 2));
    c.t(0, i) = 243.0 + 120.0 * chance.uniform(static_cast<std::uint32_t>(i), 3);
    c.v(0, i) = (m.a_ref > 5 ? 220.0 : 50.0) * 3.0 * chance.uniform(static_cast<std::uint32_t>(i), 4);
  }
  c.run();
  double worst = 0.0, worst_p = 0.0, worst_oc = 0.0;
  for (int i = 0; i < n; ++i) {
    const Curve k = make_curve(c.il(0, i), c.i0(0, i), c.module(i).r_s, c.gsh(0, i), c.a(0, i));
    const Real x = c.v(0, i) + c.i(0, i) * k.resistance_series;
    const Point p = at(k, x);
    // Residual of the implicit equation, as a current, against the largest of the currents in it.
    const Real scale = std::fabs(c.il(0, i)) + std::fabs(c.i(0, i)), steep = 1.0 - k.resistance_series * p.di;
    worst = std::max(worst, std::fabs(p.i - c.i(0, i)) / steep / scale);
    const MaxPower m = max_power<12>(k);
    worst_p = std::max(worst_p, std::fabs(c.pmp(0, i) / m.p - 1.0));
    worst_oc = std::max(worst_oc, std::fabs(at(k, c.voc(0, i)).i) / k.photocurrent /
                                      (1.0 - at(k, c.voc(0, i)).di * k.nNsVth / k.photocurrent));
  }
  EXPECT_LT(worst, 2e-12);
  EXPECT_LT(worst_p, 1e-9);
  EXPECT_LT(worst_oc, 1e-12);
}

struct Curtail {
  Module module;
  View<const Real, 2> g, t, part;
  View<Real, 2> power, p_mp, v, v_mp;
  COLDSUN_FN void operator()(int r, int i) const {
    const Curve c = calcparams_cec(g(r, i), t(r, i), module);
    const MaxPower m = max_power(c);
    const Point p = at(c, vd_for_power(c, m.vd, m.p, m.curvature, part(r, i) * m.p));
    power(r, i) = p.power(), p_mp(r, i) = m.p, v(r, i) = p.v, v_mp(r, i) = m.v;
  }
};

// From zero to all but 1e-14 of the maximum: the string gives exactly the requested power, right of the maximum, and
// its voltage rises as power falls.
TYPED_TEST(SingleDiode, GivesAnyPowerOnTheHighVoltageSide) {
  const int n_curve = 40, n_part = 61;
  for (const Module& module : {module_longi_lr5_72hbd_545m(), module_first_solar_fs_6460a()}) {
    Array<Real, 2> g(device_of<TypeParam>, {n_curve, n_part}), t(device_of<TypeParam>, {n_curve, n_part}),
        part(device_of<TypeParam>, {n_curve, n_part});
    Array<Real, 2> power(device_of<TypeParam>, {n_curve, n_part}), p_mp(device_of<TypeParam>, {n_curve, n_part});
    Array<Real, 2> v(device_of<TypeParam>, {n_curve, n_part}), v_mp(device_of<TypeParam>, {n_curve, n_part});
    for (int r = 0; r < n_curve; ++r)
      for (int i = 0; i < n_part; ++i) {
        g(r, i) = 2.0 + 1300.0 * std::pow((r % 10) / 9.0, 2.0), t(r, i) = 258.0 + 35.0 * (r / 10);
        part(r, i) = i < 30 ? i / 30.0 : (i == n_part - 1 ? 1.0 : 1.0 - std::pow(10.0, -0.5 * (i - 26)));
      }
    for_rows(TypeParam{}, n_curve, n_part, Curtail{module, g, t, part, power, p_mp, v, v_mp});
    for (int r = 0; r < n_curve; ++r)
      for (int i = 0; i < n_part; ++i) {
        EXPECT_NEAR(power(r, i), part(r, i) * p_mp(r, i), 1e-13 * p_mp(r, i))
            << "g " << g(r, i) << " part " << part(r, i);
        EXPECT_GE(v(r, i), v_mp(r, i));
        EXPECT_LE(v(r, i), v(r, i > 0 ? i - 1 : 0) *
                               (1.0 + 1e-7));  // at the maximum voltage is the root of the power's rounding
      }
  }
}

// The array face of the model on bare parameters: darkness gives zeros, a photocurrent below the saturation current
// still has its maximum.
TYPED_TEST(SingleDiode, KeyPointsHoldDownToDarkness) {
  const int n = 6;
  std::vector<Array<Real, 2>> x;
  for (int k = 0; k < 14; ++k) x.emplace_back(device_of<TypeParam>, std::array<int, 2>{1, n});
  const double light[n] = {0.0, 1e-12, 1e-9, 1e-5, 0.1, 14.0};
  for (int i = 0; i < n; ++i)
    x[0](0, i) = light[i], x[1](0, i) = 1e-9, x[2](0, i) = 0.2, x[3](0, i) = 300.0, x[4](0, i) = 1.9,
            x[10](0, i) = 10.0;
  const CurveParameters p{x[0], x[1], x[2], x[3], x[4]};
  const SevenPointsOfCurves points{p, x[5], x[6], x[7], x[8], x[9], x[12], x[13]};
  for_rows(TypeParam{}, 1, n, FastSevenPoints{points});
  for_rows(TypeParam{}, 1, n, SureSevenPoints{points});
  for_rows(TypeParam{}, 1, n, FastCurrent{{p, x[10], x[11]}});
  for_rows(TypeParam{}, 1, n, SureCurrent{{p, x[10], x[11]}});
  synchronize(TypeParam{});
  for (int k = 5; k < 10; ++k) EXPECT_EQ(x[static_cast<std::size_t>(k)](0, 0), 0.0);
  EXPECT_LT(x[11](0, 0), 0.0);  // a dark module takes current
  for (int i = 1; i < n; ++i) {
    const Curve c = make_curve(light[i], 1e-9, 0.2, 1.0 / 300.0, 1.9);
    double best = 0.0;  // by a fine walk along the curve
    for (int k = 0; k <= 20000; ++k) best = std::max(best, at(c, x[6](0, i) * k / 20000.0).power());
    EXPECT_NEAR(x[9](0, i), best, 1e-7 * best) << light[i];
    EXPECT_GE(x[9](0, i), best * (1.0 - 1e-12));
  }
}

// More light, more power; more heat, less voltage; more voltage, less current.
TYPED_TEST(SingleDiode, IsMonotone) {
  const int n = 200;
  const Curves<TypeParam> light(n), heat(n), volt(n);
  for (int i = 0; i < n; ++i)
    for (const auto* c : {&light, &heat, &volt}) {
      c->module(i) = module_longi_lr5_72hbd_545m();
      c->g(0, i) = c == &light ? 0.2 + 7.0 * i : 800.0, c->t(0, i) = c == &heat ? 250.0 + 0.5 * i : 310.0,
              c->v(0, i) = c == &volt ? 0.4 * i : 40.0;
    }
  light.run(), heat.run(), volt.run();
  for (int i = 1; i < n; ++i) {
    EXPECT_GT(light.pmp(0, i), light.pmp(0, i - 1));
    EXPECT_GT(light.voc(0, i), light.voc(0, i - 1));
    EXPECT_LT(heat.pmp(0, i), heat.pmp(0, i - 1));
    EXPECT_LT(heat.voc(0, i), heat.voc(0, i - 1));
    EXPECT_LT(volt.i(0, i), volt.i(0, i - 1));
  }
}

}  // namespace
}  // namespace coldsun::electrical
