// The claims of satyam2022, scored on what a reading's trainings show.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ganbar/report/run_folder.h"

namespace ganbar::study {

/// What one training shows, per round and per evaluation.
struct Trace {
    std::vector<double> energy_J, cumulative_J;  ///< of the updates, by round from 1
    std::vector<std::int64_t> at;                ///< rounds of the evaluations
    std::vector<double> accuracy, coverage, frechet;
    double one_an_epoch_J = 0;  ///< the last update of every whole epoch booked; NaN for trainings below the paper's 200 rounds

    /// From a run folder with evaluations. DataError: it has none.
    static Trace of(const report::RunData& run);
    std::size_t converged() const;  ///< first evaluation whose accuracy is within 0.01 of the best
    std::size_t best() const;       ///< evaluation of the least Frechet distance
    double mean_accuracy() const;   ///< over the evaluations: the curve of fig. 8
    /// Energy of the last tenth of the rounds over that of the first tenth.
    double trend() const;
    /// The same of round 20 over round 1; NaN for shorter trainings.
    double early_trend() const;
};

/// How the energy of a training is counted.
enum class Booking : std::uint8_t { twenty_rounds, one_an_epoch, converged };
inline constexpr Booking bookings[] = {Booking::twenty_rounds, Booking::one_an_epoch, Booking::converged};
std::string name_of(Booking booking);
double booked_J(const Trace& trace, Booking booking);  ///< twenty rounds: NaN for shorter trainings

/// The variants of one reading under one seed; software is the baseline of that seed.
struct SeedTraces {
    Trace software, prng, trng, trng_d2d;
};

/// Limits of the claims, stated on the page.
struct ClaimLimits {
    double accuracy = 0.9, frechet = 150;                  ///< recognisable: at least, at most
    double near_software = 0.05;                           ///< accuracy below the software's, at most
    double better = 0.01;                                  ///< difference of mean accuracies that counts
    double trend = 0.02;                                   ///< relative change of the batch energy that counts
    double energy = 0.05, ratio = 0.03, variation = 0.05;  ///< tolerance of the energies, of their ratio, of variation's effect
    double holds = 0.05;                                   ///< accuracy lost from the best to the last round, at most
};
inline constexpr double paper_prng_J = 52.06e-6, paper_trng_J = 48.34e-6;

enum class Answer : std::uint8_t { no, yes, unknown };
/// One claim on one seed.
struct Scored {
    Answer answer = Answer::unknown;
    std::vector<double> values;  ///< the numbers it rests on, as `Claim::values` names them
};
struct Claim {
    std::string key, text, where;
    std::vector<std::string> values;
    std::string rule;  ///< when it counts as shown
};
const std::vector<Claim>& claims();

/// All claims on one seed, in the order of claims(). The energies are counted as `booking` says.
std::vector<Scored> score(const SeedTraces& traces, Booking booking, const ClaimLimits& limits = {});
/// The booking under which the mean energies of all seeds are nearest the paper's two.
Booking nearest_booking(const std::vector<SeedTraces>& seeds);

}  // namespace ganbar::study
