#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ganbar/data/atomic_file.h"
#include "ganbar/report/number_text.h"
#include "ganbar/run/pictures.h"
#include "ganbar/run/results.h"
#include "ganbar/study/reproduce.h"

namespace ganbar::study {
namespace fs = std::filesystem;
using report::ComparisonRow;
using report::Finding;
using report::RunData;

namespace {

struct Variant {
    std::string key, label, preset;
    std::vector<std::string> sets;
};

double mean(const std::vector<double>& v) {
    double s = 0;
    for (const double x : v) s += x;
    return v.empty() ? std::nan("") : s / static_cast<double>(v.size());
}
std::string spread(const std::vector<double>& v, int digits, double scale = 1) {
    const auto [lo, hi] = std::minmax_element(v.begin(), v.end());
    if (v.size() < 2) return fmt::format("{:.{}f}", scale * mean(v), digits);
    return fmt::format("{:.{}f} ({:.{}f} to {:.{}f})", scale * mean(v), digits, scale * *lo, digits, scale * *hi, digits);
}

}  // namespace

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

namespace {

class Satyam {
public:
    Satyam(const ReproduceOptions& o, const Context& context) : o_(o), context_(context) {}

    void play() {
        fs::create_directories(o_.out);
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
        for (auto* group : {&literal_, &balanced_})
            for (const auto& v : *group)
                for (std::int64_t seed = 1; seed <= o_.seeds; ++seed)
                    train(v, seed, v.key.starts_with("balanced") && o_.quick ? 300 : rounds);
        for (const auto& v : other_)
            for (std::int64_t seed = 1; seed <= (o_.quick ? 1 : o_.seeds); ++seed) train(v, seed, v.key.starts_with("ns") ? 20 : rounds);
        if (!o_.quick) {
            compare_starts();
            compare_balance();
            all_digits();
        }
        write();
    }

private:
    const RunData& train(const Variant& v, std::int64_t seed, std::int64_t rounds) {
        auto sets = v.sets;
        if (rounds > 0) sets.push_back(fmt::format("train.rounds={}", rounds));
        sets.push_back(rounds == 20 ? "evaluation.every=5" : "evaluation.every=20");
        sets.push_back(fmt::format("experiment.seed={}", seed));
        sets.insert(sets.end(), o_.sets.begin(), o_.sets.end());
        const Experiment e = load_experiment(v.preset, context_.experiments, sets, context_.registries);
        const RunResult result = context_.train(e, o_.out / v.key / fmt::format("seed{}", seed), fmt::format("{} seed {}", v.key, seed));
        RunData data = report::read_run(result.folder.string());
        data.group = v.label;
        data.label = fmt::format("seed {}", seed);
        runs_[v.key].push_back(std::move(data));
        return runs_[v.key].back();
    }

