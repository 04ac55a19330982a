// Cells with a transistor, a selector or a diode: the composed law, arrays of them against ngspice, limits that reduce to passive cells.
#include "ganbar/circuit/selector.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/circuit/circuit_test_support.h"
#include "ganbar/circuit/composed_cell.h"
#include "ganbar/circuit/nodal.h"
#include "ganbar/core/rng.h"

namespace ganbar {
namespace {

using namespace circuit_test;
using namespace literals;
using Kind = CellCurve::Kind;

const CellCurve curves[] = {{}, {Kind::cubic, 2.81}, {Kind::sinh, 4.1}};

std::vector<Selector> every_selector() {
    std::vector<Selector> out(5);
    out[0].type = out[1].type = CellType::transistor, out[1].transistor = Selector::Transistor::square_law;
    out[2].type = out[3].type = CellType::selector, out[3].selector = Selector::Law::threshold;
    out[4].type = CellType::diode;
    return out;
}

const char* name_of(const Selector& s) {
    if (s.type == CellType::transistor) return s.transistor == Selector::Transistor::on_off ? "1T1R, switch" : "1T1R, square law";
    if (s.type == CellType::selector) return s.selector == Selector::Law::exponential ? "1S1R, exponential" : "1S1R, threshold";
    return "1D1R";
}

TEST(ComposedCell, BothElementsCarryTheCurrentAndShareTheVoltage) {
    Rng rng(3);
    for (const Selector& s : every_selector())
        for (const CellCurve& curve : curves)
            for (int k = 0; k < 200; ++k) {
                const double g = 1e-6 * std::pow(10.0, 3 * rng.uniform()), u = 3 * rng.uniform() - 1.5, gate = 3 * rng.uniform(),
                             bit = rng.uniform() - 0.5;
                const CellPoint p = composed_cell(curve, g, s, u, gate, bit);
                const SelectorPoint e = s.point(p.x_V, gate, bit);
                const double m = g * curve.shape(u - p.x_V),
                             digits = 4e-16 * (std::abs(u) + gate);  // what the digits of the voltages leave open
                ASSERT_GE(p.x_V * u, 0) << name_of(s);
                ASSERT_LE(std::abs(p.x_V), std::abs(u)) << name_of(s);
                ASSERT_NEAR(p.i_A, e.i_A, 1e-13 * std::abs(p.i_A) + digits * e.slope_S) << name_of(s) << " u=" << u << " g=" << g;
                ASSERT_NEAR(p.i_A, m, 1e-13 * std::abs(p.i_A) + digits * g * curve.slope(u - p.x_V))
                    << name_of(s) << " u=" << u << " g=" << g;
            }
}

TEST(ComposedCell, SlopesAreTheDerivatives) {
    Rng rng(4);
    for (const Selector& s : every_selector())
        for (int k = 0; k < 100; ++k) {
            const CellCurve curve{Kind::sinh, 4.1};
            const double g = 2e-4, u = 2 * rng.uniform() - 1, gate = 1.2 + rng.uniform(), bit = 0.5 * rng.uniform(), h = 1e-6;
            const CellPoint p = composed_cell(curve, g, s, u, gate, bit);
            const auto at = [&](double word_V, double bit_V) { return composed_cell(curve, g, s, word_V - bit_V, gate, bit_V).i_A; };
            const double word = u + bit, near = 1e-5 * g;  // corners of the second derivative lie within h of some draws
            ASSERT_NEAR((at(word + h, bit) - at(word - h, bit)) / (2 * h), p.slope_S, near) << name_of(s) << " u=" << u;
            ASSERT_NEAR((at(word, bit - h) - at(word, bit + h)) / (2 * h), p.bit_slope_S, near) << name_of(s) << " u=" << u;
            ASSERT_GE(p.bit_slope_S, 0);
        }
}

TEST(ComposedCell, ATransistorSaturatesAndFollowsItsSource) {
    Selector s;
    s.type = CellType::transistor, s.transistor = Selector::Transistor::square_law, s.vt = 0.5_V, s.k = 1e-3, s.g_off = Siemens{1e-15};
    EXPECT_NEAR(composed_cell(CellCurve{}, 1.0, s, 3, 1.5, 0).i_A, 0.5e-3, 1e-9);  // k/2 (vg - vt)^2 into a stiff memristor
    const double g = 1e-6;  // from the bit line: a weak load pulls the inner node up to vg - vt and no further
    const CellPoint p = composed_cell(CellCurve{}, g, s, -2, 1.5, 2);
    EXPECT_NEAR(2 + p.x_V, 1.0, 0.05);
    EXPECT_NEAR(p.i_A, g * (0 - (2 + p.x_V)), 1e-6 * std::abs(p.i_A));
    EXPECT_NEAR(p.bit_slope_S, 0, 1e-6 * p.slope_S + 2e-15);  // the drain is saturated
}

CrossbarProblem random_problem(const Selector& kind, std::uint64_t seed) {
    Rng rng = Rng(seed).stream("deck");
    const auto between = [&](double lo, double hi) { return lo + (hi - lo) * rng.uniform(); };
    const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(rng.uniform() * static_cast<double>(n)); };
    const double r = std::pow(10.0, between(-1, 1));
    CrossbarProblem p = random_crossbar(
        1 + pick(7), 1 + pick(7), seed,
        {Ohm{r}, Ohm{between(0.5, 2) * r}, Ohm{between(0, 100)}, Ohm{between(0, 100)}, seed % 5 == 0 ? Ends::both : Ends::single}, 1, 5e-6,
        300e-6);
    p.curve = curves[pick(3)], p.selector = kind;
    p.selector.k = between(0.2e-3, 2e-3), p.selector.vt = Volt{between(0.3, 0.7)}, p.selector.r_on = Ohm{between(100, 5000)};
    p.selector.v_th = Volt{between(0.2, 0.6)}, p.selector.width = Volt{between(5e-3, 50e-3)}, p.selector.n = between(1, 2),
    p.selector.i_s = Ampere{std::pow(10.0, between(-14, -9))};
    for (auto& v : p.vw_V) v = between(-1.2, 1.5);
    for (auto& v : p.vb_V) v = between(-0.4, 0.4);
    if (p.rows > 2 && seed % 3 == 0) {  // through 1e-10 S a floating line's voltage is beyond the digits of ngspice's elimination
        p.vw_V[pick(p.rows)].reset();
        p.selector.g_off = Siemens{1e-6};
    }
    if (p.selector.has_gate())
        for (std::size_t i = 0; i < p.rows; ++i) p.gate_V.push_back(seed % 4 == 1 && i > 0 ? 0.0 : between(0.9, 2.5));
    return p;
}

struct Difference {
    double voltage = 0, current = 0;
};
/// Largest differences from ngspice: of any node, inner ones included; of any terminal's current, over the largest.
Difference from_ngspice(const CrossbarProblem& p, const std::map<std::string, double>& spice) {
    const OperatingPoint ours = solve_operating_point(p);
    Difference d;
    double scale = 0;
    for (std::size_t k = 0; k < p.g_S.size(); ++k)
        for (const auto& [letter, own] : {std::pair{'w', ours.w_V[k]}, {'b', ours.b_V[k]}, {'x', ours.internal_V[k]}})
            d.voltage = std::max(d.voltage, std::abs(own - spice.at(fmt::format("v_{}_{}_{}", letter, k / p.cols, k % p.cols))));
    const auto compare = [&](double own, const std::string& name) {
        d.current = std::max(d.current, std::abs(own - spice.at(name))), scale = std::max(scale, std::abs(own));
    };
    for (std::size_t i = 0; i < p.rows; ++i)
        if (p.vw_V[i]) compare(ours.i_word_A[i], fmt::format("iw_{}", i));
    for (std::size_t j = 0; j < p.cols; ++j)
        if (p.vb_V[j]) compare(ours.i_bit_A[j], fmt::format("ib_{}", j));
    constexpr double digits_A = 1e-15;  // by which ngspice's own currents miss Kirchhoff's law in an array that only leaks
    d.current = std::max(0.0, d.current - digits_A) / scale;
    return d;
}

class SelectorNgspice : public testing::TestWithParam<int> {};

TEST_P(SelectorNgspice, TwentyRandomArraysAgree) {
    const Selector kind = every_selector()[static_cast<std::size_t>(GetParam())];
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const CrossbarProblem p = random_problem(kind, seed);
        const auto spice = ngspice_values(p);
        if (spice.empty()) GTEST_SKIP() << "ngspice is not installed";
        const Difference d = from_ngspice(p, spice);
        EXPECT_LT(d.voltage, 1e-9) << name_of(kind) << ", seed " << seed;
        EXPECT_LT(d.current, 1e-7) << name_of(kind) << ", seed " << seed;
    }
}
INSTANTIATE_TEST_SUITE_P(EveryType, SelectorNgspice, testing::Range(0, 5));

