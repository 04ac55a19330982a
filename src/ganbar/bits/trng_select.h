// Which columns and rows a bit uses: uniform subsets from a counter-based generator, and the kernel that sums rows.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "ganbar/core/rng.h"

namespace ganbar {

/// A set of lines of at most 256.
struct LineSet {
    static constexpr std::size_t max_lines = 256;
    std::array<std::uint64_t, max_lines / 64> words{};
    template <class Visit>
    void each(std::size_t n_words, const Visit& visit) const {
        for (std::size_t w = 0; w < n_words; ++w)
            for (std::uint64_t left = words[w]; left != 0; left &= left - 1)
                visit(w * 64 + static_cast<std::size_t>(std::countr_zero(left)));
    }
};

struct Selection {
    LineSet group_a, group_b, rows;
};

/// Words of Philox at (key, index): any index can be asked for in any order.
class IndexedWords {
public:
    IndexedWords(std::uint64_t key, std::uint64_t index) : key_(key), index_(index) {}
    std::uint32_t next();
    std::uint64_t next64() {
        const std::uint64_t high = next();
        return high << 32 | next();
    }
    std::uint32_t below(std::uint32_t n);       ///< uniform in [0, n), without bias (Lemire 2019)
    double uniform();                           ///< uniform in (0, 1)
    double normal();                            ///< N(0,1), one of a Box-Muller pair; magnitude at most max_normal
    static constexpr double max_normal = 8.66;  ///< sqrt(-2 ln 2^-54) = 8.653
private:
    std::uint64_t key_, index_, block_ = 0;
    std::array<std::uint32_t, 4> words_{};
    std::size_t left_ = 0;
};

/// Every subset of `count` members of `from` (which has `size` members) is equally likely.
/// A random mask is a uniform subset given its size (so masks may be redrawn by size); adding or removing uniform members keeps it uniform.
LineSet random_subset(const LineSet& from, std::size_t n_words, std::uint32_t size, std::uint32_t count, IndexedWords& words);

/// n of N columns in two halves, m of N rows.
Selection random_selection(std::size_t n_lines, std::uint32_t n_columns, std::uint32_t n_rows, std::uint64_t key, std::uint64_t index);

/// out[c] = sum over the rows listed, in their order, of m_row[c]; rows are `stride` floats apart, stride a multiple of 16.
void sum_rows(const float* first_row, std::size_t stride, std::span<const std::uint16_t> rows, float* out);

}  // namespace ganbar
