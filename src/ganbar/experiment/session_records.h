// What a session hands out: a round as played, what deploying the weights came to, and its state at a round.
#pragma once
#include <string>
#include <vector>

#include "ganbar/core/state.h"
#include "ganbar/experiment/training_cost.h"
#include "ganbar/gan/trainer.h"

namespace ganbar {

/// One weight-update round as played.
struct Round {
    std::int64_t round = 0, epoch = 0;  ///< rounds done, this one included; epoch it belongs to, from 0
    gan::RoundRecord record;
    TrainingCost before, after;  ///< of the ledger
};

/// What deploying the trained weights came to; floats, as a checkpoint keeps them.
struct Deployment {
    float error_rms = 0, error_largest = 0;  ///< of cells written, parts of the window
    float unreached = 0;                     ///< share of those cells outside the tolerance
    float pulses_per_cell = 0;
    float clipped = 0;  ///< share of weights that folding pushed beyond the window
    std::vector<float> values() const { return {error_rms, error_largest, unreached, pulses_per_cell, clipped}; }
    static Deployment of(const std::vector<float>& v) { return {v.at(0), v.at(1), v.at(2), v.at(3), v.at(4)}; }
};

/// Everything a session is at a round; an equal experiment restored to it goes on with the same bits.
struct SessionState {
    std::int64_t round = 0;
    State tensors;
    Ledger ledger;
    std::string stop_reason;
};

}  // namespace ganbar
