#include "ganbar/circuit/cell_solver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ganbar/circuit/circuit_test_support.h"
#include "ganbar/circuit/nodal.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/rng.h"
#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

using namespace circuit_test;
using namespace literals;
using Kind = CellCurve::Kind;

constexpr double floating = std::numeric_limits<double>::quiet_NaN();

std::vector<double> voltages(const std::vector<std::optional<double>>& v) {
    std::vector<double> out;
    for (const auto& x : v) out.push_back(x.value_or(floating));
    return out;
}

/// Largest difference of any cell voltage between the fixed point and Newton's method.
double against_newton(const CrossbarProblem& p, const CellSolverOptions& options = {}, CellSolverReport* report = nullptr) {
    const CellSolver solver(p.rows, p.cols, p.wires);
    const CurveCells cells(p.g_S, p.curve);
    std::vector<double> u(p.g_S.size());
    const auto r = solver.solve(cells, voltages(p.vw_V), voltages(p.vb_V), u, false, options);
    if (report) *report = r;
    const auto newton = solve_operating_point(p);
    double worst = 0;
    for (std::size_t k = 0; k < u.size(); ++k) worst = std::max(worst, std::abs(u[k] - (newton.w_V[k] - newton.b_V[k])));
    return worst;
}

void bias(CrossbarProblem& p, int mode, double v_V) {
    Rng rng = Rng(5).stream("bias", mode);
    for (auto& v : p.vw_V) v = mode == 0 ? v_V * rng.uniform() : mode == 1 ? 0.0 : rng.uniform() < 0.5 ? v_V / 2 : 0.0;
    if (mode == 1) p.vw_V[p.rows / 3] = v_V / 2;
    for (auto& v : p.vb_V) v = mode == 0 || rng.uniform() < 0.5 ? 0.0 : -v_V / 2;
}

const CellCurve curves[] = {{}, {Kind::cubic, 2.81}, {Kind::sinh, 4.1}};

TEST(CellSolver, AgreesWithNewtonOnEveryCurveAndBias) {
    for (const CellCurve& curve : curves)
        for (int mode = 0; mode < 3; ++mode)
            for (const int mixing : {0, 4}) {
                CrossbarProblem p = random_crossbar(40, 28, 3, {1_ohm, 1.5_ohm, 10_ohm, 5_ohm});
                p.curve = curve;
                bias(p, mode, mode == 0 ? 0.2 : 0.8);
                EXPECT_LT(against_newton(p, {1e-10, 2000, mixing}), 1e-9) << mode;
            }
}

TEST(CellSolver, ShapesEndsAndZeroResistances) {
    for (const auto& [m, n] : {std::pair{1, 1}, {1, 17}, {19, 1}, {7, 16}, {33, 5}})
        for (const Wires& w :
             {Wires{1_ohm, 2_ohm, 10_ohm, 5_ohm}, Wires{1_ohm, 2_ohm, 10_ohm, 5_ohm, Ends::both}, Wires{0_ohm, 1_ohm, 0_ohm, 5_ohm},
              Wires{0_ohm, 0_ohm, 0_ohm, 0_ohm}, Wires{2_ohm, 1_ohm, 0_ohm, 0_ohm, Ends::both}}) {
            CrossbarProblem p = random_crossbar(m, n, 7, w, 0.8);
            p.curve = {Kind::cubic, 2.81};
            EXPECT_LT(against_newton(p, {1e-11}), 1e-10) << m << "x" << n;
        }
}

TEST(CellSolver, FloatingLines) {
    for (const CellCurve& curve : curves)
        for (const Wires& w : {Wires{1_ohm, 2_ohm, 10_ohm, 5_ohm}, Wires{0_ohm, 2_ohm, 0_ohm, 0_ohm}}) {
            CrossbarProblem p = random_crossbar(21, 14, 11, w, 0.8);
            p.curve = curve;
            for (std::size_t i = 0; i < p.rows; ++i)
                if (i % 4 != 1) p.vw_V[i].reset();
            for (std::size_t j = 0; j < p.cols; ++j)
                if (j % 3 != 0) p.vb_V[j].reset();
            EXPECT_LT(against_newton(p, {1e-10}), 1e-9);
            const CellSolver solver(p.rows, p.cols, p.wires);
            const CurveCells cells(p.g_S, p.curve);
            std::vector<double> u(p.g_S.size());
            solver.solve(cells, voltages(p.vw_V), voltages(p.vb_V), u, false, {1e-13});
            const auto a = solver.operating_point(cells, voltages(p.vw_V), voltages(p.vb_V), u), b = solve_operating_point(p);
            for (std::size_t k = 0; k < u.size(); ++k) {
                EXPECT_NEAR(a.w_V[k], b.w_V[k], 1e-9);
                EXPECT_NEAR(a.b_V[k], b.b_V[k], 1e-9);
            }
            EXPECT_NEAR(a.power_W, b.power_W, 1e-9 * b.power_W);
        }
}

TEST(CellSolver, OpenAndShortedCells) {
    CrossbarProblem p = random_crossbar(24, 24, 13, {1_ohm, 1_ohm, 10_ohm, 10_ohm});
    for (std::size_t k = 0; k < p.g_S.size(); k += 7) p.g_S[k] = 0;
    for (std::size_t k = 3; k < p.g_S.size(); k += 97) p.g_S[k] = 5e-3;
    p.curve = {Kind::sinh, 4.1};
    bias(p, 1, 0.8);
    EXPECT_LT(against_newton(p), 1e-8);
}

