// Accelerators an experiment names: its network as their workload, the run's own counts in place of assumed ones, and the result for its
// files. Accuracy and cost come from one run and one ledger.
#pragma once
#include "ganbar/arch/estimates.h"
#include "ganbar/arch/run_counts.h"
#include "ganbar/core/ledger.h"
#include "ganbar/experiment/experiment.h"

namespace ganbar {

/// The ledger's training accounts by layer. Without crossbars nothing is counted, and the workload keeps its own numbers.
arch::RunCounts run_counts(const Experiment& e, const arch::Workload& w, const Ledger& ledger, std::int64_t rounds);

struct RunEstimates {
    arch::EstimateResult result;  ///< per round
    std::int64_t rounds = 0;
    bool counted = false;  ///< the run's own counts went in
};
/// Empty when the experiment names no accelerator. One that cannot run the network is listed in result.unfit.
RunEstimates estimate_run(const Experiment& e, const Ledger& ledger, std::int64_t rounds);

}  // namespace ganbar
