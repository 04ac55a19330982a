// The study of readings: satyam2022 under every way of filling in what it leaves open, each of its claims scored, on one page.
#pragma once
#include "ganbar/study/claims.h"
#include "ganbar/study/context.h"
#include "ganbar/study/readings.h"

namespace ganbar::study {

/// Without rounds and seeds: the readings' own rounds and 3 seeds, with quick at most 40 and 1.
struct ReadingOptions : StudyOptions {
    std::vector<std::string> readings;  ///< names; none: all, with quick four
    std::vector<std::string> axes;      ///< "KEY=V1,V2": each reading with each value
};

/// One reading after its trainings: for each seed the traces, and per variant the run folders (software first).
struct ReadingResult {
    Reading reading;
    std::vector<SeedTraces> seeds;
    std::vector<std::vector<report::RunData>> runs;  ///< [variant][seed]; variants as paper_variants()
    Booking booking = Booking::twenty_rounds;
    std::vector<std::vector<Scored>> scores;  ///< [seed][claim]

    /// Seeds on which the claim is shown, of those where it could be judged.
    std::pair<std::size_t, std::size_t> shown(std::size_t claim) const;
    std::size_t n_shown() const;  ///< claims shown on every seed
};

/// Trains the readings (a sweep in out/sweep: resumable, several at once) and the software baseline (out/software), and leaves results.csv
/// (one row a training), claims.csv (one row a reading, claim and seed), results.json and report.html in options.out. Interrupted when
/// options.stop says so.
void study_readings(const ReadingOptions& options, const Context& context);

}  // namespace ganbar::study
