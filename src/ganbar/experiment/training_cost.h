// What a training has booked so far, as the tables of a run show it.
#pragma once
#include "ganbar/core/account.h"

namespace ganbar {

/// The accounts of training, grouped. The parts add up to training_J.
struct TrainingCost {
    std::int64_t n_set = 0, n_reset = 0;  ///< pulses that moved a cell
    PartEnergies part_J{};                ///< by core/account.h's Part: every account is in one
    double of(Part part) const { return part_J[static_cast<std::size_t>(part)]; }
    double training_J() const;  ///< the sum of the parts, in their order
};
TrainingCost training_cost(const Ledger& ledger);
double noise_energy_per_vector_J(const Ledger& ledger);  ///< of the array that makes random bits, per latent vector; 0 without one

}  // namespace ganbar
