// Whole networks as GANs bring them: several inputs and outputs, image to image; what is refused and why; random graphs.
#include <gtest/gtest.h>

#include "ganbar/arch/onnx_test_model.h"
#include "ganbar/core/error.h"
#include "ganbar/core/rng.h"

namespace ganbar::arch {
namespace {

TEST(OnnxGans, ConditionalNetworksHaveTwoInputsAndOutputs) {
    Model g({100});  // a latent vector, and a label that looks up its embedding
    g.input("label", {}, 0, true);
    g.weights("table", {10, 50}), g.weights("w", {150, 784});
    g.node("Gather", {"table", "label"}, "e"), Model::number(g.node("Concat", {"x", "e"}, "z"), "axis", 1);
    g.node("Gemm", {"z", "w"}, "y", "fc");
    const Network generator = g.network("y");
    EXPECT_EQ(generator.input.text(), "100");
    ASSERT_EQ(generator.more_inputs.size(), 1u);
    EXPECT_EQ(generator.more_inputs[0].size(), 1);
    EXPECT_EQ(g.macs("y").at("fc"), 150. * 784);
    EXPECT_EQ(lower(generator).input_words, 101);
    Model d({10});  // the image is the larger input though it comes second; two judgements
    d.input("image", {1, 28, 28});
    d.node("Flatten", {"image"}, "flat"), Model::number(d.node("Concat", {"flat", "x"}, "both"), "axis", 1);
    d.weights("w", {794, 16}), d.weights("r", {16, 1}), d.weights("c", {16, 10});
    d.node("Gemm", {"both", "w"}, "h", "fc"), d.node("Gemm", {"h", "r"}, "real"), d.node("Gemm", {"h", "c"}, "class");
    const Network discriminator = d.network(std::vector<std::string>{"real", "class"});
    EXPECT_EQ(discriminator.input.text(), "1x28x28");
    EXPECT_EQ(discriminator.output().text(), "10");
    ASSERT_EQ(discriminator.more_outputs.size(), 1u);
    EXPECT_EQ(discriminator.n_weights(), 794 * 16 + 16 + 160);
    EXPECT_TRUE(makes_images(generator));
    EXPECT_FALSE(makes_images(discriminator));
    Gan gan;
    gan.generator = generator, gan.discriminator = discriminator;
    EXPECT_NO_THROW(check_sizes(gan, {}));
    gan.discriminator.input = {3, 2, {28, 28, 1}};
    EXPECT_THROW(check_sizes(gan, {}), ConfigError);
}

Network net_of(const Shape& in, const Shape& out) {
    Network n;
    n.input = in, n.made = out;
    return n;
}
TEST(OnnxGans, ImageToImageGeneratorsAreGenerators) {
    const Shape image{3, 2, {64, 64, 1}}, labels{12, 2, {64, 64, 1}}, patches{1, 2, {6, 6, 1}}, heat{1, 2, {64, 64, 1}},
        cropped{3, 2, {60, 60, 1}};
    EXPECT_TRUE(makes_images(net_of(image, image)));
    EXPECT_TRUE(makes_images(net_of(labels, image)));   // fewer elements, the same sides
    EXPECT_TRUE(makes_images(net_of(image, cropped)));  // unpadded style transfer
    EXPECT_TRUE(makes_images(net_of({100, 0}, image)));
    EXPECT_FALSE(makes_images(net_of(image, patches)));
    EXPECT_FALSE(makes_images(net_of(image, heat)));  // one judgement for each pixel
    EXPECT_FALSE(makes_images(net_of(image, {1, 0})));
    Gan pairs;  // a discriminator that sees input and output, stacked
    pairs.generator = net_of(labels, image), pairs.discriminator = net_of({15, 2, {64, 64, 1}}, patches);
    EXPECT_NO_THROW(check_sizes(pairs, {}));
}

TEST(OnnxGans, RefusalsStateTheReason) {
    const auto has = [](const std::string& text, const std::string& part) { EXPECT_NE(text.find(part), std::string::npos) << text; };
    Model scores({4, 4});
    Model::ints(scores.node("Transpose", {"x"}, "t"), "perm", {0, 2, 1});
    scores.node("MatMul", {"x", "t"}, "y", "attention");
    has(scores.refusal("y"),
        "node \"attention\" (MatMul): it multiplies two matrices that both depend on the network's input; expected weights that");
    Model modulated({1, 3, 3});
    modulated.node("Conv", {"x", "x"}, "y", "style");
    has(modulated.refusal("y"), "node \"style\" (Conv): its weights are computed from the network's input");
    Model sized({3});
    Model::number(sized.node("Cast", {"x"}, "n"), "to", 7), sized.weights("w", {3, 3});
    sized.node("Gemm", {"x", "w"}, "h"), sized.node("Reshape", {"h", "n"}, "y", "view");
    has(sized.refusal("y"), "node \"view\" (Reshape): its shape \"n\" is computed from the network's data");
    Model external({3});
    external.weights("w", {3, 3}), external.weights("s", {2});
    external.node("Gemm", {"x", "w"}, "h"), external.node("Reshape", {"h", "s"}, "y", "view");
    has(external.refusal("y"), "node \"view\" (Reshape): its shape \"s\" has no numbers in the file");
    external.declare("y", {0, 1, 3});  // then the file's own word counts
    EXPECT_EQ(external.network("y").output().text(), "1x3");
    Model own({3});
    own.node("Conv", {"x"}, "y", "fused").set_domain("com.example");
    has(own.refusal("y"), "it belongs to \"com.example\", not to ONNX's own operators");
    Model near({3});
    near.node("Convtranspose", {"x"}, "y");
    has(near.refusal("y"), "ConvTranspose is");
    Model choice({3});
    choice.node("If", {"x"}, "y", "which");
    has(choice.refusal("y"), "node \"which\" (If): what it makes depends on the data");
    Model mixed({4}, 3);
    mixed.whole("all", {1, 12}), mixed.weights("w", {12, 2});
    mixed.node("Reshape", {"x", "all"}, "flat"), mixed.node("Gemm", {"flat", "w"}, "y", "minibatch");
    has(mixed.refusal("y"), "node \"minibatch\" (Gemm): it mixes the 3 samples of the batch");
    Model ranks({3, 8});
    ranks.weights("w", {3, 3, 3, 3}), ranks.node("Conv", {"x", "w"}, "y");
    has(ranks.refusal("y"), "weights for 2 axes meet 1x3x8");
    Model axes({3, 8, 8});
    Model::number(axes.node("Flatten", {"x"}, "y"), "axis", -5);
    has(axes.refusal("y"), "axis -5 is impossible for 4 dimensions; expected -4 to 4");
}

// ---- random graphs: chains with a branch, whose shapes and multiplications the test works out window by window

struct Expected {
    std::vector<Int> sides;
    Int channels = 0;
    double macs = 0;
};

/// Adds a convolution or transposed convolution; counts pairs of elements and taps one by one.
void add_convolution(Rng& rng, Model& m, Expected& e, std::string& at, const std::string& name) {
    const bool up = rng.below(2) == 0;
    const Int groups = e.channels % 2 == 0 ? 1 + Int(rng.below(2)) : 1, made = groups * (1 + Int(rng.below(3)));
    const std::size_t axes = e.sides.size();
    std::vector<Int> kernel, stride, dilation, pads(2 * axes), sides;
    double pairs = double(e.channels) * double(made) / double(groups);
    for (std::size_t i = 0; i < axes; ++i) {
        const Int k = 1 + Int(rng.below(3)), s = 1 + Int(rng.below(3)), d = 1 + Int(rng.below(2)), side = e.sides[i];
        const Int lo = Int(rng.below(2)), hi = Int(rng.below(2));
        Int out = 0, n = 0;
        if (up) {
            for (Int p = 0; p < side; ++p)
                for (Int t = 0; t < k; ++t) out = std::max(out, p * s + t * d + 1);
            out -= lo + hi;
            for (Int p = 0; p < side; ++p)
                for (Int t = 0; t < k; ++t) n += p * s + t * d >= lo && p * s + t * d < lo + out;
        } else {
            for (Int first = 0; first + (k - 1) * d < side + lo + hi; first += s, ++out)
                for (Int t = 0; t < k; ++t) n += first + t * d >= lo && first + t * d < lo + side;
        }
        if (n == 0 || out < 1) return;
        kernel.push_back(k), stride.push_back(s), dilation.push_back(d), sides.push_back(out), pads[i] = lo, pads[i + axes] = hi;
        pairs *= double(n);
    }
    std::vector<Int> dims = up ? std::vector{e.channels, made / groups} : std::vector{made, e.channels / groups};
    dims.insert(dims.end(), kernel.begin(), kernel.end());
    m.weights(name + "_w", dims);
    auto& node = m.node(up ? "ConvTranspose" : "Conv", {at, name + "_w"}, name, name);
    Model::ints(node, "strides", stride), Model::ints(node, "dilations", dilation), Model::ints(node, "pads", pads),
        Model::number(node, "group", groups);
    at = name, e.channels = made, e.sides = sides, e.macs += pairs;
}

/// Adds something that multiplies nothing.
void add_other(Rng& rng, Model& m, Expected& e, std::string& at, const std::string& name) {
    switch (rng.below(5)) {
        case 0: m.node("InstanceNormalization", {at}, name); break;
        case 1: Model::number(m.node("Concat", {at, at}, name), "axis", 1), e.channels *= 2; break;
        case 2: {
            std::vector<Int> perm{0};
            for (Int i = Int(e.sides.size()) + 1; i > 0; --i) perm.push_back(i);
            Model::ints(m.node("Transpose", {at}, name), "perm", perm);
            std::swap(e.channels, e.sides.back());
            if (e.sides.size() > 2) std::swap(e.sides[0], e.sides[1]);
            break;
        }
        case 3: {
            m.whole(name + "_s", {0}), m.whole(name + "_e", {(1 + e.sides[0]) / 2}), m.whole(name + "_a", {2});
            m.node("Slice", {at, name + "_s", name + "_e", name + "_a"}, name), e.sides[0] = (1 + e.sides[0]) / 2;
            break;
        }
        default: m.node("Add", {at, at}, name);
    }
    at = name;
}

TEST(OnnxGans, RandomGraphsAgreeWithCountsWindowByWindow) {
    const Rng root(99);
    for (std::uint64_t n = 0; n < 150; ++n) {
        Rng rng = root.stream("graph", n);
        Expected e;
        e.channels = 1 + Int(rng.below(4));
        const std::size_t axes = 1 + rng.below(3);
        for (std::size_t i = 0; i < axes; ++i) e.sides.push_back(2 + Int(rng.below(5)));
        std::vector<Int> input{e.channels};
        input.insert(input.end(), e.sides.begin(), e.sides.end());
        Model m(input, Int(rng.below(3)));
        std::string at = "x";
        for (int i = 0; i < 6; ++i) (rng.below(2) == 0 ? add_convolution : add_other)(rng, m, e, at, "n" + std::to_string(i));
        m.node("Flatten", {at}, "flat");
        Int size = e.channels;
        for (const Int s : e.sides) size *= s;
        m.weights("last_w", {size, 3}), m.node("Gemm", {"flat", "last_w"}, "y", "last");
        double macs = 0;
        for (const auto& [name, count] : m.macs("y")) macs += count;
        ASSERT_EQ(macs, e.macs + double(size) * 3) << "graph " << n;
    }
}

}  // namespace
}  // namespace ganbar::arch
