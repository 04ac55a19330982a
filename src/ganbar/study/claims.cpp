#include "ganbar/study/claims.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ganbar/core/error.h"

namespace ganbar::study {
namespace {

const double nan = std::nan("");

std::vector<double> column(const report::Table& table, const char* name, const std::string& folder) {
    const auto* found = table.find(name);
    if (found == nullptr || found->empty())
        throw DataError(std::string("the run has no column ") + name + "; expected a training with evaluation.every", {folder});
    return *found;
}

Answer answer(bool known, bool shown) { return !known ? Answer::unknown : shown ? Answer::yes : Answer::no; }

double mean(const std::vector<double>& v, std::size_t from, std::size_t n) {
    double sum = 0;
    for (std::size_t i = from; i < from + n; ++i) sum += v[i] / static_cast<double>(n);
    return sum;
}

/// Energies that rise (sign 1) or fall (-1) by more than `limit` over the first 20 rounds, where the paper's totals fit, or over the
/// training.
Scored trend(const Trace& t, double sign, double limit) {
    const double whole = t.trend(), early = t.early_trend();
    const auto moves = [&](double ratio) { return sign * (ratio - 1); };
    const bool shown = moves(whole) > limit || moves(early) > limit;
    return {answer(shown || !(std::isnan(whole) || std::isnan(early)), shown), {early, whole}};
}

Scored within(double value, double paper, double tolerance) {
    return {answer(!std::isnan(value), std::fabs(value / paper - 1) <= tolerance), {value}};
}

}  // namespace

Trace Trace::of(const report::RunData& run) {
    Trace t;
    t.energy_J = column(run.metrics, "update_energy_J", run.folder),
    t.cumulative_J = column(run.metrics, "cumulative_update_energy_J", run.folder);
    for (const double round : column(run.quality, "round", run.folder)) t.at.push_back(static_cast<std::int64_t>(round));
    t.accuracy = column(run.quality, "classifier_accuracy", run.folder), t.coverage = column(run.quality, "coverage", run.folder),
    t.frechet = column(run.quality, "frechet_distance", run.folder);
    constexpr std::size_t twenty_epochs = 200;
    t.one_an_epoch_J = t.energy_J.size() < twenty_epochs ? nan : run.summary.number("update_energy_sampled_per_epoch_J").value_or(nan);
    return t;
}

std::size_t Trace::converged() const {
    const double most = *std::max_element(accuracy.begin(), accuracy.end());
    return static_cast<std::size_t>(std::find_if(accuracy.begin(), accuracy.end(), [&](double a) { return a >= most - 0.01; }) -
                                    accuracy.begin());
}

std::size_t Trace::best() const { return static_cast<std::size_t>(std::min_element(frechet.begin(), frechet.end()) - frechet.begin()); }

double Trace::mean_accuracy() const { return mean(accuracy, 0, accuracy.size()); }

double Trace::trend() const {
    const std::size_t tenth = std::max<std::size_t>(1, energy_J.size() / 10);
    return energy_J.size() < 2 ? nan : mean(energy_J, energy_J.size() - tenth, tenth) / mean(energy_J, 0, tenth);
}

double Trace::early_trend() const { return energy_J.size() < 20 ? nan : energy_J[19] / energy_J[0]; }

std::string name_of(Booking booking) {
    switch (booking) {
        case Booking::twenty_rounds: return "20 rounds";
        case Booking::one_an_epoch: return "one update an epoch";
        case Booking::converged: return "until converged";
    }
    return "";
}

double booked_J(const Trace& t, Booking booking) {
    switch (booking) {
        case Booking::twenty_rounds: return t.cumulative_J.size() < 20 ? nan : t.cumulative_J[19];
        case Booking::one_an_epoch: return t.one_an_epoch_J;
        case Booking::converged: return t.cumulative_J[static_cast<std::size_t>(t.at[t.converged()]) - 1];
    }
    return nan;
}

const std::vector<Claim>& claims() {
    static const std::vector<Claim> all = {
        {"images",
         "recognisable digits in every crossbar variant",
         "fig. 6",
         {"accuracy_worst", "frechet_worst"},
         "at each variant's best round: accuracy at least 0.9, Frechet distance at most 150 (all threes so far recognised by eye lie "
         "below)"},
        {"one_epoch",
         "good after 10 batches",
         "fig. 8",
         {"accuracy_prng", "accuracy_trng", "accuracy_trng_d2d"},
         "true random: accuracy at least 0.9 at round 10"},
        {"near_software",
         "accuracy near the software's",
         "fig. 8",
         {"accuracy_software", "accuracy_trng", "accuracy_trng_d2d"},
         "best accuracy of both true random variants at most 0.05 below the software's best"},
        {"true_random",
         "true random better than pseudo-random",
         "fig. 8",
         {"mean_accuracy_prng", "mean_accuracy_trng", "mean_accuracy_trng_d2d"},
         "mean accuracy over the training more than 0.01 higher, with variation too"},
        {"variation_lowers",
         "variation lowers the accuracy",
         "fig. 8",
         {"mean_accuracy_trng", "mean_accuracy_trng_d2d"},
         "mean accuracy over the training more than 0.01 lower"},
        {"holds",
         "the optimum stays to the end",
         "fig. 8",
         {"accuracy_lost_most"},
         "no variant loses more than 0.05 from its best to its last accuracy"},
        {"prng_rises",
         "batch energy rises, pseudo-random",
         "fig. 9",
         {"round20_over_round1_prng", "last_over_first_tenth_prng"},
         "by more than 2% from round 1 to 20, or from the first to the last tenth of the rounds"},
        {"trng_falls",
         "batch energy falls, true random",
         "fig. 9",
         {"round20_over_round1_trng", "last_over_first_tenth_trng"},
         "by more than 2% from round 1 to 20, or from the first to the last tenth of the rounds"},
        {"energy_prng", "52.06 uJ, pseudo-random", "fig. 10", {"energy_prng_J"}, "within 5%"},
        {"energy_trng", "48.34 uJ, true random", "fig. 10", {"energy_trng_J"}, "within 5%"},
        {"energy_ratio", "ratio of the two, 0.93", "fig. 10", {"ratio"}, "within 0.03"},
        {"variation_energy", "variation does not change the energy", "sec. III.B", {"trng_d2d_over_trng"}, "within 5%"},
    };
    return all;
}

std::vector<Scored> score(const SeedTraces& s, Booking booking, const ClaimLimits& l) {
    const Trace* crossbars[] = {&s.prng, &s.trng, &s.trng_d2d};
    double worst_accuracy = 1, worst_frechet = 0, lost = 0;
    for (const Trace* t : crossbars) {
        worst_accuracy = std::min(worst_accuracy, t->accuracy[t->best()]), worst_frechet = std::max(worst_frechet, t->frechet[t->best()]);
        lost = std::max(lost, *std::max_element(t->accuracy.begin(), t->accuracy.end()) - t->accuracy.back());
    }
    const auto at_ten = [](const Trace& t) {
        const auto it = std::find(t.at.begin(), t.at.end(), 10);
        return it == t.at.end() ? nan : t.accuracy[static_cast<std::size_t>(it - t.at.begin())];
    };
    const auto most = [](const Trace& t) { return *std::max_element(t.accuracy.begin(), t.accuracy.end()); };
    const double a = s.prng.mean_accuracy(), b = s.trng.mean_accuracy(), c = s.trng_d2d.mean_accuracy();
    const bool drawn = a + b + c > 0;  // else no image was ever taken for a digit, and there is nothing to compare or lose
    const double e_prng = booked_J(s.prng, booking), e_trng = booked_J(s.trng, booking), e_d2d = booked_J(s.trng_d2d, booking);
    const double ratio = e_trng / e_prng, changed = e_d2d / e_trng;
    return {
        {answer(true, worst_accuracy >= l.accuracy && worst_frechet <= l.frechet), {worst_accuracy, worst_frechet}},
        {answer(!std::isnan(at_ten(s.trng)), at_ten(s.trng) >= l.accuracy), {at_ten(s.prng), at_ten(s.trng), at_ten(s.trng_d2d)}},
        {answer(most(s.software) > 0, std::min(most(s.trng), most(s.trng_d2d)) >= most(s.software) - l.near_software),
         {most(s.software), most(s.trng), most(s.trng_d2d)}},
        {answer(drawn, std::min(b, c) > a + l.better), {a, b, c}},
        {answer(drawn, c < b - l.better), {b, c}},
        {answer(drawn, lost <= l.holds), {lost}},
        trend(s.prng, 1, l.trend),
        trend(s.trng, -1, l.trend),
        within(e_prng, paper_prng_J, l.energy),
        within(e_trng, paper_trng_J, l.energy),
        {answer(!std::isnan(ratio), std::fabs(ratio - paper_trng_J / paper_prng_J) <= l.ratio), {ratio}},
        {answer(!std::isnan(changed), std::fabs(changed - 1) <= l.variation), {changed}},
    };
}

Booking nearest_booking(const std::vector<SeedTraces>& seeds) {
    Booking best = Booking::twenty_rounds;
    double least = std::numeric_limits<double>::infinity();
    for (const Booking b : bookings) {
        double prng = 0, trng = 0;
        for (const auto& s : seeds) prng += booked_J(s.prng, b), trng += booked_J(s.trng, b);
        const auto n = static_cast<double>(seeds.size());
        const double off = std::fabs(std::log(prng / n / paper_prng_J)) + std::fabs(std::log(trng / n / paper_trng_J));
        if (off < least) least = off, best = b;
    }
    return best;
}

}  // namespace ganbar::study
