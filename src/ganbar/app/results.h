// The JSON files of a run folder.
#pragma once
#include <nlohmann/json.hpp>

#include "ganbar/app/build.h"

namespace ganbar::app {

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
nlohmann::ordered_json hardware_json(const Experiment& e, const DeviceRegistry& devices, const Placement& placement, const Ledger& ledger,
                                     std::int64_t rounds, double sampled_per_epoch_J);
/// Energy of pulses that moved cells, and of closed-loop verification, during training.
double update_energy_J(const Ledger& ledger);
double read_energy_J(const Ledger& ledger);       ///< cells of forward and backward reads
double converter_energy_J(const Ledger& ledger);  ///< DACs and ADCs
double noise_energy_per_vector_J(const Ledger& ledger);  ///< of the array that makes random bits, per latent vector; 0 without one
nlohmann::ordered_json value_json(const Value& value);

}  // namespace ganbar::app
