#include "ganbar/study/study_devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ganbar/data/csv.h"
#include "ganbar/report/aggregate.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/write_report.h"
#include "ganbar/study/device_limits.h"
#include "ganbar/study/device_page.h"

namespace ganbar::study {
namespace fs = std::filesystem;

std::vector<std::pair<std::string, std::string>> device_presets(const config::Presets& experiments) {
    std::map<std::string, std::string> found;
    for (const auto& folder : experiments.folders()) {
        std::error_code fault;
        for (fs::directory_iterator it(fs::path(folder).parent_path() / "devices", fault), end; !fault && it != end; it.increment(fault))
            if (it->path().extension() == ".toml") found.emplace(it->path().stem().string(), config::opening_comment(it->path().string()));
    }
    return {found.begin(), found.end()};
}

namespace {

/// One device under one rule: its runs and what they came to, mean over seeds.
struct Result {
    std::string device, rule, comment, limits;
    std::vector<report::RunData> runs;
    double mean(const char* name) const {
        double sum = 0;
        for (const auto& r : runs) sum += r.summary.number(name).value_or(std::nan("")) / static_cast<double>(runs.size());
        return sum;
    }
    std::string range(const char* name) const {
        std::vector<double> values;
        for (const auto& r : runs) values.push_back(r.summary.number(name).value_or(std::nan("")));
        return report::spread_text(report::spread_of(values));
    }
    std::string known(const char* name) const { return std::isnan(mean(name)) ? "–" : report::format_number(mean(name)); }
    /// Pulses that moved a cell, a cell, over the training.
    double pulses_per_cell() const {
        double sum = 0;
        for (const auto& r : runs) {
            double pulses = 0;
            for (const char* name : {"pulses_set", "pulses_reset"})
                if (const auto* column = r.metrics.find(name))
                    for (const double v : *column) pulses += v;
            sum += pulses / r.summary.number("cells_used").value_or(std::nan("")) / static_cast<double>(runs.size());
        }
        return sum;
    }
    double update_time_s() const {
        double sum = 0;
        for (const auto& r : runs) sum += r.hardware.busy_s("update") / static_cast<double>(runs.size());
        return sum;
    }
};

Result untrained(const std::string& device, const std::string& comment, bool feedback) {
    return {device, feedback ? "error feedback" : "blind pulses", comment, "", {}};
}

/// Adds the runs of seeds first..last.
void train_device(Result& out, const StudyOptions& o, std::int64_t rounds, std::int64_t first, std::int64_t last, const Context& context) {
    const std::string& device = out.device;
    const bool feedback = out.rule == "error feedback";
    for (std::int64_t seed = first; seed <= last; ++seed) {
        std::vector<std::string> sets{"device.model=" + device, fmt::format("train.rounds={}", rounds),
                                      fmt::format("experiment.seed={}", seed),
                                      fmt::format("train.snapshot_every={}", std::max<std::int64_t>(1, rounds / 4))};
        if (feedback) {
            const Experiment probe = context.load("measured-device", sets);
            const Window window = probe.device.make(1)->window();
            for (const auto& text : {std::string("feedback=0.6"), std::string("feedback_scale=0.7"), std::string("verify_pulses=8"),
                                     fmt::format("verify_step={:.6g} S", 0.006 * (window.g_max.si - window.g_min.si))})
                sets.push_back(manhattan_keys(o.sets) + text);
        }
        sets.insert(sets.end(), o.sets.begin(), o.sets.end());
        const Experiment e = context.load("measured-device", sets);
        const fs::path folder = o.out / "runs" / fmt::format("{}-{}-seed{}", device, feedback ? "feedback" : "blind", seed);
        context.train(e, folder, fmt::format("{}, {}, seed {}", device, out.rule, seed));
        if (out.limits.empty() && e.rule.pulses)
            out.limits = limits_of(step_character(e.device, {e.rule.pulses->set, e.rule.pulses->reset, e.rule.pulses->width}));
        out.runs.push_back(report::read_run(folder.string()));
        out.runs.back().group = device + ", " + out.rule;
    }
}

report::TextTable result_table(const std::vector<Result>& results) {
    report::TextTable t;
    t.title = "Devices";
    t.caption =
        "Mean over seeds with the range. Lower Frechet distances are better. Energy and time are those of the updates, reads and "
        "converters apart; pulses are those that moved a cell, the most those given to the cell that got most. Trainings survived: until "
        "0.1% of the cells are worn out; no preset knows its endurance, `--set nonideal.endurance=1e6` gives one.";
    t.columns = {"device",        "rule",        "Frechet distance", "coverage", "accuracy",
                 "update energy", "update time", "pulses a cell",    "most",     "trainings survived"};
    for (const auto& r : results)
        t.rows.push_back({r.device, r.rule, r.range("frechet_distance"), r.range("coverage"), r.range("classifier_accuracy"),
                          report::format_quantity(r.mean("update_energy_J"), "J"), report::format_quantity(r.update_time_s(), "s"),
                          report::format_number(r.pulses_per_cell()), r.known("pulses_per_cell_most"), r.known("trainings_survived")});
    return t;
}

report::TextTable limits_table(const std::vector<Result>& results) {
    report::TextTable t;
    t.title = "What limits each device";
    t.caption = "What stands out in its steps under the pulses of its training, at mid-window.";
    t.columns = {"device", "what limits it"};
    for (const auto& r : results) t.rows.push_back({r.device, r.limits});
    return t;
}

void write_table(const std::vector<Result>& results, const fs::path& path) {
    fs::remove(path);
    auto csv = CsvWriter::create(path, {"device", "rule", "seed", "frechet_distance", "coverage", "classifier_accuracy", "update_energy_J",
                                        "training_energy_J", "pulses_per_cell_mean", "pulses_per_cell_p999", "pulses_per_cell_most"});
    for (const auto& r : results)
        for (std::size_t k = 0; k < r.runs.size(); ++k) {
            const auto number = [&](const char* name) { return r.runs[k].summary.number(name).value_or(std::nan("")); };
            csv.row({r.device, r.rule, static_cast<std::int64_t>(k + 1), number("frechet_distance"), number("coverage"),
                     number("classifier_accuracy"), number("update_energy_J"), number("training_energy_J"), number("pulses_per_cell_mean"),
                     number("pulses_per_cell_p999"), number("pulses_per_cell_most")});
        }
}

}  // namespace

void study_devices(const StudyOptions& options, const Context& context) {
    const std::int64_t rounds = options.rounds_or(300, 40), n_seeds = options.seeds_or(3, 3);
    check_sets(options.sets, {"device.model=", "train.rule=", "hardware.kind=", "train.feedback=", "train.feedback_scale=",
                              "train.verify_pulses=", "train.verify_step="});
    const Experiment base = context.load("measured-device", options.sets);
    context.check_images(base);
    const StudyFolder folder(options.out, options.name("devices", rounds));
    std::vector<Result> all, best;
    for (const auto& [device, comment] : device_presets(context.experiments)) {
        Result blind = untrained(device, comment, false), fed = untrained(device, comment, true);
        for (auto* r : {&blind, &fed}) train_device(*r, options, rounds, 1, 1, context);
        auto& better = fed.mean("frechet_distance") < blind.mean("frechet_distance") ? fed : blind;
        train_device(better, options, rounds, 2, n_seeds, context);
        best.push_back(better);
        all.push_back(std::move(blind)), all.push_back(std::move(fed));
    }
    if (all.empty()) throw ConfigError("there are no device presets; expected NAME.toml in a folder presets/devices");
    write_table(all, options.out / "results.csv");
    report::ReportInput input;
    input.title = "The founding GAN on published devices";
    input.intro = fmt::format(
        "satyam2022's network on each device of `presets/devices`, trained on {}; {} rounds, {} seed{}: blind pulses by the sign of the "
        "gradient, and "
        "error feedback; the rule that does better with seed 1 gets the other seeds. What of a device is published and what assumed stands "
        "below it.",
        data_text(base), rounds, n_seeds, n_seeds == 1 ? "" : "s");
    for (const auto& r : best) input.runs.insert(input.runs.end(), r.runs.begin(), r.runs.end());
    report::Finding table{"The better rule of each device", "", {result_table(best), limits_table(best)}},
        both{"Both rules", "", {result_table(all)}};
    std::string sources;
    for (const auto& r : best) sources += "- `" + r.device + "`: " + r.comment + "\n";
    std::replace(sources.begin(), sources.end(), '*', ' ');
    input.findings = {std::move(table), std::move(both), {"Where the numbers come from", sources, {}}};
    input.reproduce_commands = {options.command("devices", n_seeds)};
    report::write_report(input, (options.out / "report.html").string(), true);
}

}  // namespace ganbar::study
