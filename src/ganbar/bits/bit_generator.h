// What every simulated source of random bits offers: bits, what each was worth to an observer, what they cost, and power cycles.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ganbar/core/ledger.h"
#include "ganbar/core/rng.h"

namespace ganbar {

/// Accounts of the bits made so far ("read", "compare", "set_pulse", ...), in a fixed order, and the time they took.
struct BitCost {
    std::int64_t n_bits = 0;
    double time_s = 0;
    std::vector<std::pair<std::string, Charge>> accounts;
    double energy_J() const {
        double sum = 0;
        for (const auto& [name, charge] : accounts) sum += charge.energy_J;
        return sum;
    }
};
/// Area by component, m2.
using BitArea = std::vector<std::pair<std::string, double>>;

/// The same inputs give the same bits for any number of threads and however the bits are asked for.
class BitGenerator {
public:
    virtual ~BitGenerator() = default;
    /// The next out.size() bits, one bit a byte (0 or 1). probability_of_one, empty or as long: P(bit = 1) for an observer who knows the
    /// chip, whatever selects, and the state that the past has left behind, and lacks only what fluctuates while the bit is made.
    virtual void bits(std::span<std::uint8_t> out, std::span<double> probability_of_one) = 0;
    void bits(std::span<std::uint8_t> out) { bits(out, {}); }
    virtual BitCost cost() const = 0;
    virtual BitArea area() const = 0;
    /// Power off and on: cells keep their conductance, slow noise starts in its stationary state, counters begin anew.
    virtual void restart(const Rng& selection, const Rng& noise) = 0;
    /// Everything that later bits depend on, as bytes; restore() takes them on a generator built from the same inputs (else DataError).
    virtual std::vector<std::uint8_t> state() const = 0;
    virtual void restore(std::span<const std::uint8_t> bytes) = 0;
};

/// Books the difference of two costs under prefix + "/" + account.
void book(Ledger& ledger, std::string_view prefix, const BitCost& before, const BitCost& now);

}  // namespace ganbar
