#include "ganbar/arch/onnx_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "ganbar/arch/onnx_test_model.h"

namespace ganbar::arch {
namespace {

std::string generator() {
    Model m({100});
    m.weights("w0", {16384, 100});
    Model::number(m.node("Gemm", {"x", "w0"}, "h0", "fc1"), "transB", 1);
    m.whole("shape", {-1, 1024, 4, 4});
    m.node("Reshape", {"h0", "shape"}, "r0");
    std::string x = m.norm("r0", 1024, "bn0");
    m.node("Relu", {x}, "a0");
    x = "a0";
    const std::vector<Int> channels{1024, 512, 256, 128, 3};
    for (std::size_t i = 0; i < 4; ++i) {
        const std::string n = std::to_string(i + 1);
        m.weights("w" + n, {channels[i], channels[i + 1], 5, 5});
        auto& t = m.node("ConvTranspose", {x, "w" + n}, "t" + n, "tconv" + n);
        Model::ints(t, "strides", {2, 2}), Model::ints(t, "pads", {1, 1, 2, 2});
        x = i == 3 ? "t4" : m.norm("t" + n, channels[i + 1], "bn" + n);
        const std::string a = "a" + n;
        m.node(i == 3 ? "Tanh" : "Relu", {x}, a);
        x = a;
    }
    return m.bytes("a4");
}

std::string discriminator() {
    Model m({3, 64, 64});
    std::string x = "x";
    const std::vector<Int> channels{3, 128, 256, 512, 1024};
    for (std::size_t i = 0; i < 4; ++i) {
        const std::string n = std::to_string(i + 1);
        m.weights("w" + n, {channels[i + 1], channels[i], 5, 5});
        auto& c = m.node("Conv", {x, "w" + n}, "c" + n, "conv" + n);
        Model::ints(c, "strides", {2, 2}), Model::word(c, "auto_pad", "SAME_UPPER");
        x = i == 0 ? "c1" : m.norm("c" + n, channels[i + 1], "bn" + n);
        m.node("LeakyRelu", {x}, "a" + n);
        x = "a" + n;
    }
    m.node("Flatten", {x}, "flat");
    m.weights("wf", {16384, 1});
    m.node("MatMul", {"flat", "wf"}, "logit", "fc5");
    m.node("Sigmoid", {"logit"}, "p");
    return m.bytes("p");
}

void expect_same_work(const NetworkWork& a, const NetworkWork& b) {
    ASSERT_EQ(a.layers.size(), b.layers.size());
    EXPECT_EQ(a.depth, b.depth);
    for (std::size_t i = 0; i < a.layers.size(); ++i) {
        const LayerWork &l = a.layers[i], &r = b.layers[i];
        EXPECT_EQ(l.kind, r.kind) << i;
        EXPECT_EQ(l.activation, r.activation) << i;
        EXPECT_EQ(l.batch_norm, r.batch_norm) << i;
        EXPECT_EQ(l.n_weights, r.n_weights) << i;
        for (const Pass pass : {Pass::forward, Pass::error, Pass::gradient}) {
            EXPECT_EQ(l.work(pass).macs_useful, r.work(pass).macs_useful) << i;
            EXPECT_EQ(l.work(pass).macs_deformed, r.work(pass).macs_deformed) << i;
            EXPECT_EQ(l.work(pass).macs_zero_inserted, r.work(pass).macs_zero_inserted) << i;
            EXPECT_EQ(l.work(pass).words_in, r.work(pass).words_in) << i;
        }
    }
}

TEST(Onnx, DcganIsThePreset) {
    const Gan preset = read_gan(*config::load_toml(std::string(GANBAR_SOURCE_ROOT) + "/presets/networks/dcgan.toml"), "dcgan");
    expect_same_work(lower(parse_onnx(generator(), "g.onnx", "generator")), lower(preset.generator));
    expect_same_work(lower(parse_onnx(discriminator(), "d.onnx", "discriminator")), lower(preset.discriminator));
}

TEST(Onnx, FilesTogetherAloneAndFromToml) {
    const auto folder = std::filesystem::temp_directory_path() / "ganbar_onnx_test";
    std::filesystem::create_directories(folder);
    const auto write = [&](const char* name, const std::string& bytes) { std::ofstream(folder / name, std::ios::binary) << bytes; };
    write("g.onnx", generator()), write("d.onnx", discriminator());
    const Gan both = onnx_gan((folder / "g.onnx").string(), (folder / "d.onnx").string());
    EXPECT_EQ(both.generator.output().size(), both.discriminator.input.size());
    EXPECT_TRUE(onnx_gan((folder / "g.onnx").string()).has_generator());
    EXPECT_FALSE(onnx_gan((folder / "g.onnx").string()).has_discriminator());
    EXPECT_FALSE(onnx_gan((folder / "d.onnx").string()).has_generator());
    EXPECT_THROW(onnx_gan((folder / "g.onnx").string(), (folder / "g.onnx").string()), ConfigError);  // sizes differ
    EXPECT_THROW(lower(onnx_gan((folder / "g.onnx").string()), Task::training, 4, 1), ConfigError);
    EXPECT_GT(totals(lower(onnx_gan((folder / "g.onnx").string()), Task::generation, 4, 1)).useful, 0);
    write("net.toml", "batch = 32\n[generator]\nonnx = \"g.onnx\"\n[discriminator]\nonnx = \"d.onnx\"\n");
    const Gan named = read_gan(*config::load_toml((folder / "net.toml").string()), "net");
    EXPECT_EQ(named.batch, 32);
    EXPECT_EQ(named.generator.n_weights(), both.generator.n_weights());
    const auto with = [&](const std::string& line) {
        write("twice.toml", "[discriminator]\nonnx = \"d.onnx\"\n" + line);
        return read_gan(*config::load_toml((folder / "twice.toml").string()), "twice");
    };
    EXPECT_THROW(with("layers = [\"fc 1\"]\n"), ConfigError);
    EXPECT_THROW(with("input = \"3x32x32\"\n"), ConfigError);  // the file says 64
    EXPECT_EQ(with("input = \"3x64x64\"\n").discriminator.input.text(), "3x64x64");
    std::filesystem::remove_all(folder);
}

TEST(Onnx, ResidualBlocksPoolingAndResizing) {
    Model m({16, 8, 8});
    m.weights("w1", {16, 16, 3, 3}), m.weights("w2", {32, 16, 1, 1});
    Model::ints(m.node("Conv", {"x", "w1"}, "c1"), "pads", {1, 1, 1, 1});
    m.node("Relu", {"c1"}, "a1");
    Model::ints(m.node("Conv", {"a1", "w1"}, "c2"), "pads", {1, 1, 1, 1});
    m.node("Add", {"c2", "a1"}, "sum");
    Model::ints(m.node("AveragePool", {"sum"}, "pooled"), "kernel_shape", {2, 2});
    m.weights("scale_v", {4});
    m.node("Conv", {"pooled", "w2"}, "c3");
    Model::number(m.node("DepthToSpace", {"c3"}, "d2s"), "blocksize", 2);
    m.node("GlobalAveragePool", {"d2s"}, "g");
    m.node("Flatten", {"g"}, "out");
    const Network n = m.network("out");
    EXPECT_EQ(n.output().channels, 8);
    EXPECT_EQ(n.depth(), 3);
    const auto add = std::find_if(n.layers.begin(), n.layers.end(), [](const Layer& l) { return l.kind == LayerKind::add; });
    ASSERT_NE(add, n.layers.end());
    EXPECT_EQ(add->inputs.size(), 2u);
    EXPECT_EQ(add->out.text(), "16x8x8");
}

TEST(Onnx, AxesMayDiffer) {  // kernels, strides and pads per axis, one and three dimensions
    Model one({2, 10});
    one.weights("w", {4, 2, 3});
    Model::ints(one.node("Conv", {"x", "w"}, "y"), "strides", {3});
    EXPECT_EQ(one.network("y").output().text(), "4x3");
    Model two({2, 9, 6});
    two.weights("w", {2, 5, 3, 4});
    auto& t = two.node("ConvTranspose", {"x", "w"}, "y");
    Model::ints(t, "strides", {2, 3}), Model::ints(t, "pads", {1, 0, 0, 2});
    EXPECT_EQ(two.network("y").output().text(), "5x18x17");
    Model three({1, 4, 4, 4});
    three.weights("w", {1, 3, 2, 2, 2});
    auto& same = three.node("ConvTranspose", {"x", "w"}, "y");
    Model::ints(same, "strides", {2, 2, 2}), Model::ints(same, "output_shape", {8, 7, 9});
    EXPECT_EQ(three.network("y").output().text(), "3x8x7x9");
}

TEST(Onnx, WhatCannotBeExpressedIsRefusedWithItsNode) {
    const auto has = [](const std::string& text, const char* part) { EXPECT_NE(text.find(part), std::string::npos) << text; };
    Model unknown({3, 8, 8});
    unknown.node("Einsum", {"x"}, "y", "attention");
    has(unknown.refusal("y"), "test.onnx: node \"attention\" (Einsum): this operator is not supported");
    Model dilated({3, 8, 8});
    dilated.weights("w", {4, 3, 3, 3});
    Model::ints(dilated.node("Conv", {"x", "w"}, "y", "wide"), "dilations", {4, 4});
    has(dilated.refusal("y"), "node \"wide\" (Conv): kernel 3 dilated by 4 does not fit a side of 8");
    Model channels({3, 8, 8});
    channels.weights("w", {4, 5, 3, 3});
    channels.node("Conv", {"x", "w"}, "y");
    has(channels.refusal("y"), "do not fit a map 3x8x8");
    Model large({3, 8, 8});
    large.weights("w", {4, 3, 9, 9});
    large.node("Conv", {"x", "w"}, "y");
    has(large.refusal("y"), "kernel 9 does not fit");
    Model symbolic({3, 0, 8});
    symbolic.node("Relu", {"x"}, "y");
    has(symbolic.refusal("y"), "dimension 2 of the input \"x\" has no fixed size");
    Model sums({3, 8, 8});
    sums.weights("w", {3, 3, 3, 3});
    sums.node("Conv", {"x", "w"}, "c");
    sums.node("Add", {"c", "x"}, "y", "skip");
    has(sums.refusal("y"), "node \"skip\" (Add): it combines 1x3x6x6 and 1x3x8x8");
    Model shape({8});
    shape.weights("w", {8, 8});
    shape.node("MatMul", {"x", "w"}, "h");
    shape.node("Reshape", {"h", "target"}, "y", "view");
    has(shape.refusal("y"), "node \"view\" (Reshape): its input \"target\" is made by no node and stored nowhere");
}

TEST(Onnx, SidesThatTheFileLeavesOpen) {
    Model m({3, 0, 0});
    m.weights("w", {4, 3, 3, 3}), m.node("Conv", {"x", "w"}, "y");
    const auto read = [&](const std::optional<Shape>& input) {
        return parse_onnx(m.bytes("y"), "test.onnx", "net", input).output().text();
    };
    EXPECT_THROW(read({}), ConfigError);
    EXPECT_EQ(read(Shape{3, 2, {32, 20, 1}}), "4x30x18");
    EXPECT_THROW(read(Shape{5, 2, {32, 20, 1}}), ConfigError);  // the file has three channels
    EXPECT_THROW(read(Shape{3, 1, {32, 1, 1}}), ConfigError);
}

TEST(Onnx, CyclesAreRefusedAndOrderDoesNotMatter) {
    Model cyclic({3, 8, 8});
    cyclic.weights("w", {3, 3, 1, 1});
    cyclic.node("Add", {"x", "b"}, "a", "in");
    cyclic.node("Conv", {"a", "w"}, "b", "out");
    cyclic.node("Relu", {"b"}, "y", "after");
    const std::string text = cyclic.refusal("y");
    EXPECT_NE(text.find("cycle: node \"in\" (Add), node \"out\" (Conv)"), std::string::npos) << text;
    EXPECT_EQ(text.find("after"), std::string::npos) << text;  // lies behind the cycle, not on it
    Model reversed({3, 8, 8});
    reversed.weights("w", {5, 3, 1, 1});
    reversed.node("Relu", {"b"}, "y");
    reversed.node("Conv", {"x", "w"}, "b");
    EXPECT_EQ(reversed.network("y").output().text(), "5x8x8");
}

TEST(Onnx, BrokenFilesAreRefused) {
    EXPECT_THROW(parse_onnx("not a model", "x.onnx", "net"), ConfigError);
    EXPECT_THROW(parse_onnx("", "x.onnx", "net"), ConfigError);
    EXPECT_THROW(read_onnx("/nonexistent/x.onnx", "net"), ConfigError);
    EXPECT_THROW(read_onnx("/tmp", "net"), ConfigError);
    const std::string whole = discriminator();
    for (std::size_t n = 1; n < whole.size(); n += 97)  // cut anywhere: an error or a smaller network, never a crash
        try {
            parse_onnx(whole.substr(0, n), "cut.onnx", "net");
        } catch (const ConfigError&) {
        }
}

}  // namespace
}  // namespace ganbar::arch
