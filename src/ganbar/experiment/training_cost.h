// What a training has booked so far, as the tables of a run show it.
#pragma once
#include "ganbar/core/ledger.h"

namespace ganbar {

/// Totals of the accounts of training.
struct TrainingCost {
    std::int64_t n_set = 0, n_reset = 0;  ///< pulses that moved a cell
    double update_J = 0;                  ///< all pulses, verification and wires of updates
    double read_J = 0;                    ///< cells of forward and backward reads
    double converter_J = 0;               ///< DACs and ADCs
    double noise_J = 0;                   ///< of the source of latents
};
TrainingCost training_cost(const Ledger& ledger);
double noise_energy_per_vector_J(const Ledger& ledger);  ///< of the array that makes random bits, per latent vector; 0 without one

}  // namespace ganbar
