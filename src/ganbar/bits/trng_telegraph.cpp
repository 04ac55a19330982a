#include "ganbar/bits/trng_telegraph.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ganbar {

namespace {

double unit(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }

/// Renewals of one trap in one block from the last to the first: positions and drawn states, from Philox at (key, block, trap).
/// Backwards, so that the state at the end of a block takes one draw.
class Renewals {
public:
    Renewals(std::uint64_t key, std::uint64_t trap, std::uint64_t block, const TelegraphTraps::Trap& law)
        : key_(key), trap_(trap << 24), block_(block), law_(law) {}
    /// Moves to the renewal before; false when there is none in the block.
    bool next() {
        if (n_ % 2 == 0) words_ = philox(key_, block_, trap_ + n_ / 2);
        const std::uint32_t* word = &words_[2 * (n_++ % 2)];
        const double u = unit(word[0]);
        if (u < law_.empty_block) return false;                                              // the gap is longer than a block
        const double gap = law_.log_stay < 0 ? std::floor(std::log(u) / law_.log_stay) : 0;  // geometric
        if (gap >= static_cast<double>(at_)) return false;
        at_ -= static_cast<std::size_t>(gap) + 1;
        filled_ = unit(word[1]) < law_.filled;
        return true;
    }
    std::size_t at() const { return at_; }
    bool filled() const { return filled_; }

private:
    std::uint64_t key_, trap_, block_, n_ = 0;
    const TelegraphTraps::Trap& law_;
    std::array<std::uint32_t, 4> words_{};
    std::size_t at_ = TelegraphTraps::block_bits;
    bool filled_ = false;
};

}  // namespace

TelegraphTraps::TelegraphTraps(const Population& p, std::size_t n, Second dt, const Rng& chip, const Rng& noise) : key_(noise.key()) {
    const auto log_uniform = [&p](Rng& rng) { return p.tau_lo.si * std::pow(p.tau_hi.si / p.tau_lo.si, rng.uniform()); };
    for (std::size_t column = 0; column < n; ++column)
        for (std::size_t row = 0; row < n; ++row) {
            Rng rng = chip.stream("traps", column * n + row);
            for (double left = -std::log(rng.uniform()); left < p.traps_per_cell; left -= std::log(rng.uniform())) {
                const double depth = p.depth_lo + (p.depth_hi - p.depth_lo) * rng.uniform(), tau_c = log_uniform(rng),
                             tau_e = log_uniform(rng);
                const double log_stay = -dt.si * (1 / tau_c + 1 / tau_e);
                traps_.push_back({static_cast<std::uint16_t>(row), static_cast<std::uint16_t>(column), static_cast<float>(depth),
                                  -std::expm1(log_stay), tau_e / (tau_c + tau_e), log_stay, std::exp(log_stay * block_bits)});
            }
        }
}

// The last renewal of the nearest earlier block that has one; before the first block, a renewal at time zero.
bool TelegraphTraps::state_before(std::size_t trap, std::uint64_t block) const {
    while (block-- > 0) {
        Renewals r(key_, trap, block, traps_[trap]);
        if (r.next()) return r.filled();
    }
    return unit(philox(key_, 0, ~std::uint64_t{trap})[0]) < traps_[trap].filled;
}

void TelegraphTraps::block(std::uint64_t index, std::vector<std::uint64_t>& out) const {
    const std::size_t n = traps_.size();
    out.assign(n * block_words, 0);
    for (std::size_t k = 0; k < n; ++k) {
        const auto fill = [&](std::size_t from, std::size_t to) {
            for (std::size_t w = from / 64; w * 64 < to; ++w) {
                const std::size_t lo = std::max(from, w * 64) - w * 64, hi = std::min(to, w * 64 + 64) - w * 64;
                out[w * n + k] |= (hi == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << hi) - 1) & ~std::uint64_t{0} << lo;
            }
        };
        Renewals r(key_, k, index, traps_[k]);
        std::size_t until = block_bits;
        while (r.next()) {
            if (r.filled()) fill(r.at(), until);
            until = r.at();
        }
        if (until > 0 && state_before(k, index)) fill(0, until);
    }
}

}  // namespace ganbar
