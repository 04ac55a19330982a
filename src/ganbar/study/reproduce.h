// Published results run again, ours beside the paper's.
#pragma once
#include "ganbar/report/write_report.h"
#include "ganbar/study/context.h"

namespace ganbar::study {

struct ReproduceOptions {
    bool quick = false;
    std::int64_t seeds = 3;
    std::filesystem::path out;
    std::vector<std::string> sets;  ///< applied to every run
    bool full = false;              ///< krestinskaya2020: tolerance of the whole network, not of an eighth of its channels
};

/// Whether a data set is the one satyam2022 trained on (MNIST or a part of it): only then do its numbers compare.
bool are_papers_images(const std::string& dataset);
/// Rows for other images: the published number becomes a text that says so, and there is no ratio.
void without_ratios(std::vector<report::ComparisonRow>& rows);
/// "22 whole epochs of 200 rounds", from metrics.csv.
std::string whole_epochs_text(const report::RunData& run);

/// Satyam, Nikam, Sahay 2022: figures 5 to 10, area and energy, with controlled comparisons. Leaves run folders, results.json and
/// report.html.
void reproduce_satyam2022(const ReproduceOptions& options, const Context& context);
/// Lin et al. 2018: diversity against write noise, read noise and instance noise on a 1T1R array. Leaves runs/, results.json, results.csv,
/// report.html.
void reproduce_lin2018(const ReproduceOptions& options, const Context& context);
/// Krestinskaya et al. 2020: devices, power, and tolerance curves of every non-ideality. Leaves also analog_system.json.
void reproduce_krestinskaya2020(const ReproduceOptions& options, const Context& context);

}  // namespace ganbar::study