TEST(SelectorArrays, ASwitchThatIsOnIsAResistorInSeries) {
    CrossbarProblem p = random_crossbar(9, 7, 5, {2_ohm, 1_ohm, 10_ohm, 5_ohm}), plain = p;
    p.selector.type = CellType::transistor, p.selector.r_on = 800_ohm, p.gate_V.assign(9, 2.5);
    for (double& g : plain.g_S) g = g / (1 + g * 800);
    const OperatingPoint a = solve_operating_point(p), b = solve_operating_point(plain);
    for (std::size_t j = 0; j < p.cols; ++j) EXPECT_NEAR(a.i_bit_A[j] / b.i_bit_A[j], 1, 1e-12);
    EXPECT_NEAR(a.power_W, a.cells_W + a.wires_W, 1e-12 * a.power_W);
}

TEST(SelectorArrays, AClosedGateLeavesItsRowOut) {
    CrossbarProblem p = random_crossbar(6, 5, 7, {2_ohm, 2_ohm, 10_ohm, 10_ohm}, 0.8);
    p.selector.type = CellType::transistor, p.selector.g_off = Siemens{1e-15};
    for (const auto transistor : {Selector::Transistor::on_off, Selector::Transistor::square_law}) {
        p.selector.transistor = transistor, p.gate_V = {0, 0, 2.5, 0, 0, 0};
        const OperatingPoint point = solve_operating_point(p);
        for (std::size_t k = 0; k < p.g_S.size(); ++k) {
            if (k / p.cols == 2) {
                EXPECT_GT(std::abs(point.i_cell_A[k]), 1e-7);
            } else {
                EXPECT_LT(std::abs(point.i_cell_A[k]), 2e-15);
            }
        }
    }
}

