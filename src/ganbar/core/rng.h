// Counter-based randomness (Philox4x32-10: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
// Streams are keyed by seed, name and index, so no draw depends on threads or call order.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace ganbar {

class Rng {
public:
    explicit Rng(std::uint64_t seed);
    /// An independent stream; the same (purpose, index) always gives the same one, whatever was drawn here before.
    Rng stream(std::string_view purpose, std::uint64_t index = 0) const;

    std::uint64_t key() const { return key_; }
    std::uint32_t bits();                  ///< 32 random bits
    std::uint64_t below(std::uint64_t n);  ///< uniform in [0, n), n > 0, without modulo bias
    double uniform();                      ///< uniform in (0, 1), 53 bits
    double normal();                       ///< N(0, 1)
    void fill_bits(std::span<std::uint32_t> out);
    void fill_uniform(std::span<float> out);  ///< uniform in (0, 1)
    void fill_normal(std::span<float> out);   ///< N(0, 1)

private:
    void refill();
    std::uint64_t key_ = 0, counter_ = 0;
    std::array<std::uint32_t, 4> block_{};
    int left_ = 0;
    double spare_ = 0;
    bool has_spare_ = false;
};

/// The Philox4x32-10 block of a counter under a key: the random-access form of the same generator.
std::array<std::uint32_t, 4> philox(std::uint64_t key, std::uint64_t counter_lo, std::uint64_t counter_hi = 0);

}  // namespace ganbar
