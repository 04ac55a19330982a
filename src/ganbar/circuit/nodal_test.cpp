#include "ganbar/circuit/nodal.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/circuit/circuit_test_support.h"
#include "ganbar/circuit/row_elimination.h"
#include "ganbar/core/rng.h"

namespace ganbar {
namespace {

using namespace circuit_test;
using namespace literals;
using Kind = CellCurve::Kind;

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
    double d = a.size() == b.size() ? 0 : INFINITY;
    for (std::size_t k = 0; k < std::min(a.size(), b.size()); ++k) d = std::max(d, std::abs(a[k] - b[k]));
    return d;
}
double largest(const std::vector<double>& a) {
    double m = 0;
    for (const double x : a) m = std::max(m, std::abs(x));
    return m;
}

void expect_agrees_with_ngspice(const CrossbarProblem& p, const char* what) {
    const auto spice = ngspice_values(p);
    if (spice.empty()) GTEST_SKIP() << "ngspice is not installed";
    const OperatingPoint ours = solve_operating_point(p);
    ASSERT_EQ(spice.size() >= 2 * p.g_S.size(), true) << what;
    double voltage = 0, current = 0, scale = 0;
    for (std::size_t k = 0; k < p.g_S.size(); ++k) {
        voltage = std::max(voltage, std::abs(ours.w_V[k] - spice.at(fmt::format("v_w_{}_{}", k / p.cols, k % p.cols))));
        voltage = std::max(voltage, std::abs(ours.b_V[k] - spice.at(fmt::format("v_b_{}_{}", k / p.cols, k % p.cols))));
    }
    for (std::size_t i = 0; i < p.rows; ++i)
        if (p.vw_V[i])
            current = std::max(current, std::abs(ours.i_word_A[i] - spice.at(fmt::format("iw_{}", i)))),
            scale = std::max(scale, std::abs(ours.i_word_A[i]));
    for (std::size_t j = 0; j < p.cols; ++j)
        if (p.vb_V[j])
            current = std::max(current, std::abs(ours.i_bit_A[j] - spice.at(fmt::format("ib_{}", j)))),
            scale = std::max(scale, std::abs(ours.i_bit_A[j]));
    EXPECT_LT(voltage, 1e-9) << what;
    EXPECT_LT(current, 1e-7 * scale) << what;
    EXPECT_NEAR(ours.power_W, ours.cells_W + ours.wires_W, 1e-12 * ours.power_W) << what;
}

CrossbarProblem write_bias(CrossbarProblem p, double v_V) {
    Rng rng = Rng(99).stream("bias");
    for (auto& v : p.vw_V) v = 0.0;
    p.vw_V[p.rows / 2] = v_V / 2;
    for (auto& v : p.vb_V) v = rng.uniform() < 0.5 ? -v_V / 2 : 0.0;
    return p;
}

TEST(Ngspice, ReadAndWriteBiasOnEveryCurve) {
    for (const CellCurve curve : {CellCurve{}, CellCurve{Kind::cubic, 2.81}, CellCurve{Kind::sinh, 4.1}})
        for (const bool write : {false, true}) {
            CrossbarProblem p = random_crossbar(16, 16, 3, {1_ohm, 1.5_ohm, 10_ohm, 5_ohm});
            p.curve = curve;
            if (write) p = write_bias(p, 0.8);
            expect_agrees_with_ngspice(p, write ? "write" : "read");
        }
}

TEST(Ngspice, OddShapesAndSingleLines) {
    for (const auto& [m, n] : {std::pair{1, 1}, {1, 7}, {9, 1}, {5, 13}, {11, 3}}) {
        CrossbarProblem p = random_crossbar(m, n, 5, {2_ohm, 0.7_ohm, 100_ohm, 30_ohm});
        p.curve = {Kind::sinh, 4.1};
        expect_agrees_with_ngspice(p, fmt::format("{}x{}", m, n).c_str());
    }
}

TEST(Ngspice, FloatingLinesDriveSneakPaths) {
    CrossbarProblem p = random_crossbar(6, 5, 7, {1_ohm, 1_ohm, 10_ohm, 10_ohm}, 0.8);
    for (std::size_t i = 0; i < p.rows; ++i)
        if (i != 2) p.vw_V[i].reset();
    for (std::size_t j = 0; j < p.cols; ++j)
        if (j != 3) p.vb_V[j].reset();
    for (const CellCurve curve : {CellCurve{}, CellCurve{Kind::cubic, 2.81}, CellCurve{Kind::sinh, 4.1}}) {
        p.curve = curve;
        expect_agrees_with_ngspice(p, "floating");
    }
}

TEST(Ngspice, ZeroResistancesBothEndsAndOpenCells) {
    for (const Wires& w : {Wires{0_ohm, 1_ohm, 10_ohm, 10_ohm}, Wires{1_ohm, 0_ohm, 0_ohm, 5_ohm}, Wires{0_ohm, 0_ohm, 3_ohm, 0_ohm},
                           Wires{1_ohm, 2_ohm, 10_ohm, 10_ohm, Ends::both}}) {
        CrossbarProblem p = random_crossbar(5, 6, 11, w);
        p.g_S[3] = p.g_S[17] = 0;
        p.curve = {Kind::cubic, 2.81};
        expect_agrees_with_ngspice(p, "zero resistance");
    }
}

TEST(Nodal, AgreesWithDenseElimination) {
    for (const Ends ends : {Ends::single, Ends::both})
        for (const auto& [m, n] : {std::pair{1, 1}, {1, 9}, {8, 1}, {7, 12}, {16, 16}, {20, 6}}) {
            const CrossbarProblem p = random_crossbar(m, n, 13, {1_ohm, 2_ohm, 10_ohm, 5_ohm, ends});
            const OperatingPoint a = solve_operating_point(p), b = dense_solution(p);
            EXPECT_LT(largest_difference(a.w_V, b.w_V), 1e-13);
            EXPECT_LT(largest_difference(a.b_V, b.b_V), 1e-13);
            EXPECT_LT(largest_difference(a.i_bit_A, b.i_bit_A), 1e-12 * largest(b.i_bit_A));
        }
}

TEST(Nodal, ReferenceTransferAgrees) {
    CrossbarProblem p = random_crossbar(13, 10, 17, {1_ohm, 2_ohm, 10_ohm, 5_ohm});
    const auto t = transfer_by_rows(p.rows, p.cols, p.g_S, p.wires);
    const auto point = solve_operating_point(p);
    for (std::size_t j = 0; j < p.cols; ++j) {
        double i_A = 0;
        for (std::size_t i = 0; i < p.rows; ++i) i_A += t[i * p.cols + j] * *p.vw_V[i];
        EXPECT_NEAR(i_A, point.i_bit_A[j], 1e-12 * largest(point.i_bit_A));
    }
}

TEST(Nodal, EnergyBalanceOfEveryBias) {
    for (const CellCurve curve : {CellCurve{}, CellCurve{Kind::cubic, 2.81}, CellCurve{Kind::sinh, 4.1}})
        for (const bool write : {false, true}) {
            CrossbarProblem p = random_crossbar(32, 24, 19, {1_ohm, 1_ohm, 10_ohm, 10_ohm});
            p.curve = curve;
            if (write) p = write_bias(p, 0.8);
            const auto point = solve_operating_point(p);
            EXPECT_NEAR(point.power_W, point.cells_W + point.wires_W, 1e-12 * point.power_W);
            EXPECT_LT(point.residual_A, 1e-12 * largest(point.i_bit_A));
        }
}

TEST(Nodal, WireResistanceHasALimitAtZero) {
    const CrossbarProblem ideal = random_crossbar(12, 9, 23, {0_ohm, 0_ohm, 0_ohm, 0_ohm});
    std::vector<double> expected(9, 0.0);
    for (std::size_t k = 0; k < ideal.g_S.size(); ++k) expected[k % 9] += ideal.g_S[k] * *ideal.vw_V[k / 9];
    const auto exact = solve_operating_point(ideal);
    EXPECT_LT(largest_difference(exact.i_bit_A, expected), 1e-15 * largest(expected));
    double last = INFINITY;
    for (const double r : {1e-3, 1e-6, 1e-9, 1e-12, 1e-15}) {  // the error falls with r, down to rounding, without breaking down
        CrossbarProblem p = ideal;
        p.wires = {Ohm{r}, Ohm{r}, Ohm{r}, Ohm{r}};
        const double error = largest_difference(solve_operating_point(p).i_bit_A, expected) / largest(expected);
        EXPECT_LT(error, std::max(last * 2e-3, 2e-15)) << r;
        last = error;
    }
}

TEST(Nodal, StiffFloatingLineKeepsItsVoltage) {  // the line's own cells are 1e-16 of its segments, yet decide its voltage
    CrossbarProblem p = random_crossbar(4, 6, 29, {Ohm{1e-10}, Ohm{1e-10}, 0_ohm, 0_ohm}, 0.8);
    p.vw_V[1].reset();
    CrossbarProblem joined = p;
    joined.wires.rw = joined.wires.rb = 0_ohm;
    const auto a = solve_operating_point(p), b = solve_operating_point(joined);
    EXPECT_LT(largest_difference(a.w_V, b.w_V), 1e-12);
    EXPECT_LT(largest_difference(a.i_bit_A, b.i_bit_A), 1e-11 * largest(b.i_bit_A));
}

TEST(Nodal, MirroredArrayIsTheSameCircuit) {  // rows <-> columns, sources <-> terminals, both sets of lines turned round
    const CrossbarProblem p = write_bias(random_crossbar(10, 7, 31, {1_ohm, 3_ohm, 10_ohm, 4_ohm}), 0.8);
    CrossbarProblem q = p;
    q.rows = p.cols, q.cols = p.rows;
    q.wires = {p.wires.rb, p.wires.rw, p.wires.rsense, p.wires.rdrv};
    q.vw_V = {p.vb_V.rbegin(), p.vb_V.rend()}, q.vb_V = {p.vw_V.rbegin(), p.vw_V.rend()};
    // word line i of q is bit line cols-1-i of p seen from its terminal; its cells run from p's last row up
    for (std::size_t i = 0; i < q.rows; ++i)
        for (std::size_t j = 0; j < q.cols; ++j) q.g_S[i * q.cols + j] = p.g_S[(p.rows - 1 - j) * p.cols + (p.cols - 1 - i)];
    const auto a = solve_operating_point(p), b = solve_operating_point(q);
    for (std::size_t j = 0; j < p.cols; ++j) EXPECT_NEAR(a.i_bit_A[j], -b.i_word_A[p.cols - 1 - j], 1e-13 * largest(a.i_bit_A));
    EXPECT_NEAR(a.power_W, b.power_W, 1e-13 * a.power_W);
}

TEST(Nodal, DriverResistanceSitsBeforeTheFirstCell) {  // series law on one word line with one cell
    CrossbarProblem p = random_crossbar(1, 1, 37, {1_ohm, 1_ohm, 100_ohm, 50_ohm});
    p.g_S[0] = 1e-3, p.vw_V[0] = 1.0;
    EXPECT_NEAR(solve_operating_point(p).i_bit_A[0], 1.0 / (100 + 1000 + 50), 1e-17);
}

TEST(Nodal, StrongCurvesConverge) {
    CrossbarProblem p = write_bias(random_crossbar(8, 8, 41, {1_ohm, 1_ohm, 10_ohm, 10_ohm}), 2.0);
    p.curve = {Kind::sinh, 40.0};
    const auto point = solve_operating_point(p);
    EXPECT_NEAR(point.power_W, point.cells_W + point.wires_W, 1e-11 * point.power_W);
    EXPECT_LT(point.residual_A, 1e-11 * largest(point.i_bit_A));
}

TEST(Nodal, ManyBiasesAreTheSameBitsAsOneAtATime) {
    CrossbarProblem p = random_crossbar(9, 7, 47, {1_ohm, 2_ohm, 10_ohm, 5_ohm});
    std::vector<Bias> biases;
    Rng rng(48);
    for (int k = 0; k < 12; ++k) {
        biases.push_back({p.vw_V, p.vb_V});
        for (auto& v : biases.back().vw_V) v = 0.3 * rng.uniform();
        if (k % 5 == 4) biases.back().vw_V[3].reset();
    }
    for (const CellCurve curve : {CellCurve{}, CellCurve{Kind::sinh, 40}}) {
        p.curve = curve;
        const auto all = solve_operating_points(p, biases);
        ASSERT_EQ(all.size(), biases.size());
        for (std::size_t k = 0; k < all.size(); ++k) {
            p.vw_V = biases[k].vw_V, p.vb_V = biases[k].vb_V;
            const auto one = solve_operating_point(p);
            EXPECT_EQ(all[k].w_V, one.w_V);
            EXPECT_EQ(all[k].i_bit_A, one.i_bit_A);
        }
    }
    biases[7].vw_V[2] = NAN;
    try {
        solve_operating_points(p, biases);
        FAIL();
    } catch (const ConfigError& e) {
        EXPECT_NE(std::string(e.what()).find("bias 7: Vw[2]"), std::string::npos) << e.what();
    }
}

TEST(Nodal, ResidualIsSmallBesideTheCurrentsWhateverTheWires) {  // a wire of 1e-14 ohm carries 1e10 A for every rounding of a double
    for (const double r : {1.0, 1e-3, 1e-8, 1e-14}) {
        CrossbarProblem p = random_crossbar(6, 5, 53, {Ohm{r}, Ohm{r}, Ohm{r}, Ohm{r}});
        p.vw_V[2].reset();
        for (const CellCurve curve : {CellCurve{}, CellCurve{Kind::cubic, 1e6}, CellCurve{Kind::sinh, 20}}) {
            p.curve = curve;
            const auto point = solve_operating_point(p);
            EXPECT_LT(point.residual_A, 1e-9 * largest(point.i_cell_A)) << r;
        }
    }
}

TEST(Nodal, BadInputIsNamed) {
    const auto message = [](const CrossbarProblem& p) -> std::string {
        try {
            solve_operating_point(p);
        } catch (const ConfigError& e) {
            return e.what();
        }
        return "";
    };
    CrossbarProblem p = random_crossbar(3, 3, 43);
    p.g_S[4] = -1e-6;
    EXPECT_NE(message(p).find("G[1][1]"), std::string::npos);
    p.g_S[4] = std::nan("");
    EXPECT_NE(message(p).find("G[1][1]"), std::string::npos);
    p = random_crossbar(3, 3, 43);
    p.vw_V.assign(3, std::nullopt), p.vb_V.assign(3, std::nullopt);
    EXPECT_NE(message(p).find("every line floats"), std::string::npos);
    p = random_crossbar(3, 3, 43);
    p.vw_V[1].reset();
    p.g_S[3] = p.g_S[4] = p.g_S[5] = 0;
    EXPECT_NE(message(p).find("word line 1 floats"), std::string::npos);
    p = random_crossbar(3, 3, 43);
    p.vb_V.pop_back();
    EXPECT_NE(message(p).find("Vb has 2 values"), std::string::npos);
    p = random_crossbar(3, 3, 43);
    p.curve = {Kind::cubic, -1.0};
    EXPECT_NE(message(p).find("c3"), std::string::npos);
}

}  // namespace
}  // namespace ganbar
