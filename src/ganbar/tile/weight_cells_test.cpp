// Laws of cells under a training loop of someone else's: numbered calls draw the same, looking changes nothing, bills add up, states
// restore.
#include "ganbar/tile/weight_cells.h"

#include <gtest/gtest.h>

#include "ganbar/core/test_matrix.h"
#include "ganbar/tile/test_op.h"
#include "ganbar/tile/tiki_taka_op.h"

namespace ganbar {
namespace {

using test::random_matrix;

WeightCells make(std::uint64_t seed = 3, std::int64_t bits = 8) {
    TileParams p;
    p.adc_bits = bits;
    p.mapping = Mapping::differential;
    auto op = std::make_unique<AnalogOp>(test::analog_op(random_matrix(40, 12, 1, 0.2), p,
                                                         {"soft_bounds", "d2d = true\nc2c = 0.3\nread_noise = 0.02"}, 0.6, "dense1", seed));
    return {std::move(op), Rng(11)};
}
bool same(const Matrix& a, const Matrix& b) {
    for (std::size_t i = 0; i < a.rows(); ++i)
        for (std::size_t j = 0; j < a.cols(); ++j)
            if (a(i, j) != b(i, j)) return false;
    return a.rows() == b.rows() && a.cols() == b.cols();
}

TEST(WeightCells, ReadsAreWhatTheirNumberSays) {
    const Matrix x = random_matrix(6, 40, 2);
    WeightCells a = make(3, 0), b = make(3, 0);  // converters that follow the largest current remember what they saw
    Matrix first, again, other, looked;
    a.forward(x, first, 0, true);
    b.forward(x, looked, 0, false);
    a.forward(x, other, 1, true);
    a.forward(x, again, 1, true);
    EXPECT_TRUE(same(other, again));
    EXPECT_FALSE(same(first, other));
    EXPECT_FALSE(same(first, looked));
    EXPECT_GT(a.ledger().energy("training/").si, 0);
    EXPECT_EQ(a.ledger().energy("evaluation/").si, 0);
    EXPECT_EQ(b.ledger().energy("training/").si, 0);
    EXPECT_GT(b.ledger().energy("evaluation/").si, 0);
}

TEST(WeightCells, LookingChangesNothing) {
    const Matrix x = random_matrix(6, 40, 2), dy = random_matrix(6, 12, 3, 0.1);
    WeightCells plain = make(), watched = make();
    Matrix gradient, y, dx, ya, yb;
    AnalogOp::gradient(x, dy, gradient);
    for (std::uint64_t k = 0; k < 4; ++k) {
        for (WeightCells* w : {&plain, &watched}) {
            w->forward(x, y, k, true);
            w->backward(dy, dx, k, true);
            w->apply(gradient, Manhattan{}, k);
        }
        for (std::uint64_t n = 0; n < k; ++n) watched.forward(x, y, n, false);
    }
    plain.forward(x, ya, 9, true), watched.forward(x, yb, 9, true);
    EXPECT_TRUE(same(ya, yb));
    EXPECT_TRUE(same(plain.weights(), watched.weights()));
}

TEST(WeightCells, AnUpdateReturnsWhatItBooks) {
    const Matrix x = random_matrix(6, 40, 2), dy = random_matrix(6, 12, 3, 0.1);
    Matrix gradient;
    AnalogOp::gradient(x, dy, gradient);
    PulseTrain train;
    train.rate = 0.5;
    WeightCells w = make();
    double sum_J = 0;
    const Matrix before = w.weights();
    const UpdateCost one = w.apply(gradient, Manhattan{}, 0), two = w.apply(x, dy, train, 1);
    for (const auto& cost : {one, two}) {
        EXPECT_GT(cost.n_set + cost.n_reset, 0);
        EXPECT_GT(cost.busy_s, 0);
        sum_J += cost.energy_J;
    }
    EXPECT_NEAR(w.ledger().energy("training/").si, sum_J, 1e-12 * sum_J);
    EXPECT_FALSE(same(before, w.weights()));
    EXPECT_THROW(w.apply(gradient, train, 2), ConfigError);
}

TEST(WeightCells, StateGoesOnWithTheSameBits) {
    const Matrix x = random_matrix(6, 40, 2), dy = random_matrix(6, 12, 3, 0.1);
    Manhattan rule;
    rule.feedback = 0.5, rule.verify_step = {1e-6};
    WeightCells a = make(), b = make(99);
    Matrix y, gradient;
    AnalogOp::gradient(x, dy, gradient);
    a.forward(x, y, 0, true);
    a.apply(gradient, rule, 0);
    b.restore(a.state());
    for (WeightCells* w : {&a, &b}) w->apply(gradient, rule, 1);
    EXPECT_EQ(a.op().conductance(1), b.op().conductance(1));
}

TEST(WeightCells, TwoArraysAreUpdatedReadAndRestoredTogether) {
    const Matrix x = random_matrix(6, 40, 2), dy = random_matrix(6, 12, 3, 0.1);
    TikiTaka rule;
    rule.fast.rate = 0.5, rule.transfer_rate = 0.5, rule.zero_pulses = 50;
    const auto joined = [&](std::uint64_t seed) {
        WeightCells w = make(seed);
        TileParams p;
        p.mapping = Mapping::offset;
        auto fast = std::make_unique<AnalogOp>(
            test::analog_op(Matrix(40, 12), p, {"soft_bounds", "d2d = true\nc2c = 0.3"}, 0.6, "dense1_fast", seed));
        w.join(std::move(fast), [](std::unique_ptr<LinearOp> a, std::unique_ptr<LinearOp> c) {
            const auto cells = [](std::unique_ptr<LinearOp> op) {
                return std::unique_ptr<AnalogOp>(&dynamic_cast<AnalogOp&>(*op.release()));
            };
            return std::make_unique<TikiTakaOp>("dense1", cells(std::move(a)), cells(std::move(c)));
        });
        return w;
    };
    WeightCells a = joined(3), b = joined(99);
    const Matrix before = a.weights();
    a.apply(x, dy, rule, 0);
    EXPECT_FALSE(same(before, a.weights()));
    b.restore(a.state());
    for (WeightCells* w : {&a, &b}) w->apply(x, dy, rule, 1);
    EXPECT_TRUE(same(a.weights(), b.weights()));
    EXPECT_THROW(a.join(nullptr, nullptr), ConfigError);
    EXPECT_THROW(make().apply(x, dy, rule, 0), ConfigError);  // no second array
}

TEST(WeightCells, ReplicasBookWritesOnce) {
    const Matrix x = random_matrix(6, 40, 2), dy = random_matrix(6, 12, 3, 0.1);
    Matrix gradient;
    AnalogOp::gradient(x, dy, gradient);
    WeightCells one = make(), other = make();
    other.book_writes(false);
    const UpdateCost a = one.apply(gradient, Manhattan{}, 0), b = other.apply(gradient, Manhattan{}, 0);
    EXPECT_EQ(a.energy_J, b.energy_J);
    EXPECT_GT(one.ledger().energy("").si, 0);
    EXPECT_EQ(other.ledger().energy("").si, 0);
    EXPECT_TRUE(same(one.weights(), other.weights()));
}

TEST(WeightCells, BlocksAreWhatAReadMultipliesWith) {
    TileParams p;
    p.adc_bits = p.dac_bits = 0, p.read_noise = false, p.mapping = Mapping::signed_cell;
    AnalogOp op = test::analog_op(random_matrix(70, 30, 1, 0.2), p, {"ideal", ""}, 0.6);
    const Matrix x = random_matrix(5, 70, 2);
    Matrix y;
    Ledger ledger;
    const Rng rng(5);
    Step step{rng, ledger, "evaluation", false};
    op.forward(x, y, step);
    Matrix sum(5, 30);
    sum.fill(0);
    for (const auto& b : op.block_reads())
        for (std::size_t r = 0; r < 5; ++r)
            for (std::size_t i = 0; i < b.g_S.rows(); ++i)
                for (std::size_t j = 0; j < b.g_S.cols(); ++j)
                    sum(r, b.block.col0 + j) += static_cast<float>(op.weight_per_siemens()) * b.g_S(i, j) * x(r, b.block.row0 + i);
    for (std::size_t r = 0; r < 5; ++r)
        for (std::size_t j = 0; j < 30; ++j) EXPECT_NEAR(sum(r, j), y(r, j), 1e-5);
}

TEST(WeightCells, AVerifiedWriteIsBilled) {
    WeightCells w = make();
    TuneSpec spec;
    spec.pulse = {{1}, {-1}, {100e-9}, {}};
    spec.tolerance = 0.05;
    const TuneReport report = w.tune(random_matrix(40, 12, 8, 0.2), spec, 1);
    EXPECT_EQ(report.n_cells, 2 * 40 * 12);
    EXPECT_GT(report.n_pulses, 0);
    EXPECT_NEAR(w.ledger().energy("training/dense1/programming").si, report.energy_J, 1e-9 * report.energy_J);
}

}  // namespace
}  // namespace ganbar
