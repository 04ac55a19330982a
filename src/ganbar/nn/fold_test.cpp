// Folding of batch norms: inference must not notice, whatever the layer, and what is left must be a bias.
#include "ganbar/nn/fold.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/layer_spec.h"

namespace ganbar::nn {
namespace {

LayerSpec layer(LayerType type, std::int64_t channels, Norm norm, Activation f = Activation::leaky_relu) {
    LayerSpec s;
    s.type = type, s.norm = norm, s.activation = f, s.channels = channels;
    s.kernel = {3}, s.stride = {1}, s.padding = {1};
    return s;
}
LayerSpec dense(const std::string& shape, Norm norm) {
    LayerSpec s = layer(LayerType::dense, 0, norm);
    s.shape = shape;
    return s;
}

std::unique_ptr<Network> build(const std::string& input, const std::vector<LayerSpec>& layers, double w_max = 0) {
    NetworkDefaults defaults;
    defaults.bias = BiasKind::digital;
    return build_network(
        "net", {input, 0}, layers, defaults, [](const std::string& name) { return Rng(3).stream(name); },
        [=](const OpRequest& r) { return std::make_unique<DigitalOp>(r.name, r.initial(), w_max); });
}

Matrix noise(std::size_t rows, std::size_t cols, std::uint64_t seed) {
    Matrix x(rows, cols);
    Rng draws(seed);
    for (std::size_t r = 0; r < rows; ++r) draws.fill_normal(x.row_span(r));
    return x;
}

/// A few steps of training, so that scales, shifts and running statistics are those of no fresh network.
void train(Network& net) {
    Ledger ledger;
    for (std::uint64_t k = 0; k < 6; ++k) {
        const Rng rng(k);
        Step step{rng, ledger, "test", true};
        const Matrix x = noise(12, net.n_in(), k);
        Matrix dy = net.forward(x, step);
        net.backward(dy, false, step);
        net.update(Adam{0.05, 0.5, 0.9}, step);
    }
}

Matrix infer(Network& net, const Matrix& x) {
    Ledger ledger;
    const Rng rng(1);
    Step step{rng, ledger, "test", false};
    return net.forward(x, step);
}

void into_memory(LinearOp& op, const Matrix& w) { dynamic_cast<DigitalOp&>(op).set_weights(w); }

double largest_difference(const Matrix& a, const Matrix& b) {
    double most = 0, size = 0;
    for (std::size_t r = 0; r < a.rows(); ++r)
        for (std::size_t c = 0; c < a.cols(); ++c)
            most = std::max(most, std::abs(double{a(r, c)} - b(r, c))), size = std::max(size, std::abs(double{a(r, c)}));
    return most / size;
}

void expect_the_same_inference(const std::string& input, const std::vector<LayerSpec>& layers, std::size_t n_folded,
                               std::size_t n_left = 0) {
    auto net = build(input, layers);
    train(*net);
    const Matrix x = noise(5, net->n_in(), 77), before = infer(*net, x);
    const State trained = net->state();
    const FoldCount count = net->fold(into_memory);
    EXPECT_EQ(count.n_folded, n_folded);
    EXPECT_EQ(count.n_left, n_left);
    EXPECT_LT(largest_difference(before, infer(*net, x)), 1e-5);
    // A checkpoint of the folded network is a checkpoint like any other.
    auto again = build(input, layers);
    again->restore(net->state());
    EXPECT_EQ(largest_difference(infer(*net, x), infer(*again, x)), 0);
    bool moved = false;
    const State folded = net->state();
    for (std::size_t t = 0; t < trained.size(); ++t)
        moved |= trained[t].name.ends_with("/weights") && trained[t].values != folded[t].values;
    EXPECT_EQ(moved, n_folded > 0);
}

TEST(Fold, InferenceStaysForEveryLayerWithWeights) {
    const auto last = layer(LayerType::dense, 0, Norm::none, Activation::identity);
    LayerSpec units = last;
    units.units = 3;
    LayerSpec wide = dense("", Norm::batch);
    wide.shape.clear(), wide.units = 20;
    expect_the_same_inference("7", {wide, units}, 1);
    LayerSpec up = layer(LayerType::conv_transpose, 5, Norm::batch);
    up.kernel = {4}, up.stride = {2};
    expect_the_same_inference("7", {dense("6x3x3", Norm::batch), up, layer(LayerType::conv_transpose, 2, Norm::none, Activation::tanh)}, 2);
    LayerSpec with_bias = layer(LayerType::conv, 4, Norm::batch);
    with_bias.bias = LayerBias::digital;
    expect_the_same_inference("2x5x5", {with_bias, layer(LayerType::residual, 6, Norm::batch), units}, 4);
    with_bias.bias = LayerBias::cells;
    expect_the_same_inference("2x5x5", {with_bias, units}, 1);
}

TEST(Fold, WhatNoWeightsStandBeforeStays) {
    LayerSpec units = layer(LayerType::dense, 0, Norm::none, Activation::identity);
    units.units = 3;
    const auto norm = layer(LayerType::batch_norm, 0, Norm::none, Activation::relu);
    expect_the_same_inference("2x5x5", {norm, layer(LayerType::conv, 4, Norm::none), norm, units}, 0, 2);
    auto plain = layer(LayerType::conv, 4, Norm::none, Activation::identity);
    expect_the_same_inference("2x5x5", {plain, norm, units}, 1);
    expect_the_same_inference("2x5x5", {layer(LayerType::conv, 4, Norm::virtual_batch), units}, 0, 1);
}

TEST(Fold, TwiceIsOnce) {
    auto net = build("7", {dense("6x3x3", Norm::batch), layer(LayerType::conv, 2, Norm::none, Activation::tanh)});
    train(*net);
    net->fold(into_memory);
    const Matrix x = noise(5, net->n_in(), 77), once = infer(*net, x);
    net->fold(into_memory);
    EXPECT_LT(largest_difference(once, infer(*net, x)), 1e-6);
}

TEST(Fold, ScalesColumnsChannelByChannel) {
    Matrix w(2, 4);
    for (std::size_t k = 0; k < 8; ++k) w(k / 4, k % 4) = static_cast<float>(k + 1);
    const Matrix s = scaled_columns(w, std::vector<float>{2, -1});
    const float expected[] = {2, -2, 6, -4, 10, -6, 14, -8};
    for (std::size_t k = 0; k < 8; ++k) EXPECT_EQ(s(k / 4, k % 4), expected[k]);
}

}  // namespace
}  // namespace ganbar::nn
