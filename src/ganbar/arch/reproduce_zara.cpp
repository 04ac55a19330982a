// zara2019: ZARA against two ReRAM and two CMOS machines on five networks, in training. The paper gives two ranges of averages, 1.15x to
// 2.1x over ReRAM and 1.6x to 23x over CMOS designs: no network's figure, no energy, no area, and not which end belongs to which rival.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/arch/budget.h"
#include "ganbar/arch/reproduction.h"
#include "ganbar/arch/substrates.h"
#include "ganbar/core/parallel.h"

namespace ganbar::arch {
namespace {

using Settings = std::vector<std::pair<std::string, Value>>;

const std::vector<std::string> gans{"dcgan", "igan", "3dgan", "artgan"};
const std::string segmentation = "fcn";  // has no generator: among the rows, in no mean

/// Who stands against whom.
struct Field {
    std::string basis;
    const AcceleratorEntry *zara, *rival;
};

Contest contest(const ReproductionContext& context, const std::string& benchmark, const Field& f, const Settings& subject,
                const Settings& rival) {
    Contest c;
    const Gan gan = context.network(benchmark);
    c.benchmark = benchmark;
    c.workload = lower(gan, Task::training, context.batch > 0 ? context.batch : gan.batch, 1);
    c.subject_entry = f.zara, c.rival_entry = f.rival;
    c.subject = f.zara->make(nullptr), c.rival = f.rival->make(nullptr);
    for (const auto& [name, value] : subject) c.subject = c.subject->with(name, value);
    for (const auto& [name, value] : rival) c.rival = c.rival->with(name, value);
    return c;
}

/// Both on one area, each with the copies or units that run the network fastest on it: the area that the rival takes as configured, or ZARA
/// where the rival has processing elements.
void give_equal_area(Contest& c) {
    Estimate e;
    (c.rival->arrays_needed(c.workload) > 0 ? *c.rival : *c.subject).estimate(c.workload, e);
    const Budget area{.area_m2 = e.area_total_m2(), .power_W = {}, .n_arrays = {}};
    c.subject = within_budget(*c.subject, c.workload, area), c.rival = within_budget(*c.rival, c.workload, area);
}

std::vector<Contest> contests(const ReproductionContext& context, const std::vector<std::string>& benchmarks, const Field& f, bool equal,
                              const Settings& subject = {}, const Settings& rival = {}) {
    std::vector<Contest> out;
    for (const auto& b : benchmarks) out.push_back(contest(context, b, f, subject, rival));
    if (equal) parallel_for(out.size(), [&](std::size_t i) { give_equal_area(out[i]); });
    return out;
}

/// Rows of all networks and the mean over those with a generator.
void add_field(const ReproductionContext& context, const Field& f, const std::string& rival, double lo, double hi, Reproduction& out) {
    std::vector<std::string> benchmarks = gans;
    benchmarks.push_back(segmentation);
    const std::vector<Contest> all = contests(context, benchmarks, f, f.basis != "as configured");
    std::vector<ReproductionRow> rows(all.size());
    parallel_for(all.size(), [&](std::size_t i) { rows[i] = row_of(all[i], rival, f.basis); });
    out.rows.insert(out.rows.end(), rows.begin(), rows.end());
    std::erase_if(rows, [](const ReproductionRow& r) { return r.benchmark == segmentation; });
    ReproductionMean mean = mean_of(rows, rival, f.basis, "speed", lo, "chen2019, sec. 5: a range; which end is whose it does not say");
    mean.published_hi = hi;
    out.means.push_back(mean);
}

double area_m2(const Accelerator& machine, const Workload& w) {
    Estimate e;
    machine.estimate(w, e);
    return e.area_total_m2();
}

/// Mean ratios with one parameter of one machine changed; what changes an area is sized anew.
std::pair<double, double> ratios_with(const ReproductionContext& context, const Field& f, const std::vector<Contest>& sized, bool subject,
                                      const std::string& param, const Value& value) {
    for (const Contest& c : sized) {
        const Accelerator& now = subject ? *c.subject : *c.rival;
        auto with = now.with(param, value);
        if (area_m2(*with, c.workload) != area_m2(now, c.workload)) {
            const Settings one{{param, value}};
            return mean_ratios(contests(context, gans, f, true, subject ? one : Settings{}, subject ? Settings{} : one));
        }
    }
    return mean_ratios(sized, subject ? "subject" : "rival", param, &value);
}

/// Every uncertain parameter of both at its two ends, at equal area.
std::vector<TornadoBar> tornado(const ReproductionContext& context, const Field& f) {
    std::vector<TornadoBar> bars;
    const std::vector<Contest> sized = contests(context, gans, f, true);
    for (const bool subject : {true, false})
        for (const Swing& s : (subject ? f.zara : f.rival)->swings) {
            TornadoBar bar{subject ? "zara" : "pipelayer", s.param, "", "", 1, 1, 1, 1};
            for (const ParamRow& row : (subject ? f.zara : f.rival)->defaults)
                if (row.info.name == s.param) bar.lo = value_text(row.info, s.lo), bar.hi = value_text(row.info, s.hi);
            std::tie(bar.speed_lo, bar.energy_lo) = ratios_with(context, f, sized, subject, s.param, s.lo);
            std::tie(bar.speed_hi, bar.energy_hi) = ratios_with(context, f, sized, subject, s.param, s.hi);
            bars.push_back(bar);
        }
    std::stable_sort(bars.begin(), bars.end(), [](const TornadoBar& a, const TornadoBar& b) { return a.reach() > b.reach(); });
    return bars;
}

/// Rungs that a finding names.
constexpr const char *on_spikes = "PipeLayer's arrays in both: ZARA", *on_own = "ISAAC's for ZARA, PipeLayer's for PipeLayer",
                     *zeros_inserted = "- zeros inserted", *stacks_of_1 = "- stacks of 1",
                     *faster_step = "- ZARA's step 29.31 ns, not 100 ns";

struct Fields {
    AcceleratorEntry zara_spikes = on_substrate("zara", Substrate::pipelayer), zara_converters = on_substrate("zara", Substrate::isaac),
                     pipelayer_converters = on_substrate("pipelayer", Substrate::isaac),
                     regan_converters = on_substrate("regan", Substrate::isaac);
};

/// What each part is worth over PipeLayer: one change at a time from the machine on PipeLayer's arrays, then the other arrays.
void add_ladder(const ReproductionContext& context, const Fields& f, Reproduction& out) {
    const AcceleratorEntry &pipelayer = context.registry.get("pipelayer"), &zara = context.registry.get("zara");
    const Field spikes{"", &f.zara_spikes, &pipelayer}, converters{"", &f.zara_converters, &f.pipelayer_converters},
        own{"", &zara, &pipelayer};
    const auto add = [&](const std::string& label, const Field& field, const Settings& subject = {}, const Settings& rival = {}) {
        out.ladder.push_back(rung(label, contests(context, gans, field, true, subject, rival)));
    };
    const Int wide = 65536;
    const Value inserted = std::string("inserted"), phases = std::string("phases"), at_once = 1e-9;
    const auto stack = [](Int n) { return Settings{{"stack_layers", Value{n}}}; };
    add(on_spikes, spikes);
    add(zeros_inserted, spikes, {{"zeros", inserted}});
    add("- zeros skipped in both", spikes, {}, {{"zeros", phases}});
    add("- bus and mesh without a limit", spikes, {{"bus_bits", Value{wide}}});
    add("- planes dealt in turn, not by load", spikes, {{"deal_by_load", Value{false}}});
    add("- rows written in 1 ns in both", spikes, {{"write_row", at_once}}, {{"write_row", at_once}});
    add(stacks_of_1, spikes, stack(1));
    add("- stacks of 8", spikes, stack(8));
    add("ISAAC's arrays in both: ZARA", converters);
    add(zeros_inserted, converters, {{"zeros", inserted}});
    add(stacks_of_1, converters, stack(1));
    add(on_own, own);
    add(faster_step, own, {{"step", Value{29.31e-9}}});
}

void add_findings(const ReproductionContext& context, Reproduction& out) {
    const auto ratio = [&](const char* rival, const char* basis) { return mean_named(out, rival, basis, "speed").geometric; };
    const double spikes = rung_named(out, on_spikes).speed;
    const auto with = [&](const char* rung) { return rung_named(out, rung, on_spikes).speed; };
    out.findings.push_back(fmt::format(
        "On one table of arrays and one area, filled by both, ZARA is {:.2g} times as fast as PipeLayer and {:.2g} times as fast as ReGAN "
        "on PipeLayer's arrays, {:.2g} and {:.2g} times on ISAAC's. The paper's range over ReRAM designs is 1.15 to 2.1, without a word on "
        "area, arrays or which end is whose.",
        ratio("pipelayer", "equal area, PipeLayer's arrays"), ratio("regan", "equal area, PipeLayer's arrays"),
        ratio("pipelayer", "equal area, ISAAC's arrays"), ratio("regan", "equal area, ISAAC's arrays")));
    out.findings.push_back(fmt::format(
        "Of the {:.2g} over PipeLayer on its arrays, skipping zeros is a factor of {:.2g}, dealing by load {:.3g}, stacks of one crossbar "
        "would be {:.2g} more; bus and mesh cost a factor of {:.3g}. Against a PipeLayer that skips zeros, too, {:.2g} is left. With rows "
        "written in 1 ns in both it would be {:.2g}: writes hold back ZARA more.",
        spikes, spikes / with(zeros_inserted), spikes / with("- planes dealt in turn, not by load"), with(stacks_of_1) / spikes,
        with("- bus and mesh without a limit") / spikes, with("- zeros skipped in both"), with("- rows written in 1 ns in both")));
    out.findings.push_back(fmt::format(
        "Each on its own table, ZARA on ISAAC's arrays and PipeLayer on its own, the ratio is {:.2g}: whose arrays stand in for "
        "ZARA's matters as much as its data flow. ISAAC's 100 ns a step is 3.4 times PipeLayer's spike; with 29.31 ns it is {:.2g}.",
        rung_named(out, on_own).speed, rung_named(out, faster_step, on_own).speed));
    out.findings.push_back(fmt::format(
        "The two CMOS designs, given the same area, are {:.2g} apart here; the ends of the paper's range are 14 apart, so at least one is "
        "missed by any model that treats both alike. Ours are {:.2g} over GANAX and {:.2g} over FCN-engine.",
        std::max(ratio("ganax", "equal area"), ratio("fcn_engine", "equal area")) /
            std::min(ratio("ganax", "equal area"), ratio("fcn_engine", "equal area")),
        ratio("ganax", "equal area"), ratio("fcn_engine", "equal area")));
    double bound = 0;
    for (const auto& b : gans) {
        const MacTotals t = totals(lower(context.network(b), Task::training, 1, 1));
        bound += std::log(t.zero_inserted / t.deformed);
    }
    out.findings.push_back(
        fmt::format("Leaving the zeros out saves {:.2f}x of the multiplications of a training iteration (geometric mean of the four GANs). "
                    "Time can gain more: the operand of a gradient shrinks too and leaves arrays for copies.",
                    std::exp(bound / double(gans.size()))));
    out.findings.push_back(
        "One active crossbar per multiplier divides the working crossbars by the height of the stack; the papers give neither the height "
        "nor the area.");
    out.findings.push_back(
        "fcn, the segmentation network, has no generator and would take half a square metre of arrays on PipeLayer: it is among the rows "
        "and in no mean. GANAX and FCN-engine were published for inference; their training passes are our extension.");
}

}  // namespace

Reproduction reproduce_zara2019(const ReproductionContext& context) {
    Reproduction out;
    out.name = "zara2019", out.title = "ZARA against ReGAN, PipeLayer, GANAX and FCN-engine";
    const Fields f;
    const auto own = [&](const char* name) { return &context.registry.get(name); };
    const Field spikes{std::string("equal area, ") + to_string(Substrate::pipelayer), &f.zara_spikes, own("pipelayer")};
    for (const auto& [rival, converters] :
         {std::pair<const char*, const AcceleratorEntry*>{"pipelayer", &f.pipelayer_converters}, {"regan", &f.regan_converters}}) {
        add_field(context, {spikes.basis, &f.zara_spikes, own(rival)}, rival, 1.15, 2.1, out);
        add_field(context, {std::string("equal area, ") + to_string(Substrate::isaac), &f.zara_converters, converters}, rival, 1.15, 2.1,
                  out);
        add_field(context, {"equal area", own("zara"), own(rival)}, rival, 1.15, 2.1, out);
        add_field(context, {"as configured", own("zara"), own(rival)}, rival, 1.15, 2.1, out);
    }
    for (const char* rival : {"ganax", "fcn_engine"})
        for (const char* basis : {"equal area", "as configured"}) add_field(context, {basis, own("zara"), own(rival)}, rival, 1.6, 23, out);
    add_ladder(context, f, out);
    out.tornado = tornado(context, spikes);
    out.tornado_speed = rung_named(out, on_spikes).speed, out.tornado_energy = rung_named(out, on_spikes).energy;
    add_findings(context, out);
    return out;
}

}  // namespace ganbar::arch