TEST(SelectorArrays, PowerBalancesUnderEveryBias) {
    for (const Selector& s : every_selector())
        for (std::uint64_t seed = 31; seed < 35; ++seed) {
            CrossbarProblem p = random_problem(s, seed);
            const OperatingPoint point = solve_operating_point(p);
            double moved = 0;
            for (const double i : point.i_word_A) moved += std::abs(i) * 1.5;
            EXPECT_NEAR(point.power_W, point.cells_W + point.wires_W, 1e-12 * moved) << name_of(s) << seed;
            const auto many = solve_operating_points(p, std::vector<Bias>(2, {p.vw_V, p.vb_V}));
            EXPECT_EQ(many[1].w_V, point.w_V);
        }
}

TEST(SelectorArrays, LargeArraysSettle) {
    for (const Selector& s : every_selector()) {
        CrossbarProblem p = random_crossbar(48, 40, 9, {2.5_ohm, 2.5_ohm, 100_ohm, 100_ohm}, 1.5);
        p.curve = curves[1], p.selector = s;
        if (s.has_gate()) p.gate_V.assign(p.rows, 2.5);
        const OperatingPoint point = solve_operating_point(p);
        EXPECT_LT(point.iterations, 40) << name_of(s);
    }
}

TEST(Selector, BadNumbersAreNamed) {
    const auto message = [](auto change) -> std::string {
        CrossbarProblem p = random_crossbar(2, 2, 1);
        p.selector.type = CellType::transistor, p.gate_V = {1, 1};
        change(p);
        try {
            solve_operating_point(p);
        } catch (const ConfigError& e) {
            return e.what();
        }
        return "";
    };
    EXPECT_EQ(message([](auto&) {}), "");
    EXPECT_NE(message([](auto& p) { p.gate_V.pop_back(); }).find("Vg has 1 values"), std::string::npos);
    EXPECT_NE(message([](auto& p) { p.selector.type = CellType::diode; }).find("1d1r cells have no gate"), std::string::npos);
    EXPECT_NE(message([](auto& p) { p.selector.r_on = Ohm{0}; }).find("r_on"), std::string::npos);
    EXPECT_NE(message([](auto& p) { p.selector.g_off = Siemens{0}; }).find("g_off"), std::string::npos);
    EXPECT_NE(message([](auto& p) { p.selector.k = -1; }).find("k = -1 A/V2"), std::string::npos);
    EXPECT_NE(message([](auto& p) { p.gate_V[1] = NAN; }).find("Vg[1]"), std::string::npos);
}

}  // namespace
}  // namespace ganbar
