#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "ganbar/arch/accelerator.h"
#include "ganbar/arch/design_space.h"
#include "ganbar/arch/substrates.h"
#include "ganbar/arch/test_machines.h"
#include "ganbar/core/parallel.h"

namespace ganbar::arch {
namespace {

using test::registry;
Workload training(const std::string& network, Int batch = 16, Int steps_d = 1) {
    return test::training(GANBAR_SOURCE_ROOT, network, batch, steps_d);
}
Estimate run(const Accelerator& machine, const Workload& w) { return test::estimate(machine, w); }

/// A machine whose time is as its clock and nothing else: the joint interval is that parameter's, without its outer twentieths.
TEST(Uncertainty, OfOneParameterIsItsOwnRange) {
    const Workload w = training("gan1", 16, 1);
    const auto machine = registry().get("isaac").make(nullptr);
    const Estimate e = run(*machine, w);
    const double at = 1e-9, lo = at / 4, hi = at * 4;
    const auto set = machine->with("array_area", Value{at});
    const Uncertainty u = uncertainty(*set, {{"array_area", lo, hi}}, w, run(*set, w));
    const double crossbars = at * e.n_arrays, rest = u.area_m2.value - crossbars;
    EXPECT_NEAR(std::log2((u.area_m2.lo - rest) / crossbars), -2 + 4 * 0.05, 4.0 / 32);
    EXPECT_NEAR(std::log2((u.area_m2.hi - rest) / crossbars), 2 - 4 * 0.05, 4.0 / 32);
    EXPECT_EQ(u.latency_s.lo, u.latency_s.value);
    EXPECT_EQ(u.latency_s.hi, u.latency_s.value);
}

/// What whoever builds the machine decides is no uncertainty: of no machine, on no table of arrays.
TEST(Uncertainty, DesignChoicesAreNotSwung) {
    const auto has = [](const std::vector<std::string>& v, const std::string& s) { return std::find(v.begin(), v.end(), s) != v.end(); };
    std::vector<AcceleratorEntry> entries;
    for (const auto& name : registry().names()) entries.push_back(registry().get(name));
    for (const char* machine : {"zara", "regan", "pipelayer"})
        for (const Substrate arrays : {Substrate::pipelayer, Substrate::isaac}) entries.push_back(on_substrate(machine, arrays));
    for (const AcceleratorEntry& e : entries) {
        ASSERT_FALSE(e.choices.empty()) << e.doc;
        for (const auto* swings : {&e.swings, &e.chip_swings})
            for (const Swing& s : *swings) {
                EXPECT_FALSE(has(e.choices, s.param)) << e.doc << " " << s.param;
                EXPECT_TRUE(has(e.param_names, s.param)) << e.doc << " " << s.param;
            }
        for (const DesignAxis& axis : default_axes(e.defaults))  // what an exploration varies is a choice
            for (const std::string& p : axis.params) EXPECT_TRUE(has(e.choices, p)) << e.doc << " " << p;
        for (const ParamRow& p : e.defaults)  // and so is every count, and every switch
            EXPECT_TRUE(has(e.choices, p.info.name) || !(p.info.type == ParamType::integer || p.info.type == ParamType::boolean))
                << e.doc << " " << p.info.name;
    }
    AcceleratorEntry e = registry().get("isaac");
    EXPECT_THROW(check_swings({{"rows", Int{64}, Int{256}}}, e), std::logic_error);
    EXPECT_THROW(check_swings({{"row", Int{64}, Int{256}}}, e), std::logic_error);
    EXPECT_NO_THROW(check_swings({{"step", 50e-9, 200e-9}}, e));
}

/// What a cycle leaves out can only lengthen it, and stays uncertain when copies are chosen.
TEST(Uncertainty, OfTheModelItself) {
    const Workload w = training("gan1", 16, 1);
    for (const char* name : {"isaac", "regan", "zara"}) {
        const auto machine = registry().get(name).make(nullptr);
        const double own = run(*machine, w).iteration_latency_s;
        const double longer = run(*machine->with("cycle_overhead", Value{1.5}), w).iteration_latency_s;
        EXPECT_GT(longer, 1.3 * own) << name;  // the update is no cycle
        EXPECT_LE(longer, 1.5 * own * (1 + 1e-6)) << name;
        EXPECT_THROW(machine->with("cycle_overhead", Value{0.9}), ConfigError);
    }
}

/// Two independent factors, uniform in their logarithms over a range of +-L each: their product's 95th percentile is at 2 L (1 - sqrt(0.1))
/// = 1.37 L, below the 2 L where both are at their end and above the sqrt(2) 0.9 L = 1.27 L of two that add as squares.
TEST(Uncertainty, TwoFactorsAddAsIndependentOnesDo) {
    const Workload w = training("gan1", 16, 1);
    auto machine = registry().get("gtx1080").make(nullptr);
    const double power = 100, efficiency = 0.05;  // compute-bound: energy = power / efficiency
    machine = machine->with("power", Value{power})
                  ->with("efficiency", Value{efficiency})
                  ->with("efficiency_fc", Value{efficiency})
                  ->with("host", Value{0.0})
                  ->with("launch", Value{0.0});
    machine = machine->with("bandwidth_B_per_s", Value{1e15})->with("batch_exponent", Value{0.0});
    const Uncertainty u =
        uncertainty(*machine, {{"power", power / 4, power * 4}, {"peak_flop_per_s", 8.87e12 / 4, 8.87e12 * 4}}, w, run(*machine, w));
    EXPECT_NEAR(std::log2(u.energy_J.hi / u.energy_J.value), 2.74, 0.5);
    EXPECT_NEAR(std::log2(u.energy_J.lo / u.energy_J.value), -2.74, 0.5);
    EXPECT_NEAR(std::log2(u.latency_s.hi / u.latency_s.value), 1.8, 0.15);
}

TEST(Uncertainty, ThreadsChangeNothing) {
    const int before = max_threads();
    const Workload w = training("gan1", 16, 1);
    for (const auto& name : registry().names()) {
        if (name == "satyam2022") continue;
        const AcceleratorEntry& entry = registry().get(name);
        const auto machine = entry.make(nullptr);
        const Uncertainty u = uncertainty(*machine, entry.swings, w, run(*machine, w));
        set_threads(1);
        const Uncertainty again = uncertainty(*machine, entry.swings, w, run(*machine, w));
        set_threads(before);
        EXPECT_EQ(again.energy_J.hi, u.energy_J.hi) << name;
        EXPECT_EQ(again.latency_s.lo, u.latency_s.lo) << name;
    }
}

TEST(Uncertainty, IntervalsHoldTheEstimate) {
    const Workload w = training("igan", 16);
    for (const auto& name : registry().names()) {
        if (name == "satyam2022") continue;
        const AcceleratorEntry& entry = registry().get(name);
        const auto machine = entry.make(nullptr);
        const Uncertainty u = uncertainty(*machine, entry.swings, w, run(*machine, w));
        for (const Interval* i : {&u.latency_s, &u.energy_J, &u.area_m2}) {
            EXPECT_LE(i->lo, i->value) << name;
            EXPECT_GE(i->hi, i->value) << name;
        }
        EXPECT_LT(u.energy_J.lo, u.energy_J.hi) << name;
    }
}

}  // namespace
}  // namespace ganbar::arch
