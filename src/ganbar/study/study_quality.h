// The study of quality: networks trained further than a first look needs, in software and on crossbars, on one page.
#pragma once
#include "ganbar/study/context.h"

namespace ganbar::study {

/// Without rounds and seeds: each network's own epochs and 3 seeds, with quick 40 rounds and 1.
struct QualityOptions : StudyOptions {
    std::vector<std::string> networks;  ///< names of quality_networks; none: all whose images are here
};

/// Trains each network in software, the yardstick, and on its kinds of crossbars, with seeds 1 to options.seeds: one resumable sweep each
/// in OUT/NETWORK/SYSTEM. Leaves results.csv (one row an evaluation) and report.html in options.out. ConfigError: no network of that name;
/// Interrupted when options.stop says so.
void study_quality(const QualityOptions& options, const Context& context);
/// What can be studied, in the order of the page.
std::vector<std::string> quality_networks();

}  // namespace ganbar::study
