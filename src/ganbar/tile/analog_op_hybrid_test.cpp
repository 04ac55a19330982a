#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/core/linalg.h"
#include "ganbar/core/test_matrix.h"
#include "ganbar/tile/test_op.h"

namespace ganbar {
namespace {

using test::random_matrix;

AnalogOp wox_op(const Matrix& w, const TileParams& params) { return test::analog_op(w, params, {"wox"}, 0.4); }

struct Bench {
    Ledger ledger;
    Rng rng{5};
    Step step() { return {rng, ledger, "training/g", true}; }
};

TEST(Hybrid, DigitalErrorsAreExactWhateverTheArraysDo) {
    TileParams params;
    params.errors = ErrorPass::digital;
    params.adc_bits = 3, params.dac_bits = 3;  // the arrays read badly
    const Matrix w = random_matrix(90, 40, 1, 0.1), dy = random_matrix(8, 40, 2, 1);
    AnalogOp op = wox_op(w, params);
    Bench b;
    Step step = b.step();
    Matrix dx, transposed, wanted;
    op.backward(dy, dx, step);
    transpose(op.weights(), transposed);
    multiply(dy, transposed, wanted);
    for (std::size_t r = 0; r < 8; ++r)
        for (std::size_t c = 0; c < 90; ++c) EXPECT_NEAR(dx(r, c), wanted(r, c), 1e-5);
    EXPECT_EQ(b.ledger.total("training/g/dense1/backward/").n, 8 * 90 * 40);
    EXPECT_NEAR(b.ledger.energy("training/g/dense1/backward/").si, 8 * 90 * 40 * params.mac_energy.si, 1e-15);
    EXPECT_EQ(b.ledger.total("", "/backward/cells").n, 0);
}

// One weight, pushed down for good: frozen signs end at zero, sign bits let it pass.
TEST(Hybrid, WeightsPassThroughZeroOnlyWithSignBits) {
    MixedPrecision mixed;
    mixed.rate = 0.4 / 64, mixed.pulse = {{1.0}, {-1.0}, {100e-9}};  // a pulse is due every round
    for (const auto& [flips, rule] : std::vector<std::pair<bool, UpdateRule>>{
             {false, Manhattan{{1.0}, {-1.0}, {100e-9}}}, {true, Manhattan{{1.0}, {-1.0}, {100e-9}}}, {false, mixed}, {true, mixed}}) {
        TileParams params;
        params.sign_flips = flips;
        Matrix w(1, 1), x(1, 1), dy(1, 1);
        w(0, 0) = 0.05f, x(0, 0) = 1, dy(0, 0) = 1;
        AnalogOp op = wox_op(w, params);
        Bench b;
        double last = op.weights()(0, 0);
        for (int n = 0; n < 30; ++n) {
            Step step = b.step();
            op.update(x, dy, rule, step);
            const double now = op.weights()(0, 0);
            EXPECT_LE(now, last + 1e-9);
            last = now;
        }
        EXPECT_NEAR(last, flips ? 0.05 - 30 * 0.4 / 64 : 0, flips ? 2 * 0.4 / 64 : 1e-8);
        EXPECT_EQ(b.ledger.total("training/g/dense1/update/sign").n, flips ? 1 : 0);
    }
}

TEST(Hybrid, SignBitsSurviveACheckpoint) {
    TileParams params;
    params.sign_flips = true;
    const Matrix w = random_matrix(20, 10, 1, 0.02), x = random_matrix(16, 20, 2, 1), dy = random_matrix(16, 10, 3, 1);
    AnalogOp a = wox_op(w, params), b = wox_op(w, params);
    Bench bench;
    const Manhattan rule{{1.0}, {-1.0}, {100e-9}};
    for (int n = 0; n < 12; ++n) {
        Step step = bench.step();
        a.update(x, dy, rule, step);
    }
    EXPECT_GT(bench.ledger.total("training/g/dense1/update/sign").n, 0);
    b.restore(a.state());
    EXPECT_EQ(a.signs(), b.signs());
    for (std::size_t i = 0; i < 20; ++i)
        for (std::size_t j = 0; j < 10; ++j) EXPECT_EQ(a.weights()(i, j), b.weights()(i, j));
}

}  // namespace
}  // namespace ganbar
