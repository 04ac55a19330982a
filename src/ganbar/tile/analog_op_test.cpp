#include "ganbar/tile/analog_op.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ganbar/core/linalg.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/test_matrix.h"
#include "ganbar/tile/test_op.h"

namespace ganbar {
namespace {

using test::Play;
using test::random_matrix;

struct Bench {
    TileParams params;
    std::string device = "ideal";
    std::string settings;  // TOML of the device table
    double w_max = 0.4;
    AnalogOp make(const Matrix& w) const { return test::analog_op(w, params, {device, settings}, w_max); }
};
TileParams exact() {
    TileParams p;
    p.dac_bits = p.adc_bits = 0;
    p.read_noise = false;
    return p;
}

TEST(AnalogOp, IdealReadsAreTheProductBothWays) {
    const Matrix w = random_matrix(150, 70, 1, 0.1), x = random_matrix(50, 150, 2), dy = random_matrix(50, 70, 3);
    for (const auto mapping : {Mapping::signed_cell, Mapping::differential, Mapping::offset})
        for (const int side : {64, 50, 33}) {
            Bench bench;
            bench.params = exact();
            bench.params.mapping = mapping;
            bench.params.rows = bench.params.cols = side;
            AnalogOp op = bench.make(w);
            const Matrix seen = op.weights();
            Matrix y, want, dx, want_dx, wt;
            Play play;
            op.forward(x, y, play.step);
            op.backward(dy, dx, play.step);
            multiply(x, seen, want);
            transpose(seen, wt);
            multiply(dy, wt, want_dx);
            for (std::size_t r = 0; r < 50; ++r) {
                for (std::size_t c = 0; c < 70; ++c) ASSERT_NEAR(y(r, c), want(r, c), 2e-4) << side;
                for (std::size_t c = 0; c < 150; ++c) ASSERT_NEAR(dx(r, c), want_dx(r, c), 2e-4) << side;
            }
            for (std::size_t r = 0; r < 150; ++r)  // conductances are floats near 200 uS: a weight is known to about 1e-7
                for (std::size_t c = 0; c < 70; ++c) ASSERT_NEAR(seen(r, c), std::clamp(w(r, c), -0.4f, 0.4f), 1e-6);
        }
}

TEST(AnalogOp, NoReadTakesWhatIsNotFiniteWhereverItStands) {
    const Matrix w = random_matrix(37, 5, 1, 0.1);
    for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()})
        for (const std::size_t at : {std::size_t{0}, std::size_t{17}, std::size_t{36}})
            for (const std::size_t row : {std::size_t{0}, std::size_t{2}}) {
                Bench bench;
                AnalogOp op = bench.make(w);
                Matrix x = random_matrix(3, 37, 2), y;
                x(row, at) = bad;
                Play play;
                EXPECT_THROW(op.forward(x, y, play.step), NumericError) << bad << " at " << row << ", " << at;
            }
}

TEST(AnalogOp, ConvertersRoundToTheirSteps) {
    Bench bench;
    bench.params = exact();
    bench.params.adc_bits = 6;
    bench.params.adc_range = Ampere{50e-6};
    const Matrix w = random_matrix(64, 64, 1, 0.1), x = random_matrix(20, 64, 2);
    AnalogOp op = bench.make(w);
    Matrix y;
    Play play;
    op.forward(x, y, play.step);
    float x_max = 0;
    for (std::size_t r = 0; r < 20; ++r)
        for (const float v : x.row_span(r)) x_max = std::max(x_max, std::fabs(v));
    const double lsb = 50e-6 / 31 * 0.4 / 150e-6 * x_max / 0.1;  // amperes to weights times input
    for (std::size_t r = 0; r < 20; ++r)
        for (const float v : y.row_span(r)) {
            ASSERT_NEAR(v / lsb, std::nearbyint(v / lsb), 1e-3);
            ASSERT_LE(std::fabs(v), 31.01 * lsb);
        }
}

TEST(AnalogOp, ReadNoiseHasTheDevicesVariance) {
    Bench bench;
    bench.params = exact();
    bench.params.read_noise = true;
    bench.device = "nili2020";
    bench.settings = "d2d = \"off\"";
    const Matrix w = random_matrix(64, 16, 1, 0.1);
    AnalogOp op = bench.make(w);
    Matrix x(4000, 64), y;
    x.fill(0.5f);
    Play play;
    op.forward(x, y, play.step);
    const auto g = op.conductance();
    for (std::size_t c = 0; c < 16; ++c) {
        double total = 0;
        for (std::size_t r = 0; r < 64; ++r) total += g[r * 16 + c];
        const double sigma_A = std::sqrt(4 * constants::boltzmann_J_per_K * 298.15 * 1e8 * total);
        const double expected = sigma_A * 0.4 / 150e-6 * 0.5 / 0.1;  // x_max = 0.5 spans the read voltage
        double mean = 0, square = 0;
        for (std::size_t r = 0; r < 4000; ++r) mean += y(r, c), square += double{y(r, c)} * y(r, c);
        mean /= 4000;
        const double variance = square / 4000 - mean * mean;
        EXPECT_NEAR(variance / (expected * expected), 1, 0.12) << c;  // 5 standard errors, and the I-V is linear within 2%
    }
}

