// The JSON files of a run folder.
#pragma once
#include <array>
#include <nlohmann/json.hpp>

#include "ganbar/app/build.h"
#include "ganbar/data/dataset.h"
#include "ganbar/gan/metrics/quality.h"

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
/// What training has cost so far.
struct TrainingCost {
    std::int64_t n_set = 0, n_reset = 0;  ///< pulses that moved a cell
    double update_J = 0;                  ///< all pulses, verification and wires of updates
    double read_J = 0;                    ///< cells of forward and backward reads
    double converter_J = 0;               ///< DACs and ADCs
    double noise_J = 0;                   ///< of the source of latents
};
TrainingCost training_cost(const Ledger& ledger);
double noise_energy_per_vector_J(const Ledger& ledger);  ///< of the array that makes random bits, per latent vector; 0 without one

/// What deploying the trained weights came to; floats, as a checkpoint keeps them.
struct Deployment {
    float error_rms = 0, error_largest = 0;  ///< of cells written, parts of the window
    float unreached = 0;                     ///< share of those cells outside the tolerance
    float pulses_per_cell = 0;
    float clipped = 0;                       ///< share of weights that folding pushed beyond the window
    std::vector<float> values() const { return {error_rms, error_largest, unreached, pulses_per_cell, clipped}; }
    static Deployment of(const std::vector<float>& v) { return {v.at(0), v.at(1), v.at(2), v.at(3), v.at(4)}; }
};

/// How a training ended.
struct RunEnd {
    std::int64_t rounds = 0;
    std::string stop_reason;                ///< "" = all rounds were played
    double wall_s = 0;
    double sampled_per_epoch_J = 0;         ///< update energy booked the paper's other way: one update an epoch, its last
    double loss_d = 0, loss_g = 0;          ///< of the last round
    Deployment deployment;
    gan::Quality quality;
};
/// summary.json.
nlohmann::ordered_json summary_json(const Experiment& e, const Model& model, const Dataset& images, const Ledger& ledger, const RunEnd& end);
nlohmann::ordered_json value_json(const Value& value);

}  // namespace ganbar::app
