// Estimates of a run's accelerators for its files.
#pragma once
#include <nlohmann/json.hpp>

#include "ganbar/core/ledger.h"
#include "ganbar/experiment/run_accelerators.h"

namespace ganbar {

/// For hardware.json: estimates of a round and of the run, with the counts of the run and of each machine.
nlohmann::ordered_json run_estimates_json(const RunEstimates& r, const Ledger& ledger);
/// For summary.json: time, energy and area of the run on each accelerator.
nlohmann::ordered_json run_estimates_summary(const RunEstimates& r);

}  // namespace ganbar
