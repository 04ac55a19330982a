// Accelerators an experiment names: its network as their workload, the run's own counts in place of assumed ones, and the result for its
// files. Accuracy and cost come from one run and one ledger.
#pragma once
#include "ganbar/app/estimates.h"
#include "ganbar/app/experiment.h"
#include "ganbar/arch/run_counts.h"
#include "ganbar/core/ledger.h"

namespace ganbar::app {

/// The ledger's training accounts by layer. Without crossbars nothing is counted, and the workload keeps its own numbers.
arch::RunCounts run_counts(const Experiment& e, const arch::Workload& w, const Ledger& ledger, std::int64_t rounds);

struct RunEstimates {
    std::shared_ptr<const AcceleratorRegistry> registry;  ///< what result's entries point into
    EstimateResult result;  ///< per round
    std::int64_t rounds = 0;
    bool counted = false;  ///< the run's own counts went in
};
/// Empty when the experiment names no accelerator. One that cannot run the network is listed in result.unfit.
RunEstimates estimate_run(const Experiment& e, const Ledger& ledger, std::int64_t rounds);

/// For hardware.json: estimates of a round and of the run, with the counts of the run and of each machine.
nlohmann::ordered_json run_estimates_json(const RunEstimates& r, const Ledger& ledger);
/// For summary.json: time, energy and area of the run on each accelerator.
nlohmann::ordered_json run_estimates_summary(const RunEstimates& r);

}  // namespace ganbar::app
