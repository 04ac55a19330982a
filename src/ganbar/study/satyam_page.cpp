#include <fmt/format.h>

#include <cmath>

#include "ganbar/data/atomic_file.h"
#include "ganbar/report/number_text.h"
#include "ganbar/run/pictures.h"
#include "ganbar/study/satyam_reproduction.h"

namespace ganbar::study {

std::vector<ComparisonRow> Satyam::comparison() const {
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

report::Gallery Satyam::other_readings() const {
    report::Gallery gallery{"Other readings of the paper",
                            "Seed 1, at the end: rounds " + fmt::format("{} with leaky ReLU, 20 with the pulse width in nanoseconds.",
                                                                        runs_.at("leaky-prng")[0].summary.number("rounds").value_or(0)),
                            {}};
    for (const auto& v : other_)
        if (const RunData& r = runs_.at(v.key)[0]; !r.samples.empty()) gallery.pictures.push_back({v.label, r.samples.back().path, ""});
    return gallery;
}

Finding Satyam::images_finding() const {
    const auto acc = [&](const char* k) { return spread_of_seeds(values(k, "classifier_accuracy"), 2); };
    const auto cov = [&](const char* k) { return spread_of_seeds(values(k, "coverage"), 2); };
    const auto distance = [&](const char* k) { return mean_of_seeds(values(k, "frechet_distance")); };
    const bool units_decide = distance("leaky-trng") > 1.4 * distance("trng"),
               pulses_decide = distance("balanced") < 0.7 * distance("trng");
    return {"What the images depend on (figs. 6 and 8)",
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

std::string Satyam::nanoseconds_text() const {
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
        spread_of_seeds(at_round("ns-prng", "cumulative_update_energy_J", 20), 1, 1e6),
        spread_of_seeds(at_round("ns-trng", "cumulative_update_energy_J", 20), 1, 1e6), spread_of_seeds(moved("ns-prng"), 2),
        spread_of_seeds(moved("ns-trng"), 2),
        mean_of_seeds(moved("ns-prng")) > 1 && mean_of_seeds(moved("ns-trng")) < 1
            ? ": rising with one and falling with the other, as the paper's fig. 9 has it"
            : "",
        spread_of_seeds(values("ns-prng", "classifier_accuracy"), 2), spread_of_seeds(values("ns-trng", "classifier_accuracy"), 2),
        spread_of_seeds(values("ns-prng", "frechet_distance"), 0), spread_of_seeds(values("ns-trng", "frechet_distance"), 0));
}

std::vector<Finding> Satyam::findings() const {
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
                     spread_of_seeds(at_round("prng", "cumulative_update_energy_J", 20), 1, 1e6),
                     spread_of_seeds(at_round("trng", "cumulative_update_energy_J", 20), 1, 1e6),
                     papers_images() ? "where the paper prints 52.06 and 48.34. Both bookings are in the table: the numbers fit 20 "
                                       "rounds, or one update of each of 20 epochs; the paper says neither."
                                     : "on these images; the paper's 52.06 and 48.34 are MNIST's.",
                     spread_of_seeds(trend("prng"), 2), spread_of_seeds(trend("trng"), 2), spread_of_seeds(trend("trng-d2d"), 2),
                     std::fabs(mean_of_seeds(trend("trng")) - mean_of_seeds(trend("prng"))) < 0.1
                         ? "The fall that the paper ascribes to true random latents does not show here: both kinds of noise run alike, "
                           "and what changes the trend is device variation."
                         : "The two kinds of noise differ in this trend here, as the paper says.") +
             nanoseconds_text(),
         {}});
    const double noise = mean_of_seeds(at_round("trng", "noise_energy_J", 20)),
                 update = mean_of_seeds(at_round("trng", "cumulative_update_energy_J", 20)),
                 read = mean_of_seeds(at_round("trng", "read_energy_J", 20));
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
                    mean_of_seeds(values("trng", "n_crossbars")), mean_of_seeds(values("trng", "area_m2")) * 1e6,
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

void Satyam::write() {
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

}  // namespace ganbar::study
