#include "ganbar/study/study_readings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "ganbar/data/atomic_file.h"
#include "ganbar/data/csv.h"
#include "ganbar/report/write_report.h"
#include "ganbar/study/readings_page.h"
#include "ganbar/study/sweep_run.h"

namespace ganbar::study {
namespace fs = std::filesystem;
namespace {

std::vector<Reading> chosen(const ReadingOptions& o) {
    auto out = readings_called(o.readings.empty() && o.quick ? std::vector<std::string>{"leaky", "sigmoid", "printed-sigmoid", "ns-ln"}
                                                             : o.readings);
    for (const auto& axis : o.axes) out = crossed(out, axis);
    return out;
}

/// Settings of a training's length; 10 batches are the paper's epoch.
std::vector<std::string> length_of(std::int64_t rounds) {
    const std::int64_t every = rounds >= 20 ? 10 : std::max<std::int64_t>(1, rounds / 2);
    return {fmt::format("train.rounds={}", rounds), fmt::format("evaluation.every={}", every),
            fmt::format("train.snapshot_every={}", every), fmt::format("train.checkpoint_every={}", rounds)};
}

/// A reading under a variant is one value of the first axis and stands for all its settings; the second axis is the seed.
Sweep sweep_of(const std::vector<Reading>& readings, std::int64_t n_seeds, const std::vector<std::string>& user) {
    Sweep sweep;
    sweep.spec.name = "readings", sweep.spec.base = "satyam2022-base", sweep.spec.objective = "frechet_distance";
    SweepAxis training, seed;
    training.key = "training", seed.key = "experiment.seed";
    for (const auto& r : readings)
        for (const auto& v : paper_variants()) {
            training.values.push_back(r.name + ", " + v.name);
            auto& sets = training.settings[training.values.back()];
            sets = settings_of(r, v);
            const auto length = length_of(r.rounds);
            sets.insert(sets.end(), length.begin(), length.end());
            sets.insert(sets.end(), user.begin(), user.end());
        }
    for (std::int64_t s = 1; s <= n_seeds; ++s) seed.values.push_back(std::to_string(s));
    sweep.axes = {training, seed};
    sweep.points = grid_points(sweep.axes, {});
    return sweep;
}

class ReadingStudy {
public:
    ReadingStudy(const ReadingOptions& o, const Context& context)
        : o_(o), context_(context), n_seeds_(o.seeds_or(3, 1)), readings_(chosen(o)) {
        for (auto& r : readings_)
            if (o.rounds > 0 || o.quick) r.rounds = o.rounds > 0 ? o.rounds : std::min<std::int64_t>(r.rounds, 40);
        for (const auto& r : readings_) most_rounds_ = std::max(most_rounds_, r.rounds);
    }

    void play() {
        std::vector<std::string> own{"device.d2d=", "hardware.kind="};
        for (const auto& r : readings_) own.insert(own.end(), r.sets.begin(), r.sets.end());
        for (const auto& v : paper_variants()) own.insert(own.end(), v.sets.begin(), v.sets.end());
        check_sets(o_.sets, own);
        const Sweep sweep = sweep_of(readings_, n_seeds_, o_.sets);
        check_trainings(sweep, o_, context_);
        context_.check_images(software(1));
        const StudyFolder folder(o_.out, o_.name("readings", o_.rounds_or(0, 40)));
        train_software();
        train_all(sweep, o_.out / "sweep", command(), o_, context_);
        for (std::size_t r = 0; r < readings_.size(); ++r) results_.push_back(read(r));
        write_runs();
        write_claims();
        write_json();
        report::write_report(readings_page(results_, software_, {n_seeds_, command()}), (o_.out / "report.html").string(), true);
    }

private:
    Experiment software(std::int64_t seed) const {
        auto sets = length_of(most_rounds_);
        sets.insert(sets.end(), o_.sets.begin(), o_.sets.end());
        sets.push_back(fmt::format("experiment.seed={}", seed));
        return context_.load("satyam2022-software", sets);
    }
    void train_software() {
        for (std::int64_t seed = 1; seed <= n_seeds_; ++seed) {
            const fs::path folder = o_.out / "software" / fmt::format("seed{}", seed);
            context_.train(software(seed), folder, fmt::format("software, seed {}", seed));
            software_.push_back(report::read_run(folder.string()));
            software_.back().group = "software", software_.back().label = fmt::format("seed {}", seed);
        }
    }

    ReadingResult read(std::size_t r) const {
        ReadingResult out;
        out.reading = readings_[r];
        const std::size_t n_variants = paper_variants().size(), n = static_cast<std::size_t>(n_seeds_);
        for (std::size_t v = 0; v < n_variants; ++v) {
            out.runs.emplace_back();
            for (std::size_t s = 0; s < n; ++s) {
                out.runs.back().push_back(report::read_run(point_folder(o_.out / "sweep", (r * n_variants + v) * n + s).string()));
                out.runs.back().back().group = readings_[r].name + ", " + paper_variants()[v].label;
                out.runs.back().back().label = fmt::format("seed {}", s + 1);
            }
        }
        for (std::size_t s = 0; s < n; ++s)
            out.seeds.push_back({Trace::of(software_[s]), Trace::of(out.runs[0][s]), Trace::of(out.runs[1][s]), Trace::of(out.runs[2][s])});
        out.booking = nearest_booking(out.seeds);
        for (const auto& seed : out.seeds) out.scores.push_back(score(seed, out.booking));
        return out;
    }