// The ledger of a known pulse pattern is satyam2022's formula: V^2 G t for every cell that moved, nothing for the others.
TEST(AnalogOp, UpdateEnergyIsThePapersFormula) {
    Bench bench;
    bench.params = exact();
    bench.device = "nili2020";
    bench.settings = "d2d = \"off\"";
    const Matrix w = random_matrix(100, 30, 1, 0.1), x = random_matrix(7, 100, 2), dy = random_matrix(7, 30, 4);
    AnalogOp op = bench.make(w);
    const auto before = op.conductance();
    Play play;
    Manhattan rule;
    rule.set = Volt{0.9}, rule.reset = Volt{-1.07};
    op.update(x, dy, rule, play.step);
    const auto after = op.conductance();
    long double set = 0, reset = 0;
    std::int64_t n_set = 0, n_reset = 0;
    Matrix gradient;
    multiply_at_b(x, dy, gradient);
    for (std::size_t k = 0; k < before.size(); ++k) {
        const bool up = (gradient(k / 30, k % 30) < 0) == (op.signs()[k] > 0);
        if (after[k] != before[k]) {
            ASSERT_EQ(after[k] > before[k], up);
        }
        if (after[k] > before[k]) set += 0.9L * 0.9L * before[k] * 1e-7L, ++n_set;
        if (after[k] < before[k]) reset += 1.07L * 1.07L * before[k] * 1e-7L, ++n_reset;
    }
    EXPECT_EQ(play.ledger.total("training/dense1/update/set").n, n_set);
    EXPECT_EQ(play.ledger.total("training/dense1/update/reset").n, n_reset);
    EXPECT_NEAR(play.ledger.energy("training/dense1/update/set").si / static_cast<double>(set), 1, 1e-12);
    EXPECT_NEAR(play.ledger.energy("training/dense1/update/reset").si / static_cast<double>(reset), 1, 1e-12);
}

TEST(AnalogOp, LiteralTableSwapsTheMagnitudesOfNegativeWeights) {
    Bench bench;
    bench.params = exact();
    bench.settings = "step_set = \"2 uS\"\nstep_reset = \"0.5 uS\"";
    Matrix w(1, 4), x(1, 1), dy(1, 4);
    const float weights[4] = {0.2f, 0.2f, -0.2f, -0.2f}, slopes[4] = {-1, 1, -1, 1};  // dW = +, -, +, -
    for (std::size_t j = 0; j < 4; ++j) w(0, j) = weights[j], dy(0, j) = slopes[j];
    x.fill(1);
    for (const bool literal : {false, true}) {
        AnalogOp op = bench.make(w);
        const auto before = op.conductance();
        Rng rng(5);
        Ledger ledger;
        Step step{rng, ledger, "training", true};
        Manhattan rule;
        rule.literal = literal;
        op.update(x, dy, rule, step);
        const auto after = op.conductance();
        const double down = literal ? -2e-6 : -0.5e-6, up = literal ? 0.5e-6 : 2e-6;  // for the negative weights
        const double want[4] = {2e-6, -0.5e-6, down, up};
        for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(after[j] - before[j], want[j], 1e-10) << literal << j;
    }
}

/// Cells that differ, in the lower half of their range.
Bench varied() {
    Bench bench;
    bench.params = exact();
    bench.device = "nili2020";
    bench.settings = "d2d = \"A\"\nclamp_nonneg = true\nstatic_spread = \"off\"\ng_min = \"100 uS\"\ng_max = \"177 uS\"";
    return bench;
}
Manhattan with_feedback() {
    Manhattan rule;
    rule.set = Volt{0.9}, rule.reset = Volt{-1.0};
    rule.feedback = 0.6, rule.verify_pulses = 8, rule.verify_step = Siemens{0.8e-6}, rule.verify_ramp = Volt{0.05};
    return rule;
}
void repeat(AnalogOp& op, const Matrix& x, const Matrix& dy, const Manhattan& rule, int rounds, Ledger& ledger) {
    const Rng root(5);
    for (int round = 0; round < rounds; ++round) {
        const Rng rng = root.stream("round", static_cast<std::uint64_t>(round));
        Step step{rng, ledger, "training", true};
        op.update(x, dy, rule, step);
    }
}

