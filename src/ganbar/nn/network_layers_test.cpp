// Networks from lists of layers: finite differences through every kind of layer, statistics, faults with their place.
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/core/parallel.h"
#include "ganbar/nn/batch_norm.h"
#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/layer_spec.h"
#include "ganbar/nn/map_layers.h"

namespace ganbar::nn {
namespace {

LayerSpec layer(LayerType type, std::int64_t n = 0) {
    LayerSpec s;
    s.type = type;
    if (type == LayerType::dense) s.units = n;
    else s.channels = n;
    s.where = {"net.toml", 3, 1};
    return s;
}
LayerSpec conv(LayerType type, std::int64_t channels, std::int64_t kernel, std::int64_t stride, std::int64_t padding,
               Activation f = Activation::tanh, Norm norm = Norm::none) {
    LayerSpec s = layer(type, channels);
    s.kernel = {kernel}, s.stride = {stride}, s.padding = {padding}, s.activation = f, s.norm = norm;
    return s;
}

std::unique_ptr<Network> build(const std::string& input, const std::vector<LayerSpec>& layers, BiasKind bias = BiasKind::digital) {
    NetworkDefaults defaults;
    defaults.bias = bias;
    return build_network(
        "net", input, layers, defaults, [](const std::string& name) { return Rng(3).stream(name); },
        [](const OpRequest& r) { return std::make_unique<DigitalOp>(r.name, r.initial()); });
}

struct Bench {
    Rng rng{1};
    Ledger ledger;
    Step step{rng, ledger, "test", true};
};

/// Half the sum of squares of the outputs, weighted so that batch normalisation does not hide it: dy = weight y.
double weight_of(std::size_t r, std::size_t c) { return 1 + 0.3 * std::sin(1.7 * static_cast<double>(r) + 0.9 * static_cast<double>(c)); }
double loss_of(Network& net, const Matrix& x, Step& step) {
    const Matrix& y = net.forward(x, step);
    double sum = 0;
    for (std::size_t r = 0; r < y.rows(); ++r)
        for (std::size_t c = 0; c < y.cols(); ++c) sum += 0.5 * weight_of(r, c) * y(r, c) * y(r, c);
    return sum;
}

void check_gradients(Network& net, std::size_t n_parts = 1, double tolerance = 5e-3) {
    Bench b;
    b.step.n_parts = n_parts;
    Matrix x(6, net.n_in());
    Rng draws(8);
    for (std::size_t r = 0; r < x.rows(); ++r) draws.fill_normal(x.row_span(r));
    Matrix dy = net.forward(x, b.step);
    for (std::size_t r = 0; r < dy.rows(); ++r)
        for (std::size_t c = 0; c < dy.cols(); ++c) dy(r, c) *= static_cast<float>(weight_of(r, c));
    const Matrix dx = net.backward(dy, true, b.step);
    const float h = 1e-2f;
    for (std::size_t r = 0; r < x.rows(); ++r)
        for (std::size_t c = 0; c < x.cols(); c += 5) {
            Matrix up = x, down = x;
            up(r, c) += h, down(r, c) -= h;
            const double numeric = (loss_of(net, up, b.step) - loss_of(net, down, b.step)) / (2 * h);
            ASSERT_NEAR(dx(r, c), numeric, tolerance * (1 + std::fabs(numeric))) << r << " " << c;
        }
    // Every parameter at once: along its own gradient g the loss falls by rate |g|^2.
    Matrix again = net.forward(x, b.step);
    const double before = loss_of(net, x, b.step);
    for (std::size_t r = 0; r < again.rows(); ++r)
        for (std::size_t c = 0; c < again.cols(); ++c) again(r, c) *= static_cast<float>(weight_of(r, c));
    net.backward(again, false, b.step);
    const auto parameters = [&] {
        std::vector<double> all;
        for (const auto& t : net.state())
            if (t.name.find("moment") == std::string::npos && t.name.find("steps") == std::string::npos &&
                t.name.find("mean") == std::string::npos && t.name.find("variance") == std::string::npos)
                all.insert(all.end(), t.values.begin(), t.values.end());
        return all;
    };
    const auto start = parameters();
    const double rate = 1e-4;
    net.update(Sgd{rate, 0}, b.step);
    const auto end = parameters();
    double squared = 0;
    for (std::size_t k = 0; k < start.size(); ++k) squared += (end[k] - start[k]) * (end[k] - start[k]) / (rate * rate);
    const double fallen = (before - loss_of(net, x, b.step)) / rate;
    EXPECT_GT(squared, 0);
    EXPECT_NEAR(fallen / squared, 1, 0.1);
}

TEST(LayerList, GradientsOfConvolutionalNetworks) {
    for (const Norm norm : {Norm::none, Norm::batch})
        for (const BiasKind bias : {BiasKind::none, BiasKind::digital, BiasKind::cells}) {
            auto d = build("2x6x6",
                           {conv(LayerType::conv, 3, 3, 2, 1), conv(LayerType::conv, 4, 2, 1, 0, Activation::sigmoid, norm),
                            layer(LayerType::dense, 3)},
                           bias);
            check_gradients(*d, norm == Norm::batch ? 2 : 1);
        }
    for (const Norm norm : {Norm::none, Norm::batch}) {
        LayerSpec first = layer(LayerType::dense);
        first.shape = "3x3x3", first.activation = Activation::tanh, first.norm = norm;
        auto g = build(
            "5", {first, conv(LayerType::conv_transpose, 4, 3, 2, 1, Activation::tanh, norm), conv(LayerType::conv_transpose, 2, 4, 2, 1)});
        check_gradients(*g);
        EXPECT_EQ(g->n_out(), 2u * 10 * 10);
    }
}

// The reference samples are fixed; errors that reach them through the statistics end in the weights, which the loss along them shows.
TEST(LayerList, GradientsThroughVirtualBatchNorm) {
    for (int n_parts : {1, 2}) {
        auto d = build("2x6x6", {conv(LayerType::conv, 3, 3, 2, 1, Activation::tanh, Norm::virtual_batch),
                                 conv(LayerType::conv, 4, 2, 1, 0, Activation::tanh, Norm::virtual_batch), layer(LayerType::dense, 3)});
        check_gradients(*d, static_cast<std::size_t>(n_parts));
    }
    const auto both = [] {
        build("2x6x6", {conv(LayerType::conv, 3, 3, 2, 1, Activation::tanh, Norm::virtual_batch),
                        conv(LayerType::conv, 4, 2, 1, 0, Activation::tanh, Norm::batch), layer(LayerType::dense, 1)});
    };
    EXPECT_THROW(both(), ConfigError);
}

TEST(BatchNorm, VirtualStatisticsDoNotDependOnTheRestOfTheBatch) {
    const std::vector<LayerSpec> list = {conv(LayerType::conv, 3, 3, 2, 1, Activation::tanh, Norm::virtual_batch),
                                         layer(LayerType::dense, 2)};
    auto net = build("1x6x6", list), other = build("1x6x6", list);
    Bench b;
    Rng draws(8);
    Matrix first(5, 36), x(4, 36), half(2, 36);
    for (Matrix* m : {&first, &x})
        for (std::size_t r = 0; r < m->rows(); ++r) draws.fill_normal(m->row_span(r));
    for (std::size_t r = 0; r < 2; ++r) std::copy_n(x.row(r), 36, half.row(r));
    net->forward(first, b.step);
    const Matrix whole = net->forward(x, b.step), part = net->forward(half, b.step);
    b.step.training = false;
    const Matrix inference = net->forward(half, b.step);
    other->restore(net->state());
    const Matrix restored = other->forward(half, b.step);
    for (std::size_t r = 0; r < 2; ++r)
        for (std::size_t c = 0; c < 2; ++c) {
            EXPECT_EQ(whole(r, c), part(r, c));
            EXPECT_EQ(inference(r, c), part(r, c));
            EXPECT_EQ(restored(r, c), part(r, c));
        }
}

TEST(LayerList, GradientsOfTheOtherLayers) {
    LayerSpec dropout = layer(LayerType::dropout);
    dropout.rate = 0.4;
    LayerSpec f = layer(LayerType::activation);
    f.activation = Activation::sigmoid;
    LayerSpec average = conv(LayerType::avg_pool, 0, 2, 2, 0), maximum = conv(LayerType::max_pool, 0, 3, 2, 1);
    auto a =
        build("2x6x6", {conv(LayerType::conv, 3, 3, 1, 1), dropout, average, f, layer(LayerType::flatten), layer(LayerType::dense, 2)});
    check_gradients(*a);
    auto b = build("2x6x6", {conv(LayerType::conv, 3, 3, 1, 1), maximum, layer(LayerType::dense, 2)});
    check_gradients(*b, 1, 0.05);  // kinks where the maximum moves to another position
    LayerSpec shape = layer(LayerType::reshape);
    shape.shape = "4x3x3";
    auto c = build("36", {layer(LayerType::dense, 36), shape, conv(LayerType::residual, 0, 3, 1, 1),
                          conv(LayerType::residual, 6, 3, 2, 1, Activation::tanh, Norm::batch), layer(LayerType::batch_norm),
                          layer(LayerType::dense, 2)});
    check_gradients(*c);
    auto volume =
        build("1x4x4x4", {conv(LayerType::conv, 3, 3, 2, 1), conv(LayerType::conv_transpose, 2, 4, 2, 1), layer(LayerType::dense, 1)});
    check_gradients(*volume);
}

TEST(LayerList, BuildsTheLayersOfKrestinskayaSizedNetworks) {
    LayerSpec first = layer(LayerType::dense);
    first.shape = "256x7x7";
    auto up = [](std::int64_t channels, std::int64_t stride) {
        LayerSpec s = conv(LayerType::conv_transpose, channels, 3, stride, stride == 2 ? 0 : 1);
        if (stride == 2) s.padding_high = {1};
        return s;
    };
    const NetworkPlan plan = plan_network("generator", "100", {first, up(128, 2), up(64, 1), up(1, 2)}, {});
    std::size_t weights = 0;
    for (const auto& m : plan.matrices) weights += m.rows * m.cols;
    EXPECT_EQ(weights, 100u * 12544 + 9 * 256 * 128 + 9 * 128 * 64 + 9 * 64);
    EXPECT_EQ(plan.shapes.back().text(), "1x28x28");
    EXPECT_EQ(plan.matrices.size(), 1u + 4 + 1 + 4);
    EXPECT_EQ(plan.matrices[1].name, "conv_transpose2/phase1");
}

TEST(LayerList, FaultsNameTheLayerAndWhatFits) {
    const auto fault = [](const std::string& input, const std::vector<LayerSpec>& layers) -> std::string {
        try {
            plan_network("generator", input, layers, {}, {"net.toml", 1, 1});
        } catch (const ConfigError& e) {
            return e.what();
        }
        return "";
    };
    EXPECT_NE(fault("1x8x8", {conv(LayerType::conv, 4, 11, 1, 0)}).find("net.toml:3:1: a kernel of 11 does not fit a side of 8"),
              std::string::npos);
    EXPECT_NE(fault("100", {conv(LayerType::conv, 4, 3, 1, 0)}).find("takes a feature map"), std::string::npos);
    EXPECT_NE(fault("1x8x8", {conv(LayerType::conv, 0, 3, 1, 0)}).find("needs channels"), std::string::npos);
    EXPECT_NE(fault("10", {layer(LayerType::dense, 0)}).find("needs units or shape"), std::string::npos);
    EXPECT_NE(fault("10x", {layer(LayerType::dense, 2)}).find("is no shape"), std::string::npos);
    EXPECT_NE(fault("1x8x8", {conv(LayerType::max_pool, 0, 2, 2, 2)}).find("less padding than kernel"), std::string::npos);
    LayerSpec two = conv(LayerType::conv, 4, 3, 1, 0);
    two.kernel = {3, 3, 3};
    EXPECT_NE(fault("1x8x8", {two}).find("expected 1, or 2"), std::string::npos);
    LayerSpec shape = layer(LayerType::reshape);
    shape.shape = "3x3x3";
    EXPECT_NE(fault("10", {shape}).find("expected the same number"), std::string::npos);
    LayerSpec cells = conv(LayerType::conv_transpose, 4, 3, 2, 0);
    cells.bias = LayerBias::cells;
    EXPECT_NE(fault("1x8x8", {cells}).find("digital memory"), std::string::npos);
}

TEST(BatchNorm, NormalisesEveryPartByItself) {
    Bench b;
    b.step.n_parts = 2;
    BatchNorm bn("bn", 5, 3, {}, Activation::identity, 0);
    Matrix x(2 * 7 * 3, 5);
    Rng draws(3);
    for (std::size_t r = 0; r < x.rows(); ++r)
        for (float& v : x.row_span(r)) v = static_cast<float>(1000 + (r < 21 ? 3 : 50) * draws.normal());
    const Matrix& y = bn.forward(x, b.step);
    for (std::size_t part = 0; part < 2; ++part)
        for (std::size_t c = 0; c < 5; ++c) {
            double sum = 0, square = 0;
            for (std::size_t r = part * 21; r < part * 21 + 21; ++r) sum += y(r, c), square += double{y(r, c)} * y(r, c);
            EXPECT_NEAR(sum / 21, 0, 1e-3);  // 1000 / 3 eats three digits of float
            EXPECT_NEAR(square / 21, 1, 1e-3);
        }
}

TEST(BatchNorm, RunningStatisticsAndFoldedFormAgreeWithInference) {
    Bench b;
    BatchNorm bn("bn", 3, 2, {}, Activation::identity, 0);
    Rng draws(3);
    Matrix x(64, 3);
    double mean = 0, variance = 1;
    for (int k = 0; k < 50; ++k) {
        for (std::size_t r = 0; r < x.rows(); ++r)
            for (float& v : x.row_span(r)) v = static_cast<float>(2 + 0.5 * draws.normal());
        bn.forward(x, b.step);
        double s = 0, q = 0;
        for (std::size_t r = 0; r < 64; ++r) s += x(r, 0) / 64;
        for (std::size_t r = 0; r < 64; ++r) q += (x(r, 0) - s) * (x(r, 0) - s) / 63;
        mean += 0.1 * (s - mean), variance += 0.1 * (q - variance);
    }
    EXPECT_NEAR(bn.running_mean()[0], mean, 1e-5);
    EXPECT_NEAR(bn.running_variance()[0], variance, 1e-5);
    b.step.training = false;
    const Matrix y = bn.forward(x, b.step);
    const auto f = bn.folded();
    for (std::size_t r = 0; r < x.rows(); ++r)
        for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(y(r, c), f.scale[c] * x(r, c) + f.shift[c], 1e-5);
}

TEST(Dropout, DropsItsShareAndKeepsTheMean) {
    Bench b;
    Dropout layer("drop", 400, 1, 0.3, false), always("always", 400, 1, 0.3, true);
    Matrix x(200, 400);
    x.fill(1);
    const auto dropped = [&](Dropout& l) {
        const Matrix& y = l.forward(x, b.step);
        std::size_t n = 0;
        double sum = 0;
        for (std::size_t r = 0; r < y.rows(); ++r)
            for (const float v : y.row_span(r)) n += v == 0, sum += v;
        EXPECT_NEAR(sum / 80000, 1, 0.02);
        return static_cast<double>(n) / 80000;
    };
    const double sigma = std::sqrt(0.3 * 0.7 / 80000);
    EXPECT_NEAR(dropped(layer), 0.3, 5 * sigma);
    b.step.training = false;
    EXPECT_NEAR(dropped(always), 0.3, 5 * sigma);
    EXPECT_EQ(&layer.forward(x, b.step), &x);
}

TEST(LayerList, StateRestoresToTheSameOutputs) {
    const std::vector<LayerSpec> list = {conv(LayerType::conv, 3, 3, 2, 1, Activation::tanh, Norm::batch),
                                         conv(LayerType::residual, 0, 3, 1, 1), layer(LayerType::dense, 1)};
    auto a = build("2x6x6", list), b = build("2x6x6", list);
    Bench bench;
    Matrix x(4, 72);
    Rng draws(8);
    for (std::size_t r = 0; r < 4; ++r) draws.fill_normal(x.row_span(r));
    for (int k = 0; k < 3; ++k) {
        Matrix dy = a->forward(x, bench.step);
        a->backward(dy, false, bench.step);
        a->update(Adam{}, bench.step);
    }
    b->restore(a->state());
    for (int k = 0; k < 2; ++k) {  // the next steps agree bit for bit as well
        Matrix dy = a->forward(x, bench.step), dz = b->forward(x, bench.step);
        for (std::size_t r = 0; r < 4; ++r) ASSERT_EQ(dy(r, 0), dz(r, 0));
        for (auto [net, d] : {std::pair{a.get(), &dy}, std::pair{b.get(), &dz}}) {
            net->backward(*d, false, bench.step);
            net->update(Adam{}, bench.step);
        }
    }
    auto other = build("2x6x6", {list[0], list[2]});
    EXPECT_THROW(other->restore(a->state()), DataError);
}

}  // namespace
}  // namespace ganbar::nn
