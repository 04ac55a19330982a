#include "ganbar/arch/budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ganbar/arch/estimates.h"
#include "ganbar/arch/test_machines.h"

namespace ganbar::arch {
namespace {

Gan preset(const std::string& name) { return test::preset(GANBAR_SOURCE_ROOT, name); }
using test::registry;
Workload training(const std::string& network) { return lower(preset(network), Task::training, 16, 1); }
Estimate run(const Accelerator& machine, const Workload& w) { return test::estimate(machine, w); }
std::unique_ptr<Accelerator> machine(const std::string& name) { return registry().get(name).make(nullptr); }
std::unique_ptr<Accelerator> with_targets(const Accelerator& m, Int forward, Int gradient) {
    return m.with("steps_per_cycle", Value{forward})->with("gradient_steps_per_cycle", Value{gradient});
}
double power_W(const Estimate& e) { return e.energy_J() / e.iteration_latency_s; }

/// A generator of 4x4 to 8x8 pixels: at most 64 products a layer with inserted zeros.
Workload small() {
    auto root = config::parse_toml(
        "doc = \"small\"\nsource = \"test\"\nconfidence = \"assumed\"\nbatch = 4\n"
        "[generator]\ninput = \"20\"\nlayers = [\"fc 16x4x4 relu\", \"tconv 3 k4 s2 p1 tanh\"]\n"
        "[discriminator]\ninput = \"3x8x8\"\nlayers = [\"conv 16 k4 s2 p1 lrelu\", \"fc 1 sigmoid\"]\n",
        "small");
    return lower(read_gan(*root, "small"), Task::training, 4, 1);
}

TEST(Budget, NoLimitChangesNothing) {
    const Workload w = training("dcgan");
    for (const auto& name : registry().names()) {
        if (name == "satyam2022") continue;  // fully connected layers only
        const auto m = machine(name);
        const Estimate a = run(*m, w), b = run(*within_budget(*m, w, {}), w);
        EXPECT_EQ(a.iteration_latency_s, b.iteration_latency_s) << name;
        EXPECT_EQ(a.energy_J(), b.energy_J()) << name;
        EXPECT_EQ(a.area_total_m2(), b.area_total_m2()) << name;
    }
}

TEST(Budget, OfItsOwnSizeNoMachineIsSlower) {
    const Workload w = training("dcgan");
    for (const auto& name : registry().names()) {
        if (name == "satyam2022") continue;
        const auto m = machine(name);
        const Estimate own = run(*m, w);
        const Budget power{.area_m2 = {}, .power_W = power_W(own), .n_arrays = {}},
            arrays{.area_m2 = {}, .power_W = {}, .n_arrays = own.n_arrays};
        EXPECT_LE(run(*within_budget(*m, w, power), w).iteration_latency_s, own.iteration_latency_s) << name;
        EXPECT_LE(run(*within_budget(*m, w, arrays), w).iteration_latency_s, own.iteration_latency_s) << name;
        if (own.area_total_m2() <= 0) continue;
        const Budget area{.area_m2 = own.area_total_m2() * (1 - 4e-16), .power_W = {}, .n_arrays = {}};  // printed and read again
        EXPECT_LE(run(*within_budget(*m, w, area), w).iteration_latency_s, own.iteration_latency_s) << name;
    }
}

// What a budget chose, given by hand, is the same machine to the last bit.
TEST(Budget, ChosenParametersByHandAreTheSameMachine) {
    EstimateRequest request;
    request.accelerators = {"zara"}, request.intervals = false, request.budget.area_m2 = 5e-4;
    const NamedEstimate sized = run_estimates(registry(), preset("dcgan"), request).estimates.at(0);
    request.budget = {};
    for (const ParamRow& row : sized.params)
        if (row.info.name.ends_with("steps_per_cycle"))
            request.overrides.push_back("zara." + row.info.name + "=" + std::to_string(std::get<Int>(row.value)));
    ASSERT_EQ(request.overrides.size(), 2u);
    const NamedEstimate by_hand = run_estimates(registry(), preset("dcgan"), request).estimates.at(0);
    EXPECT_EQ(sized.estimate.iteration_latency_s, by_hand.estimate.iteration_latency_s);
    EXPECT_EQ(sized.estimate.energy_J(), by_hand.estimate.energy_J());
    EXPECT_EQ(sized.estimate.area_total_m2(), by_hand.estimate.area_total_m2());
}

// No pair of targets within a budget is faster than the chosen one, for all pairs there are.
TEST(Budget, ChoiceIsBestOfAllPairs) {
    const Workload w = small();
    for (const char* name : {"pipelayer", "regan", "isaac"}) {
        const auto m = machine(name);
        std::vector<std::pair<Budget, double>> cases;
        const Estimate smallest = run(*with_targets(*m, 64, 64), w), largest = run(*with_targets(*m, 1, 1), w);
        const double infinite = std::numeric_limits<double>::infinity();
        for (double share : {0.0, 0.1, 0.35, 0.7, 1.0}) {
            const auto between = [&](double a, double b) { return 1.0000001 * (a + share * (b - a)); };
            cases.push_back(
                {{.area_m2 = between(smallest.area_total_m2(), largest.area_total_m2()), .power_W = {}, .n_arrays = {}}, infinite});
            cases.push_back({{.area_m2 = {}, .power_W = {}, .n_arrays = between(smallest.n_arrays, largest.n_arrays)}, infinite});
            cases.push_back({{.area_m2 = {}, .power_W = between(power_W(smallest), power_W(largest)), .n_arrays = {}}, infinite});
        }
        for (Int f = 1; f <= 64; ++f)
            for (Int g = 1; g <= 64; ++g) {
                const Estimate e = run(*with_targets(*m, f, g), w);
                for (auto& [budget, best] : cases)
                    if (beyond(e, budget).empty()) best = std::min(best, e.iteration_latency_s);
            }
        for (const auto& [budget, best] : cases) {
            ASSERT_TRUE(std::isfinite(best)) << name;
            const Estimate e = run(*within_budget(*m, w, budget), w);
            EXPECT_EQ(beyond(e, budget), "") << name;
            EXPECT_EQ(e.iteration_latency_s, best) << name;
        }
    }
}

TEST(Budget, MoreIsNeverSlower) {
    const Workload w = training("dcgan");
    for (const auto& name : registry().names()) {
        const auto m = machine(name);
        double last = std::numeric_limits<double>::infinity();
        for (double mm2 : {30.0, 100.0, 300.0, 1000.0}) {
            const Budget budget{.area_m2 = mm2 * 1e-6, .power_W = {}, .n_arrays = {}};
            Estimate e;
            try {
                e = run(*within_budget(*m, w, budget), w);
            } catch (const ConfigError&) {
                EXPECT_FALSE(std::isfinite(last)) << name << ": what fits in less fits in " << mm2 << " mm2";
                continue;
            }
            EXPECT_LE(e.area_total_m2(), *budget.area_m2 * (1 + 1e-12)) << name;
            EXPECT_LE(e.iteration_latency_s, last * (1 + 1e-12)) << name << " at " << mm2;
            last = e.iteration_latency_s;
        }
    }
}

TEST(Budget, WhatTheUserSetStays) {
    const Workload w = small();
    const auto m = machine("regan");
    const Budget budget{.area_m2 = run(*with_targets(*m, 7, 64), w).area_total_m2() * 1.2, .power_W = {}, .n_arrays = {}};
    const auto chosen = within_budget(*m->with("steps_per_cycle", Value{Int{7}}), w, budget, {"steps_per_cycle"});
    EXPECT_EQ(beyond(run(*chosen, w), budget), "");
    for (const ParamRow& row : chosen->params())
        if (row.info.name == "steps_per_cycle") {
            EXPECT_EQ(std::get<Int>(row.value), 7);
        }
}

TEST(Budget, TooLittleIsRefusedWithTheLimit) {
    const Workload w = training("dcgan");
    try {
        within_budget(*machine("isaac"), w, {.area_m2 = 1e-6, .power_W = {}, .n_arrays = {}});
        FAIL() << "1 mm2 cannot hold dcgan";
    } catch (const ConfigError& e) {
        EXPECT_NE(std::string(e.what()).find("the limit is 1 mm2"), std::string::npos) << e.what();
    }
    EXPECT_THROW(within_budget(*machine("gtx1080"), w, {.area_m2 = {}, .power_W = 1e-3, .n_arrays = {}}), ConfigError);
}

// A simulated schedule may become faster, and hotter, with fewer copies: giving copies back must not break the limit.
TEST(Budget, WhatFitsAtItsSmallestIsNotRefused) {
    const Workload w = lower(preset("stylegan2_256"), Task::training, 32, 1);
    const auto m = machine("zara");
    const Int most = Int{1} << 20;
    const Estimate smallest = run(*with_targets(*m, most, most), w);
    for (const double watts : {30.0, 560.0}) {
        ASSERT_LE(power_W(smallest), watts);
        const Estimate e = run(*within_budget(*m, w, {.area_m2 = {}, .power_W = watts, .n_arrays = {}}), w);
        EXPECT_LE(power_W(e), watts);
        EXPECT_LE(e.iteration_latency_s, smallest.iteration_latency_s);
    }
}

TEST(Budget, IntervalsLeaveOutWhatIsKnownOrChosen) {
    EstimateRequest request;
    request.accelerators = {"pipelayer"}, request.overrides = {"pipelayer.array_area = 0.01 mm2"};
    const auto swung = [&] {
        std::vector<std::string> out;
        const EstimateResult result = run_estimates(registry(), preset("dcgan"), request);
        for (const Influence& f : result.estimates.at(0).uncertainty.influences) out.push_back(f.param);
        return out;
    };
    const auto has = [](const std::vector<std::string>& v, const char* s) { return std::find(v.begin(), v.end(), s) != v.end(); };
    EXPECT_FALSE(has(swung(), "array_area"));
    EXPECT_TRUE(has(swung(), "link_energy"));
    EXPECT_FALSE(has(swung(), "dram_bit_energy")) << "of a chip of fixed size";
    request.overrides.push_back("pipelayer.chip_arrays = 7024");
    EXPECT_TRUE(has(swung(), "dram_bit_energy"));
    request.overrides.push_back("pipelayer.dram_bit_energy = 10 pJ");
    EXPECT_FALSE(has(swung(), "dram_bit_energy"));
    request.overrides.resize(1), request.budget.area_m2 = 1e-3;
    EXPECT_TRUE(has(swung(), "link_energy"));
    EXPECT_FALSE(has(swung(), "array_area"));
    const auto entry = std::make_shared<const AcceleratorEntry>(registry().get("pipelayer"));
    const EstimateResult run =
        estimate_workload(lower(preset("gan1"), Task::training, 16, 1), {{"pipelayer", entry, entry->make(nullptr), {"array_area"}}});
    for (const Influence& f : run.estimates.at(0).uncertainty.influences) EXPECT_NE(f.param, "array_area") << "set in an experiment";
}

TEST(Budget, LimitsThatNoMachineComesNearAreTold) {
    const auto said = [](const Budget& b) { return join(implausible_limits(b)); };
    EXPECT_EQ(said({.area_m2 = 826e-6, .power_W = 560.0, .n_arrays = 16128.0}), "");
    EXPECT_EQ(said({.area_m2 = 70'000e-6, .power_W = 23e3, .n_arrays = {}}), "") << "a wafer";
    EXPECT_NE(said({.area_m2 = 1e3, .power_W = {}, .n_arrays = {}}).find("1e+09 mm2; plausible are 0.001 to 70686 mm2"), std::string::npos);
    EXPECT_NE(said({.area_m2 = {}, .power_W = 1e6, .n_arrays = {}}).find("1e+06 W; plausible are 1e-06 to 100000 W"), std::string::npos);
    EXPECT_NE(said({.area_m2 = {}, .power_W = {}, .n_arrays = 1e10}).find("arrays or units"), std::string::npos);
    EstimateRequest request;
    request.accelerators = {"isaac"}, request.budget.power_W = 1e6, request.intervals = false;
    EXPECT_EQ(run_estimates(registry(), preset("gan1"), request).warnings.size(), 1u);
    const auto free = machine("isaac")->with("write_energy", Value{0.0})->warnings();
    ASSERT_EQ(free.size(), 1u);
    EXPECT_NE(free[0].find("write_energy is 0 J in place of"), std::string::npos) << free[0];
    EXPECT_TRUE(machine("ganax")->warnings().empty());
}

}  // namespace
}  // namespace ganbar::arch
