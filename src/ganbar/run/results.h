// The JSON files of a run folder.
#pragma once
#include <nlohmann/json.hpp>

#include "ganbar/experiment/lifetime.h"
#include "ganbar/experiment/session.h"

namespace ganbar {

/// Area by component: cells (by crossbar), converters. Empty for software.
struct AreaRow {
    std::string component;
    double area_m2;
    std::int64_t n;
};
std::vector<AreaRow> area_of(const Experiment& e, const Placement& placement);
/// Cells of the crossbars alone: what satyam2022 quotes (sec. III.C).
double crossbar_area_m2(const Experiment& e, const Placement& placement);

/// hardware.json: accounts (of training, without that prefix), area, totals, and every parameter with its source and kind.
nlohmann::ordered_json hardware_json(const Experiment& e, const Placement& placement, const Ledger& ledger, std::int64_t rounds,
                                     double sampled_per_epoch_J, const Lifetime& lifetime);

/// How a training ended.
struct RunEnd {
    std::int64_t rounds = 0;
    std::string stop_reason;  ///< "" = all rounds were played
    double wall_s = 0;
    double sampled_per_epoch_J = 0;  ///< update energy booked the paper's other way: one update an epoch, its last
    double loss_d = 0, loss_g = 0;   ///< of the last round
    Deployment deployment;
    gan::Quality quality;
    std::int64_t counted_since = 0;  ///< round from which pulses per cell were counted; 0 unless an older version played the rounds before
};
/// summary.json.
nlohmann::ordered_json summary_json(const Experiment& e, const Model& model, const Dataset& images, const Ledger& ledger,
                                    const RunEnd& end);
/// The keys of summary.json before anything runs, values without meaning; those of runs that write cells at their end are among them where
/// the experiment may do so.
nlohmann::ordered_json summary_outline(const Experiment& e);
nlohmann::ordered_json value_json(const Value& value);

}  // namespace ganbar
