// Weight gradients added in place (PANTHER) instead of products with an operand that is rewritten for every sample.
#include <gtest/gtest.h>

#include "ganbar/arch/crossbar_engine.h"
#include "ganbar/arch/test_machines.h"

namespace ganbar::arch {
namespace {

using test::registry;

Workload training(const std::string& name, Int batch) { return test::training(GANBAR_SOURCE_ROOT, name, batch, 1); }
Estimate run(const std::string& name, bool in_place, const Workload& w) {
    auto m = registry().get(name).make(nullptr);
    if (in_place) m = m->with("gradient", std::string("outer_product"));
    return test::estimate(*m, w);
}

TEST(OuterProducts, ByHand) {
    Gan gan;
    gan.name = "two";
    gan.discriminator = parse_network("discriminator", "128", {"fc 16", "fc 16"});
    const Workload w = lower(gan, Task::training, 4, 1);
    CrossbarDesign d;
    d.weight_bits = d.cell_bits = 2, d.input_bits = 1, d.step = {1e-9}, d.write_row = {1e-9}, d.write = {1e-12};
    d.gradient = GradientMode::outer_product, d.outer_product_time = {5e-6}, d.outer_product_array = {3e-9};
    Estimate e;
    run_crossbar(d, w, e);
    EXPECT_EQ(e.n_arrays, 3 + 2);  // two forward, one error, an accumulator for each layer: no twin that is written meanwhile
    EXPECT_EQ(e.cycle_s, 5e-6);    // the outer product is the slowest pass
    double gradients_J = 0;
    for (std::size_t i = 0; i < w.ops.size(); ++i)
        if (w.ops[i].pass == Pass::gradient) {
            gradients_J += at(e.ops[i].energy_J, Component::cell_write);
            EXPECT_EQ(at(e.ops[i].energy_J, Component::conversion), 0);
            EXPECT_EQ(at(e.ops[i].energy_J, Component::alu), 0) << "added in the array, not beside it";
        }
    EXPECT_NEAR(gradients_J, 4 * 2 * 3e-9, 1e-18);  // one outer product for each of four samples and two layers
    const double weights = 128 * 16 + 16 * 16, transposed = 16 * 16;
    EXPECT_EQ(e.writes, 4 * weights + weights + transposed);  // added for every sample, then the update of all copies
    EXPECT_EQ(e.writes_per_cell, 4);
}

TEST(OuterProducts, TradeWearForWritesAndTime) {
    for (const char* network : {"dcgan", "igan", "3dgan"})
        for (const char* name : {"isaac", "prime", "lergan", "red", "pipelayer", "regan", "liu2018"}) {
            const Workload w = training(network, 16);
            const Estimate rewrite = run(name, false, w), added = run(name, true, w);
            EXPECT_EQ(added.macs_useful, rewrite.macs_useful) << name << " " << network;
            EXPECT_LT(added.conversions, rewrite.conversions) << name << " " << network;
            EXPECT_GT(added.writes_per_cell, rewrite.writes_per_cell)
                << name << " " << network << ": a cell takes a pulse for every window";
            EXPECT_LE(added.utilisation(), 1);
            const double cells = added.n_arrays * 256 * 256;
            EXPECT_LE(added.writes, added.writes_per_cell * cells);
        }
}

/// What rewriting costs at the least: no copies help a stage that waits for its rows to be programmed.
TEST(OuterProducts, NoProgrammingBoundsTheCycle) {
    const Workload w = training("dcgan", 64);
    const auto fastest = [&](bool in_place) {
        auto m =
            registry().get("regan").make(nullptr)->with("steps_per_cycle", Value{Int{1}})->with("gradient_steps_per_cycle", Value{Int{1}});
        if (in_place) m = m->with("gradient", std::string("outer_product"));
        Estimate e;
        m->estimate(w, e);
        return e.cycle_s;
    };
    EXPECT_NEAR(fastest(false), 128 * 50.88e-9, 1e-12);
    EXPECT_NEAR(fastest(true), 16 * 29.31e-9, 1e-12);  // now a product is the slowest again
}

}  // namespace
}  // namespace ganbar::arch
