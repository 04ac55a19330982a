#include "ganbar/study/study_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ganbar/data/csv.h"
#include "ganbar/report/aggregate.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/write_report.h"
#include "ganbar/study/study.h"
#include "ganbar/study/sweep_run.h"

namespace ganbar::study {
namespace fs = std::filesystem;
using report::format_number;
using report::format_quantity;
namespace {

/// One device under one rule: what it was tuned by, and the runs with the best setting, one a seed.
struct Tuned {
    const RuleDevice* device;
    const RuleTry* rule;
    std::vector<report::RunData> tried;  ///< one a setting, seed 1
    std::size_t best = 0;
    std::vector<report::RunData> runs;

    double figure(const report::RunData& run, const char* name) const { return run.summary.number(name).value_or(std::nan("")); }
    report::Spread spread(const char* name) const { return spread_of(runs, name); }
    std::string range(const char* name) const { return report::spread_text(spread(name)); }
    std::string setting() const {
        const std::string& text = rule->settings[best].front();
        return text.substr(text.rfind('.', text.find('=')) + 1);  // "rate=0.03" of "train.rate=0.03"
    }
};

class RuleStudy {
public:
    RuleStudy(const RuleOptions& o, const Context& context)
        : o_(o),
          context_(context),
          rounds_(o.rounds_or(200, 30)),
          n_seeds_(o.seeds_or(3, 1)),
          devices_(devices_called(o.devices, context.experiments)),
          rules_(rules_called(o.rules)) {
        for (const auto& d : devices_)
            for (const auto& r : rules_) results_.push_back({&d, &r, {}, 0, {}});
    }

    void play() {
        std::vector<std::string> own{"hardware.kind="};
        for (const auto& t : results_)
            for (std::size_t k = 0; k < t.rule->settings.size(); ++k)
                for (auto& set : settings_of(*t.device, *t.rule, k, context_)) own.push_back(std::move(set));
        check_sets(o_.sets, own);
        check_trainings(tuning(), o_, context_);
        context_.check_images(context_.load("measured-device", o_.sets));
        const StudyFolder folder(o_.out, o_.name("rules", rounds_));
        tune();
        confirm();
        write_table();
        report::write_report(page(), (o_.out / "report.html").string(), true);
    }

private:
    Sweep sweep(const char* name) const {
        Sweep s;
        s.spec.name = name, s.spec.base = "measured-device", s.spec.objective = "frechet_distance";
        return s;
    }
    std::vector<std::string> sets(const Tuned& t, std::size_t setting) const {
        auto out = settings_of(*t.device, *t.rule, setting, context_);
        out.push_back(fmt::format("train.rounds={}", rounds_));
        out.push_back(fmt::format("train.snapshot_every={}", std::max<std::int64_t>(1, rounds_ / 4)));
        out.insert(out.end(), o_.sets.begin(), o_.sets.end());
        return out;
    }
    static report::RunData run_of(const fs::path& folder, std::size_t point) {
        return report::read_run(point_folder(folder, point).string());
    }