    void write_runs() const {
        fs::remove(o_.out / "results.csv");
        auto csv = CsvWriter::create(
            o_.out / "results.csv",
            {"reading", "variant", "seed", "rounds", "best_round", "best_accuracy", "best_coverage", "best_frechet_distance",
             "last_accuracy", "last_coverage", "last_frechet_distance", "accuracy_round10", "converged_round", "energy_round1_J",
             "energy_round20_J", "energy_last_round_J", "energy_20_rounds_J", "energy_one_an_epoch_J", "energy_until_converged_J"});
        const auto row = [&](const std::string& reading, const std::string& variant, std::size_t seed, const Trace& t) {
            const std::size_t b = t.best(), ten = static_cast<std::size_t>(std::find(t.at.begin(), t.at.end(), 10) - t.at.begin());
            csv.row({reading, variant, static_cast<std::int64_t>(seed + 1), static_cast<std::int64_t>(t.energy_J.size()), t.at[b],
                     t.accuracy[b], t.coverage[b], t.frechet[b], t.accuracy.back(), t.coverage.back(), t.frechet.back(),
                     ten < t.at.size() ? t.accuracy[ten] : std::nan(""), t.at[t.converged()], t.energy_J.front(),
                     t.energy_J.size() < 20 ? std::nan("") : t.energy_J[19], t.energy_J.back(), booked_J(t, Booking::twenty_rounds),
                     booked_J(t, Booking::one_an_epoch), booked_J(t, Booking::converged)});
        };
        for (std::size_t s = 0; s < software_.size(); ++s) row("software", "software", s, Trace::of(software_[s]));
        for (const auto& r : results_)
            for (std::size_t s = 0; s < r.seeds.size(); ++s) {
                const Trace* traces[] = {&r.seeds[s].prng, &r.seeds[s].trng, &r.seeds[s].trng_d2d};
                for (std::size_t v = 0; v < paper_variants().size(); ++v) row(r.reading.name, paper_variants()[v].name, s, *traces[v]);
            }
        csv.sync();
    }

    static const char* word(Answer a) { return a == Answer::yes ? "yes" : a == Answer::no ? "no" : "unknown"; }

    void write_claims() const {
        fs::remove(o_.out / "claims.csv");
        auto csv = CsvWriter::create(o_.out / "claims.csv", {"reading", "claim", "booking", "seed", "shown", "values"});
        for (const auto& r : results_)
            for (std::size_t c = 0; c < claims().size(); ++c)
                for (std::size_t s = 0; s < r.scores.size(); ++s) {
                    std::string values;
                    for (std::size_t k = 0; k < claims()[c].values.size(); ++k)
                        values += fmt::format("{}{}={:.6g}", k ? " " : "", claims()[c].values[k], r.scores[s][c].values[k]);
                    csv.row({r.reading.name, claims()[c].key, name_of(r.booking), static_cast<std::int64_t>(s + 1),
                             std::string(word(r.scores[s][c].answer)), values});
                }
        csv.sync();
    }

    void write_json() const {
        nlohmann::ordered_json all{{"seeds", n_seeds_}, {"command", command()}, {"readings", nlohmann::ordered_json::array()}};
        for (const auto& r : results_) {
            nlohmann::ordered_json item{{"name", r.reading.name},
                                        {"doc", r.reading.doc},
                                        {"settings", r.reading.sets},
                                        {"variation", r.reading.variation},
                                        {"rounds", r.reading.rounds},
                                        {"booking", name_of(r.booking)},
                                        {"claims_shown_on_every_seed", r.n_shown()}};
            for (std::size_t c = 0; c < claims().size(); ++c) {
                nlohmann::ordered_json seeds = nlohmann::ordered_json::array();
                for (const auto& score : r.scores) {
                    nlohmann::ordered_json one{{"shown", word(score[c].answer)}};
                    for (std::size_t k = 0; k < claims()[c].values.size(); ++k)
                        one[claims()[c].values[k]] =
                            std::isfinite(score[c].values[k]) ? nlohmann::ordered_json(score[c].values[k]) : nlohmann::ordered_json();
                    seeds.push_back(std::move(one));
                }
                item["claims"][claims()[c].key] = std::move(seeds);
            }
            all["readings"].push_back(std::move(item));
        }
        write_file(o_.out / "results.json", all.dump(1) + "\n", Replace::yes);
    }

    std::string command() const {
        std::vector<std::string> own;
        if (!o_.readings.empty()) own.push_back("--readings " + join(o_.readings, ","));
        for (const auto& axis : o_.axes) own.push_back(fmt::format("--axis \"{}\"", axis));
        return o_.command("readings", n_seeds_, own);
    }

    const ReadingOptions& o_;
    const Context& context_;
    std::int64_t n_seeds_, most_rounds_ = 0;
    std::vector<Reading> readings_;
    std::vector<report::RunData> software_;
    std::vector<ReadingResult> results_;
};

}  // namespace

std::pair<std::size_t, std::size_t> ReadingResult::shown(std::size_t claim) const {
    std::size_t yes = 0, known = 0;
    for (const auto& score : scores)
        yes += score[claim].answer == Answer::yes ? 1 : 0, known += score[claim].answer != Answer::unknown ? 1 : 0;
    return {yes, known};
}

std::size_t ReadingResult::n_shown() const {
    std::size_t n = 0;
    for (std::size_t c = 0; c < claims().size(); ++c) {
        const auto [yes, known] = shown(c);
        n += known > 0 && yes == known ? 1 : 0;
    }
    return n;
}

void study_readings(const ReadingOptions& options, const Context& context) { ReadingStudy(options, context).play(); }

}  // namespace ganbar::study