    std::vector<double> values(const std::string& key, const std::string& name) const {
        std::vector<double> out;
        if (const auto it = runs_.find(key); it != runs_.end())
            for (const auto& r : it->second)
                if (const auto v = r.summary.number(name)) out.push_back(*v);
        return out;
    }
    /// A column of metrics.csv at a round (the last when the run is shorter), per seed.
    std::vector<double> at_round(const std::string& key, const std::string& column, std::size_t round) const {
        std::vector<double> out;
        if (const auto it = runs_.find(key); it != runs_.end())
            for (const auto& r : it->second)
                if (const auto* data = r.metrics.find(column); data && !data->empty())
                    out.push_back((*data)[std::min(round, data->size()) - 1]);
        return out;
    }
    /// Energy of an update late in training over that early on.
    std::vector<double> trend(const std::string& key) const {
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

    // Kind of noise x coding of bits x variation x start, one seed each: what the paper leaves open.
    void compare_starts() {
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
                const std::string setting = fmt::format("{} pulses, variation {}", pulses == "satyam2022-trng" ? "the paper's" : "balanced",
                                                        spread_on ? "on" : "off");
                coverage.title = "Coverage after 200 rounds: " + setting;
                accuracy.title = "Classifier accuracy after 200 rounds: " + setting;
                coverage.caption = accuracy.caption = "One seed. Accuracy alone cannot tell a collapsed generator from a good one.";
                for (const auto& n : noises)
                    for (const auto& s : starts) {
                        Variant v{fmt::format("grid/{}-{}-{}-{}", pulses == "satyam2022-trng" ? "paper" : "balanced",
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

    void compare_balance() {
        report::Series frechet{"Frechet distance", {}, {}, {}, {}};
        for (const double v : {-0.8, -0.9, -0.97, -1.02, -1.07, -1.12, -1.2}) {
            const Variant variant{fmt::format("balance/{:.2f}V", -v),
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

    void all_digits() {
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
                const Variant v{fmt::format("{}/{}", which.folder, digit),
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

    std::vector<ComparisonRow> comparison() const {
        std::vector<ComparisonRow> rows;
        rows.push_back({"crossbars", 54, values("trng", "n_crossbars"), "",
                        "packing per layer with the last layer in free space; 58 block by block, 53 dense", "", "sec. II", "true random"});
        rows.push_back({"area of cells", 0.079e-6, values("trng", "area_m2"), "m2",
                        "0.36 um2 a cell; the paper cuts 0.0796 to two digits; converters are not in it", "", "sec. III.C", "true random"});
        rows.push_back({"update energy after 20 rounds", 52.06e-6, at_round("prng", "cumulative_update_energy_J", 20), "J",
                        "V2 G t of every pulse that moved its cell; the paper gives neither start nor round count", "", "fig. 10",
                        "pseudo-random"});
        rows.push_back({"update energy after 20 rounds", 48.34e-6, at_round("trng", "cumulative_update_energy_J", 20), "J", "as above", "",
                        "fig. 10", "true random"});
        for (const auto& [key, paper, label] : std::vector<std::tuple<std::string, double, std::string>>{
                 {"ns-prng", 52.06e-6, "pseudo-random, pulse width in nanoseconds"},
                 {"ns-trng", 48.34e-6, "true random 0/1, pulse width in nanoseconds"},
                 {"ns-trng-d2d", 48.34e-6, "true random 0/1, variation, pulse width in nanoseconds"}})
            rows.push_back({"update energy after 20 rounds", paper, at_round(key, "cumulative_update_energy_J", 20), "J",
                            "a reading against the device's measured steps; the paper's trends show in it", "", "fig. 10", label});
        rows.push_back(
            {"update energy, one update an epoch booked", 52.06e-6, values("prng", "update_energy_sampled_per_epoch_J"), "J",
             fmt::format("{}, the last update of each: the other reading of the paper's number, which counts 20 epochs", epochs_text()), "",
             "fig. 10", "pseudo-random"});
        rows.push_back({"update energy, one update an epoch booked", 48.34e-6, values("trng", "update_energy_sampled_per_epoch_J"), "J",
                        "as above", "", "fig. 10", "true random"});
        for (const auto& [key, label] :
             std::vector<std::pair<std::string, std::string>>{{"software", "software (Adam)"},
                                                              {"prng", "pseudo-random, the paper's pulses"},
                                                              {"trng", "true random, the paper's pulses"},
                                                              {"trng-d2d", "true random, variation, the paper's pulses"},
                                                              {"leaky-prng", "pseudo-random, leaky ReLU in the discriminator"},
                                                              {"leaky-trng", "true random, leaky ReLU in the discriminator"}}) {
            rows.push_back({"classifier accuracy", std::nullopt, values(key, "classifier_accuracy"), "",
                            "the paper shows curves without numbers; never read it without coverage", "curve in fig. 8", "fig. 8", label});
            rows.push_back({"coverage", std::nullopt, values(key, "coverage"), "", "not in the paper", "not given", "", label});
        }
        for (const char* key : {"balanced-prng", "balanced", "balanced-d2d"}) {
            rows.push_back({"classifier accuracy", std::nullopt, values(key, "classifier_accuracy"), "",
                            "our pulses: set and reset steps alike", "", "", runs_.at(key)[0].group});
            rows.push_back({"coverage", std::nullopt, values(key, "coverage"), "", "our pulses: set and reset steps alike", "", "",
                            runs_.at(key)[0].group});
        }
        if (!papers_images()) without_ratios(rows);
        return rows;
    }

    std::string images() const { return runs_.at("trng")[0].summary.text("dataset"); }
    bool papers_images() const { return are_papers_images(images()); }

    /// "22 whole epochs of the 200 rounds": what the booking of one update an epoch counts.
    std::string epochs_text() const { return whole_epochs_text(runs_.at("prng")[0]); }

    report::Gallery other_readings() const {
        report::Gallery gallery{"Other readings of the paper",
                                "Seed 1, at the end: rounds " + fmt::format("{} with leaky ReLU, 20 with the pulse width in nanoseconds.",
                                                                            runs_.at("leaky-prng")[0].summary.number("rounds").value_or(0)),
                                {}};
        for (const auto& v : other_)
            if (const RunData& r = runs_.at(v.key)[0]; !r.samples.empty()) gallery.pictures.push_back({v.label, r.samples.back().path, ""});
        return gallery;
    }

    Finding images_finding() const {
        const auto acc = [&](const char* k) { return spread(values(k, "classifier_accuracy"), 2); };
        const auto cov = [&](const char* k) { return spread(values(k, "coverage"), 2); };
        const auto distance = [&](const char* k) { return mean(values(k, "frechet_distance")); };
        const bool units_decide = distance("leaky-trng") > 1.4 * distance("trng"),
                   pulses_decide = distance("balanced") < 0.7 * distance("trng");
        return {
            "What the images depend on (figs. 6 and 8)",
            fmt::format(
                "With the paper's pulses of ±0.8 V and sigmoid hidden units in the discriminator the crossbar GANs end at accuracy {} on "
                "pseudo-random and {} on true random latents, coverage {} and {}; with device variation {} and {}. "
                "With leaky ReLU in the discriminator they end at {} and {}, coverage {} and {}. The paper does not say which units it "
                "has; {}.\n\n"
                "With set and reset steps made alike (ours) they reach {} at coverage {} ({} without true randomness). The software "
                "baseline has {} at {}. {}\n\n"
                "`ganbar study readings` holds these readings and more beside each of the paper's claims.",
                acc("prng"), acc("trng"), cov("prng"), cov("trng"), acc("trng-d2d"), cov("trng-d2d"), acc("leaky-prng"), acc("leaky-trng"),
                cov("leaky-prng"), cov("leaky-trng"),
                units_decide ? "they decide whether digits appear, the kind of noise does not"
                             : "in this run they made less difference than expected",
                acc("balanced"), cov("balanced"), cov("balanced-prng"), acc("software"), cov("software"),
                pulses_decide
                    ? "The balance of the pulses decides how good the digits get: at ±0.8 V a set pulse moves a cell five to twelve times "
                      "as far as a reset pulse, and every weight drifts towards its bound."
                    : "In this run the balance of the pulses made less difference than expected; look at the curves before concluding."),
            {other_readings()}};
    }

    /// Figures 9 and 10 in the reading that shows their trends.
    std::string nanoseconds_text() const {
        const auto moved = [&](const char* key) {
            std::vector<double> out;
            const auto first = at_round(key, "update_energy_J", 1), late = at_round(key, "update_energy_J", 20);
            for (std::size_t i = 0; i < first.size(); ++i) out.push_back(late[i] / first[i]);
            return out;
        };
        return fmt::format(
            "\n\nIf the pulse width entered the device's fit in nanoseconds (`device.time_unit = \"ns_ln\"`, against the measured steps; "
            "ReLU in the generator, bits 0 and 1), 20 rounds would cost {} uJ (pseudo-random) and {} uJ (true random), "
            "and round 20 {} and {} times as much as round 1{}. The images then end at accuracy {} and {}, Frechet distance {} and {}.",
            spread(at_round("ns-prng", "cumulative_update_energy_J", 20), 1, 1e6),
            spread(at_round("ns-trng", "cumulative_update_energy_J", 20), 1, 1e6), spread(moved("ns-prng"), 2), spread(moved("ns-trng"), 2),
            mean(moved("ns-prng")) > 1 && mean(moved("ns-trng")) < 1
                ? ": rising with one and falling with the other, as the paper's fig. 9 has it"
                : "",
            spread(values("ns-prng", "classifier_accuracy"), 2), spread(values("ns-trng", "classifier_accuracy"), 2),
            spread(values("ns-prng", "frechet_distance"), 0), spread(values("ns-trng", "frechet_distance"), 0));
    }

    std::vector<Finding> findings() const {
        std::vector<Finding> out;
        if (!papers_images())
            out.push_back(
                {"Other images than the paper's",
                 fmt::format("These runs learned {}, the paper MNIST. What depends on the images (energies, accuracy, coverage) does not "
                             "compare with the paper's numbers: they stand in the table for the record, without a ratio.",
                             images()),
                 {}});
        out.push_back(images_finding());
        out.push_back(
            {"Energy of the updates (figs. 9 and 10)",
             fmt::format("After 20 rounds the pulses have cost {} uJ (pseudo-random) and {} uJ (true random) {}\n\n"
                         "Energy of a late update over an early one: pseudo-random {}, true random {}, true random with variation {}. {}",
                         spread(at_round("prng", "cumulative_update_energy_J", 20), 1, 1e6),
                         spread(at_round("trng", "cumulative_update_energy_J", 20), 1, 1e6),
                         papers_images() ? "where the paper prints 52.06 and 48.34. Both bookings are in the table: the numbers fit 20 "
                                           "rounds, or one update of each of 20 epochs; the paper says neither."
                                         : "on these images; the paper's 52.06 and 48.34 are MNIST's.",
                         spread(trend("prng"), 2), spread(trend("trng"), 2), spread(trend("trng-d2d"), 2),
                         std::fabs(mean(trend("trng")) - mean(trend("prng"))) < 0.1
                             ? "The fall that the paper ascribes to true random latents does not show here: both kinds of noise run alike, "
                               "and what changes the trend is device variation."
                             : "The two kinds of noise differ in this trend here, as the paper says.") +
                 nanoseconds_text(),
             {}});
        const double noise = mean(at_round("trng", "noise_energy_J", 20)),
                     update = mean(at_round("trng", "cumulative_update_energy_J", 20)), read = mean(at_round("trng", "read_energy_J", 20));
        out.push_back({"What the paper leaves out of the bill",
                       fmt::format("Over the same 20 rounds the reads of forward and backward passes cost {:.0f} uJ, {:.0f} times the "
                                   "updates, and the array that makes the random bits {:.0f} uJ, {:.0f} times the updates: rewriting its "
                                   "cells for every bit costs far more than it can save. "
                                   "Bits from a set of cells written once (`trng.rewrite = \"never\"`) cost only their reads.",
                                   read * 1e6, read / update, noise * 1e6, noise / update),
                       {}});
        Finding area{
            "Area",
            fmt::format("{:.0f} crossbars of 64 x 64 cells of 0.36 um2 make {:.4f} mm2, as the paper says. With one ADC for each direction "
                        "of reading and a DAC on every line, from published 8-bit designs, it is {:.2f} mm2: the periphery decides.",
                        mean(values("trng", "n_crossbars")), mean(values("trng", "area_m2")) * 1e6,
                        runs_.at("trng")[0].hardware.totals.at("area_with_periphery_m2") * 1e6),
            {}};
        out.push_back(area);
        if (!grids_.empty()) {
            Finding f{"Noise, coding, variation and start, one at a time",
                      "Every combination the paper's text leaves open, with the rest held fixed. Read rows for the noise and its coding, "
                      "columns for the start; one seed each, so differences below 0.1 are noise.",
                      {}};
            for (const auto& g : grids_) f.figures.push_back(g);
            out.push_back(f);
        }
        if (balance_) out.push_back({"Balance of set and reset", "The same GAN with reset pulses of growing amplitude.", {*balance_}});
        if (!digits_.empty())
            out.push_back({"All ten digits",
                           "Each digit has a generator of its own, as in the paper's fig. 7; accuracy and coverage stand below each.",
                           {digits_.begin(), digits_.end()}});
        return out;
    }

    void write() {
        report::ReportInput input;
        input.title = papers_images() ? "satyam2022, reproduced" : "satyam2022 on " + images();
        input.intro = fmt::format(
            "A fully connected GAN trained in situ on simulated passive RRAM crossbars (Satyam, Nikam, Sahay 2022): the paper's variants "
            "with its pulses, and ours with balanced pulses, {} seed{} each{}.",
            o_.seeds, o_.seeds == 1 ? "" : "s", o_.quick ? ", quick settings" : "");
        input.intro +=
            " The software GAN is the best of 62 settings of Adam for MNIST's threes in the paper's 200 rounds, one seed each "
            "(`docs/results/software_baseline.csv`).";
        for (const auto* group : {&literal_, &balanced_})
            for (const auto& v : *group)
                for (const auto& r : runs_[v.key]) input.runs.push_back(r);
        input.comparison = comparison();
        input.comparison_caption = "The paper's numbers beside ours; spread over seeds.";
        if (!papers_images()) {
            input.comparison_title = "Ours, and the paper's on MNIST";
            input.comparison_caption = fmt::format("Ours on {}; the paper's numbers are MNIST's, so there is no ratio.", images());
            input.intro += fmt::format(" *Not the paper's images*: these runs learned {}, the paper MNIST's threes.", images());
        }
        input.findings = findings();
        input.reproduce_commands = {fmt::format("ganbar reproduce satyam2022{} --seeds {}", o_.quick ? " --quick" : "", o_.seeds)};
        const Dataset real = load_dataset(runs_.at("trng")[0].summary.text("dataset"), "test", context_.places.data);
        const auto& classes = runs_.at("trng")[0].summary.classes;
        const Dataset chosen = select_classes(real, classes);
        input.real_images = {"real images", "", grid_png(chosen)};
        report::write_report(input, (o_.out / "report.html").string(), true);
        nlohmann::ordered_json results = nlohmann::ordered_json::array();
        for (const auto& row : input.comparison)
            results.push_back({{"quantity", row.quantity},
                               {"variant", row.variant},
                               {"paper", row.paper ? nlohmann::ordered_json(*row.paper) : nlohmann::ordered_json()},
                               {"ours", row.ours},
                               {"unit", row.unit},
                               {"note", row.note}});
        write_file(o_.out / "results.json", results.dump(1) + "\n", Replace::yes);
    }

    const ReproduceOptions& o_;
    const Context& context_;
    std::vector<Variant> literal_, other_, balanced_;
    std::map<std::string, std::vector<RunData>> runs_;
    std::vector<report::HeatTable> grids_;
    std::optional<report::Chart> balance_;
    std::vector<report::Gallery> digits_;
};

}  // namespace

void reproduce_satyam2022(const ReproduceOptions& options, const Context& context) { Satyam(options, context).play(); }

}  // namespace ganbar::study
