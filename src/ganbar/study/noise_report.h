// `ganbar noise report`: what simulated sources of random bits are worth, what they cost, and what a GAN does with them, on one page.
#pragma once
#include <filesystem>

#include "ganbar/bits/bit_studies.h"
#include "ganbar/bits/bit_tests.h"
#include "ganbar/report/report_input.h"
#include "ganbar/study/context.h"

namespace ganbar::study {

struct NoiseReportOptions {
    std::filesystem::path html, out;       ///< the page; the folder of its runs, results.json and results.csv (one row a training)
    bool quick = false;                    ///< one stream, small studies, short trainings of the main variants
    bool train = true;                     ///< false: the sources only
    std::int64_t seeds = 3, streams = 10;  ///< of 1,000,000 bits each
    std::vector<std::string> sets{};       ///< for every training, for example data.dataset=fashion-mnist
};

/// One source of bits with everything measured on it.
struct SourceResult {
    std::string label, set;
    BitReport made;
    std::vector<BitTestRow> tests;
    double min_entropy = 0;  ///< SP 800-90B, of the first million bits
    std::size_t n_streams = 1, n_bits = 0;
    ChipStudy chips;
    RestartStudy restarts;
    std::string picture_png;
    bool is_control = false;  ///< pseudo-random bits, for comparison: no hardware
    std::size_t n_passed() const;
    std::size_t n_run() const;  ///< tests that the bits were enough for
};
/// Latents of one kind in one coding, trained over seeds.
struct LatentResult {
    std::string source, coding, set;
    std::vector<report::RunData> runs;
    std::vector<double> values(const std::string& key) const;  ///< of summary.json, seed by seed
    /// Update energy (J) when the Frechet distance is first at most `target`, seed by seed; seeds that never get there are left out.
    std::vector<double> energy_at(double target) const;
};

std::vector<SourceResult> measure_sources(const NoiseReportOptions& options, const Context& context);
std::vector<LatentResult> train_latents(const NoiseReportOptions& options, const Context& context);
/// The page's sections from the results; the texts say what the numbers show.
report::ReportInput compose_noise_report(const NoiseReportOptions& options, const std::vector<SourceResult>& sources,
                                         const std::vector<BudgetRow>& budget, const std::vector<std::vector<BudgetRow>>& other_budgets,
                                         const std::vector<LatentResult>& latents);
void write_noise_report(const NoiseReportOptions& options, const Context& context);

}  // namespace ganbar::study
