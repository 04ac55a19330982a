// How often cells are programmed, and when the first of them fails.
#include <gtest/gtest.h>

#include "ganbar/arch/test_machines.h"

namespace ganbar::arch {
namespace {

using test::registry;
Workload training(const std::string& name, Int batch, Int steps_d = 1) { return test::training(GANBAR_SOURCE_ROOT, name, batch, steps_d); }
Estimate run(const Accelerator& machine, const Workload& w) { return test::estimate(machine, w); }
std::unique_ptr<Accelerator> machine(const std::string& name) { return registry().get(name).make(nullptr); }

TEST(Lifetime, IsStatedOnlyOfAGivenEndurance) {
    const Workload w = training("gan1", 8);
    for (const char* name : {"regan", "isaac", "zara", "pipelayer", "prime"}) {
        const auto m = machine(name);
        const Estimate plain = run(*m, w), given = run(*m->with("endurance", Value{1e8}), w),
                       twice = run(*m->with("endurance", Value{2e8}), w);
        EXPECT_EQ(plain.lifetime_s(), 0) << name;
        EXPECT_GT(plain.writes_per_cell, 0) << name;
        EXPECT_EQ(plain.energy_J(), given.energy_J()) << name;
        EXPECT_DOUBLE_EQ(given.lifetime_s(), 1e8 / given.writes_per_cell * given.iteration_latency_s) << name;
        EXPECT_DOUBLE_EQ(twice.lifetime_s(), 2 * given.lifetime_s()) << name;
    }
    EXPECT_EQ(run(*machine("ganax"), w).writes_per_cell, 0);
    EXPECT_EQ(run(*machine("gtx1080"), w).writes_per_cell, 0);
}

/// Every sample's operand is written into one of two twin arrays: D's cells see half of its 2 B samples, and with a second D half of one
/// stream.
TEST(Lifetime, GradientCellsAreWrittenForEverySecondSample) {
    const Workload w = training("dcgan", 16);
    EXPECT_EQ(run(*machine("pipelayer"), w).writes_per_cell, 16);
    EXPECT_EQ(run(*machine("regan")->with("spatial_parallelism", Value{false}), w).writes_per_cell, 16);
    EXPECT_EQ(run(*machine("regan"), w).writes_per_cell, 8);
    const Estimate regan = run(*machine("regan"), training("dcgan", 128));
    EXPECT_NEAR(regan.writes_per_cell / regan.iteration_latency_s, 1.9e4, 0.05 * 1.9e4);  // 64 writes in 3.42 ms
    const Workload five = training("dcgan", 16, 5);
    EXPECT_EQ(run(*machine("pipelayer"), five).writes_per_cell, 80);
}

/// Cells of all arrays, times the writes of the busiest, are no fewer than the writes that are booked.
TEST(Lifetime, NoCellIsWrittenLessOftenThanTheBookedWritesNeed) {
    for (const char* network : {"gan1", "dcgan", "3dgan"}) {
        const Workload w = training(network, 8);
        for (const char* name : {"pipelayer", "isaac", "red"}) {
            const Estimate e = run(*machine(name), w);
            double rows = 0, cols = 0;
            for (const ParamRow& p : machine(name)->params()) {
                if (p.info.name == "rows") rows = double(std::get<Int>(p.value));
                if (p.info.name == "cols") cols = double(std::get<Int>(p.value));
            }
            EXPECT_GE(e.writes_per_cell * e.n_arrays * rows * cols, e.writes) << network << " " << name;
        }
    }
}

TEST(Lifetime, DigitalGradientsLeaveUpdatesAlone) {
    const Workload w = training("satyam2022", 608);
    const Estimate e = run(*machine("satyam2022")->with("endurance", Value{1e6}), w);
    EXPECT_LE(e.writes_per_cell, 1);  // one update of each network, not of every cell
    EXPECT_GT(e.writes_per_cell, 0);
    EXPECT_GT(e.lifetime_s(), 0);
}

TEST(Chips, EveryMachineHasAPublishedOrStatedOne) {
    for (const auto& name : registry().names()) {
        const Chip& chip = registry().get(name).chip;
        EXPECT_GT(chip.area_m2, 0) << name;
        EXPECT_FALSE(chip.source.text.empty()) << name;
    }
    EXPECT_EQ(registry().get("isaac").chip.n_arrays, 16128);
    EXPECT_NEAR(registry().get("pipelayer").chip.power_W, 859, 1);
}

}  // namespace
}  // namespace ganbar::arch
