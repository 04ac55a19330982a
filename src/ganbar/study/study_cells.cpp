#include "ganbar/study/study_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/data/csv.h"
#include "ganbar/report/aggregate.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/write_report.h"
#include "ganbar/study/study.h"

namespace ganbar::study {
namespace fs = std::filesystem;
namespace {

/// One kind of cell at one segment resistance, and its runs, one a seed.
struct Case {
    std::string key, cell, label;
    double r_ohm = 0;
    std::vector<std::string> sets;
    std::vector<report::RunData> runs = {};

    report::Spread spread(const char* name) const { return spread_of(runs, name); }
    static double cells_m2(const report::RunData& run) { return run.summary.number("area_m2").value_or(std::nan("")); }
    static double whole_m2(const report::RunData& run) { return run.hardware.total("area_with_periphery_m2").value_or(std::nan("")); }
};

std::vector<std::string> at(double r_ohm) {
    std::vector<std::string> sets;
    for (const char* key : {"rw", "rb", "rdrv", "rsense"}) sets.push_back(fmt::format("wires.{}={:g} ohm", key, r_ohm));
    return sets;
}

std::vector<Case> cases() {
    std::vector<Case> out{{"ideal", "passive", "ideal wires, no half-selection", 0, {"wires.mode=ideal"}}};
    for (const double r : {0.0, 0.1, 1.0}) {
        out.push_back({fmt::format("passive-r{:g}", r), "passive", fmt::format("passive, {:g} ohm", r), r, at(r)});
        out.back().sets.push_back("wires.programming=batched");
        out.push_back({fmt::format("1t1r-r{:g}", r), "1t1r", fmt::format("1T1R, {:g} ohm", r), r, at(r)});
        for (const char* set : {"tile.cell=1t1r", "wires.scheme=inhibit"}) out.back().sets.emplace_back(set);
    }
    return out;
}

Experiment experiment_of(const Case& c, const StudyOptions& o, std::int64_t rounds, std::int64_t seed, const Context& context) {
    auto sets = c.sets;
    const auto common = wires_training(rounds, seed);
    sets.insert(sets.end(), common.begin(), common.end());
    sets.insert(sets.end(), o.sets.begin(), o.sets.end());
    return context.load("satyam2022-wires", sets);
}

void train(Case& c, const StudyOptions& o, std::int64_t rounds, std::int64_t n_seeds, const Context& context) {
    for (std::int64_t seed = 1; seed <= n_seeds; ++seed) {
        const Experiment e = experiment_of(c, o, rounds, seed, context);
        const fs::path folder = o.out / "runs" / fmt::format("{}-seed{}", c.key, seed);
        context.train(e, folder, fmt::format("{}, seed {}", c.label, seed));
        c.runs.push_back(report::read_run(folder.string()));
        c.runs.back().group = c.label;
    }
}

report::TextTable table(const std::vector<Case>& all) {
    report::TextTable t;
    t.title = "Cells and wires";
    t.caption =
        "Means over seeds with the range. Energies and times are those of the whole training, converters apart; areas of the cells, and of "
        "all arrays with converters.";
    t.columns = {"cells",
                 "accuracy",
                 "coverage",
                 "Frechet distance",
                 "updates, mJ",
                 "reads, mJ",
                 "time of updates, ms",
                 "cells, mm2",
                 "with converters, mm2"};
    for (const Case& c : all)
        t.rows.push_back(
            {c.label, ranged_text(c.spread("classifier_accuracy"), 1), ranged_text(c.spread("coverage"), 1),
             ranged_text(c.spread("frechet_distance"), 1), ranged_text(c.spread("update_energy_J"), 1e3),
             ranged_text(c.spread("read_energy_J"), 1e3), fmt::format("{:.3g}", 1e3 * c.runs.front().hardware.busy_s("update")),
             fmt::format("{:.3g}", 1e6 * Case::cells_m2(c.runs.front())), fmt::format("{:.3g}", 1e6 * Case::whole_m2(c.runs.front()))});
    return t;
}

report::Chart chart(const std::vector<Case>& all, const char* measure, const std::string& title, const std::string& unit, double reference,
                    bool fraction) {
    report::Chart out;
    out.title = title;
    out.caption = "Means over seeds with the range; segments and terminals of the same resistance.";
    report::ChartView view{"", "segment resistance", "ohm", "", unit, {}, false};
    for (const std::string cell : {"passive", "1t1r"}) {
        report::Series s{cell == "passive" ? "passive, V/2" : "1T1R, inhibit", {}, {}, {}, {}};
        for (const Case& c : all)
            if (c.cell == cell && c.key != "ideal") {
                const auto spread = c.spread(measure);
                s.x.push_back(c.r_ohm), s.y.push_back(spread.mean), s.lo.push_back(spread.lo), s.hi.push_back(spread.hi);
            }
        view.series.push_back(std::move(s));
    }
    out.views.push_back(std::move(view));
    out.references = {{"ideal wires", reference}};
    if (fraction) out.y_lo = 0, out.y_hi = 1;
    else out.from_zero = true;
    return out;
}

void write_table(const std::vector<Case>& all, std::int64_t rounds, const fs::path& path) {
    fs::remove(path);
    auto csv =
        CsvWriter::create(path, {"cells", "segment_ohm", "case", "seed", "rounds", "classifier_accuracy", "coverage", "frechet_distance",
                                 "update_energy_J", "read_energy_J", "update_time_s", "area_m2", "area_with_periphery_m2"});
    for (const Case& c : all)
        for (std::size_t k = 0; k < c.runs.size(); ++k) {
            const auto number = [&](const char* name) { return c.runs[k].summary.number(name).value_or(std::nan("")); };
            csv.row({c.cell, c.r_ohm, c.key, static_cast<std::int64_t>(k + 1), rounds, number("classifier_accuracy"), number("coverage"),
                     number("frechet_distance"), number("update_energy_J"), number("read_energy_J"), c.runs[k].hardware.busy_s("update"),
                     Case::cells_m2(c.runs[k]), Case::whole_m2(c.runs[k])});
        }
    csv.sync();
}

/// Both kinds of cells at each resistance, in words.
std::string verdict(const std::vector<Case>& all) {
    const Case& ideal = all.front();
    std::string text;
    if (!(ideal.spread("classifier_accuracy").mean >= 0.9 && ideal.spread("coverage").mean >= 0.3))
        text =
            "Even with ideal wires these trainings do not reach accuracy 0.9 at coverage 0.3: they are too short to compare qualities; "
            "energies, times and areas can be compared.\n\n";
    for (const Case& p : all) {
        if (p.cell != "passive" || p.key == "ideal") continue;
        const Case& t = *std::find_if(all.begin(), all.end(), [&](const Case& c) { return c.cell == "1t1r" && c.r_ohm == p.r_ohm; });
        text += fmt::format(
            "- {:g} ohm: passive arrays reach coverage {:.2f} at accuracy {:.2f}, 1T1R arrays {:.2f} at {:.2f}; updates take {:.3g} and "
            "{:.3g} mJ, reads {:.3g} and {:.3g} mJ, cells {:.3g} and {:.3g} mm2\n",
            p.r_ohm, p.spread("coverage").mean, p.spread("classifier_accuracy").mean, t.spread("coverage").mean,
            t.spread("classifier_accuracy").mean, 1e3 * p.spread("update_energy_J").mean, 1e3 * t.spread("update_energy_J").mean,
            1e3 * p.spread("read_energy_J").mean, 1e3 * t.spread("read_energy_J").mean, 1e6 * Case::cells_m2(p.runs.front()),
            1e6 * Case::cells_m2(t.runs.front()));
    }
    return text;
}

}  // namespace

void study_cells(const StudyOptions& options, const Context& context) {
    const std::int64_t rounds = options.rounds_or(200, 40), n_seeds = options.seeds_or(3, 3);
    auto all = cases();
    for (const Case& c : all) check_sets(options.sets, c.sets);
    for (const Case& c : all) experiment_of(c, options, rounds, 1, context);
    const Experiment base = context.load("satyam2022-wires", options.sets);
    context.check_images(base);
    const StudyFolder folder(options.out, options.name("cells", rounds));
    for (Case& c : all) train(c, options, rounds, n_seeds, context);
    write_table(all, rounds, options.out / "results.csv");
    report::ReportInput input;
    input.title = "Passive cells and cells with transistors";
    input.intro = fmt::format(
        "satyam2022's crossbar GAN on {}; {} rounds, {} seed{}, 64 x 64 arrays through exact wires: passive cells written by V/2, and "
        "cells with a transistor each (tile.cell = 1t1r) written row by row under scheme inhibit. Segments, drivers and senses have the "
        "resistance named.",
        data_text(base), rounds, n_seeds, n_seeds == 1 ? "" : "s");
    for (const Case& c : all) input.runs.insert(input.runs.end(), c.runs.begin(), c.runs.end());
    report::Gallery samples;
    samples.title = "Samples", samples.caption = "Same latent vectors, at the end of each training, seed 1.";
    for (const Case& c : all)
        if (!c.runs.front().samples.empty()) samples.pictures.push_back({c.label, c.runs.front().samples.back().path, ""});
    const Case& ideal = all.front();
    input.findings.push_back({"What a transistor in every cell buys",
                              verdict(all),
                              {table(all), chart(all, "coverage", "Coverage", "", ideal.spread("coverage").mean, true), samples}});
    input.findings.push_back({"What it costs",
                              "",
                              {chart(all, "update_energy_J", "Energy of the updates", "J", ideal.spread("update_energy_J").mean, false),
                               chart(all, "read_energy_J", "Energy of the reads", "J", ideal.spread("read_energy_J").mean, false)}});
    input.reproduce_commands = {options.command("cells", n_seeds)};
    report::write_report(input, (options.out / "report.html").string(), true);
}

}  // namespace ganbar::study
