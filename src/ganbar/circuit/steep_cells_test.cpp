// Cells so steep that their exponentials at the sources' voltages would be 10^200: the operating point against bisection, against
// Kirchhoff's laws written down a second way, and against ngspice.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/circuit/cell_solver.h"
#include "ganbar/circuit/circuit_test_support.h"
#include "ganbar/circuit/nodal.h"
#include "ganbar/circuit/transfer.h"
#include "ganbar/core/rng.h"

namespace ganbar {
namespace {

using namespace circuit_test;
using namespace literals;
using Kind = CellCurve::Kind;

/// Sizes 1 x 1 to 16 x 16, b V up to 500, conductances over four decades, each resistance zero or 1 mohm to 1 kohm, some lines floating.
CrossbarProblem steep_crossbar(std::uint64_t seed, Kind kind) {
    Rng rng = Rng(seed).stream("steep");
    const auto between = [&](double lo, double hi) { return lo * std::pow(hi / lo, rng.uniform()); };
    const auto size = [&] { return 1 + static_cast<std::size_t>(16 * rng.uniform()); };
    const auto resistance = [&] { return Ohm{rng.uniform() < 0.2 ? 0.0 : between(1e-3, 1e3)}; };
    CrossbarProblem p;
    p.rows = size(), p.cols = size();
    if (rng.uniform() < 0.2) p.rows = p.cols = 1;
    const double v = between(0.05, 10), g = between(1e-9, 1e-2), spread = between(1, 1e4);
    for (std::size_t k = 0; k < p.rows * p.cols; ++k)
        p.g_S.push_back(rng.uniform() < 0.05 && p.rows * p.cols > 1 ? 0 : g * between(1, spread));
    p.wires = {resistance(), resistance(), resistance(), resistance(), rng.uniform() < 0.3 ? Ends::both : Ends::single};
    p.curve = kind == Kind::sinh ? CellCurve{kind, 500 * rng.uniform() / v} : CellCurve{kind, between(1, 1e12) / (v * v)};
    const double floating = rng.uniform() < 0.5 ? 0 : 0.3;
    const auto terminal = [&](double rest) {
        return rng.uniform() < floating ? std::nullopt : std::optional(rng.uniform() < 0.5 ? rest : v * rng.uniform());
    };
    for (std::size_t i = 0; i < p.rows; ++i) p.vw_V.push_back(terminal(v));
    for (std::size_t j = 0; j < p.cols; ++j) p.vb_V.push_back(terminal(0));
    return p;
}

/// Voltage across the one cell by bisection of g shape(u) R = V - u, in numbers of a wider range.
double bisected(const CrossbarProblem& p, double r_ohm) {
    const long double v = *p.vw_V[0] - *p.vb_V[0], g = p.g_S[0], c = p.curve.coefficient;
    long double lo = std::min(v, 0.0L), hi = std::max(v, 0.0L);
    for (int k = 0; k < 200; ++k) {
        const long double u = 0.5L * (lo + hi), shape = p.curve.kind == Kind::sinh ? std::sinh(c * u) / c : u + c * u * u * u;
        (u + static_cast<long double>(r_ohm) * g * shape > v ? hi : lo) = u;
    }
    return static_cast<double>(0.5L * (lo + hi));
}

TEST(SteepCells, OneCellIsTheRootOfItsLoadLine) {
    for (const Kind kind : {Kind::sinh, Kind::cubic})
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            CrossbarProblem p = steep_crossbar(seed, kind);
            p.rows = p.cols = 1, p.g_S.assign(1, p.g_S[0] > 0 ? p.g_S[0] : 1e-4);
            p.wires.rdrv = Ohm{p.wires.rdrv.si + 1e-3}, p.wires.ends = Ends::single;
            p.vw_V = {p.vw_V[0].value_or(0.3)}, p.vb_V = {p.vb_V[0].value_or(-0.2)};
            const double r = p.wires.rdrv.si + p.wires.rsense.si, u = bisected(p, r), v = *p.vw_V[0] - *p.vb_V[0];
            const auto point = solve_operating_point(p);
            EXPECT_NEAR(point.w_V[0] - point.b_V[0], u, 1e-12 * std::abs(v)) << seed;
            const double i = std::abs(p.g_S[0] * p.curve.shape(u));
            EXPECT_NEAR(point.i_bit_A[0], std::copysign(i, v), 1e-9 * i) << seed;
        }
}

TEST(SteepCells, TheCellThatOnceGaveNoCurrent) {
    CrossbarProblem p = random_crossbar(1, 1, 1, {1_ohm, 1_ohm, 10_ohm, 10_ohm});
    p.g_S = {1e-4}, p.vw_V = {4.8}, p.curve = {Kind::sinh, 20};
    const auto point = solve_operating_point(p);
    EXPECT_NEAR(point.i_bit_A[0], (4.8 - bisected(p, 20)) / 20, 1e-12);
    EXPECT_NEAR(point.i_bit_A[0], 0.2116, 5e-5);  // ngspice 39
    EXPECT_LT(point.residual_A, 1e-12);
}

TEST(SteepCells, TheJudgeSeesAWrongVoltage) {
    for (const Ends ends : {Ends::single, Ends::both}) {
        CrossbarProblem p = random_crossbar(5, 4, 3, {1_ohm, 2_ohm, 10_ohm, 5_ohm, ends});
        p.curve = {Kind::sinh, 400};
        auto point = solve_operating_point(p);
        EXPECT_LT(kirchhoff_mismatch(p, point).voltage, 1e-12);
        point.w_V[7] += 1e-8;
        EXPECT_GT(kirchhoff_mismatch(p, point).voltage, 1e-9);
        point = solve_operating_point(p);
        point.i_bit_A[2] *= 1 + 1e-7;
        EXPECT_GT(kirchhoff_mismatch(p, point).current, 1e-8);
    }
}

/// Random arrays [first, first + n): each is solved to Kirchhoff's laws, or refused for a current beyond the range of numbers.
void expect_solved(std::uint64_t first, std::uint64_t n, Kind kind) {
    int solved = 0, beyond = 0, undriven = 0;
    for (std::uint64_t seed = first; seed < first + n; ++seed) {
        const CrossbarProblem p = steep_crossbar(seed, kind);
        try {
            const auto worst = kirchhoff_mismatch(p, solve_operating_point(p));
            EXPECT_LT(worst.voltage, 1e-11) << seed;
            EXPECT_LT(worst.current, 1e-8) << seed;
            ++solved;
        } catch (const NumericError& e) {
            EXPECT_NE(std::string(e.what()).find("exceeds the range of numbers"), std::string::npos) << seed << ": " << e.what();
            ++beyond;
        } catch (const ConfigError&) {
            ++undriven;  // a group of floating lines that nothing drives
        }
    }
    EXPECT_GE(solved, 0.95 * static_cast<double>(n));
    EXPECT_LE(beyond, 1 + 0.005 * static_cast<double>(n));
    EXPECT_LE(undriven, 0.05 * static_cast<double>(n));
}

TEST(SteepCells, ArraysObeyKirchhoffsLaws) {
    expect_solved(0, 120, Kind::sinh);
    expect_solved(0, 80, Kind::cubic);
}
TEST(SlowSteepCells, AThousandArraysObeyKirchhoffsLaws) {
    expect_solved(1000, 1000, Kind::sinh);
    expect_solved(1000, 1000, Kind::cubic);
}

TEST(SteepCells, StepsThatOnlyFollowCurrentsArriveAtTheSamePoint) {  // the way that is taken when the quick one does not settle
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const CrossbarProblem p = steep_crossbar(seed, Kind::cubic);
        try {
            const auto quick = solve_operating_point(p), sure = solve_operating_point(p, {.quick_steps = 1});
            for (std::size_t k = 0; k < quick.w_V.size(); ++k) EXPECT_NEAR(quick.w_V[k], sure.w_V[k], 1e-10) << seed;
        } catch (const ConfigError&) {
        }
    }
}

