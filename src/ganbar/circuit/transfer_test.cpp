#include "ganbar/circuit/transfer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ganbar/circuit/circuit_test_support.h"
#include "ganbar/circuit/nodal.h"
#include "ganbar/circuit/row_elimination.h"
#include "ganbar/core/parallel.h"

namespace ganbar {
namespace {

using namespace circuit_test;
using namespace literals;

std::vector<double> transfer(const CrossbarProblem& p) {
    const TransferPlan plan(p.rows, p.cols, p.wires.ends);
    std::vector<double> t(p.g_S.size());
    std::vector<std::uint8_t> word(p.rows), bit(p.cols);
    for (std::size_t i = 0; i < p.rows; ++i) word[i] = p.vw_V[i].has_value();
    for (std::size_t j = 0; j < p.cols; ++j) bit[j] = p.vb_V[j].has_value();
    transfer_matrix(plan, std::span<const double>(p.g_S), p.wires, t, {word, bit});
    return t;
}

/// The same by one operating point per row: Newton's elimination shares no code with the reduction.
std::vector<double> transfer_by_points(CrossbarProblem p) {
    std::vector<double> t(p.g_S.size(), 0.0);
    const auto driven = p.vw_V;
    for (std::size_t i = 0; i < p.rows; ++i) {
        if (!driven[i]) continue;
        for (std::size_t k = 0; k < p.rows; ++k)
            if (driven[k]) p.vw_V[k] = k == i ? 1.0 : 0.0;
        const auto point = solve_operating_point(p);
        std::copy(point.i_bit_A.begin(), point.i_bit_A.end(), t.begin() + i * p.cols);
    }
    return t;
}

double worst_ratio(const std::vector<double>& a, const std::vector<double>& b) {  // largest relative difference of any entry
    double worst = a.size() == b.size() ? 0 : INFINITY;
    for (std::size_t k = 0; k < a.size(); ++k)
        if (a[k] != b[k]) worst = std::max(worst, std::abs(a[k] - b[k]) / std::max(std::abs(a[k]), std::abs(b[k])));
    return worst;
}

TEST(Transfer, AgreesWithTheReferenceInEveryShape) {
    for (const auto& [m, n] : {std::pair{1, 1},
                               {1, 2},
                               {2, 1},
                               {2, 2},
                               {3, 2},
                               {1, 30},
                               {30, 1},
                               {8, 8},
                               {9, 8},
                               {7, 20},
                               {16, 16},
                               {23, 17},
                               {37, 50},
                               {64, 64},
                               {100, 9}}) {
        const CrossbarProblem p = random_crossbar(m, n, 100 + m, {1_ohm, 1.5_ohm, 100_ohm, 50_ohm});
        EXPECT_LT(worst_ratio(transfer(p), transfer_by_rows(p.rows, p.cols, p.g_S, p.wires)), 2e-12) << m << "x" << n;
    }
}

TEST(Transfer, EntrywiseExactWhereWiresDominate) {  // far corners carry 1e-5 of the near ones; every entry is right all the same
    for (const Ends ends : {Ends::single, Ends::both})
        for (const auto& [m, n] : {std::pair{13, 13}, {33, 18}, {5, 40}}) {
            const CrossbarProblem p = random_crossbar(m, n, 7, {50_ohm, 80_ohm, 1_ohm, 2_ohm, ends});
            EXPECT_LT(worst_ratio(transfer(p), transfer_by_points(p)), 2e-13);
        }
}

TEST(Transfer, ReciprocityIsTheTransposedRead) {  // exchange drivers and sense amplifiers: the same numbers come back transposed
    for (const auto& [m, n] : {std::pair{16, 16}, {64, 64}, {19, 45}}) {
        const CrossbarProblem p = random_crossbar(m, n, 11, {2_ohm, 1_ohm, 10_ohm, 30_ohm});
        CrossbarProblem q = random_crossbar(n, m, 1, {p.wires.rb, p.wires.rw, p.wires.rsense, p.wires.rdrv});
        for (std::size_t i = 0; i < q.rows; ++i)
            for (std::size_t j = 0; j < q.cols; ++j) q.g_S[i * q.cols + j] = p.g_S[(p.rows - 1 - j) * p.cols + (p.cols - 1 - i)];
        const auto forward = transfer(p), turned = transfer(q);
        std::vector<double> back(forward.size());
        for (std::size_t i = 0; i < p.rows; ++i)
            for (std::size_t j = 0; j < p.cols; ++j) back[i * p.cols + j] = turned[(q.rows - 1 - j) * q.cols + (q.cols - 1 - i)];
        EXPECT_LT(worst_ratio(forward, back), 1e-13);
    }
}

TEST(Transfer, ZeroResistanceGivesTheConductances) {
    CrossbarProblem p = random_crossbar(40, 21, 13, {0_ohm, 0_ohm, 0_ohm, 0_ohm});
    EXPECT_LT(worst_ratio(transfer(p), p.g_S), 1e-13);
    double last = INFINITY;
    for (const double r : {1e-2, 1e-4, 1e-6, 1e-9, 1e-12}) {
        p.wires = {Ohm{r}, Ohm{r}, Ohm{r}, Ohm{r}};
        const double error = worst_ratio(transfer(p), p.g_S);
        EXPECT_LT(error, std::max(last * 2e-2, 1e-13)) << r;
        last = error;
    }
}

TEST(Transfer, SomeResistancesZero) {
    for (int mask = 1; mask < 16; ++mask)
        for (const Ends ends : {Ends::single, Ends::both}) {
            const auto some = [&](int bit, double r) { return Ohm{mask >> bit & 1 ? 0.0 : r}; };
            const CrossbarProblem p = random_crossbar(11, 9, 17, {some(0, 1), some(1, 2), some(2, 10), some(3, 5), ends});
            EXPECT_LT(worst_ratio(transfer(p), transfer_by_points(p)), 1e-12) << mask;
        }
}

TEST(Transfer, FloatingLinesAndOpenCells) {
    for (const Wires& w :
         {Wires{1_ohm, 1_ohm, 10_ohm, 10_ohm}, Wires{1_ohm, 0_ohm, 0_ohm, 10_ohm}, Wires{3_ohm, 1_ohm, 10_ohm, 5_ohm, Ends::both}}) {
        CrossbarProblem p = random_crossbar(17, 12, 19, w);
        for (const std::size_t i : {0, 3, 16}) p.vw_V[i].reset();
        for (const std::size_t j : {2, 11}) p.vb_V[j].reset();
        for (std::size_t k = 0; k < p.g_S.size(); k += 5) p.g_S[k] = 0;
        EXPECT_LT(worst_ratio(transfer(p), transfer_by_points(p)), 1e-12);
    }
}

TEST(Transfer, IsolatedLinesCarryNothing) {
    CrossbarProblem p = random_crossbar(12, 10, 23);
    for (std::size_t j = 0; j < p.cols; ++j) p.g_S[4 * p.cols + j] = 0;  // an open row, and then a floating one
    for (const bool floating : {false, true}) {
        if (floating) p.vw_V[4].reset();
        const auto t = transfer(p);
        for (std::size_t j = 0; j < p.cols; ++j) EXPECT_EQ(t[4 * p.cols + j], 0);
        for (const double x : t) EXPECT_TRUE(std::isfinite(x));
    }
}

TEST(Transfer, DriverResistanceActsOncePerLine) {  // one row: resistances in series up to each junction, by hand
    CrossbarProblem p = random_crossbar(1, 2, 29, {0_ohm, 0_ohm, 100_ohm, 0_ohm});
    p.g_S = {1e-3, 3e-3};
    const double joint = 1.0 / (100 + 1 / 4e-3);  // all the current of the row
    const auto t = transfer(p);
    EXPECT_NEAR(t[0], joint * 0.25, 1e-15 * joint);
    EXPECT_NEAR(t[1], joint * 0.75, 1e-15 * joint);
}

TEST(Transfer, BatchIsBitIdenticalForAnyNumberOfThreads) {
    const std::size_t n = 24, n_arrays = 9;
    std::vector<float> g;
    for (std::size_t a = 0; a < n_arrays; ++a)
        for (const double x : random_crossbar(n, n, a).g_S) g.push_back(static_cast<float>(x));
    const TransferPlan plan(n, n);
    std::vector<double> one(g.size()), many(g.size()), single(n * n);
    const int before = max_threads();
    set_threads(1);
    transfer_matrices(plan, n_arrays, g, {}, one);
    set_threads(4);
    transfer_matrices(plan, n_arrays, g, {}, many);
    set_threads(before);
    EXPECT_EQ(one, many);
    transfer_matrix(plan, std::span<const float>(g).subspan(5 * n * n, n * n), {}, single);
    EXPECT_TRUE(std::equal(single.begin(), single.end(), one.begin() + 5 * n * n));
}

TEST(Transfer, WorkIsThatOfTheMethod) {  // nested dissection with the terminals as ports: about 31 n^3, by counting
    for (const std::size_t n : {64, 128, 256}) {
        const double cube = static_cast<double>(n * n * n);
        EXPECT_LT(TransferPlan(n, n).flops(), 33 * cube);
        EXPECT_GT(TransferPlan(n, n).flops(), 20 * cube);
    }
}

// IR drop tables computed independently (dense and sparse elimination in another language) for the same circuits.
double mean_ratio(double g_S, double segment_ohm, double* min_column) {
    CrossbarProblem p = random_crossbar(64, 64, 1, {Ohm{segment_ohm}, Ohm{segment_ohm}, 10_ohm, 10_ohm});
    p.g_S.assign(p.g_S.size(), g_S);
    const auto t = transfer(p);
    double sum = 0, least = INFINITY;
    for (std::size_t j = 0; j < 64; ++j) {
        double column = 0;
        for (std::size_t i = 0; i < 64; ++i) column += t[i * 64 + j];
        sum += column / (64 * 64 * g_S), least = std::min(least, column / (64 * g_S));
    }
    *min_column = least;
    return sum;
}

TEST(Transfer, IrDropOfUniformArrays) {
    struct Row {
        double segment_ohm, mean[4], least[4];
    };
    const double g_S[4] = {40e-6, 100e-6, 175e-6, 225e-6};
    for (const Row& row :
         {Row{0.5, {0.91, 0.79, 0.69, 0.63}, {0.89, 0.77, 0.66, 0.60}}, Row{1, {0.86, 0.72, 0.60, 0.54}, {0.84, 0.68, 0.55, 0.48}},
          Row{2, {0.79, 0.61, 0.48, 0.42}, {0.76, 0.55, 0.41, 0.35}}, Row{8, {0.54, 0.33, 0.22, 0.19}, {0.46, 0.25, 0.15, 0.12}},
          Row{20, {0.34, 0.18, 0.12, 0.10}, {0.25, 0.11, 0.06, 0.05}}})
        for (int k = 0; k < 4; ++k) {
            double least = 0;
            EXPECT_NEAR(mean_ratio(g_S[k], row.segment_ohm, &least), row.mean[k], 0.0055) << row.segment_ohm << " " << g_S[k];
            EXPECT_NEAR(least, row.least[k], 0.0055) << row.segment_ohm << " " << g_S[k];
        }
}

TEST(Transfer, IrDropOfRandomArrays) {  // mean current of random inputs over the ideal one; arrays drawn here, hence the tolerance
    struct Row {
        double terminal_ohm, mean[5];
    };
    const double segment_ohm[5] = {0.1, 0.5, 1, 2, 5};
    for (const Row& row :
         {Row{1, {.919, .757, .625, .468, .275}}, Row{10, {.742, .633, .537, .416, .255}}, Row{100, {.254, .240, .224, .199, .151}}})
        for (int k = 0; k < 5; ++k) {
            const CrossbarProblem p =
                random_crossbar(64, 64, 3, {Ohm{segment_ohm[k]}, Ohm{segment_ohm[k]}, Ohm{row.terminal_ohm}, Ohm{row.terminal_ohm}});
            const auto t = transfer(p);
            double actual = 0, ideal = 0;
            for (std::size_t q = 0; q < t.size(); ++q) actual += t[q] * *p.vw_V[q / 64], ideal += p.g_S[q] * *p.vw_V[q / 64];
            EXPECT_NEAR(actual / ideal, row.mean[k], 0.012) << row.terminal_ohm << " " << segment_ohm[k];
        }
}

}  // namespace
}  // namespace ganbar
