// The study of rules: every training rule on several devices, each tuned in the same budget, on one page.
#pragma once
#include "ganbar/study/rule_grid.h"

namespace ganbar::study {

/// Without rounds and seeds: 200 rounds and 3 seeds, with quick 30 and 1.
struct RuleOptions : StudyOptions {
    std::vector<std::string> devices, rules;  ///< names; none: nili2020, wox-krestinskaya and pcm; all rules
};

/// Trains satyam2022's GAN by each rule with each of its settings (seed 1), then by the best setting of each with the other seeds: two
/// sweeps in options.out, resumable and several at once. Leaves results.csv (one row a training) and report.html there. Interrupted when
/// options.stop says so.
void study_rules(const RuleOptions& options, const Context& context);

}  // namespace ganbar::study
