#include "ganbar/core/rng.h"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

namespace ganbar {

std::array<std::uint32_t, 4> philox(std::uint64_t key, std::uint64_t counter_lo, std::uint64_t counter_hi) {
    const r123::Philox4x32 generator;
    const r123::Philox4x32::ctr_type counter{{static_cast<std::uint32_t>(counter_lo), static_cast<std::uint32_t>(counter_lo >> 32),
                                              static_cast<std::uint32_t>(counter_hi), static_cast<std::uint32_t>(counter_hi >> 32)}};
    const r123::Philox4x32::key_type k{{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)}};
    const auto r = generator(counter, k);
    return {r[0], r[1], r[2], r[3]};
}

// Seeds and names become keys by hashing them through the same cipher; 64-bit FNV-1a spreads the name first.
static std::uint64_t name_hash(std::string_view name) {
    std::uint64_t h = 14695981039346656037ull;
    for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    return h;
}
static std::uint64_t derive(std::uint64_t key, std::uint64_t a, std::uint64_t b) {
    const auto r = philox(key, a, b);
    return (std::uint64_t{r[1]} << 32) | r[0];
}

Rng::Rng(std::uint64_t seed) : key_(derive(seed, 0, 0)) {}

Rng Rng::stream(std::string_view purpose, std::uint64_t index) const {
    Rng child(0);
    child.key_ = derive(key_, name_hash(purpose), index);
    return child;
}

void Rng::refill() {
    block_ = philox(key_, counter_++);
    left_ = 4;
}

std::uint32_t Rng::bits() {
    if (left_ == 0) refill();
    return block_[static_cast<std::size_t>(4 - left_--)];
}

std::uint64_t Rng::below(std::uint64_t n) {
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % n;
    for (;;) {
        const std::uint64_t high = bits();
        const std::uint64_t v = (high << 32) | bits();
        if (v < limit) return v % n;
    }
}

double Rng::uniform() {
    const std::uint64_t high = bits();
    const std::uint64_t v = (high << 32) | bits();
    return (static_cast<double>(v >> 11) + 0.5) * 0x1p-53;
}

double Rng::normal() {  // Box-Muller
    if (has_spare_) {
        has_spare_ = false;
        return spare_;
    }
    const double radius = std::sqrt(-2 * std::log(uniform()));
    const double angle = 2 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
}

void Rng::fill_bits(std::span<std::uint32_t> out) {
    for (auto& v : out) v = bits();
}
void Rng::fill_uniform(std::span<float> out) {
    for (auto& v : out) v = (static_cast<float>(bits() >> 8) + 0.5f) * 0x1p-24f;
}
void Rng::fill_normal(std::span<float> out) {
    for (auto& v : out) v = static_cast<float>(normal());
}

}  // namespace ganbar
