// Choices of geometry and precision have their price: what no machine can get for nothing.
#include "ganbar/arch/coupling.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/arch/components.h"
#include "ganbar/arch/models/converter_params.h"
#include "ganbar/arch/models/spike_params.h"
#include "ganbar/arch/test_machines.h"

namespace ganbar::arch {
namespace {

using test::registry;
Workload training(const std::string& name, Int batch) { return test::training(GANBAR_SOURCE_ROOT, name, batch, 1); }
using Settings = std::vector<std::pair<std::string, Value>>;
Estimate estimate(const std::string& name, const Settings& settings, const Workload& w) {
    auto machine = registry().get(name).make(nullptr);
    for (const auto& [param, value] : settings) machine = machine->with(param, value);
    return test::estimate(*machine, w);
}

TEST(Coupling, PublishedChoicesChangeNothing) {
    const Workload w = training("igan", 16);
    for (const auto& name : registry().names()) {
        if (name == "satyam2022") continue;
        Settings all;
        for (const ParamRow& p : registry().get(name).defaults) all.emplace_back(p.info.name, p.value);
        const Estimate as_is = estimate(name, {}, w), set = estimate(name, all, w);
        EXPECT_EQ(as_is.energy_J(), set.energy_J()) << name;
        EXPECT_EQ(as_is.area_total_m2(), set.area_total_m2()) << name;
        EXPECT_TRUE(registry().get(name).make(nullptr)->warnings().empty()) << name;
    }
    const CrossbarDesign d = converter_defaults(), c = couple_converters(d, d), s = spike_defaults(), t = couple_spikes(s, s);
    EXPECT_EQ(c.array_area.si, d.array_area.si);
    EXPECT_EQ(c.column_step.si, d.column_step.si);
    EXPECT_EQ(t.array_step.si, s.array_step.si);
    EXPECT_EQ(t.array_area.si, s.array_area.si);
}

TEST(Coupling, ConvertersResolveWhatTheArrayAddsUp) {
    const CrossbarDesign r = converter_defaults();
    CrossbarDesign d = r;
    EXPECT_DOUBLE_EQ(converter_bits(d, r), 8);  // ISAAC's encoding saves one of the nine bits that lose nothing
    d.rows = 4096;
    EXPECT_DOUBLE_EQ(converter_bits(d, r), 13);
    d = r, d.dac_bits = 8;
    EXPECT_DOUBLE_EQ(converter_bits(d, r), 16);
    d = r, d.cell_bits = 8;
    EXPECT_DOUBLE_EQ(converter_bits(d, r), 14);
    d = r, d.rows = 8, d.cell_bits = 1;
    EXPECT_DOUBLE_EQ(converter_bits(d, r), 3);
}

TEST(Coupling, NoDensityForNothing) {  // more cells under the same periphery would be; more resolution costs more than it saves
    const Workload w = training("dcgan", 16);
    const Value many = Int{4096}, eight = Int{8};
    const Estimate isaac = estimate("isaac", {}, w);
    for (const Settings& settings :
         {Settings{{"rows", many}, {"cols", many}}, Settings{{"dac_bits", eight}}, Settings{{"cell_bits", eight}}}) {
        const Estimate e = estimate("isaac", settings, w);
        EXPECT_LT(e.peak_macs_per_s / e.area_total_m2(), isaac.peak_macs_per_s / isaac.area_total_m2()) << settings[0].first;
        EXPECT_LT(e.peak_macs_per_s / e.peak_power_W, isaac.peak_macs_per_s / isaac.peak_power_W) << settings[0].first;
        EXPECT_GT(e.energy_J(), isaac.energy_J()) << settings[0].first;
    }
    // a firing counter needs as many firings as there are levels to tell apart
    const Estimate pipelayer = estimate("pipelayer", {}, w);
    for (const Settings& settings : {Settings{{"rows", many}, {"cols", many}}, Settings{{"cell_bits", eight}}}) {
        const Estimate e = estimate("pipelayer", settings, w);
        EXPECT_LT(e.peak_macs_per_s / e.area_total_m2(), pipelayer.peak_macs_per_s / pipelayer.area_total_m2()) << settings[0].first;
        EXPECT_GT(e.iteration_latency_s, pipelayer.iteration_latency_s) << settings[0].first;
    }
}

TEST(Coupling, WhatADesignerMayExpect) {
    const CrossbarDesign r = converter_defaults();
    const auto with = [&](auto change) {
        CrossbarDesign d = r;
        change(d);
        return couple_converters(d, r);
    };
    const CrossbarDesign half = with([](auto& d) { d.rows = d.cols = 64; });
    EXPECT_DOUBLE_EQ(half.step.si, r.step.si / 2);              // half the wire
    EXPECT_DOUBLE_EQ(half.array_step.si, r.array_step.si / 8);  // a quarter of the cells for half the time
    EXPECT_DOUBLE_EQ(half.row_step.si, r.row_step.si / 2);
    EXPECT_NEAR(half.column_step.si / r.column_step.si, 1.42 / 1.67, 1e-9);  // seven bits
    EXPECT_DOUBLE_EQ(half.array_step.si, crossbar_step_energy_J(64));
    EXPECT_DOUBLE_EQ(half.outer_product_array.si, r.outer_product_array.si / 4);
    const CrossbarDesign fast = with([](auto& d) { d.step.si /= 10; });  // ten times as many converters
    EXPECT_NEAR(fast.array_area.si - r.array_area.si, 9 * r.converter_area.si, 1e-6 * r.array_area.si);
    const CrossbarDesign drivers = with([](auto& d) { d.dac_bits = 2; });
    EXPECT_DOUBLE_EQ(drivers.row_step.si, 2 * r.row_step.si);
    const CrossbarDesign old = with([](auto& d) { d.node_nm = 65; });
    EXPECT_DOUBLE_EQ(old.array_area.si, area_scale(32, 65) * r.array_area.si);
    EXPECT_DOUBLE_EQ(old.column_step.si, energy_scale(32, 65) * r.column_step.si);
    const CrossbarDesign words = with([](auto& d) { d.input_bits = 8; });
    EXPECT_DOUBLE_EQ(words.buffer_word.si, r.buffer_word.si / 2);
    for (const Int rows : {8, 16, 64, 128, 512, 4096}) {  // every price grows with every choice
        const CrossbarDesign a = with([&](auto&d) { d.rows = rows; }), b = with([&](auto&d) { d.rows = 2 * rows; });
        EXPECT_LT(a.column_step.si, b.column_step.si);
        EXPECT_LT(a.array_area.si, b.array_area.si);
        EXPECT_LE(a.step.si, b.step.si);
    }
}

TEST(Coupling, UnitsCostAreaAndLeakage) {
    const Workload w = training("dcgan", 16);
    const Estimate small = estimate("ganax", {}, w), large = estimate("ganax", {{"units", Int{4096}}}, w);
    EXPECT_GT(large.area_total_m2(), 14 * small.area_total_m2());
    EXPECT_LT(large.area_total_m2(), 16 * small.area_total_m2());
    EXPECT_LE(large.peak_macs_per_s / large.area_total_m2(), 1.1 * small.peak_macs_per_s / small.area_total_m2());
    EXPECT_LT(small.iteration_latency_s / large.iteration_latency_s, 16);
    EXPECT_DOUBLE_EQ(large.peak_power_W, 16 * small.peak_power_W);
    const Estimate bytes = estimate("ganax", {{"word_bits", Int{8}}}, w);
    EXPECT_LT(bytes.energy_J(), 0.5 * small.energy_J());
    EXPECT_LT(bytes.area_total_m2(), small.area_total_m2());
}

TEST(Coupling, WhatIsNotCoupledWarns) {
    const auto warnings = [](const std::string& name, const Settings& settings) {
        auto machine = registry().get(name).make(nullptr);
        for (const auto& [param, value] : settings) machine = machine->with(param, value);
        return machine->warnings();
    };
    ASSERT_EQ(warnings("ganax", {{"clock", 1e9}}).size(), 1u);
    EXPECT_NE(warnings("ganax", {{"clock", 1e9}})[0].find("mac_energy"), std::string::npos);
    EXPECT_TRUE(warnings("ganax", {{"clock", 1e9}, {"mac_energy", 9e-12}}).empty());
    EXPECT_EQ(warnings("zara", {{"bus_bits", Int{1024}}}).size(), 1u);
    EXPECT_EQ(warnings("gtx1080", {{"peak_flop_per_s", 20e12}, {"power", 200.0}}).size(), 1u);  // the die is still the old one
    EXPECT_TRUE(warnings("isaac", {{"rows", Int{256}}}).empty());
}

TEST(Coupling, ConvertersFitIntoTheirMats) {  // the periphery that a machine's rate needs is smaller than what its area leaves for it
    for (const std::string name : {"isaac", "zara", "red", "prime", "lergan"}) {
        const CrossbarDesign d = dynamic_cast<const AcceleratorOf<CrossbarDesign>&>(*registry().get(name).make(nullptr)).design();
        const double node = area_scale(32, int(d.node_nm));
        const double converters = double(d.cols) * component("adc_8bit").time_s / d.step.si;
        const double needed =
            converters * adc_area_m2(d.converter_bits) * node + d.driver_area.si + d.cells_area.si + d.accumulator_area.si;
        EXPECT_LE(needed, d.array_area.si) << name;
        EXPECT_GE(d.converter_area.si, 0.9 * converters * adc_area_m2(d.converter_bits) * node) << name;
        EXPECT_GE(d.driver_area.si, 0.9 * double(d.rows) * component("dac_1bit").area_m2 * node) << name;
    }
}

TEST(Coupling, PeakNumbersOfThePapers) {
    const Workload w = training("dcgan", 16);
    const Estimate isaac = estimate("isaac", {}, w), pipelayer = estimate("pipelayer", {}, w);
    const auto tops_per_W = [](const Estimate& e) { return 2e-12 * e.peak_macs_per_s / e.peak_power_W; };
    EXPECT_NEAR(tops_per_W(pipelayer), 0.1429, 0.01 * 0.1429);  // calibrated on it
    EXPECT_NEAR(tops_per_W(isaac), 0.627, 0.35 * 0.627);        // its tile's buffers and links are booked with the words, not at the peak
    EXPECT_NEAR(2e-18 * pipelayer.peak_macs_per_s / at(pipelayer.area_m2, Component::crossbar), 1.485, 0.01 * 1.485);
    EXPECT_GT(pipelayer.power_density_W_m2(), high_power_density_W_m2);
    EXPECT_LT(isaac.power_density_W_m2(), high_power_density_W_m2);
    const Estimate prime = estimate("prime", {}, w);
    EXPECT_LT(2e-18 * prime.peak_macs_per_s / prime.area_total_m2(), 10);  // 80 before its converters had to fit
}

}  // namespace
}  // namespace ganbar::arch
