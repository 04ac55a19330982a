// Networks of after 2018: attention, joined branches, scalings by a style; their published counts, and what attention costs on crossbars.
#include <gtest/gtest.h>

#include "ganbar/arch/crossbar_engine.h"
#include "ganbar/arch/test_machines.h"

namespace ganbar::arch {
namespace {

using test::registry;
Gan preset(const std::string& name) { return test::preset(GANBAR_SOURCE_ROOT, name); }

struct Counts {
    double all = 0, attention = 0, scalings = 0,
           weights = 0;  ///< multiplications; scalings: of demodulation, whose weights are sums of squares of others
};
Counts count(const Network& net) {
    Counts c;
    for (const LayerWork& l : lower(net).layers) {
        c.all += l.forward.macs_deformed, c.weights += l.n_weights;
        if (l.dynamic) c.attention += l.forward.macs_deformed;
        if (l.name.ends_with("d") && l.kind == LayerKind::fc) c.scalings += l.n_weights;
    }
    return c;
}

TEST(NewNetworks, PublishedCounts) {
    const Counts ddpm = count(preset("ddpm_cifar").generator);
    EXPECT_NEAR((ddpm.all - ddpm.attention) / 1e9, 6.1, 0.06);  // the published count leaves products of attention out
    EXPECT_NEAR(ddpm.weights / 1e6, 35.7, 0.05);
    const Counts dit = count(preset("dit_s2").generator);
    EXPECT_NEAR(dit.all / 1e9, 6.06, 0.01);
    EXPECT_NEAR(dit.weights / 1e6, 33, 0.7);  // labels and biases are not in ours
    const Gan style = preset("stylegan2_256");
    const Counts g = count(style.generator);
    EXPECT_NEAR(g.all / 1e9, 45.1, 0.01 * 45.1);
    EXPECT_NEAR((g.weights - g.scalings) / 1e6, 30.0, 0.1);
}

TEST(NewNetworks, WordsOfTheLayerLanguage) {
    const Network net = parse_network("g", "12x4x4",
                                      {"conv 6 k1 name=a", "conv 6 k1 name=b from=input", "concat a name=c", "norm 4", "attention 2 name=d",
                                       "input 4 name=s", "mul s from=d name=e", "add d name=f"});
    const auto shape = [&](const std::string& name) {
        for (const Layer& l : net.layers)
            if (l.name == name) return l.out.text();
        return std::string("?");
    };
    EXPECT_EQ(shape("c"), "12x4x4");
    EXPECT_EQ(shape("d"), "4x4x4");
    EXPECT_EQ(net.more_inputs.size(), 1u);
    EXPECT_EQ(net.depth(), 2);
    const auto refused = [](const std::vector<std::string>& layers, const std::string& part) {
        try {
            parse_network("g", "12x4x4", layers);
            ADD_FAILURE() << part;
        } catch (const ConfigError& e) {
            EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
        }
    };
    refused({"conv 10 k1", "attention 2"}, "expected a multiple of 6");
    refused({"conv 10 k1", "norm 3"}, "3 groups do not divide 10 channels");
    refused({"conv 4 k1 name=a", "conv 4 k1 s2 valid from=input", "concat a"}, "expected equal sides");
    refused({"conv 4 k1 name=a", "conv 3 k1 from=input", "mul a"}, "cannot multiply");
    refused({"conv 4 k1 name=a", "norm 2 relu"}, "takes neither");
    refused({"conv 4 k1 name=a", "input 4 from=a", "mul a"}, "comes from nowhere");
}

/// One head on four positions of eight channels: keys and values are programmed for every sample, into twins.
TEST(NewNetworks, AttentionByHand) {
    Gan gan;
    gan.name = "one";
    gan.generator = parse_network("generator", "24x2x2", {"attention 1"});
    const Workload w = lower(gan, Task::generation, 3, 1);
    EXPECT_EQ(w.generator.n_weights, 0);
    EXPECT_EQ(totals(w).useful, 3 * 2 * 4 * 4 * 8);
    CrossbarDesign d;
    d.weight_bits = d.cell_bits = 2, d.input_bits = 1, d.step = {1e-6}, d.write_row = {1e-9}, d.write = {1e-12},
    d.write_scope = WriteScope::cell;
    Estimate e;
    run_crossbar(d, w, e);
    EXPECT_EQ(e.n_arrays, 2 * 2);              // queries by keys, weights by values, and their twins
    EXPECT_EQ(e.writes, 3 * (8 * 4 + 4 * 8));  // operands of three samples
    EXPECT_NEAR(at(e.ops[0].energy_J, Component::cell_write), e.writes * 1e-12, 1e-20);
    EXPECT_EQ(e.writes_per_cell, 1.5);  // every second sample
    EXPECT_EQ(e.cycle_s, 4e-6);         // a product for each position
    d.steps_per_cycle = 1;
    run_crossbar(d, w, e);
    EXPECT_EQ(e.n_arrays, 4 * 2 * 2);
    EXPECT_EQ(e.writes, 4 * 3 * (8 * 4 + 4 * 8)) << "every copy is programmed";
}

TEST(NewNetworks, AttentionTrainsWithoutWeights) {
    Gan gan;
    gan.name = "both";
    gan.generator = parse_network("generator", "16", {"fc 48x4x4", "attention 4", "conv 3 k1"});
    gan.discriminator = parse_network("discriminator", "3x4x4", {"conv 48 k1", "attention 2", "fc 1"});
    const Workload w = lower(gan, Task::training, 8, 1);
    for (const Op& op : w.ops) EXPECT_FALSE(w.layer(op).dynamic && (op.pass == Pass::gradient || op.pass == Pass::update));
    for (const auto& name : registry().names()) {
        if (name == "satyam2022") continue;
        Estimate e;
        const auto m = registry().get(name).make(nullptr);
        if (name == "zara") {
            EXPECT_THROW(m->estimate(w, e), ConfigError);
            continue;
        }
        m->estimate(w, e);
        EXPECT_GT(e.iteration_latency_s, 0) << name;
        EXPECT_GE(e.macs_executed, e.macs_useful * (1 - 1e-12)) << name;
        EXPECT_LE(e.utilisation(), 1) << name;
        if (const bool crossbars = e.writes > 0; !crossbars) continue;
        Estimate small;
        m->with("chip_arrays", Value{Int(e.n_arrays / 2)})->estimate(w, small);
        EXPECT_GT(small.chip.swaps, 0) << name;
        for (std::size_t i = 0; i < w.ops.size(); ++i)
            if (w.layer(w.ops[i]).dynamic)
                EXPECT_EQ(at(small.ops[i].energy_J, Component::reprogram), 0) << name << ": what the sample makes is not loaded";
    }
}

}  // namespace
}  // namespace ganbar::arch
