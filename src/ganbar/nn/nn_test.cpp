#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/core/linalg.h"
#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/init.h"
#include "ganbar/nn/network.h"

namespace ganbar::nn {
namespace {

std::unique_ptr<Network> two_layers(Activation hidden, Activation output, BiasKind bias, std::uint64_t seed) {
    const std::size_t extra = bias == BiasKind::cells ? 1 : 0;
    std::vector<std::unique_ptr<Layer>> layers;
    layers.push_back(std::make_unique<Dense>(
        "dense1", std::make_unique<DigitalOp>("dense1", initial_weights(7 + extra, 9, Init::normal_fan_in, 1, Rng(seed))), bias, hidden,
        0.2));
    layers.push_back(std::make_unique<Dense>(
        "dense2", std::make_unique<DigitalOp>("dense2", initial_weights(9 + extra, 5, Init::normal_fan_in, 1, Rng(seed + 1))), bias, output,
        0.2));
    return std::make_unique<Network>("net", std::move(layers));
}

// Half the sum of squares of the outputs: dy = y.
double loss_of(Network& net, const Matrix& x, Step& step) {
    const Matrix& y = net.forward(x, step);
    double sum = 0;
    for (std::size_t r = 0; r < y.rows(); ++r)
        for (const float v : y.row_span(r)) sum += 0.5 * v * v;
    return sum;
}

Matrix normal(std::size_t rows, std::size_t cols, Rng draws) {
    Matrix m(rows, cols);
    for (std::size_t r = 0; r < rows; ++r) draws.fill_normal(m.row_span(r));
    return m;
}

struct Desk {
    Rng rng{1};
    Ledger ledger;
    Step step{rng, ledger, "test", true};
};

TEST(Network, GradientsAgreeWithFiniteDifferences) {
    for (const auto hidden : {Activation::leaky_relu, Activation::tanh, Activation::sigmoid, Activation::identity, Activation::relu})
        for (const auto bias : {BiasKind::none, BiasKind::digital, BiasKind::cells}) {
            auto net = two_layers(hidden, Activation::tanh, bias, 4);
            const Matrix x = normal(6, 7, Rng(8));
            Desk desk;
            Step& step = desk.step;
            Matrix dy = net->forward(x, step);
            const Matrix dx = net->backward(dy, true, step);
            for (std::size_t r = 0; r < 6; ++r)
                for (std::size_t c = 0; c < 7; ++c) {
                    Matrix up = x, down = x;
                    const float h = 1e-2f;
                    up(r, c) += h, down(r, c) -= h;
                    const double numeric = (loss_of(*net, up, step) - loss_of(*net, down, step)) / (2 * h);
                    if (hidden == Activation::relu || hidden == Activation::leaky_relu) ASSERT_NEAR(dx(r, c), numeric, 0.05);  // kinks
                    else ASSERT_NEAR(dx(r, c), numeric, 2e-3);
                }
        }
}

TEST(Network, SmallStepsAgainstTheGradientLowerTheLoss) {
    for (const UpdateRule& rule :
         {UpdateRule{Sgd{0.01, 0}}, UpdateRule{Sgd{0.005, 0.9}}, UpdateRule{Adam{0.003, 0.5, 0.999, 1e-8}}, UpdateRule{SignStep{}}}) {
        auto net = two_layers(Activation::leaky_relu, Activation::identity, BiasKind::digital, 4);
        const Matrix x = normal(32, 7, Rng(8));
        Desk desk;
        Step& step = desk.step;
        const double before = loss_of(*net, x, step);
        for (int i = 0; i < 40; ++i) {
            Matrix dy = net->forward(x, step);
            net->backward(dy, false, step);
            net->update(rule, step);
        }
        EXPECT_LT(loss_of(*net, x, step), 0.8 * before) << rule.digital.index();
    }
}

TEST(Network, WeightGradientIsTheOuterProductSum) {
    DigitalOp op("a", initial_weights(6, 3, Init::glorot_normal, 1, Rng(1)));
    const Matrix before = op.weights();
    Matrix x(11, 6), dy(11, 3), gradient;
    Rng draws(2);
    for (std::size_t r = 0; r < 11; ++r) draws.fill_normal(x.row_span(r)), draws.fill_normal(dy.row_span(r));
    multiply_at_b(x, dy, gradient);
    Desk desk;
    op.update(x, dy, Sgd{0.5, 0}, desk.step);
    for (std::size_t r = 0; r < 6; ++r)
        for (std::size_t c = 0; c < 3; ++c) ASSERT_NEAR(op.weights()(r, c), before(r, c) - 0.5f * gradient(r, c), 1e-6);
}

TEST(Adam, FirstStepHasTheLengthOfTheRate) {  // Kingma and Ba 2015, sec. 2.1: |step| is about the rate whatever the gradient's scale
    std::vector<float> w = {1, 1, 1}, g = {1e-3f, -5, 100};
    Moments moments;
    apply_rule(w, g, moments, Adam{0.01, 0.9, 0.999, 1e-12});
    EXPECT_NEAR(w[0], 0.99, 1e-5);
    EXPECT_NEAR(w[1], 1.01, 1e-5);
    EXPECT_NEAR(w[2], 0.99, 1e-5);
}

TEST(SignStep, DeadZoneSparesSmallGradients) {
    std::vector<float> w = {0, 0, 0, 0}, g = {0.1f, -0.1f, 2, -2};
    Moments moments;
    SignStep rule;
    rule.step = 0.5, rule.dead_zone = 0.5;
    apply_rule(w, g, moments, rule);
    EXPECT_EQ(w, (std::vector<float>{0, 0, -0.5f, 0.5f}));
}

TEST(Network, StateRestoresAndRejectsOthers) {
    auto a = two_layers(Activation::tanh, Activation::tanh, BiasKind::digital, 4),
         b = two_layers(Activation::tanh, Activation::tanh, BiasKind::digital, 40);
    b->restore(a->state());
    Matrix x(3, 7);
    x.fill(0.3f);
    Desk desk;
    const Matrix ya = a->forward(x, desk.step);
    const Matrix& yb = b->forward(x, desk.step);
    for (std::size_t c = 0; c < 5; ++c) ASSERT_EQ(ya(0, c), yb(0, c));
    auto other = two_layers(Activation::tanh, Activation::tanh, BiasKind::cells, 4);
    EXPECT_THROW(other->restore(a->state()), DataError);
}

}  // namespace
}  // namespace ganbar::nn
