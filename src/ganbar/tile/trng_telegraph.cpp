#include "ganbar/tile/trng_telegraph.h"

#include <algorithm>
#include <cmath>

namespace ganbar {

namespace {

/// Uniform in [0, 1), 53 bits.
double unit(std::uint32_t high, std::uint32_t low) { return static_cast<double>((std::uint64_t{high} << 32 | low) >> 11) * 0x1p-53; }

/// Renewals of one trap in one block: positions and drawn states, from the words of Philox at (key, block, trap).
class Renewals {
public:
    Renewals(std::uint64_t key, std::uint64_t trap, std::uint64_t block, const TelegraphTraps::Trap& t)
        : key_(key), trap_(trap << 24), block_(block), trap_law_(t), log_stay_(t.renewal < 1 ? std::log1p(-t.renewal) : 0) {}
    /// Moves to the next renewal; false when it lies beyond the block.
    bool next() {
        const auto word = philox(key_, block_, trap_ + n_++);
        const double u = (word[0] + 0.5) * 0x1p-32;
        const double gap = log_stay_ < 0 ? std::floor(std::log(u) / log_stay_) : 0;  // geometric
        if (gap >= static_cast<double>(TelegraphTraps::block_bits - next_)) return false;
        at_ = next_ + static_cast<std::size_t>(gap);
        next_ = at_ + 1;
        filled_ = unit(word[1], word[2]) < trap_law_.filled;
        return true;
    }
    std::size_t at() const { return at_; }
    bool filled() const { return filled_; }
private:
    std::uint64_t key_, trap_, block_, n_ = 0;
    const TelegraphTraps::Trap& trap_law_;
    double log_stay_;
    std::size_t at_ = 0, next_ = 0;
    bool filled_ = false;
};

}  // namespace

TelegraphTraps::TelegraphTraps(const Population& p, std::size_t n, Second dt, const Rng& chip, const Rng& noise) : key_(noise.key()) {
    const auto log_uniform = [&p](Rng& rng) { return p.tau_lo.si * std::pow(p.tau_hi.si / p.tau_lo.si, rng.uniform()); };
    for (std::size_t column = 0; column < n; ++column)
        for (std::size_t row = 0; row < n; ++row) {
            Rng rng = chip.stream("traps", column * n + row);
            for (double left = -std::log(rng.uniform()); left < p.traps_per_cell; left -= std::log(rng.uniform())) {
                const double depth = p.depth_lo + (p.depth_hi - p.depth_lo) * rng.uniform(), tau_c = log_uniform(rng), tau_e = log_uniform(rng);
                traps_.push_back({static_cast<std::uint16_t>(row), static_cast<std::uint16_t>(column), static_cast<float>(depth),
                                  -std::expm1(-dt.si * (1 / tau_c + 1 / tau_e)), tau_e / (tau_c + tau_e)});
            }
        }
}

// The last renewal of the nearest earlier block that has one; before the first block, a renewal at time zero.
bool TelegraphTraps::state_before(std::size_t trap, std::uint64_t block) const {
    while (block-- > 0) {
        Renewals r(key_, trap, block, traps_[trap]);
        bool any = false, filled = false;
        while (r.next()) any = true, filled = r.filled();
        if (any) return filled;
    }
    const auto word = philox(key_ ^ 0x9e3779b97f4a7c15u, trap);
    return unit(word[0], word[1]) < traps_[trap].filled;
}

std::vector<std::uint64_t> TelegraphTraps::block(std::uint64_t index) const {
    constexpr std::size_t words = block_bits / 64;
    std::vector<std::uint64_t> out(traps_.size() * words, 0);
    for (std::size_t k = 0; k < traps_.size(); ++k) {
        const auto fill = [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i) out[k * words + i / 64] |= std::uint64_t{1} << (i % 64);
        };
        Renewals r(key_, k, index, traps_[k]);
        std::size_t since = 0;
        bool filled = false, known = false;  // the state before the first renewal is looked up only when it lasts for some bits
        while (r.next()) {
            if (!known && r.at() > 0) filled = state_before(k, index);
            known = true;
            if (filled) fill(since, r.at());
            since = r.at();
            filled = r.filled();
        }
        if (!known) filled = state_before(k, index);
        if (filled) fill(since, block_bits);
    }
    return out;
}

}  // namespace ganbar
