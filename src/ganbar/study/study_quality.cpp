#include "ganbar/study/study_quality.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/data/catalogue.h"
#include "ganbar/data/csv.h"
#include "ganbar/report/aggregate.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/write_report.h"
#include "ganbar/study/study.h"
#include "ganbar/study/sweep_run.h"

namespace ganbar::study {
namespace fs = std::filesystem;
namespace {

/// One network on one kind of hardware, and its trainings, one a seed.
struct System {
    std::string key, label, preset;
    std::vector<std::string> sets = {};
    std::vector<report::RunData> runs = {};

    report::Spread spread(const char* name) const { return spread_of(runs, name); }
};

/// The first system is the yardstick.
struct Network {
    std::string key, title, text;
    std::int64_t rounds = 0, every = 0;  ///< of a training, and between its evaluations
    std::vector<System> systems;
    bool falls = false;  ///< the learning rate, to zero in the last third of the rounds

    bool does_fall() const { return falls && rounds >= 6; }  ///< one round would be the first of its fall, at the full rate
    /// What every system of it is given.
    std::vector<std::string> sets() const {
        std::vector<std::string> out{"train.epochs=0", fmt::format("train.rounds={}", rounds), fmt::format("evaluation.every={}", every),
                                     fmt::format("train.snapshot_every={}", every), fmt::format("train.checkpoint_every={}", every)};
        if (const std::int64_t last = rounds / 3; does_fall())
            for (const auto& [key, value] : {std::pair<const char*, std::int64_t>{"end", 0}, {"from", rounds - last}, {"rounds", last}})
                out.push_back(fmt::format("train.rate_{}={}", key, value));
        return out;
    }
};

std::vector<std::string> with(std::vector<std::string> a, const std::vector<std::string>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// Software books its latent vectors alone: its curves would stand beside those of whole trainings.
void drop_energies(report::RunData& run) {
    for (auto* numbers : {&run.summary.numbers, &run.hardware.totals})
        std::erase_if(*numbers, [](const auto& n) { return n.first.ends_with("energy_J"); });
    report::Table& t = run.metrics;
    for (std::size_t c = t.columns.size(); c-- > 0;)
        if (t.columns[c].ends_with("energy_J"))
            t.columns.erase(t.columns.begin() + static_cast<std::ptrdiff_t>(c)),
                t.data.erase(t.data.begin() + static_cast<std::ptrdiff_t>(c));
}

std::vector<System> dense_systems(std::int64_t rounds) {
    const std::string preset = "satyam2022-balanced-all";
    return {{"software",
             "software, Adam",
             preset,
             {"hardware.kind=software", "train.rule=adam", "train.rate=2e-3", "train.adam.beta1=0", "train.fresh_latents=true"}},
            {"feedback", "crossbars, error feedback", preset, {fmt::format("train.manhattan.anneal_rounds={}", rounds)}}};
}

std::vector<System> convolutional_systems(const std::vector<std::string>& sets) {
    return {{"software", "software", "krestinskaya2020-software", sets},
            {"analog", "analog system on WOx cells", "krestinskaya2020-analog", sets}};
}

std::vector<System> colour_systems() {
    return {{"software", "software", "cifar10-dcgan-small"}, {"crossbars", "crossbars of linear cells", "cifar10-dcgan-crossbars"}};
}

std::vector<Network> all_networks() {
    constexpr std::int64_t dense_epoch = 468, epoch = 937, colour_epoch = 62;
    return {
        {"dense", "Dense network", "satyam2022's network", 20 * dense_epoch, 2 * dense_epoch, dense_systems(20 * dense_epoch)},
        {"digits", "DCGAN", "The DCGAN of krestinskaya2020", 6 * epoch, epoch, convolutional_systems({}), true},
        {"classes", "DCGAN by class", "The same, told which class to draw", 2 * epoch, epoch, convolutional_systems({"latent.classes=10"}),
         true},
        {"fashion", "DCGAN on clothes", "The same DCGAN", 3 * epoch, epoch, convolutional_systems({"data.dataset=fashion-mnist"}), true},
        {"colour", "DCGAN in colour", "A DCGAN for images in colour", 40 * colour_epoch, 10 * colour_epoch, colour_systems()}};
}

std::vector<Network> networks_called(const std::vector<std::string>& names, const Context& context) {
    auto all = all_networks();
    if (names.empty()) {
        std::erase_if(all, [&](const Network& n) {
            const System& s = n.systems.front();
            const auto data = context.load(s.preset, s.sets).data.dataset;
            if (has_dataset(data, "train", context.places.data)) return false;
            context.say(fmt::format("{} is left out: {} is not here (ganbar data fetch {})", n.key, data, data));
            return true;
        });
        return all;
    }
    std::vector<Network> out;
    for (const auto& name : names) {
        const auto it = std::find_if(all.begin(), all.end(), [&](const Network& n) { return n.key == name; });
        if (it == all.end()) {
            const std::string near = nearest_name(name, quality_networks());
            throw ConfigError(fmt::format("unknown network \"{}\"{}; expected {}", name,
                                          near.empty() ? "" : "; did you mean \"" + near + "\"?", join(quality_networks())));
        }
        out.push_back(*it);
    }
    return out;
}

class QualityStudy {
public:
    QualityStudy(const QualityOptions& o, const Context& context)
        : o_(o), context_(context), n_seeds_(o.seeds_or(3, 1)), networks_(networks_called(o.networks, context)) {
        for (Network& n : networks_)
            if (const std::int64_t rounds = o.rounds_or(0, 40); rounds > 0) n.rounds = n.every = rounds;
    }

    void play() {
        check_sets(o_.sets, {"hardware.kind="});
        for (const Network& n : networks_)
            for (const System& s : n.systems)
                check_sets(o_.sets, n.falls ? with(s.sets, {"train.rate_end=", "train.rate_from=", "train.rate_rounds="}) : s.sets);
        for (const Network& n : networks_)
            for (const System& s : n.systems) check_trainings(sweep(n, s), o_, context_);
        for (const Network& n : networks_) context_.check_images(experiment(n));
        const StudyFolder folder(o_.out, o_.name("quality", o_.rounds_or(0, 40), own_options()));
        for (Network& n : networks_)
            for (System& s : n.systems) train(n, s);
        write_table();
        report::write_report(page(), (o_.out / "report.html").string(), true);
    }

private:
    Experiment experiment(const Network& n) const {
        return context_.load(n.systems.front().preset, with(with(n.systems.front().sets, n.sets()), o_.sets));
    }
    Sweep sweep(const Network& n, const System& system) const {
        Sweep s;
        s.spec.name = n.key + "-" + system.key, s.spec.base = system.preset, s.spec.objective = "frechet_distance";
        s.set = with(with(system.sets, n.sets()), o_.sets);
        SweepAxis seed;
        seed.key = "experiment.seed";
        for (std::int64_t k = 1; k <= n_seeds_; ++k) seed.values.push_back(std::to_string(k));
        s.axes = {seed}, s.points = grid_points(s.axes, {});
        return s;
    }

    void train(const Network& n, System& system) const {
        context_.say(fmt::format("{}, {}", n.title, system.label));
        const fs::path folder = o_.out / n.key / system.key;
        train_all(sweep(n, system), folder, command(), o_, context_);
        for (std::int64_t k = 0; k < n_seeds_; ++k) {
            system.runs.push_back(report::read_run(point_folder(folder, static_cast<std::size_t>(k)).string()));
            system.runs.back().group = n.title + ", " + system.label, system.runs.back().label = fmt::format("seed {}", k + 1);
        }
    }

    void write_table() const {
        const fs::path path = o_.out / "results.csv";
        fs::remove(path);
        const std::vector<std::string> measures{"frechet_distance", "coverage", "precision", "recall"};
        auto csv = CsvWriter::create(path, with({"network", "system", "seed", "round"}, measures));
        for (const Network& n : networks_)
            for (const System& s : n.systems)
                for (std::size_t k = 0; k < s.runs.size(); ++k) {
                    const report::Table& t = s.runs[k].quality;
                    for (std::size_t row = 0; row < t.n_rows(); ++row) {
                        const auto number = [&](const std::string& name) {
                            const auto* column = t.find(name);
                            return column != nullptr ? (*column)[row] : std::nan("");
                        };
                        csv.row({n.key, s.key, static_cast<std::int64_t>(k + 1), static_cast<std::int64_t>(number("round")),
                                 number(measures[0]), number(measures[1]), number(measures[2]), number(measures[3])});
                    }
                }
        csv.sync();
    }

    report::Chart chart(const Network& n, const std::string& column, const std::string& title) const {
        report::Chart out;
        out.title = title;
        out.caption = n_seeds_ > 1 ? fmt::format("Means over {} seeds with the range.", n_seeds_) : "One seed.";
        out.from_zero = true;
        report::ChartView view{"", "round", "", title, "", {}, false};
        for (const System& s : n.systems) {
            report::Group group;
            group.slot = static_cast<int>(view.series.size());
            for (const auto& r : s.runs) group.runs.push_back(&r);
            auto series = report::group_series(group, &report::RunData::quality, column);
            series.name = s.label;
            view.series.push_back(std::move(series));
        }
        out.views.push_back(std::move(view));
        return out;
    }

    report::TextTable table(const Network& n) const {
        report::TextTable t;
        t.title = "After " + std::to_string(n.rounds) + " rounds";
        t.caption = std::string(n_seeds_ > 1 ? "Means over seeds with the range. Times software's: ratio of the means." : "One seed.") +
                    " Energy of a training in cells: updates, reads, converters, latents.";
        t.columns = {"hardware", "Frechet distance", "times software's", "coverage", "precision", "recall", "training energy"};
        const double yardstick = n.systems.front().spread("frechet_distance").mean;
        for (const System& s : n.systems) {
            const auto energy = s.spread("training_energy_J");
            t.rows.push_back({s.label, ranged_text(s.spread("frechet_distance"), 1),
                              fmt::format("{:.2f}", s.spread("frechet_distance").mean / yardstick), ranged_text(s.spread("coverage"), 1),
                              ranged_text(s.spread("precision"), 1), ranged_text(s.spread("recall"), 1),
                              s.spread("update_energy_J").mean > 0 ? report::format_quantity(energy.mean, "J") : "–"});
        }
        return t;
    }

    /// Weights, data and batches as they are after --set.
    std::string said(const Network& n) const {
        const Experiment e = experiment(n);
        std::size_t n_weights = 0;
        for (const auto* plan : {&e.generator_plan, &e.discriminator_plan})
            for (const auto& m : plan->matrices) n_weights += m.rows * m.cols;
        const std::string fall = n.does_fall() ? " The learning rate falls to zero over the last third of the rounds." : "";
        return fmt::format("{}, {} weights, on {}.{}", n.text, n_weights, data_text(e), fall);
    }

    report::Finding finding(const Network& n) const {
        report::Gallery images;
        images.title = "Images", images.caption = "Seed 1, at the end.";
        for (const System& s : n.systems)
            if (!s.runs.front().samples.empty()) images.pictures.push_back({s.label, s.runs.front().samples.back().path, ""});
        return {n.title, said(n), {table(n), images, chart(n, "frechet_distance", "Frechet distance"), chart(n, "coverage", "Coverage")}};
    }

    report::ReportInput page() const {
        report::ReportInput input;
        input.title = "How good the images get";
        input.intro =
            "Networks trained in software and on crossbars, for as many rounds and with the same data, batches and optimizer or the "
            "training rule "
            "named.";
        for (const Network& n : networks_) {
            input.findings.push_back(finding(n));
            for (const System& s : n.systems)
                for (const report::RunData& run : s.runs) {
                    input.runs.push_back(run);
                    input.runs.back().conductance.clear(), input.runs.back().histogram.clear();  // this page is about images
                    if (!(s.spread("update_energy_J").mean > 0)) drop_energies(input.runs.back());
                }
        }
        input.reproduce_commands = {command()};
        return input;
    }

    std::vector<std::string> own_options() const {
        return o_.networks.empty() ? std::vector<std::string>{} : std::vector{"--networks " + join(o_.networks, ",")};
    }
    std::string command() const { return o_.command("quality", n_seeds_, own_options()); }

    const QualityOptions& o_;
    const Context& context_;
    std::int64_t n_seeds_;
    std::vector<Network> networks_;
};

}  // namespace

std::vector<std::string> quality_networks() {
    std::vector<std::string> out;
    for (const Network& n : all_networks()) out.push_back(n.key);
    return out;
}

void study_quality(const QualityOptions& options, const Context& context) { QualityStudy(options, context).play(); }

}  // namespace ganbar::study
