#include "ganbar/arch/run_counts.h"

#include <gtest/gtest.h>

#include "ganbar/arch/accelerator.h"
#include "ganbar/core/error.h"

namespace ganbar::arch {
namespace {

Workload mlp(Int batch = 32, Int steps_d = 2) {
    Gan gan;
    gan.name = "mlp";
    gan.generator = parse_network("generator", "100", {"fc 128 lrelu name=dense1", "fc 784 tanh name=dense2"});
    gan.discriminator = parse_network("discriminator", "784", {"fc 128 lrelu name=dense1", "fc 1 name=dense2"});
    return lower(gan, Task::training, batch, steps_d);
}

double samples(const Workload& w, bool generator, std::uint32_t layer, Pass pass) {
    double n = 0;
    for (const Op& op : w.ops)
        if (op.generator == generator && op.layer == layer && op.pass == pass) n += op.samples;
    return n;
}

/// What the schedule itself would have counted in `rounds` rounds.
RunCounts as_assumed(const Workload& w, Int rounds) {
    RunCounts c;
    c.rounds = rounds;
    for (const bool generator : {true, false}) {
        const NetworkWork& net = generator ? w.generator : w.discriminator;
        for (std::uint32_t i = 0; i < net.layers.size(); ++i) {
            LayerCounts l;
            l.name = net.layers[i].name, l.cells = net.layers[i].n_weights;
            l.forward_products = double(rounds) * samples(w, generator, i, Pass::forward);
            l.backward_products = double(rounds) * samples(w, generator, i, Pass::error);
            (generator ? c.generator : c.discriminator).push_back(l);
        }
    }
    return c;
}

Estimate run(const char* name, const Workload& w) {
    AcceleratorRegistry registry("accelerator");
    register_builtin_accelerators(registry);
    Estimate e;
    registry.get(name).make(nullptr)->estimate(w, e);
    return e;
}

TEST(RunCounts, TheSchedulesOwnCountsChangeNothing) {
    const Workload plain = mlp();
    Workload fed = plain;
    feed(fed, as_assumed(plain, 50));
    for (std::size_t i = 0; i < plain.ops.size(); ++i) EXPECT_DOUBLE_EQ(fed.ops[i].samples, plain.ops[i].samples);
    for (const char* name : {"regan", "satyam2022", "gtx1080", "ganax", "zara"})
        EXPECT_DOUBLE_EQ(run(name, fed).energy_J(), run(name, plain).energy_J()) << name;
}

TEST(RunCounts, TotalsAreTheRuns) {  // passes of the run, whatever the schedule expected, more or fewer
    const Workload plain = mlp();
    for (const double factor : {0.0, 0.4, 1.0, 2.5}) {
        Workload fed = plain;
        RunCounts c = as_assumed(plain, 10);
        for (auto* net : {&c.generator, &c.discriminator})
            for (auto& l : *net) l.forward_products *= factor, l.backward_products *= factor;
        feed(fed, c);
        for (const bool generator : {true, false})
            for (std::uint32_t i = 0; i < 2; ++i)
                for (const Pass pass : {Pass::forward, Pass::error})
                    EXPECT_NEAR(samples(fed, generator, i, pass), factor * samples(plain, generator, i, pass), 1e-9);
    }
}

TEST(RunCounts, ASharedForwardPassIsTheGeneratorStepsOwnThatGoes) {
    const Workload plain = mlp(32, 1);
    Workload fed = plain;
    RunCounts c = as_assumed(plain, 10);
    for (auto& l : c.generator) l.forward_products /= 2;  // one batch of fakes serves both steps
    feed(fed, c);
    for (const Op& op : fed.ops) {
        if (!op.generator || op.pass != Pass::forward) continue;
        EXPECT_DOUBLE_EQ(op.samples, op.phase == Phase::g_step ? 0.0 : 32.0);
    }
    EXPECT_LT(run("satyam2022", fed).energy_J(), run("satyam2022", plain).energy_J());
}

TEST(RunCounts, PulsesPayForUpdates) {  // cell writes of the analog machine are the run's pulses, at its energy of a pulse
    const Workload plain = mlp(32, 2);
    RunCounts c = as_assumed(plain, 10);
    double pulses = 0;
    for (auto* net : {&c.generator, &c.discriminator})
        for (auto& l : *net) l.pulses = 7 * l.cells + 3, pulses += l.pulses;
    Workload fed = plain;
    feed(fed, c);
    const Estimate e = run("satyam2022", fed);
    EXPECT_NEAR(e.writes * 10, pulses, 1e-6 * pulses);
    double update_J = 0;
    for (std::size_t i = 0; i < fed.ops.size(); ++i)
        if (fed.ops[i].pass == Pass::update) update_J += at(e.ops[i].energy_J, Component::cell_write);
    EXPECT_NEAR(update_J * 10, pulses * 0.64 * 225e-6 * 100e-9, 1e-6 * update_J * 10);
    for (auto* net : {&c.generator, &c.discriminator})
        for (auto& l : *net) l.pulses *= 2;
    feed(fed, c);
    EXPECT_GT(run("satyam2022", fed).energy_J(), e.energy_J());
}

TEST(RunCounts, ConversionsCountWhereTheArraysAreAsLong) {
    const Workload plain = mlp(32, 1);
    RunCounts c = as_assumed(plain, 10);
    for (auto* net : {&c.generator, &c.discriminator})
        for (auto& l : *net) l.forward_conversions = 1000 * l.forward_products, l.backward_conversions = 500 * l.backward_products;
    Workload same = plain, other = plain;
    c.array_rows = 64, feed(same, c);
    c.array_rows = 48, feed(other, c);
    const Estimate e = run("satyam2022", same);
    double expected = 0;
    for (const Op& op : same.ops)
        if (op.pass == Pass::forward || op.pass == Pass::error) expected += op.samples * (op.pass == Pass::forward ? 1000 : 500);
    EXPECT_NEAR(e.conversions, expected, 1e-9 * expected);
    EXPECT_DOUBLE_EQ(run("satyam2022", other).conversions, run("satyam2022", plain).conversions);
}

TEST(RunCounts, WhatDoesNotMatchIsRefused) {
    Workload w = mlp();
    RunCounts c = as_assumed(w, 10);
    c.rounds = 0;
    EXPECT_THROW(feed(w, c), ConfigError);
    c = as_assumed(w, 10);
    c.generator.pop_back();
    EXPECT_THROW(feed(w, c), ConfigError);
}

}  // namespace
}  // namespace ganbar::arch
