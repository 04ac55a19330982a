// A training run and its folder.
#pragma once
#include <filesystem>

#include "ganbar/app/build.h"
#include "ganbar/app/evaluator.h"

namespace ganbar::app {

struct RunOptions {
    std::filesystem::path out;
    bool resume = false;
    bool report = true;       ///< write report.html at the end
    bool bar = false;         ///< progress bar on stderr
    bool quiet = false;       ///< no lines on stderr (the log file keeps them)
};

struct RunResult {
    std::filesystem::path folder;
    gan::Quality quality;
    double wall_s = 0;
    std::string headline;
};

/// Trains (or goes on from the newest checkpoint) and leaves the run folder of docs/run_folder.md behind.
/// ConfigError: the folder exists and resume is off, or it holds another experiment; a batch larger than the data.
RunResult run(const Experiment& experiment, const DeviceRegistry& devices, const RunOptions& options);

/// An experiment and its trained model, from a run folder. DataError when it has no checkpoint.
struct Trained {
    Experiment experiment;
    Model model;
    std::int64_t round = 0;
};
Trained load_run(const std::filesystem::path& folder, const DeviceRegistry& devices);

}  // namespace ganbar::app
