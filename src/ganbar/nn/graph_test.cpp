// Laws of layers that branch: gradients against finite differences, a graph that is a row gives the row's bits, residual blocks both ways,
// faults.
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/nn/depth_to_space.h"
#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/layer_spec.h"

namespace ganbar::nn {
namespace {

LayerSpec layer(LayerType type, const std::string& name = "", const std::string& from = "", const std::string& with = "") {
    LayerSpec s;
    s.type = type, s.name = name, s.from = from, s.with = with, s.where = {"net.toml", 3, 1};
    return s;
}
LayerSpec conv(std::int64_t channels, const std::string& name = "", const std::string& from = "") {
    LayerSpec s = layer(LayerType::conv, name, from);
    s.channels = channels, s.padding = {1}, s.activation = Activation::tanh;
    return s;
}
LayerSpec dense(std::int64_t units) {
    LayerSpec s = layer(LayerType::dense);
    s.units = units;
    return s;
}
std::unique_ptr<Network> build(const NetworkInput& input, const std::vector<LayerSpec>& layers) {
    return build_network(
        "net", input, layers, {}, [](const std::string& name) { return Rng(3).stream(name); },
        [](const OpRequest& r) { return std::make_unique<DigitalOp>(r.name, r.initial()); });
}
struct Bench {
    Rng rng{1};
    Ledger ledger;
    Step step{rng, ledger, "test", true};
};
Matrix drawn(std::size_t rows, std::size_t cols, const char* name) {
    Matrix m(rows, cols);
    for (std::size_t r = 0; r < rows; ++r) {
        Rng rng = Rng(7).stream(name, r);
        for (std::size_t c = 0; c < cols; ++c) m(r, c) = static_cast<float>(rng.normal());
    }
    return m;
}
double weighted(const Matrix& y, const Matrix& g) {
    double sum = 0;
    for (std::size_t r = 0; r < y.rows(); ++r)
        for (std::size_t c = 0; c < y.cols(); ++c) sum += double{y(r, c)} * double{g(r, c)};
    return sum;
}

/// The gradient with respect to the input along a random direction, against central differences.
void expect_gradient(const NetworkInput& input, const std::vector<LayerSpec>& layers) {
    Bench b;
    auto net = build(input, layers);
    const Matrix x = drawn(2, net->n_in(), "x"), direction = drawn(2, net->n_in(), "direction"), g = drawn(2, net->n_out(), "g");
    const auto at = [&](float h) {
        Matrix moved = x;
        for (std::size_t r = 0; r < x.rows(); ++r)
            for (std::size_t c = 0; c < x.cols(); ++c) moved(r, c) += h * direction(r, c);
        return weighted(net->forward(moved, b.step), g);
    };
    const double expected = (at(5e-3f) - at(-5e-3f)) / 1e-2;
    net->forward(x, b.step);
    Matrix dy = g;
    const double got = weighted(net->backward(dy, true, b.step), direction);
    EXPECT_NEAR(got, expected, 2e-3 * (1 + std::abs(expected)));
}

std::vector<LayerSpec> residual() {
    return {conv(3, "a"), conv(4, "b"), conv(3), layer(LayerType::add, "c", "", "a"), conv(2, "", "c"), dense(1)};
}

TEST(Graph, GradientsAgreeWithDifferences) {
    expect_gradient("2x4x4", residual());
    expect_gradient("2x4x4", {conv(3, "", "input"), layer(LayerType::upsample, "u"), conv(12, "", "input"),
                              layer(LayerType::depth_to_space), layer(LayerType::add, "", "", "u"), dense(1)});
    expect_gradient("4", {dense(5), layer(LayerType::activation, "z"), dense(5), layer(LayerType::add, "", "", "z"), dense(2)});
}

TEST(Graph, ARowWrittenAsAGraphGivesTheRowsBits) {
    Bench b;
    std::vector<LayerSpec> row{conv(3), conv(2), dense(1)}, graph = row;
    graph[0].from = "input", graph[0].name = "first", graph[1].from = "first";
    auto one = build("2x4x4", row), other = build("2x4x4", graph);
    const Matrix x = drawn(3, 32, "x");
    Matrix d1 = drawn(3, 1, "g"), d2 = d1;
    const Matrix y1 = one->forward(x, b.step), y2 = other->forward(x, b.step);
    for (std::size_t r = 0; r < 3; ++r) EXPECT_EQ(y1(r, 0), y2(r, 0));
    const Matrix g1 = one->backward(d1, true, b.step), g2 = other->backward(d2, true, b.step);
    for (std::size_t c = 0; c < 32; ++c) EXPECT_EQ(g1(1, c), g2(1, c));
}

TEST(Graph, UpsamplingRepeatsAndDepthToSpaceMovesEveryValueOnce) {
    Bench b;
    auto up = build("1x1x2", {layer(LayerType::upsample)});
    Matrix x(1, 2);
    x(0, 0) = 3, x(0, 1) = 5;
    const Matrix& y = up->forward(x, b.step);
    const float expected[] = {3, 3, 5, 5, 3, 3, 5, 5};
    ASSERT_EQ(y.cols(), 8u);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(y(0, i), expected[i]);
    auto spread = build("4x1x1", {layer(LayerType::depth_to_space)});
    Matrix z(1, 4);
    for (std::size_t i = 0; i < 4; ++i) z(0, i) = static_cast<float>(i);
    const Matrix& moved = spread->forward(z, b.step);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(moved(0, i), static_cast<float>(i));
}

TEST(Graph, APlanKnowsWhatEveryLayerTakes) {
    const NetworkPlan plan = plan_network("net", "2x4x4", residual(), {});
    EXPECT_EQ(plan.inputs[3], (std::vector<int>{2, 0}));
    EXPECT_EQ(plan.made[1].text(), "4x4x4");
    EXPECT_EQ(plan.shapes.back().text(), "1");
}

std::string fault(const std::vector<LayerSpec>& layers) {
    try {
        plan_network("net", "2x4x4", layers, {});
    } catch (const ConfigError& e) {
        return e.what();
    }
    return "none";
}
TEST(Graph, FaultsNameTheLayer) {
    EXPECT_EQ(fault({conv(3, "first"), layer(LayerType::add, "", "", "frist")}),
              "net.toml:3:1: net, layer 2: no layer before it is called \"frist\"; expected one of input, first; did you mean \"first\"?");
    EXPECT_EQ(fault({conv(3, "a"), conv(4), layer(LayerType::add, "", "", "a")}),
              "net.toml:3:1: net, layer 3: it adds 4x4x4 and 3x4x4; expected equal shapes");
    EXPECT_EQ(fault({conv(3, "a"), conv(4), conv(4, "", "a")}),
              "net.toml:3:1: net, layer 2: it feeds nothing; expected a later layer to take its output");
    EXPECT_EQ(fault({conv(3, "a"), conv(3, "a"), layer(LayerType::add, "", "", "a")}),
              "net.toml:3:1: net, layer 2: the name \"a\" is used twice");
}

}  // namespace
}  // namespace ganbar::nn
