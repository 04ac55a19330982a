// Random telegraph noise of the cells of a bit generator: traps that hold a charge and then pass less current.
// A trap fills at rate 1/tau_c and empties at rate 1/tau_e (Machlup, J. Appl. Phys. 25 (1954) 341). With tau = 1/(1/tau_c + 1/tau_e) the
// process is the same as: renewed with probability 1 - exp(-dt/tau) in a step dt, and a renewal draws the state from its stationary
// law, filled with tau_e / (tau_c + tau_e). Renewals come from a counter-based generator, so the state at any bit can be asked for in
// any order and by any thread, and slow traps keep their state over all bits between.
#pragma once
#include <cstdint>
#include <vector>

#include "ganbar/core/rng.h"
#include "ganbar/core/units.h"

namespace ganbar {

class TelegraphTraps {
public:
    static constexpr std::size_t block_bits = 512, block_words = block_bits / 64;  ///< states are made for this many bits at a time

    struct Trap {
        std::uint16_t row = 0, column = 0;
        float depth = 0;                       ///< relative loss of current while filled
        double renewal = 1;                    ///< probability of a renewal between two bits
        double filled = 0.5;                   ///< stationary probability of being filled
        double log_stay = 0, empty_block = 0;  ///< log(1 - renewal); probability of no renewal in a block
    };
    struct Population {
        double traps_per_cell = 0.1;               ///< mean; each cell has a Poisson number
        double depth_lo = 0.005, depth_hi = 0.01;  ///< uniform
        Second tau_lo{1e-6}, tau_hi{1.0};          ///< tau_c and tau_e, each log-uniform
    };
    TelegraphTraps() = default;
    /// Traps of an array of n x n cells; `chip` places them, `noise` drives them; dt passes from bit to bit.
    TelegraphTraps(const Population& p, std::size_t n, Second dt, const Rng& chip, const Rng& noise);

    const std::vector<Trap>& traps() const { return traps_; }
    bool empty() const { return traps_.empty(); }
    /// The same traps, driven anew from their stationary state.
    void restart(const Rng& noise) { key_ = noise.key(); }

    /// Filled states during one block: bit i (lowest first) of out[w * traps + k] for trap k at bit 64 w + i of the block.
    void block(std::uint64_t index, std::vector<std::uint64_t>& out) const;

private:
    bool state_before(std::size_t trap, std::uint64_t block) const;
    std::vector<Trap> traps_;
    std::uint64_t key_ = 0;
};

}  // namespace ganbar
