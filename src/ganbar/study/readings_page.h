// The page of the study of readings.
#pragma once
#include "ganbar/report/report_input.h"
#include "ganbar/study/reproduce.h"
#include "ganbar/study/study_readings.h"

namespace ganbar::study {

struct ReadingPage {
    std::int64_t n_seeds = 0;
    std::string command;  ///< what makes the page again
};

/// The matrix of readings and claims, images of the best readings, accuracy and energy by batch, energies under every booking. `software`:
/// one run a seed.
report::ReportInput readings_page(const std::vector<ReadingResult>& results, const std::vector<report::RunData>& software,
                                  const ReadingPage& page);

/// What no reading gives, in sentences: claims that none shows on every seed, and claims that none shows together with the images.
std::string what_none_gives(const std::vector<ReadingResult>& results);
/// Positions of the readings, those with most claims shown on every seed first; equal ones by the Frechet distance of their worst variant.
std::vector<std::size_t> ranked(const std::vector<ReadingResult>& results);

}  // namespace ganbar::study
