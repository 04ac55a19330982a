#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ganbar/data/atomic_file.h"
#include "ganbar/report/number_text.h"
#include "ganbar/run/pictures.h"
#include "ganbar/run/results.h"
#include "ganbar/study/satyam_reproduction.h"

namespace ganbar::study {
namespace fs = std::filesystem;

double mean_of_seeds(const std::vector<double>& v) {
    double s = 0;
    for (const double x : v) s += x;
    return v.empty() ? std::nan("") : s / static_cast<double>(v.size());
}
std::string spread_of_seeds(const std::vector<double>& v, int digits, double scale) {
    const auto [lo, hi] = std::minmax_element(v.begin(), v.end());
    if (v.size() < 2) return fmt::format("{:.{}f}", scale * mean_of_seeds(v), digits);
    return fmt::format("{:.{}f} ({:.{}f} to {:.{}f})", scale * mean_of_seeds(v), digits, scale * *lo, digits, scale * *hi, digits);
}

bool are_papers_images(const std::string& dataset) { return dataset == "mnist" || dataset == "mnist-10k"; }

void without_ratios(std::vector<ComparisonRow>& rows) {
    for (auto& row : rows) {
        if (!row.paper) continue;
        row.paper_text = report::format_quantity(*row.paper, row.unit, 4) + " on MNIST";
        row.paper.reset();
    }
}

std::string whole_epochs_text(const RunData& run) {
    const auto* epoch = run.metrics.find("epoch");
    if (!epoch || epoch->empty()) return "no epoch";
    std::map<double, std::int64_t> rounds;
    for (const double e : *epoch) ++rounds[e];
    const std::int64_t length = rounds.begin()->second;
    const auto whole = std::count_if(rounds.begin(), rounds.end(), [&](const auto& e) { return e.second == length; });
    return fmt::format("{} whole epochs of {} rounds", whole, epoch->size());
}

void Satyam::play() {
    const std::int64_t rounds = o_.quick ? 200 : 0;  // the paper's 20 epochs are 200 rounds
    literal_ = {{"software", "software", "satyam2022-software", {}},
                {"prng", "crossbar, pseudo-random, paper's pulses", "satyam2022-prng", {}},
                {"trng", "crossbar, true random, paper's pulses", "satyam2022-trng", {}},
                {"trng-d2d", "crossbar, true random, variation, paper's pulses", "satyam2022-trng-d2d", {}}};
    other_ = {{"leaky-prng", "leaky ReLU in the discriminator, pseudo-random", "satyam2022-prng-leaky", {}},
              {"leaky-trng", "leaky ReLU in the discriminator, true random", "satyam2022-trng-leaky", {}},
              {"ns-prng", "pulse width in nanoseconds, pseudo-random", "satyam2022-prng-ns", {}},
              {"ns-trng", "pulse width in nanoseconds, true random 0/1", "satyam2022-trng-ns", {}},
              {"ns-trng-d2d", "pulse width in nanoseconds, true random 0/1, variation", "satyam2022-trng-d2d-ns", {}}};
    balanced_ = {{"balanced-prng", "crossbar, pseudo-random, balanced pulses", "satyam2022-balanced", {"latent.source=gaussian"}},
                 {"balanced", "crossbar, true random, balanced pulses", "satyam2022-balanced", {}},
                 {"balanced-d2d", "crossbar, true random, variation, error feedback", "satyam2022-balanced-d2d", {}}};
    // What its variants differ in, by preset or by setting.
    check_sets(o_.sets, {"hardware.kind=", "train.rule=", "latent.source=", "latent.coding=", "device.d2d=", "device.time_unit=",
                         "generator.hidden=", "discriminator.hidden=", "generator.init_scale=", "discriminator.init_scale=", "train.v_set=",
                         "train.v_reset=", "train.v_set_end=", "train.v_reset_end=", "train.anneal_from=", "train.anneal_rounds=",
                         "train.feedback="});
    context_.check_images(context_.load("satyam2022-trng", o_.sets));
    const StudyFolder folder(o_.out, "reproduce satyam2022");
    for (auto* group : {&literal_, &balanced_})
        for (const auto& v : *group)
            for (std::int64_t seed = 1; seed <= o_.seeds; ++seed) train(v, seed, v.key.starts_with("balanced") && o_.quick ? 300 : rounds);
    for (const auto& v : other_)
        for (std::int64_t seed = 1; seed <= (o_.quick ? 1 : o_.seeds); ++seed) train(v, seed, v.key.starts_with("ns") ? 20 : rounds);
    if (!o_.quick) {
        compare_starts();
        compare_balance();
        all_digits();
    }
    write();
}

const RunData& Satyam::train(const SatyamVariant& v, std::int64_t seed, std::int64_t rounds) {
    auto sets = v.sets;
    if (rounds > 0) sets.push_back(fmt::format("train.rounds={}", rounds));
    sets.push_back(rounds == 20 ? "evaluation.every=5" : "evaluation.every=20");
    sets.push_back(fmt::format("experiment.seed={}", seed));
    sets.insert(sets.end(), o_.sets.begin(), o_.sets.end());
    const RunResult result =
        context_.train(context_.load(v.preset, sets), o_.out / v.key / fmt::format("seed{}", seed), fmt::format("{} seed {}", v.key, seed));
    RunData data = report::read_run(result.folder.string());
    data.group = v.label;
    data.label = fmt::format("seed {}", seed);
    runs_[v.key].push_back(std::move(data));
    return runs_[v.key].back();
}

std::vector<double> Satyam::values(const std::string& key, const std::string& name) const {
    std::vector<double> out;
    if (const auto it = runs_.find(key); it != runs_.end())
        for (const auto& r : it->second)
            if (const auto v = r.summary.number(name)) out.push_back(*v);
    return out;
}

std::vector<double> Satyam::at_round(const std::string& key, const std::string& column, std::size_t round) const {
    std::vector<double> out;
    if (const auto it = runs_.find(key); it != runs_.end())
        for (const auto& r : it->second)
            if (const auto* data = r.metrics.find(column); data && !data->empty())
                out.push_back((*data)[std::min(round, data->size()) - 1]);
    return out;
}

std::vector<double> Satyam::trend(const std::string& key) const {
    std::vector<double> out;
    if (const auto it = runs_.find(key); it != runs_.end())
        for (const auto& r : it->second)
            if (const auto* e = r.metrics.find("update_energy_J"); e && e->size() >= 40) {
                double early = 0, late = 0;
                for (std::size_t i = 0; i < 20; ++i) early += (*e)[i], late += (*e)[e->size() - 1 - i];
                out.push_back(late / early);
            }
    return out;
}

void Satyam::compare_starts() {
    const std::vector<std::pair<std::string, std::vector<std::string>>> noises = {
        {"N(0,1)", {"latent.source=gaussian"}},
        {"pseudo-random bits 0/1", {"latent.source=bits", "latent.coding=01"}},
        {"pseudo-random bits +-1", {"latent.source=bits", "latent.coding=pm1"}},
        {"array bits 0/1", {"latent.source=array", "latent.coding=01"}},
        {"array bits +-1", {"latent.source=array", "latent.coding=pm1"}}};
    const std::vector<std::pair<std::string, std::vector<std::string>>> starts = {
        {"near G_min", {"generator.init_scale=0.5"}},
        {"Glorot", {"generator.init=glorot_normal", "discriminator.init=glorot_normal", "discriminator.init_scale=1.0"}},
        {"uniform over the window", {"tile.start=uniform"}}};
    for (const auto& pulses : {std::string("satyam2022-trng"), std::string("satyam2022-balanced")})
        for (const auto& spread_on : {false, true}) {
            report::HeatTable coverage, accuracy;
            for (auto* t : {&coverage, &accuracy}) {
                t->rows.clear();
                t->row_title = "latents";
                t->column_title = "start";
                for (const auto& n : noises) t->rows.push_back(n.first);
                for (const auto& s : starts) t->columns.push_back(s.first);
                t->lo = 0, t->hi = 1;
            }
            const std::string setting =
                fmt::format("{} pulses, variation {}", pulses == "satyam2022-trng" ? "the paper's" : "balanced", spread_on ? "on" : "off");
            coverage.title = "Coverage after 200 rounds: " + setting;
            accuracy.title = "Classifier accuracy after 200 rounds: " + setting;
            coverage.caption = accuracy.caption = "One seed. Accuracy alone cannot tell a collapsed generator from a good one.";
            for (const auto& n : noises)
                for (const auto& s : starts) {
                    SatyamVariant v{fmt::format("grid/{}-{}-{}-{}", pulses == "satyam2022-trng" ? "paper" : "balanced",
                                                spread_on ? "d2d" : "off", &n - noises.data(), &s - starts.data()),
                                    n.first + ", " + s.first, pulses, n.second};
                    v.sets.insert(v.sets.end(), s.second.begin(), s.second.end());
                    v.sets.push_back(fmt::format("device.d2d={}", spread_on ? "A" : "off"));
                    const RunData& r = train(v, 1, 200);
                    coverage.values.push_back(r.summary.number("coverage").value_or(std::nan("")));
                    accuracy.values.push_back(r.summary.number("classifier_accuracy").value_or(std::nan("")));
                }
            grids_.push_back(coverage);
            grids_.push_back(accuracy);
        }
}

void Satyam::compare_balance() {
    report::Series frechet{"Frechet distance", {}, {}, {}, {}};
    for (const double v : {-0.8, -0.9, -0.97, -1.02, -1.07, -1.12, -1.2}) {
        const SatyamVariant variant{fmt::format("balance/{:.2f}V", -v),
                                    fmt::format("reset {:.2f} V", v),
                                    "satyam2022-balanced",
                                    {"latent.source=bits", "train.manhattan.v_set=0.9 V", fmt::format("train.manhattan.v_reset={} V", v),
                                     "train.manhattan.anneal_rounds=0"}};
        const RunData& r = train(variant, 1, 200);
        frechet.x.push_back(v);
        frechet.y.push_back(r.summary.number("frechet_distance").value_or(std::nan("")));
    }
    report::Chart chart;
    chart.title = "Quality against the reset amplitude";
    chart.caption =
        "Set pulses of 0.9 V, 200 rounds, one seed, no device variation. Equal steps need about -1.0 V below 178 uS and -1.1 V above.";
    chart.views = {{"", "reset amplitude", "V", "Frechet distance", "", {frechet}}};
    balance_ = chart;
}

void Satyam::all_digits() {
    digits_.clear();
    const struct {
        const char *folder, *preset, *title, *caption;
        std::int64_t rounds;
    } galleries[] = {{"digits-paper", "satyam2022-trng-d2d", "All ten digits with the paper's pulses, one network each (fig. 7)",
                      "True random bits, device variation on, ±0.8 V; 200 rounds of 500 images, one seed.", 200},
                     {"digits", "satyam2022-balanced-d2d", "All ten digits with error feedback",
                      "True random bits, device variation on, error feedback; 300 rounds of 500 images, one seed.", 300}};
    for (const auto& which : galleries) {
        report::Gallery gallery{which.title, which.caption, {}};
        for (int digit = 0; digit < 10; ++digit) {
            const SatyamVariant v{fmt::format("{}/{}", which.folder, digit),
                                  fmt::format("digit {}", digit),
                                  which.preset,
                                  {fmt::format("data.classes=[{}]", digit), "train.batch=500"}};
            const RunData& r = train(v, 1, which.rounds);
            gallery.pictures.push_back(
                {fmt::format("{}: accuracy {:.2f}, coverage {:.2f}", digit, r.summary.number("classifier_accuracy").value_or(0),
                             r.summary.number("coverage").value_or(0)),
                 r.samples.back().path, ""});
        }
        digits_.push_back(std::move(gallery));
    }
}

void reproduce_satyam2022(const ReproduceOptions& options, const Context& context) { Satyam(options, context).play(); }

}  // namespace ganbar::study
