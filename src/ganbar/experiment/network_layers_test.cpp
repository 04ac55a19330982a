// Laws of one description: a network that is estimated trains layer for layer, and what trains costs what the network costs.
#include "ganbar/experiment/network_layers.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "ganbar/arch/estimates.h"
#include "ganbar/arch/onnx_network.h"
#include "ganbar/arch/onnx_test_model.h"
#include "ganbar/experiment/session.h"
#include "ganbar/experiment/test_presets.h"
#include "ganbar/experiment/workload_network.h"

namespace ganbar {
namespace {

const std::string tree = GANBAR_SOURCE_ROOT;

Experiment with_network(const std::string& name, std::vector<std::string> sets = {}) {
    sets.insert(sets.begin(), {"generator.network=" + name, "discriminator.network=" + name, "train.batch=2"});
    return test::preset(tree, "dcgan-quick", sets);
}
arch::Gan network(const std::string& name) { return arch::load_gan(name, test::presets(tree, "networks")); }
std::string refusal(const std::string& name) {
    try {
        with_network(name);
    } catch (const ConfigError& e) {
        return e.what();
    }
    return "";
}

/// Network presets that cannot be trained, with a part of the reason.
const std::map<std::string, std::string>& untrainable() {
    static const std::map<std::string, std::string> all{{"artgan", "the discriminator ends in 11 outputs; expected 1"},
                                                        {"magan", "the discriminator ends in 12288 outputs; expected 1"},
                                                        {"stylegan2_256", "has 2 inputs; expected one where it is trained"},
                                                        {"ddpm_cifar", "has 2 inputs; expected one where it is trained"},
                                                        {"dit_s2", "has 2 inputs; expected one where it is trained"},
                                                        {"fcn", "has no generator; expected one with a table [generator]"}};
    return all;
}

void expect_same(const arch::NetworkWork& a, const arch::NetworkWork& b) {
    EXPECT_EQ(a.n_weights, b.n_weights);
    EXPECT_EQ(a.depth, b.depth);
    EXPECT_EQ(a.input_words, b.input_words);
    EXPECT_EQ(a.output_words, b.output_words);
    ASSERT_EQ(a.layers.size(), b.layers.size());
    for (std::size_t i = 0; i < a.layers.size(); ++i) {
        const arch::LayerWork &x = a.layers[i], &y = b.layers[i];
        SCOPED_TRACE(y.name);
        EXPECT_EQ(x.kind, y.kind);
        EXPECT_EQ(x.activation, y.activation);
        EXPECT_EQ(x.batch_norm, y.batch_norm);
        EXPECT_EQ(x.stage, y.stage);
        EXPECT_EQ(x.extra_words, y.extra_words);
        for (const auto pass : {arch::Pass::forward, arch::Pass::error, arch::Pass::gradient}) {
            EXPECT_EQ(x.work(pass).macs_useful, y.work(pass).macs_useful);
            EXPECT_EQ(x.work(pass).macs_phases, y.work(pass).macs_phases);
            EXPECT_EQ(x.work(pass).words_in, y.work(pass).words_in);
        }
    }
}

class EveryNetwork : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryNetwork, TrainsAsWhatItCosts) {
    const std::string name = GetParam();
    if (const auto refused = untrainable().find(name); refused != untrainable().end()) {
        EXPECT_NE(refusal(name).find(refused->second), std::string::npos) << refusal(name);
        return;
    }
    const arch::Gan file = network(name);
    const bool probability = file.discriminator.layers.back().activation == nn::Activation::sigmoid;
    const Experiment e = with_network(name, {probability ? "train.loss=minimax" : "train.loss=wasserstein"});
    const arch::Gan trained = workload_network(e);
    expect_same(arch::lower(trained.generator), arch::lower(file.generator));
    expect_same(arch::lower(trained.discriminator), arch::lower(file.discriminator));
    std::size_t n_weights = 0;
    for (const auto& m : e.generator_plan.matrices) n_weights += m.rows * m.cols;
    EXPECT_EQ(static_cast<arch::Int>(n_weights), file.generator.n_weights());
}

std::string letters(std::string name) {
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    return name;
}
INSTANTIATE_TEST_SUITE_P(Presets, EveryNetwork, ::testing::ValuesIn(test::presets(tree, "networks").names()),
                         [](const auto& info) { return letters(info.param); });

TEST(NetworkLayers, AnExperimentCostsWhatItsNetworkCosts) {
    const config::Presets networks = test::presets(tree, "networks"), experiments = test::presets(tree);
    const arch::Gan trained = load_workload("satyam2022-software", networks, experiments, test::registries()),
                    file = load_workload("satyam2022", networks, experiments, test::registries());
    expect_same(arch::lower(trained.generator), arch::lower(file.generator));
    expect_same(arch::lower(trained.discriminator), arch::lower(file.discriminator));
    EXPECT_EQ(trained.batch, file.batch);
}

TEST(NetworkLayers, WrittenOutIsTheWholeNetwork) {
    const Experiment e = with_network("mlp1");
    const std::string text = run_toml(e);
    EXPECT_EQ(text.find("network = "), std::string::npos);
    const auto folder = std::filesystem::path(testing::TempDir()) / "ganbar_network_run", path = folder / "run.toml";
    std::filesystem::create_directories(folder);
    std::ofstream(path) << text;
    const Experiment again = load_experiment(path.string(), config::Presets({}), {}, test::registries());  // no presets anywhere
    EXPECT_EQ(run_toml(again), text);
    EXPECT_EQ(again.n_latent(), 100u);
    for (const auto& place : {folder, path}) {  // a run folder and an experiment's file are estimated too
        const arch::Gan costed = load_workload(place.string(), config::Presets({}), config::Presets({}), test::registries());
        expect_same(arch::lower(costed.generator), arch::lower(network("mlp1").generator));
        EXPECT_EQ(costed.batch, 2);
    }
    std::filesystem::remove_all(folder);
}

TEST(NetworkLayers, OldWordsMeanTheOnesWritten) {
    const std::vector<std::string> old{"generator.layers=[\"fc 16x7x7 relu\", \"tconv 1 k4 s4 tanh\"]", "generator.input=20"},
        now{"generator.layers=[\"dense 16x7x7 relu\", \"conv_transpose 1 k4 s4 tanh\"]", "generator.input=20"};
    EXPECT_EQ(run_toml(test::preset(tree, "dcgan-quick", old)), run_toml(test::preset(tree, "dcgan-quick", now)));
    EXPECT_EQ(run_toml(test::preset(tree, "satyam2022-software", {"generator.hidden=lrelu"})),
              run_toml(test::preset(tree, "satyam2022-software", {"generator.hidden=leaky_relu"})));
}

/// 12 -> 16x2x2 -> 1x4x4 by a product, a reshape and a transposed convolution, as exporters write them; with a group more where asked.
std::string onnx_generator(arch::Int groups) {
    using Model = arch::Model;
    Model m({12});
    m.weights("w0", {64, 12});
    Model::number(m.node("Gemm", {"x", "w0"}, "h", "fc"), "transB", 1);
    m.whole("shape", {-1, 16, 2, 2});
    m.node("Reshape", {"h", "shape"}, "r");
    m.node("Relu", {m.norm("r", 16, "bn")}, "a");
    m.weights("w1", {16, 1, 4, 4});
    auto& up = m.node("ConvTranspose", {"a", "w1"}, "t", "up");
    Model::ints(up, "strides", {2, 2}), Model::ints(up, "pads", {1, 1, 1, 1}), Model::number(up, "group", groups);
    m.node("Tanh", {"t"}, "y");
    return m.bytes("y");
}
TEST(NetworkLayers, OnnxFilesTrain) {
    const auto path = (std::filesystem::path(testing::TempDir()) / "ganbar_network.onnx").string();
    std::ofstream(path, std::ios::binary) << onnx_generator(1);
    const std::vector<std::string> sets{"data.limit=20",
                                        "data.side=4",
                                        "train.batch=4",
                                        "train.rounds=1",
                                        "evaluation.samples=16",
                                        "generator.network=" + path,
                                        "discriminator.layers=[\"fc 8 lrelu\", \"fc 1\"]",
                                        "discriminator.input=16"};
    Session s(test::preset(tree, "dcgan-quick", sets), test::places(tree));
    expect_same(arch::lower(workload_network(s.experiment()).generator), arch::lower(arch::read_onnx(path, "generator")));
    s.step();
    EXPECT_EQ(s.sample(2, 1).cols(), 16u);
    std::ofstream(path, std::ios::binary) << onnx_generator(2);
    EXPECT_THROW(test::preset(tree, "dcgan-quick", sets), ConfigError);
    std::filesystem::remove(path);
}

TEST(NetworkLayers, BranchesTrain) {
    const std::vector<std::string> sets{
        "data.limit=20",
        "train.batch=4",
        "train.rounds=2",
        "evaluation.samples=16",
        "discriminator.layers=[\"conv 4 k3 same name=a\", \"conv 4 k3 same lrelu\", \"add a\", \"pool 2\", \"fc 1 sigmoid\"]",
        "discriminator.input=1x28x28",
        "generator.layers=[\"fc 16x7x7 bn relu name=z\", \"up 2\", \"conv 4 k3 same name=u\", \"conv 16 k1 from=z\", \"d2s 2\", \"add u\", "
        "\"up 2\", \"conv 1 k3 same tanh\"]",
        "generator.input=10"};
    Session s(test::preset(tree, "dcgan-quick", sets), test::places(tree));
    const Matrix before = s.sample(2, 1);
    s.step();
    s.step();
    const Matrix after = s.sample(2, 1);
    EXPECT_EQ(after.cols(), 784u);
    double moved = 0;
    for (std::size_t c = 0; c < 784; ++c) moved += std::abs(after(0, c) - before(0, c));
    EXPECT_GT(moved, 0);
}

TEST(NetworkLayers, FaultsSayWhereAndWhatWouldDo) {
    const auto fault = [](const std::vector<std::string>& sets) -> std::string {
        try {
            test::preset(tree, "dcgan-quick", sets);
        } catch (const ConfigError& e) {
            return e.what();
        }
        return "";
    };
    EXPECT_NE(fault({"generator.network=dcgam"}).find("dcgan"), std::string::npos);
    EXPECT_NE(fault({"generator.network=none.onnx"}).find("expected a preset of networks, a TOML file or an ONNX file"), std::string::npos);
    EXPECT_NE(fault({"generator.network=mlp1", "generator.input=20"}).find("generator.input goes with a list of layers"),
              std::string::npos);
    EXPECT_NE(fault({"generator.layers=[\"fc 16x7x7\", \"conv 16 k3 same g2\", \"tconv 1 k4 s4\"]", "generator.input=20"})
                  .find("layer \"conv2\" (conv): training has no grouped convolutions"),
              std::string::npos);
    EXPECT_NE(fault({"generator.network=mlp1", "generator.layers=[100, 784]"}).find("describe the network; expected one of them"),
              std::string::npos);
}

}  // namespace
}  // namespace ganbar
