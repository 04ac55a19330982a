// Chips of fixed size: a large one changes nothing, a larger one is never slower, and the accounts of what is loaded add up.
#include "ganbar/arch/chip.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "ganbar/arch/budget.h"
#include "ganbar/arch/equal_size.h"
#include "ganbar/arch/test_machines.h"
#include "ganbar/core/rng.h"

namespace ganbar::arch {
namespace {

using test::registry;
const std::vector<std::string> machines{"isaac", "pipelayer", "regan", "prime", "lergan", "red", "liu2018", "zara"};

Workload training(const std::string& name, Int batch, Int steps_d = 1, Task task = Task::training) {
    return lower(test::preset(GANBAR_SOURCE_ROOT, name), task, batch, steps_d);
}
Estimate run(const Accelerator& machine, const Workload& w) { return test::estimate(machine, w); }
Value value_of(const Accelerator& m, const std::string& name) {
    for (const ParamRow& p : m.params())
        if (p.info.name == name) return p.value;
    return Int{-1};
}
std::unique_ptr<Accelerator> chip_of(const std::string& name, double arrays) {
    return registry().get(name).make(nullptr)->with("chip_arrays", Value{Int(arrays)});
}

TEST(Chip, ALargeOneChangesNothing) {
    for (const char* network : {"dcgan", "gan1", "fcn", "magan"})
        for (const auto& name : machines)
            for (const Task task : {Task::training, Task::generation}) {
                if (task == Task::generation && std::string(network) == "fcn") continue;
                const Workload w = training(network, 16, 2, task);
                const Estimate free = run(*registry().get(name).make(nullptr), w), fixed = run(*chip_of(name, 1e12), w);
                EXPECT_EQ(free.iteration_latency_s, fixed.iteration_latency_s) << name << " " << network;
                EXPECT_EQ(free.iteration_cycles, fixed.iteration_cycles) << name << " " << network;
                EXPECT_EQ(free.energy_J(), fixed.energy_J()) << name << " " << network;
                EXPECT_EQ(free.n_arrays, fixed.n_arrays) << name << " " << network;
                EXPECT_EQ(at(free.area_m2, Component::crossbar), at(fixed.area_m2, Component::crossbar)) << name << " " << network;
                EXPECT_EQ(at(fixed.area_m2, Component::buffer), 0) << "in the arrays' share of the chip";
                EXPECT_EQ(free.writes, fixed.writes);
                EXPECT_EQ(free.writes_per_cell, fixed.writes_per_cell);
                EXPECT_EQ(fixed.chip.swaps, 0);
                EXPECT_EQ(fixed.chip.bytes_dram, 0);
            }
}

TEST(Chip, ALargerOneIsNeverSlower) {
    for (const char* network : {"dcgan", "gan1", "resnet_cifar", "fcn"})
        for (const auto& name : machines) {
            const Workload w = training(network, 16, name == "isaac" ? 3 : 1);
            const double needed = run(*registry().get(name).make(nullptr), w).n_arrays;
            double before = INFINITY;
            for (double share = 0.004; share < 2.1; share *= name == "zara" ? 2 : 1.13) {
                const Estimate e = run(*chip_of(name, std::max(1.0, share * needed)), w);
                ASSERT_LE(e.iteration_latency_s, before * (1 + 1e-9)) << name << " " << network << " " << share;
                before = e.iteration_latency_s;
            }
        }
}

/// The same with the copies chosen anew for every chip.
TEST(Chip, ChosenCopiesKeepTheLaw) {
    for (const char* network : {"dcgan", "3dgan"})
        for (const auto& name : {"isaac", "pipelayer", "regan", "prime"}) {
            const Workload w = training(network, 32);
            double before = INFINITY;
            for (double arrays = 300; arrays < 3e6; arrays *= 1.9) {
                const auto m = on_chip(*registry().get(name).make(nullptr), registry().get(name).chip, w,
                                       Budget{.area_m2 = {}, .power_W = {}, .n_arrays = arrays});
                const Estimate e = run(*m, w);
                ASSERT_LE(e.n_arrays, arrays);
                ASSERT_LE(e.iteration_latency_s, before * (1 + 1e-9)) << name << " " << network << " " << arrays;
                ASSERT_LE(e.iteration_latency_s, run(*chip_of(name, arrays), w).iteration_latency_s * (1 + 1e-9))
                    << "its own copies are one of the choices";
                before = e.iteration_latency_s;
            }
        }
}

TEST(Chip, NoneDoesMoreThanItsPeak) {  // ZARA's once did 1.8 times as much: its schedule had PEs that the chip has not
    for (const char* network : {"dcgan", "3dgan", "krestinskaya2020"})
        for (const auto& name : machines)
            for (const double mm2 : {1.0, 5.0, 15.0, 50.0, 200.0}) {
                const auto& entry = registry().get(name);
                const auto machine = entry.make(nullptr);
                const Workload w = training(network, 16);
                const Budget area{.area_m2 = mm2 * 1e-6, .power_W = {}, .n_arrays = {}};
                try {
                    const Estimate e = run(*filling(*machine, entry.chip, w, area, mm2 * 1e-6), w);
                    EXPECT_LE(e.macs_useful, e.peak_macs_per_s * e.iteration_latency_s * (1 + 1e-9))
                        << network << " " << name << " " << mm2;
                } catch (const ConfigError&) {  // too small for it
                }
            }
}

TEST(Chip, AccountsAddUp) {
    for (const char* network : {"dcgan", "gan1", "fcn", "resnet101_64"})
        for (const auto& name : machines) {
            const Workload w = training(network, 8);
            const Estimate free = run(*registry().get(name).make(nullptr), w);
            for (const double share : {0.03, 0.2, 0.7}) {
                const Estimate e = run(*chip_of(name, std::max(1.0, share * free.n_arrays)), w);
                double energy = 0, loading = 0;
                for (const OpCost& op : e.ops) energy += op.energy_total_J(), loading += at(op.energy_J, Component::reprogram);
                for (const double x : e.idle_J) energy += x;
                ASSERT_NEAR(energy, e.energy_J(), 1e-12 * energy);
                EXPECT_EQ(e.chip.swaps > 0, loading > 0) << name << " " << network;
                EXPECT_EQ(e.chip.swaps > 0, e.chip.reprogram_s > 0);
                EXPECT_GE(e.chip.drain_s, 0);
                EXPECT_EQ(e.macs_useful, free.macs_useful) << "the same work";
                EXPECT_LE(e.utilisation(), 1) << name << " " << network << " " << share;
                if (e.chip.swaps > 0) {
                    EXPECT_LE(e.chip.cells, e.writes) << name;
                    EXPECT_GE(e.iteration_latency_s, std::max(e.chip.dram_s, e.chip.mesh_s) + e.chip.reprogram_s + e.chip.drain_s - 1e-15);
                    // loaded cells, spread over the chip, are no more than its cells as often as they are loaded
                    EXPECT_LE(e.chip.cells, e.writes_per_cell * e.n_arrays * 256 * 256 * 1.0001) << name << " " << network;
                }
            }
        }
}

/// By hand: two layers whose arrays do not fit together. Forward and error of a discriminator alone, one array each.
TEST(Chip, ByHand) {
    Gan gan;
    gan.name = "two";
    gan.discriminator = parse_network("discriminator", "128", {"fc 16", "fc 16"});
    const Workload w = lower(gan, Task::training, 4, 1);
    CrossbarDesign d;
    d.weight_bits = d.cell_bits = 2, d.input_bits = 1, d.step = {1e-6}, d.write_row = {1e-6}, d.write = {1e-12};
    d.gradient = GradientMode::digital, d.digital_lanes = 1 << 20, d.steps_per_cycle = 1;
    d.link_B_per_s = 1e30, d.dram_B_per_s = 1e30, d.dram_bit = {0};
    Estimate free, fixed, one;
    run_crossbar(d, w, free);
    ASSERT_EQ(free.n_arrays, 3);  // two forward, one error: the first layer's input needs none
    d.chip_arrays = 3;
    run_crossbar(d, w, fixed);
    EXPECT_EQ(fixed.iteration_latency_s, free.iteration_latency_s);
    d.chip_arrays = 2;
    run_crossbar(d, w, one);
    // forward of both layers stay, then the error's array is loaded: two loads of 128 rows, one drain of 3 cycles
    EXPECT_EQ(one.chip.swaps, 2);
    EXPECT_NEAR(one.chip.reprogram_s, 2 * 128e-6, 1e-12);
    EXPECT_NEAR(one.chip.drain_s, 3e-6, 1e-12);
    EXPECT_EQ(one.chip.cells, 128 * 16 + 16 * 16 + 16 * 16);
    EXPECT_NEAR(one.iteration_latency_s, free.iteration_latency_s + 2 * 128e-6 + 3e-6, 1e-12);
    double loading = 0, updating = 0;
    for (const OpCost& op : one.ops) loading += at(op.energy_J, Component::reprogram), updating += at(op.energy_J, Component::cell_write);
    EXPECT_NEAR(loading, one.chip.cells * 1e-12, 1e-20);
    EXPECT_EQ(updating, 0) << "weights that no array holds are updated in memory";
    EXPECT_GT(one.chip.bytes_dram, 0);
    d.chip_arrays = 1;
    run_crossbar(d, w, one);
    EXPECT_EQ(one.chip.swaps, 3);
    EXPECT_NEAR(one.chip.drain_s, 2 * 3e-6, 1e-12);
}

/// The cheapest cuts, against every way to cut.
TEST(Chip, CutsAreTheCheapest) {
    Rng rng(7);
    for (int round = 0; round < 400; ++round) {
        const std::size_t n = 2 + rng.below(9);
        std::vector<ArraySet> sets(n);
        for (ArraySet& s : sets) s.arrays = double(1 + rng.below(5)), s.bytes = rng.below(3) == 0 ? 0 : double(1 + rng.below(100));
        ChipWalk walk;
        std::vector<double> cut_s;
        for (std::size_t i = 0; i < n; ++i)
            walk.steps.push_back({0, std::uint32_t(rng.below(n)), i == 0 || rng.below(4) == 0}), cut_s.push_back(double(rng.below(5)));
        const CutPrice price{.arrays = double(2 + rng.below(8)), .drain_s = 7, .program_s = 3, .load_B_per_s = 10, .another_turn_s = 8};
        double best = INFINITY;
        for (std::size_t mask = 0; mask < (std::size_t{1} << (n - 1)); ++mask) {
            double cost = 0;
            for (std::size_t from = 0, to; from < n; from = to) {
                for (to = from + 1; to < n && !(mask >> (to - 1) & 1);) ++to;
                std::vector<std::uint32_t> ids;
                for (std::size_t i = from; i < to; ++i) ids.push_back(walk.steps[i].set);
                std::sort(ids.begin(), ids.end()), ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
                double arrays = 0, bytes = 0;
                for (const auto id : ids) arrays += sets[id].arrays, bytes += sets[id].bytes;
                if (arrays > price.arrays && to - from > 1) {
                    cost = INFINITY;
                    break;
                }
                const double turns = std::max(1.0, std::ceil(arrays / price.arrays)), inside = walk.steps[from].begins ? 0 : 1;
                cost +=
                    (bytes > 0 ? std::max(turns * 3, bytes / 10) : 0) + inside * 7 + (turns - 1) * 8 + (turns - 1 + inside) * cut_s[from];
            }
            best = std::min(best, cost);
        }
        EXPECT_DOUBLE_EQ(cut_walk(walk, sets, cut_s, price).cost_s, best) << round;
    }
}

TEST(Chip, WalksVisitEveryPassOnce) {
    for (const auto& name : {"pipelayer", "regan"}) {
        const auto d = dynamic_cast<const AcceleratorOf<CrossbarDesign>&>(*registry().get(name).make(nullptr)).design();
        for (const Int steps_d : {1, 3}) {
            const Workload w = training("dcgan", 16, steps_d);
            std::vector<double> samples(w.ops.size(), 0);
            for (const ChipWalk& walk : chip_walks(d, w))
                for (const ChipStep& s : walk.steps) samples[s.op] += walk.repeats * double(w.batch);
            for (std::size_t i = 0; i < w.ops.size(); ++i) {
                const Op& op = w.ops[i];
                const double due = op.pass == Pass::update || (d.computation_sharing && op.shareable) ? 0 : op.samples;
                EXPECT_EQ(samples[i], due) << name << " " << i;
            }
        }
    }
}

TEST(Chip, MemoryAndMeshBoundTheRate) {
    const Workload w = training("dcgan", 64);
    const auto m = chip_of("isaac", 60000);
    const Estimate base = run(*m, w);
    const Estimate slow = run(*m->with("dram_bandwidth_B_per_s", Value{1e8}), w), thin = run(*m->with("link_B_per_s", Value{1e7}), w),
                   none = run(*m->with("buffer_bytes_per_array", Value{Int{1}}), w);
    EXPECT_GT(slow.iteration_latency_s, 2 * base.iteration_latency_s);
    EXPECT_EQ(thin.iteration_latency_s, thin.chip.mesh_s + thin.chip.reprogram_s + thin.chip.drain_s);
    EXPECT_GT(none.chip.bytes_dram, base.chip.bytes_dram);
    EXPECT_LT(none.chip.buffer_share, base.chip.buffer_share);
    double memory_J = 0;
    for (const OpCost& op : none.ops) memory_J += at(op.energy_J, Component::dram);
    EXPECT_NEAR(memory_J, none.chip.bytes_dram * 8 * 20e-12, 1e-9 * memory_J);
    EXPECT_EQ(none.bytes_dram, none.chip.bytes_dram);
}

/// On a chip of the same area nothing is slower than what --area chooses, where the arrays and not memory or mesh set the time: it is among
/// what is tried.
TEST(Chip, IsNeverSlowerThanAsManyArraysAsTheAreaHolds) {
    std::size_t fit = 0, loaded_is_faster = 0;
    for (const auto& network : {"dcgan", "gan1", "igan", "artgan", "magan", "resnet_cifar", "mlp1_4layer", "fcn"})
        for (const auto& name : machines) {
            const AcceleratorEntry& entry = registry().get(name);
            const auto machine = entry.make(nullptr);
            const Workload w = training(network, 16);
            const double whole = run(*machine, w).area_total_m2();
            for (const double share : {0.4, 0.5, 0.7, 1.0, 1.6}) {
                if (name == "zara" && share != 0.5) continue;  // its search takes a while
                const Budget area{.area_m2 = share * whole, .power_W = {}, .n_arrays = {}};
                std::unique_ptr<Accelerator> resident;
                try {
                    resident = within_budget(*machine, w, area);
                } catch (const ConfigError&) {
                    continue;
                }
                const Estimate on_area = run(*resident, w), on_one = run(*on_chip(*machine, entry.chip, w, area), w);
                const auto arrays = std::get<Int>(value_of(*on_chip(*machine, entry.chip, w, area), "chip_arrays"));
                const Estimate there = run(*resident->with("chip_arrays", Value{arrays}), w);
                EXPECT_EQ(there.chip.swaps, 0) << name << " " << network << " " << share << ": what the area holds stays";
                EXPECT_LE(on_one.iteration_latency_s, there.iteration_latency_s * (1 + 1e-12)) << name << " " << network << " " << share;
                if (std::max(there.chip.dram_s, there.chip.mesh_s) >= there.iteration_latency_s) continue;
                EXPECT_LE(on_one.iteration_latency_s, on_area.iteration_latency_s * (1 + 1e-12)) << name << " " << network << " " << share;
                ++fit, loaded_is_faster += on_one.iteration_latency_s < 0.99 * on_area.iteration_latency_s;
            }
        }
    EXPECT_GT(fit, 100u);
    EXPECT_GT(loaded_is_faster, 0u) << "it is more than that";
}

/// What fills an area loads in turn wherever that is faster, so that a network is not slower where it just fits than where it does not.
TEST(Chip, MoreAreaIsNeverSlowerAcrossWhatFits) {
    for (const auto& name : {"isaac", "pipelayer", "regan", "lergan", "zara"}) {
        const AcceleratorEntry& entry = registry().get(name);
        const auto machine = entry.make(nullptr);
        const Workload w = training("dcgan", 64);
        double before = INFINITY;
        bool fits = false, loads = false;
        for (const double mm2 : {60.0, 85.0, 130.0, 200.0, 300.0, 450.0, 826.0}) {
            const Budget area{.area_m2 = mm2 * 1e-6, .power_W = {}, .n_arrays = {}};
            const Estimate e = run(*filling(*machine, entry.chip, w, area, mm2 * 1e-6), w);
            EXPECT_LE(e.iteration_latency_s, before * (1 + 1e-9)) << name << " " << mm2;
            EXPECT_LE(e.area_total_m2(), mm2 * 1e-6 * (1 + 1e-9)) << name << " " << mm2;
            (e.chip.swaps > 0 ? loads : fits) = true, before = e.iteration_latency_s;
        }
        EXPECT_TRUE(loads) << name;
        EXPECT_TRUE(fits) << name;
    }
}

TEST(Chip, SizesOfMachines) {
    const Workload w = training("dcgan", 64);
    const AcceleratorEntry& isaac = registry().get("isaac");
    const auto arrays = [](const Accelerator& m) { return std::get<Int>(value_of(m, "chip_arrays")); };
    EXPECT_EQ(arrays(*on_chip(*isaac.make(nullptr), isaac.chip, w, {})), 16128);
    for (const auto& name : machines) {
        const AcceleratorEntry& entry = registry().get(name);
        const Estimate e = run(*on_chip(*entry.make(nullptr), entry.chip, w, {}), w);
        EXPECT_LE(e.area_total_m2(), entry.chip.area_m2 * 1.001) << name;
        EXPECT_GT(e.area_total_m2(), 0.7 * entry.chip.area_m2) << name;
    }
    const auto small = on_chip(*isaac.make(nullptr), isaac.chip, w, Budget{.area_m2 = 20e-6, .power_W = {}, .n_arrays = {}});
    EXPECT_LE(run(*small, w).area_total_m2(), 20e-6);
    EXPECT_GT(run(*small, w).chip.swaps, 0);
    EXPECT_GE(run(*small, w).area_total_m2(), 15e-6) << "most of the area is used";
    const AcceleratorEntry& ganax = registry().get("ganax");
    EXPECT_EQ(arrays(*on_chip(*ganax.make(nullptr), ganax.chip, w, {})), -1);
    EXPECT_THROW(on_chip(*isaac.make(nullptr), isaac.chip, w, Budget{.area_m2 = 1e-12, .power_W = {}, .n_arrays = {}}), ConfigError);
    EXPECT_THROW(on_chip(*isaac.make(nullptr), isaac.chip, w, Budget{.area_m2 = {}, .power_W = 1e-9, .n_arrays = {}}), ConfigError);
}

}  // namespace
}  // namespace ganbar::arch
