// zara2019: ZARA against two ReRAM and two CMOS machines on five networks; published averages 1.15x and 2.1x, 1.6x and 23x (training
// performance).
#include <fmt/format.h>

#include <cmath>

#include "ganbar/arch/reproduction.h"

namespace ganbar::arch {
namespace {

const std::vector<std::string> zara_benchmarks{"fcn", "dcgan", "igan", "3dgan", "artgan"};

/// Both on the same silicon: a ReRAM subject takes as many copies as the rival's area holds; a digital rival gets as many units as the
/// subject's area.
void give_equal_area(Contest& c) {
    Estimate s, r;
    c.subject->estimate(c.workload, s), c.rival->estimate(c.workload, r);
    if (c.rival->arrays_needed(c.workload) > 0) {
        c.subject = within_arrays(*c.subject, c.workload, c.subject->arrays_needed(c.workload) * r.area_total_m2() / s.area_total_m2());
        return;
    }
    for (const ParamRow& row : c.rival->params()) {
        if (row.info.name != "units") continue;
        const auto units = std::get<std::int64_t>(row.value);  // the area is a line over the units: buffers stay
        Estimate twice;
        c.rival->with("units", 2 * units)->estimate(c.workload, twice);
        const double slope = (twice.area_total_m2() - r.area_total_m2()) / double(units);
        const double more = (s.area_total_m2() - r.area_total_m2()) / slope;
        c.rival = c.rival->with("units", std::max<std::int64_t>(1, std::llround(double(units) + more)));
        return;
    }
}

}  // namespace

Reproduction reproduce_zara2019(const ReproductionContext& context) {
    Reproduction out;
    out.name = "zara2019", out.title = "ZARA against ReGAN, PipeLayer, GANAX and FCN-engine";
    const std::string source =
        "chen2019, sec. 5: 1.15x-2.1x over ReRAM and 1.6x-23x over CMOS designs; which ratio belongs to which design is our reading";
    std::vector<Contest> first;
    for (const auto& [rival, published] :
         {std::pair<std::string, double>{"pipelayer", 2.1}, {"regan", 1.15}, {"ganax", 1.6}, {"fcn_engine", 23}}) {
        for (const auto& b : zara_benchmarks) {
            Contest c = make_contest(context, b, "zara", rival);
            out.rows.push_back(row_of(c, rival, "as configured"));
            give_equal_area(c);
            out.rows.push_back(row_of(c, rival, "equal area", ReproductionRow(out.rows.back())));
            if (rival == "pipelayer" && b != "fcn") first.push_back(make_contest(context, b, "zara", rival));
        }
        for (const char* basis : {"as configured", "equal area"})
            out.means.push_back(mean_of(out.rows, rival, basis, "speed", published, source));
    }
    const std::vector<std::string> gans(zara_benchmarks.begin() + 1,
                                        zara_benchmarks.end());  // the ladder leaves the segmentation network out
    const auto add = [&](const std::string& label, const std::vector<std::pair<std::string, Value>>& settings) {
        auto contests = contests_on(context, gans, "zara", "pipelayer", settings);
        for (Contest& c : contests) give_equal_area(c);
        out.ladder.push_back(rung(label, contests));
    };
    add("zeros inserted, stacks of 4", {{"zeros", std::string("inserted")}});
    add("zero-free, stacks of 4 (ZARA)", {});
    add("zero-free, stacks of 8", {{"stack_layers", std::int64_t{8}}});
    add("zero-free, every crossbar works at once", {{"stack_layers", std::int64_t{1}}});
    add("zero-free, stacks of 4, PipeLayer's 29.31 ns per input bit", {{"step", 29.31e-9}});
    out.tornado = tornado_of(first, "zara", "pipelayer");

    double bound = 0;
    for (const auto& b : zara_benchmarks) {
        const Gan gan = context.network(b);
        const MacTotals t = totals(lower(gan, Task::training, 1, 1));
        bound += std::log(t.zero_inserted / t.deformed);
    }
    out.findings.push_back(
        fmt::format("Leaving the zeros out saves {:.2f}x of the multiplications of a training iteration (geometric mean over the five "
                    "networks; 2.86x for DCGAN). Time can gain a little more: the "
                    "operand of a gradient shrinks too and leaves arrays for copies.",
                    std::exp(bound / double(zara_benchmarks.size()))));
    out.findings.push_back(
        "One active crossbar per multiplier divides the working crossbars by the height of the stack; the papers give neither the height "
        "nor the area, and this alone decides whether ZARA is ahead at equal "
        "area or at equal footprint.");
    out.findings.push_back(
        "ISAAC's 100 ns per input bit, which stands in for ZARA's unknown interface, is 3.4 times PipeLayer's spike; the shorter step, "
        "with "
        "the converters it needs, is a rung of the ladder.");
    out.findings.push_back(
        "GANAX and FCN-engine were published for inference; their training passes, and the number of units they are given, are our "
        "extension.");
    return out;
}

}  // namespace ganbar::arch
