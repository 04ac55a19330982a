// Published results run again, ours beside the paper's.
#pragma once
#include "ganbar/app/run.h"
#include "ganbar/report/write_report.h"

namespace ganbar::app {

struct ReproduceOptions {
    bool quick = false;
    std::int64_t seeds = 3;
    std::filesystem::path out;
    std::vector<std::string> sets;  ///< applied to every run
    bool bar = false;
};

/// Satyam, Nikam, Sahay 2022: figures 5 to 10, area and energy, with controlled comparisons. Leaves run folders, results.json and report.html.
void reproduce_satyam2022(const ReproduceOptions& options, const config::Presets& presets, const DeviceRegistry& devices);

}  // namespace ganbar::app