TEST(SteepCells, AgreeWithNgspice) {
    for (const std::uint64_t seed : {1, 2, 3, 4}) {
        CrossbarProblem p = random_crossbar(3 + seed, 6 - seed, seed, {1_ohm, 1.5_ohm, 10_ohm, 5_ohm}, 3.0, 1e-5, 1e-4);
        p.curve = {Kind::sinh, 20.0 + 5 * static_cast<double>(seed)};
        const auto spice = ngspice_values(p);
        if (spice.empty()) GTEST_SKIP() << "ngspice is not installed";
        const auto point = solve_operating_point(p);
        for (std::size_t j = 0; j < p.cols; ++j) EXPECT_NEAR(point.i_bit_A[j] / spice.at(fmt::format("ib_{}", j)), 1, 1e-7) << seed;
    }
}

TEST(SteepCells, ACurrentBeyondTheRangeOfNumbersIsNamed) {  // 5 V across a cell of b = 500, no resistance anywhere: 10^1081 A
    CrossbarProblem p = random_crossbar(2, 2, 1, {0_ohm, 0_ohm, 0_ohm, 0_ohm});
    p.curve = {Kind::sinh, 500}, p.vw_V = {5.0, 0.0};
    try {
        solve_operating_point(p);
        FAIL();
    } catch (const NumericError& e) {
        EXPECT_NE(std::string(e.what()).find("cell [0][0] exceeds the range of numbers: 5 V"), std::string::npos) << e.what();
    }
}