TEST(AnalogOp, ErrorFeedbackMovesCellsAsAskedWhateverTheirSteps) {
    const Bench bench = varied();
    Matrix w(20, 20), x(1, 20), dy(1, 20);
    w.fill(0.2f);
    x.fill(1);
    dy.fill(-1);
    AnalogOp op = bench.make(w);
    const auto start = op.conductance();
    Ledger ledger;
    repeat(op, x, dy, with_feedback(), 25, ledger);
    const auto end = op.conductance();
    double mean = 0;
    std::size_t n_close = 0;
    for (std::size_t k = 0; k < end.size(); ++k) {
        mean += (end[k] - start[k]) / static_cast<double>(end.size());
        n_close += std::fabs(end[k] - start[k] - 20e-6) < 4e-6;
    }
    EXPECT_NEAR(mean, 20e-6, 2e-6);             // 25 moves of 0.8 uS
    EXPECT_GT(n_close, end.size() * 95 / 100);  // blind pulses would spread these cells from 0 to 60 uS
    EXPECT_GT(ledger.total("training/dense1/update/verify").n, 0);
}

// In proportion: cells move as far as the sum of their gradients asks, clipped at the limit, and not at all for none.
TEST(AnalogOp, ErrorFeedbackInProportionToTheGradient) {
    const Bench bench = varied();
    Matrix w(4, 60), x(1, 4), dy(1, 60);
    w.fill(0.2f);
    dy.fill(-1);
    x(0, 0) = 1, x(0, 1) = 0.5, x(0, 2) = 0, x(0, 3) = 3;
    const double rms = std::sqrt((1 + 0.25 + 9) / 4);
    AnalogOp op = bench.make(w);
    const auto start = op.conductance();
    Ledger ledger;
    Manhattan rule = with_feedback();
    rule.feedback_scale = 1, rule.feedback_limit = 1.5;
    constexpr int rounds = 20;
    repeat(op, x, dy, rule, rounds, ledger);
    const auto end = op.conductance();
    const double wanted[4] = {1 / rms, 0.5 / rms, 0, 1.5};  // verify_steps a round
    for (std::size_t row = 0; row < 4; ++row) {
        double mean = 0;
        for (std::size_t c = 0; c < 60; ++c) mean += (end[row * 60 + c] - start[row * 60 + c]) / 60.0;
        EXPECT_NEAR(mean, wanted[row] * rounds * 0.8e-6, 1.5e-6) << row;
    }
}

TEST(AnalogOp, SameBitsForAnyThreadsAndAfterRestore) {
    Bench bench;
    bench.device = "nili2020";
    const Matrix w = random_matrix(130, 90, 1, 0.1), x = random_matrix(61, 130, 2), dy = random_matrix(61, 90, 4);
    const int threads = max_threads();
    const auto play = [&](AnalogOp& op, int from, int to) {
        Matrix y, dx;
        for (int r = from; r < to; ++r) {
            const Rng rng = Rng(9).stream("round", static_cast<std::uint64_t>(r));
            Ledger ledger;
            Step step{rng, ledger, "training", true};
            op.forward(x, y, step);
            op.backward(dy, dx, step);
            op.update(x, dy, Manhattan{}, step);
        }
        return y;
    };
    set_threads(1);
    AnalogOp one = bench.make(w);
    const Matrix y1 = play(one, 0, 4);
    set_threads(3);
    AnalogOp three = bench.make(w);
    play(three, 0, 2);
    AnalogOp restored = bench.make(w);
    restored.restore(three.state());
    const Matrix y3 = play(restored, 2, 4);
    set_threads(threads);
    for (std::size_t r = 0; r < y1.rows(); ++r)
        for (std::size_t c = 0; c < y1.cols(); ++c) ASSERT_EQ(y1(r, c), y3(r, c));
    EXPECT_EQ(one.conductance(), restored.conductance());
}

TEST(AnalogOp, StuckCellsStayAndOthersMove) {
    Bench bench;
    bench.params = exact();
    bench.params.yield = 0.9;
    bench.settings = "step_set = \"2 uS\"\nstep_reset = \"2 uS\"";
    Matrix w = random_matrix(64, 64, 1, 0.05), x(1, 64), dy(1, 64);
    x.fill(1);
    dy.fill(1);
    AnalogOp op = bench.make(w);
    const auto before = op.conductance();
    Play play;
    for (int i = 0; i < 3; ++i) op.update(x, dy, Manhattan{}, play.step);
    const auto after = op.conductance();
    int stuck = 0;
    for (std::size_t k = 0; k < after.size(); ++k) stuck += after[k] == before[k] && op.signs()[k] < 0 && before[k] < 290e-6f;
    const double n_negative = static_cast<double>(std::count(op.signs().begin(), op.signs().end(), -1));
    EXPECT_NEAR(stuck / n_negative, 0.05, 0.03);  // half of the 10% sit at the lower end, the others at the upper
}

TEST(AnalogOp, RejectsDigitalRulesAndForeignStates) {
    Bench bench;
    const Matrix w = random_matrix(10, 10, 1, 0.1), x = random_matrix(2, 10, 2);
    AnalogOp op = bench.make(w), other = bench.make(random_matrix(11, 10, 1, 0.1));
    Play play;
    EXPECT_THROW(op.update(x, x, Adam{}, play.step), ConfigError);
    EXPECT_THROW(op.restore(other.state()), DataError);
}

}  // namespace
}  // namespace ganbar
