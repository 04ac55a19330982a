#include "ganbar/circuit/read_compensation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/circuit/circuit_test_support.h"

namespace ganbar {
namespace {

using namespace circuit_test;
using namespace literals;

TEST(ReadCompensation,
     GainPerColumnLeavesLittle) {  // random inputs after calibration with all inputs on: a few percent, against tens without
    const std::size_t n = 64;
    for (const double r : {0.1, 1.0}) {
        const CrossbarProblem p = random_crossbar(n, n, 3, {Ohm{r}, Ohm{r}, 10_ohm, 10_ohm});
        const TransferPlan plan(n, n);
        std::vector<double> t(n * n);
        transfer_matrix(plan, std::span<const double>(p.g_S), p.wires, t);
        const std::vector<double> all_on(n, 0.1);
        const auto gain = column_gains(n, n, p.g_S, t, all_on);
        double error = 0, raw = 0, scale = 0;
        for (std::size_t j = 0; j < n; ++j) {
            double ideal = 0, actual = 0, calibrated = 0;
            for (std::size_t i = 0; i < n; ++i) {
                ideal += p.g_S[i * n + j] * *p.vw_V[i], actual += t[i * n + j] * *p.vw_V[i];
                calibrated += t[i * n + j] * all_on[i] * gain[j] - p.g_S[i * n + j] * all_on[i];
            }
            EXPECT_NEAR(calibrated, 0, 1e-15);
            error += std::pow(gain[j] * actual - ideal, 2), raw += std::pow(actual - ideal, 2), scale += ideal * ideal;
        }
        EXPECT_LT(std::sqrt(error / scale), 0.03);
        EXPECT_GT(std::sqrt(raw / scale), 0.2);
    }
}

TEST(ReadCompensation, RowGainsAreColumnGainsOfTheTransposed) {
    const std::size_t m = 9, n = 5;
    const CrossbarProblem p = random_crossbar(m, n, 5), q = random_crossbar(m, n, 6);
    std::vector<double> g(m * n), t(m * n), x(n, 0.3);
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < n; ++j) g[j * m + i] = p.g_S[i * n + j], t[j * m + i] = q.g_S[i * n + j];
    EXPECT_EQ(row_gains(m, n, p.g_S, q.g_S, x), column_gains(n, m, g, t, x));
}

TEST(ReadCompensation, PrecompensatedArrayDoesWhatWasAsked) {
    const std::size_t n = 24;
    const CrossbarProblem p = random_crossbar(n, n, 7, {1_ohm, 1_ohm, 10_ohm, 10_ohm});
    const TransferPlan plan(n, n);
    const auto done = precompensate(plan, p.g_S, p.wires, {10_uS, 1000_uS}, 0.7);
    EXPECT_EQ(done.n_clipped, 0u);
    EXPECT_LT(done.worst, 1e-5);
    std::vector<double> t(n * n);
    transfer_matrix(plan, std::span<const double>(done.g_S), p.wires, t);
    for (std::size_t k = 0; k < t.size(); ++k) EXPECT_NEAR(t[k], 0.7 * p.g_S[k], 1e-5 * t[k]);
    const auto tight =
        precompensate(plan, p.g_S, p.wires, {150_uS, 300_uS}, 1.0);  // no room: cells stay at the edge and the rest falls short
    EXPECT_GT(tight.n_clipped, n);
    EXPECT_GT(tight.worst, 0.05);
    const auto perfect = precompensate(plan, p.g_S, {0_ohm, 0_ohm, 0_ohm, 0_ohm}, {150_uS, 300_uS}, 1.0);
    for (std::size_t k = 0; k < t.size(); ++k) EXPECT_NEAR(perfect.g_S[k], p.g_S[k], 1e-12 * p.g_S[k]);
    EXPECT_THROW(precompensate(plan, p.g_S, p.wires, {150_uS, 300_uS}, 1.5), ConfigError);
}

}  // namespace
}  // namespace ganbar