TEST(SteepCells, WhatTerminalsDeliverTheyTakeBesideACellOfNextToNoResistance) {  // 1e70 S used to lose 0.5 A of 0.93 A
    for (const auto& [curve, limit_S] : {std::pair{CellCurve{}, 1e9}, std::pair{CellCurve{Kind::cubic, 2.81}, 1e9}})
        for (double g = 1; g < 1e300; g *= 1e3) {
            CrossbarProblem p = random_crossbar(1, 2, 1, {1_ohm, 1_ohm, 0_ohm, 1_ohm});
            p.g_S = {g, 2e-4}, p.curve = curve, p.vw_V = {1.0}, p.vb_V = {0.5, -9.0};
            try {
                const auto point = solve_operating_point(p);
                EXPECT_NEAR(point.i_word_A[0], point.i_bit_A[0] + point.i_bit_A[1], 1e-5) << g;
                EXPECT_NEAR(point.i_bit_A[0], 0.5, 0.5 / g + 1e-5) << g;  // the sense resistance alone
            } catch (const NumericError& e) {
                EXPECT_GT(g, limit_S) << e.what();
                EXPECT_NE(std::string(e.what()).find("too conductive"), std::string::npos) << e.what();
            }
        }
}

TEST(SteepCells, TheFixedPointDoesNotPassASmallStepOffAsAnAnswer) {
    const CellSolver solver(1, 1, {1_ohm, 1_ohm, 10_ohm, 10_ohm});
    for (const double b : {4.0, 10.0, 20.0, 100.0, 1000.0}) {
        const CurveCells cells({1e-4}, {Kind::sinh, b});
        CrossbarProblem p = random_crossbar(1, 1, 1, {1_ohm, 1_ohm, 10_ohm, 10_ohm});
        p.g_S = {1e-4}, p.vw_V = {4.8}, p.curve = {Kind::sinh, b};
        const double vw = 4.8, vb = 0;
        double u = 0;
        try {
            solver.solve(cells, {&vw, 1}, {&vb, 1}, {&u, 1});
            EXPECT_NEAR(u, bisected(p, 20), 1e-6) << b;
        } catch (const NumericError& e) {
            EXPECT_GE(b, 10) << e.what();
        }
    }
}

TEST(TransferDoor, WhatIsNoConductanceIsNamed) {
    const TransferPlan plan(9, 10);
    std::vector<double> t(90);
    for (const double bad : {std::nan(""), double(INFINITY), -1e-4}) {
        std::vector<double> g(90, 2e-4);
        g[23] = bad;
        try {
            transfer_matrix(plan, std::span<const double>(g), Wires{}, t);
            FAIL() << bad;
        } catch (const NumericError& e) {
            EXPECT_NE(std::string(e.what()).find("cell [2][3]"), std::string::npos) << e.what();
        }
    }
}

TEST(TransferDoor, ExtremesPassOrAreRefused) {
    const TransferPlan plan(5, 4);
    for (const double g_S : {1e-300, 1e-30, 1e-4, 1e6, 1e30, 1e300}) {
        const std::vector<double> g(20, g_S);
        std::vector<double> t(20);
        try {
            transfer_matrix(plan, std::span<const double>(g), Wires{}, t);
            for (const double x : t) EXPECT_TRUE(x >= 0 && x <= g_S * (1 + 1e-12)) << g_S;
        } catch (const NumericError&) {
            EXPECT_GE(g_S, 1e30);
        }
    }
}

}  // namespace
}  // namespace ganbar