    /// Every setting with seed 1.
    Sweep tuning() const {
        Sweep s = sweep("rules");
        SweepAxis axis;
        axis.key = "training";
        for (const auto& t : results_)
            for (std::size_t k = 0; k < t.rule->settings.size(); ++k) {
                axis.values.push_back(fmt::format("{}, {}, {}", t.device->name, t.rule->name, t.rule->settings[k].front()));
                auto& all = axis.settings[axis.values.back()] = sets(t, k);
                all.push_back("experiment.seed=1");
            }
        s.axes = {axis}, s.points = grid_points(s.axes, {});
        return s;
    }
    /// A training that fails to give a number loses to any that does.
    void tune() {
        train_all(tuning(), o_.out / "tuning", command(), o_, context_);
        std::size_t point = 0;
        for (auto& t : results_) {
            double least = std::numeric_limits<double>::infinity();
            for (std::size_t k = 0; k < t.rule->settings.size(); ++k) {
                t.tried.push_back(run_of(o_.out / "tuning", point++));
                if (const double d = t.figure(t.tried.back(), "frechet_distance"); d < least) least = d, t.best = k;
            }
        }
    }
    /// The best setting with the other seeds.
    void confirm() {
        for (auto& t : results_) t.runs.push_back(t.tried[t.best]);
        if (n_seeds_ > 1) {
            Sweep s = sweep("rules-seeds");
            SweepAxis axis, seed;
            axis.key = "training", seed.key = "experiment.seed";
            for (const auto& t : results_) {
                axis.values.push_back(t.device->name + ", " + t.rule->name + ", " + t.setting());
                axis.settings[axis.values.back()] = sets(t, t.best);
            }
            for (std::int64_t k = 2; k <= n_seeds_; ++k) seed.values.push_back(std::to_string(k));
            s.axes = {axis, seed}, s.points = grid_points(s.axes, {});
            train_all(s, o_.out / "seeds", command(), o_, context_);
            std::size_t point = 0;
            for (auto& t : results_)
                for (std::size_t k = 0; k < seed.values.size(); ++k) t.runs.push_back(run_of(o_.out / "seeds", point++));
        }
        for (auto& t : results_)
            for (std::size_t k = 0; k < t.runs.size(); ++k)
                t.runs[k].group = t.device->name + ", " + t.rule->name, t.runs[k].label = fmt::format("seed {}", k + 1);
    }

    void write_table() const {
        const fs::path path = o_.out / "results.csv";
        fs::remove(path);
        auto csv = CsvWriter::create(path, {"device", "rule", "setting", "seed", "rounds", "frechet_distance", "coverage",
                                            "classifier_accuracy", "update_energy_J", "training_energy_J", "update_time_s",
                                            "pulses_per_cell_mean", "pulses_per_cell_most", "cells_used", "digital_words_per_weight"});
        const auto row = [&](const Tuned& t, std::size_t setting, std::int64_t seed, const report::RunData& r) {
            csv.row({t.device->name, t.rule->name, t.rule->settings[setting].front(), seed, rounds_, t.figure(r, "frechet_distance"),
                     t.figure(r, "coverage"), t.figure(r, "classifier_accuracy"), t.figure(r, "update_energy_J"),
                     t.figure(r, "training_energy_J"), r.hardware.busy_s("update"), t.figure(r, "pulses_per_cell_mean"),
                     t.figure(r, "pulses_per_cell_most"), t.figure(r, "cells_used"), t.rule->digital_words});
        };
        for (const auto& t : results_) {
            for (std::size_t k = 0; k < t.tried.size(); ++k) row(t, k, 1, t.tried[k]);
            for (std::size_t k = 1; k < t.runs.size(); ++k) row(t, t.best, static_cast<std::int64_t>(k + 1), t.runs[k]);
        }
        csv.sync();
    }

    std::vector<const Tuned*> of_device(const RuleDevice& device) const {
        std::vector<const Tuned*> out;
        for (const auto& t : results_)
            if (t.device == &device) out.push_back(&t);
        std::sort(out.begin(), out.end(),
                  [](const Tuned* a, const Tuned* b) { return a->spread("frechet_distance").mean < b->spread("frechet_distance").mean; });
        return out;
    }

    report::TextTable table_of(const std::vector<const Tuned*>& ranked) const {
        report::TextTable t;
        t.title = ranked.front()->device->name;
        t.caption =
            "Mean over seeds with the range, best first. Energy of the training is all of it: updates, reads, converters, latents. Pulses "
            "a cell and time are those of the updates. Digital numbers: what the rule keeps for each weight from one update to the next; "
            "the gradient of a batch, one more while it is summed, is needed by all but pulse trains and Tiki-Taka.";
        t.columns = {"rule",          "best setting",    "Frechet distance", "coverage", "accuracy",       "pulses a cell",
                     "update energy", "training energy", "update time",      "cells",    "digital numbers"};
        for (const Tuned* r : ranked) {
            double time = 0;
            for (const auto& run : r->runs) time += run.hardware.busy_s("update") / static_cast<double>(r->runs.size());
            t.rows.push_back({r->rule->name, r->setting(), r->range("frechet_distance"), r->range("coverage"),
                              r->range("classifier_accuracy"), format_number(r->spread("pulses_per_cell_mean").mean),
                              format_quantity(r->spread("update_energy_J").mean, "J"),
                              format_quantity(r->spread("training_energy_J").mean, "J"), format_quantity(time, "s"),
                              format_number(r->spread("cells_used").mean, 6), format_number(r->rule->digital_words)});
        }
        return t;
    }

