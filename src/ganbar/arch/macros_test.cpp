// Components against macros and tools of others, and machines at full use against their papers: the tables of docs/accelerators.md, row by
// row.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "ganbar/arch/components.h"
#include "ganbar/arch/models/converter_params.h"
#include "ganbar/arch/models/spike_params.h"
#include "ganbar/arch/test_machines.h"

namespace ganbar::arch {
namespace {

using test::registry;

void expect_line(const std::string& line) {
    std::ifstream file(std::string(GANBAR_SOURCE_ROOT) + "/docs/accelerators.md");
    bool found = false;
    for (std::string have; std::getline(file, have);) found = found || have == line;
    EXPECT_TRUE(found) << "docs/accelerators.md should have the line\n" << line;
}

std::string digits(double v) { return v >= 1000 ? fmt::format("{:.0f}", v) : fmt::format("{:.3g}", v); }

struct Macro {
    std::string quantity, source, unit;
    double theirs, ours;
    std::string reason;  ///< beyond a factor of two
};

std::vector<Macro> macros() {
    const CrossbarDesign isaac = converter_defaults(), pipelayer = spike_defaults();
    const double pJ = 1e-12, um2 = 1e-12;
    const double step = isaac.array_step.si + 128 * (isaac.row_step.si + isaac.column_step.si + isaac.accumulate_step.si);
    const double bare = (4 * isaac.cells_area.si + 2 * isaac.driver_area.si) * area_scale(32, 65);
    const IsaacTable& chip = isaac_table();
    return {
        {"step of a 128x128 array, periphery included", "PANTHER's simulator (puma-simulator): 2.74 mW for 100 ns", "pJ", 274, step / pJ,
         ""},
        {"conversion, 9 bits", "Newton, IEEE Micro 2018: 3.1 mW at 1.2 GS/s", "pJ", 3.1e-3 / 1.2e9 / pJ, adc_energy_J(9) / pJ, ""},
        {"area of that converter", "Newton, IEEE Micro 2018", "um2", 1500, adc_area_m2(9) / um2, ""},
        {"conversion, 8 bits, 1.28 GS/s", "model of Murmann's survey (accelergy-adc-plug-in)", "pJ", 1.93, adc_energy_J(8) / pJ, ""},
        {"conversion, 7 bits, 1.25 GS/s, 28 nm silicon", "Ramkaj, JSSC 53(7) 2018: 3.56 mW", "pJ", 3.56e-3 / 1.25e9 / pJ,
         adc_energy_J(7) / pJ, "a sampler for inputs of 5 GHz, which an array that settles in 100 ns does not need"},
        {"area of that converter", "Ramkaj, JSSC 53(7) 2018", "um2", 7100, adc_area_m2(7) / um2, "the same sampler"},
        {"conversion, 4 bits", "FORMS, ISCA 2021 (hwcomponents-library)", "pJ", 0.226, adc_energy_J(4) / pJ,
         "ISAAC's converter rescaled keeps parts that do not shrink with its bits"},
        {"area of that converter", "FORMS, ISCA 2021 (hwcomponents-library)", "um2", 284, adc_area_m2(4) / um2, ""},
        {"eDRAM of 64 KB, an access of 256 bits", "CACTI, as PUMA's simulator has it", "pJ", 17.2,
         component("edram_64KB_256bit").energy_J / pJ, ""},
        {"area of that eDRAM", "CACTI, as PUMA's simulator has it", "mm2", 0.086, component("edram_64KB_256bit").area_m2 * 1e6, ""},
        {"programming a cell, converter machines", "NVSim's sample RRAM cell, one pulse", "pJ", 0.6, isaac.write.si / pJ,
         "the whole array with drivers, two bits a cell; the sample is a bare cell of one bit"},
        {"programming a word line, converter machines", "PipeLayer, HPCA 2017: a write spike", "ns", 50.88, isaac.write_row.si * 1e9, ""},
        {"energy of that", "PipeLayer, HPCA 2017: a write spike of 3.91 nJ", "nJ", 3.91, 128 * isaac.write.si * 1e9,
         "what a spike covers is not said; spike machines keep the paper's value, ten times other tables"},
        {"subarray of 256x256 at 65 nm without converters", "NVSim, 1T1R", "um2", 21900, bare / um2,
         "ISAAC's table has cross points of four squares and bare drivers, no access transistors, decoders and sense amplifiers; PRIME's "
         "and LerGAN's mats rest on NVSim's"},
        {"machine at full use, arrays and their periphery",
         "PUMA, ASPLOS 2019 (Aguirre and others, Nature Communications 15, 2024, table 3)", "TOPS/W", 0.42, 2e-12 * 128 * 16 / (16 * step),
         "theirs is a whole chip, with buffers, control and instructions; here buffers and links are billed by the word"},
        {"the same with the whole chip's power", "ISAAC, ISCA 2016 (the same table)", "TOPS/W", 0.63,
         1e-12 * chip.peak_op_per_s() / chip.chip_total().power_W, ""},
        {"spike machines: products of a joule", "PipeLayer, HPCA 2017: 142.9 GOPS/s/W", "TOPS/W", 0.1429,
         2e-12 * 4096 / (16 * (pipelayer.array_step.si + 128 * 0.5 * pipelayer.row_step.si)), ""},
    };
}

TEST(Macros, OursBesideTheirs) {
    std::vector<std::string> sources;
    for (const Macro& m : macros()) {
        const double ratio = m.ours / m.theirs;
        const bool within = ratio > 0.5 && ratio < 2;
        EXPECT_EQ(within, m.reason.empty()) << m.quantity << " " << ratio;
        const std::string source = m.source.substr(0, m.source.find_first_of(",("));
        if (std::find(sources.begin(), sources.end(), source) == sources.end()) sources.push_back(source);
        expect_line(fmt::format("| {} | {} | {} {} | {} {} | {:.2g} | {} |", m.quantity, m.source, digits(m.theirs), m.unit, digits(m.ours),
                                m.unit, ratio, m.reason));
    }
    EXPECT_GE(sources.size(), 6u);
}

struct Range {
    double value = 0, lo = INFINITY, hi = 0;
    bool holds(double x) const { return x >= lo * (1 - 1e-9) && x <= hi * (1 + 1e-9); }
};

/// A figure of the machine as it is, and over all its uncertain parameters, each alone and all at their low and high ends.
template <class Figure>
Range range_of(const AcceleratorEntry& entry, const Workload& w, Figure figure) {
    const auto machine = entry.make(nullptr);
    Range r;
    const auto see = [&](const Accelerator& m) {
        Estimate e;
        m.estimate(w, e);
        const double v = figure(e);
        r.lo = std::min(r.lo, v), r.hi = std::max(r.hi, v);
        return v;
    };
    r.value = see(*machine);
    for (const Swing& s : entry.swings)
        for (const Value& v : {s.lo, s.hi}) see(*machine->with(s.param, v));
    return r;
}

TEST(Macros, PeaksOfAllMachines) {
    for (const auto& name : registry().names()) {
        const AcceleratorEntry& entry = registry().get(name);
        const Workload w = test::training(GANBAR_SOURCE_ROOT, name == "satyam2022" ? "satyam2022" : "dcgan", 64);
        const Range energy = range_of(entry, w, [](const Estimate& e) { return 2e-12 * e.peak_macs_per_s / e.peak_power_W; });
        const Range area = range_of(entry, w, [](const Estimate& e) { return 2e-18 * e.peak_macs_per_s / e.area_total_m2(); });
        const double published_J = 1e-12 * entry.peak.op_per_J, published_m2 = 1e-18 * entry.peak.op_per_s_m2;
        EXPECT_FALSE(entry.peak.text.empty()) << name << ": where the figures are from, or why there are none";
        EXPECT_EQ(published_J > 0, published_m2 > 0) << name;
        if (published_J > 0)
            EXPECT_TRUE(energy.holds(published_J)) << name << " " << published_J << " not in " << energy.lo << " ... " << energy.hi;
        if (published_m2 > 0)
            EXPECT_TRUE(area.holds(published_m2)) << name << " " << published_m2 << " not in " << area.lo << " ... " << area.hi;
        const auto cell = [](const Range& r) { return fmt::format("{:.2g} ({:.2g} ... {:.2g})", r.value, r.lo, r.hi); };
        const auto theirs = [](double v) { return v > 0 ? fmt::format("{:.3g}", v) : std::string("-"); };
        expect_line(fmt::format("| {} | {} | {} | {} | {} | {} |", name, cell(energy), theirs(published_J), cell(area),
                                theirs(published_m2), entry.peak.text));
    }
}

}  // namespace
}  // namespace ganbar::arch
