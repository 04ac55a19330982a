#include "ganbar/bits/trng_flicker.h"

#include <algorithm>
#include <cmath>

#include "ganbar/core/error.h"
#include "ganbar/device/fast_math.h"
#include "ganbar/noise/relaxations.h"

namespace ganbar {

namespace {
/// x = keep x + spread N(0,1); the draws are those of (key, step, relaxation), four words for four cells.
void relax(std::span<float> x, float keep, float spread, std::uint64_t key, std::uint64_t step, std::uint64_t relaxation) {
    for (std::size_t i = 0; i < x.size(); i += 4) {
        const auto words = philox(key, step, relaxation << 32 | i);
        const auto [a, b] = fast::normal_pair(words[0], words[1]);
        const auto [c, d] = fast::normal_pair(words[2], words[3]);
        const float draw[4] = {a, b, c, d};
        for (std::size_t k = i; k < std::min(x.size(), i + 4); ++k) x[k] = keep * x[k] + spread * draw[k - i];
    }
}
}  // namespace

FlickerField::FlickerField(const Spectrum& spectrum, std::size_t n, Second dt, const Rng& noise) : n_(n), key_(noise.key()), shift_(n, n) {
    const auto relaxations = noise::flicker_relaxations(spectrum.rms, spectrum.lo, spectrum.hi, spectrum.per_decade);
    sigma_ = relaxations.sigma;
    for (const double tau_s : relaxations.tau_s) {
        total_variance_ += sigma_ * sigma_;
        if (tau_s < dt.si / 14) {
            white_variance_ += sigma_ * sigma_;
            continue;
        }
        const auto every = static_cast<std::uint64_t>(std::clamp(tau_s / (50 * dt.si), 1.0, 1e9));
        slow_.push_back({tau_s, std::exp(-static_cast<double>(every) * dt.si / tau_s), every, std::vector<float>(n * n)});
        relax(slow_.back().x, 0, static_cast<float>(sigma_), key_, 0, slow_.size());
    }
    settle();
}

void FlickerField::advance(std::uint64_t bit) {
    GANBAR_ASSERT(bit >= bit_);
    if (bit == bit_) return;
    while (bit_ < bit) {
        ++bit_;
        for (std::size_t k = 0; k < slow_.size(); ++k)
            if (bit_ % slow_[k].every == 0)
                relax(slow_[k].x, static_cast<float>(slow_[k].keep),
                      static_cast<float>(sigma_ * std::sqrt(1 - slow_[k].keep * slow_[k].keep)), key_, bit_, k + 1);
    }
    settle();
}

void FlickerField::settle() {
    for (std::size_t r = 0; r < n_; ++r) {
        float* out = shift_.row(r);
        std::fill_n(out, n_, 0.0f);
        for (const Slow& s : slow_)
            for (std::size_t c = 0; c < n_; ++c) out[c] += s.x[r * n_ + c];
    }
}

std::vector<float> FlickerField::state() const {
    std::vector<float> out;
    out.reserve(state_size());
    out.push_back(static_cast<float>(bit_ >> 24)), out.push_back(static_cast<float>(bit_ & 0xffffff));  // 48 bits in two exact floats
    for (const Slow& s : slow_) out.insert(out.end(), s.x.begin(), s.x.end());
    return out;
}

void FlickerField::restore(std::span<const float> state) {
    if (state.size() != state_size()) throw DataError("the saved 1/f noise does not fit this bit generator");
    bit_ = static_cast<std::uint64_t>(state[0]) << 24 | static_cast<std::uint64_t>(state[1]);
    for (std::size_t k = 0; k < slow_.size(); ++k)
        std::copy_n(state.begin() + static_cast<std::ptrdiff_t>(2 + k * n_ * n_), n_ * n_, slow_[k].x.begin());
    settle();
}

}  // namespace ganbar