    /// Which rule for this device, in sentences that follow from the table.
    static std::string words(const std::vector<const Tuned*>& ranked) {
        const Tuned &first = *ranked.front(), *lean = nullptr;
        const auto distance = [](const Tuned& t) { return t.spread("frechet_distance"); };
        for (const Tuned* t : ranked)
            if (t->rule->digital_words == 0 && lean == nullptr) lean = t;
        std::vector<std::string> alike;
        for (std::size_t k = 1; k < ranked.size(); ++k)
            if (distance(*ranked[k]).lo <= distance(first).hi) alike.push_back(ranked[k]->rule->name);
        std::string out =
            fmt::format("On `{}` the {}mean distance is {} of *{}* ({}).", first.device->name, ranked.size() == 1 ? "" : "lowest ",
                        format_number(distance(first).mean), first.rule->name, first.setting());
        if (!alike.empty()) out += fmt::format(" Not told apart from it by these seeds: {}.", join(alike));
        if (lean != nullptr && lean != &first)
            out += fmt::format(" Without digital memory for each weight the best is *{}* with {}, at {} times the update energy.",
                               lean->rule->name, format_number(distance(*lean).mean),
                               format_number(lean->spread("update_energy_J").mean / first.spread("update_energy_J").mean, 2));
        if (ranked.size() == 1) return out;
        const Tuned& last = *ranked.back();
        return out + fmt::format(" The highest is {} of *{}*.", format_number(distance(last).mean), last.rule->name);
    }

    report::ReportInput page() const {
        report::ReportInput input;
        input.title = "Training rules on devices";
        input.intro = fmt::format(
            "satyam2022's network, {} rounds on each device by each rule. Each rule was tuned in the same budget: {} settings with seed 1; "
            "the "
            "one with the lowest Frechet distance got the other of {} seeds. Images, curves and the table above are of seed 1.",
            rounds_, rules_.front().settings.size(), n_seeds_);
        for (const auto& d : devices_) {
            const auto ranked = of_device(d);
            input.findings.push_back({d.name, words(ranked), {table_of(ranked)}});
            for (const Tuned* t : ranked) input.runs.push_back(t->runs.front());
        }
        std::string tried;
        for (const auto& r : rules_) {
            std::vector<std::string> values;
            for (const auto& s : r.settings) values.push_back("`" + s.front() + "`");
            tried += fmt::format("- *{}* (`train.rule = \"{}\"`{}{}), {}: {}\n", r.name, r.rule, r.fixed.empty() ? "" : ", ",
                                 join(r.fixed, ", "), r.doc, join(values, ", "));
        }
        input.findings.push_back({"What each rule was tuned by", tried, {}});
        input.reproduce_commands = {command()};
        return input;
    }

    std::string command() const {
        std::vector<std::string> own;
        if (!o_.devices.empty()) own.push_back("--devices " + join(o_.devices, ","));
        if (!o_.rules.empty()) own.push_back("--rules \"" + join(o_.rules, ",") + "\"");
        return o_.command("rules", n_seeds_, own);
    }

    const RuleOptions& o_;
    const Context& context_;
    std::int64_t rounds_, n_seeds_;
    std::vector<RuleDevice> devices_;
    std::vector<RuleTry> rules_;
    std::vector<Tuned> results_;
};

}  // namespace

void study_rules(const RuleOptions& options, const Context& context) { RuleStudy(options, context).play(); }

}  // namespace ganbar::study