TEST(CellSolver, ConvergenceKeepsItsBound) {  // the plain step with the safe g0: the observed rate stays under the bound reported
    CrossbarProblem p = random_crossbar(32, 32, 17, {1_ohm, 1_ohm, 10_ohm, 10_ohm});
    const CellSolver solver(32, 32, p.wires);
    const CurveCells cells(p.g_S, p.curve);
    std::vector<double> u(p.g_S.size());
    double last = 0;
    for (const double tolerance : {1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9}) {
        const auto r = solver.solve(cells, voltages(p.vw_V), voltages(p.vb_V), u, false, {tolerance, 100, 0});
        EXPECT_LT(r.rate_bound, 1);
        EXPECT_LE(r.correction_V, 0.3 * std::pow(r.rate_bound, r.sweeps - 1));
        EXPECT_GE(r.sweeps, last);
        last = r.sweeps;
    }
}

TEST(CellSolver, EnergyBalance) {
    CrossbarProblem p = random_crossbar(30, 20, 19, {1_ohm, 1_ohm, 10_ohm, 10_ohm});
    p.curve = {Kind::cubic, 2.81};
    bias(p, 1, 0.8);
    const CellSolver solver(p.rows, p.cols, p.wires);
    const CurveCells cells(p.g_S, p.curve);
    std::vector<double> u(p.g_S.size());
    solver.solve(cells, voltages(p.vw_V), voltages(p.vb_V), u, false, {1e-13});
    const auto point = solver.operating_point(cells, voltages(p.vw_V), voltages(p.vb_V), u);
    const auto newton = solve_operating_point(p);
    EXPECT_NEAR(point.power_W, newton.power_W, 1e-12 * newton.power_W);
    EXPECT_NEAR(point.wires_W, newton.wires_W, 1e-11 * newton.wires_W);
}

TEST(CellSolver, WarmStartTakesFewerSweeps) {
    CrossbarProblem p = random_crossbar(32, 32, 23, {1_ohm, 1_ohm, 10_ohm, 10_ohm});
    const CellSolver solver(32, 32, p.wires);
    const CurveCells cells(p.g_S, {Kind::cubic, 2.81});
    std::vector<double> u(p.g_S.size());
    const auto cold = solver.solve(cells, voltages(p.vw_V), voltages(p.vb_V), u);
    p.vw_V[3] = *p.vw_V[3] * 1.001;
    const auto warm = solver.solve(cells, voltages(p.vw_V), voltages(p.vb_V), u, true);
    EXPECT_LT(warm.sweeps, cold.sweeps);
}

TEST(CellSolver, BatchIsBitIdenticalForAnyNumberOfThreads) {
    const std::size_t n = 20, n_inputs = 11;
    const CrossbarProblem p = random_crossbar(n, n, 29);
    const CellSolver solver(n, n, p.wires);
    const CurveCells cells(p.g_S, {Kind::sinh, 4.1});
    std::vector<double> vw(n_inputs * n), vb(n_inputs * n, 0.0), one(n_inputs * n * n), many(one.size());
    Rng rng = Rng(1).stream("inputs");
    for (double& v : vw) v = 0.2 * rng.uniform();
    const int before = max_threads();
    set_threads(1);
    solver.solve_batch(cells, vw, vb, one);
    set_threads(4);
    solver.solve_batch(cells, vw, vb, many);
    set_threads(before);
    EXPECT_EQ(one, many);
}

TEST(CellSolver, DeviceModelsBringTheirOwnCurve) {  // each registered model: wires and cells agree on every voltage
    const std::size_t n = 12;
    for (const auto& name : test::devices().names()) {
        const auto array = test::devices().get(name).make(nullptr, n * n);
        std::vector<float> g(n * n);
        Rng rng = Rng(3).stream("g");
        const Window window = array->window();
        for (float& x : g) x = static_cast<float>(window.g_min.si + (window.g_max.si - window.g_min.si) * rng.uniform());
        array->fabricate(g, Rng(4));
        const DeviceCells cells(*array, 0, n * n);
        const CellSolver solver(n, n, {1_ohm, 1_ohm, 10_ohm, 10_ohm});
        std::vector<double> vw(n, 0.0), vb(n, 0.0), u(n * n);
        vw[5] = 0.4;
        for (std::size_t j = 0; j < n; j += 2) vb[j] = -0.4;
        const auto report = solver.solve(cells, vw, vb, u, false, {1e-11});
        const auto point = solver.operating_point(cells, vw, vb, u);
        for (std::size_t k = 0; k < u.size(); ++k) EXPECT_NEAR(point.w_V[k] - point.b_V[k], u[k], 1e-10) << name;
        EXPECT_LT(report.mismatch_V, 1e-9) << name;
    }
}

TEST(CellSolver, AllLinesFloatingIsRefused) {
    const CellSolver solver(2, 2, {});
    const CurveCells cells({1e-4, 1e-4, 1e-4, 1e-4}, {});
    std::vector<double> u(4);
    const std::vector<double> none(2, floating);
    EXPECT_THROW(solver.solve(cells, none, none, u), ConfigError);
}

}  // namespace
}  // namespace ganbar
