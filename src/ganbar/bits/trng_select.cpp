#include "ganbar/bits/trng_select.h"

#include <cmath>
#include <numbers>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/bits/trng_select.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// One lane per column, rows in the order given: the same sums for every vector width.
void sum_rows_kernel(const float* first, std::size_t stride, const std::uint16_t* rows, std::size_t n_rows, float* out) {
    const hn::CappedTag<float, 16> d;
    const std::size_t lanes = hn::Lanes(d);
    std::size_t c = 0;
    for (; c + 4 * lanes <= stride; c += 4 * lanes) {  // four sums in flight hide the adder's latency
        auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
        for (std::size_t r = 0; r < n_rows; ++r) {
            const float* row = first + rows[r] * stride + c;
            s0 = hn::Add(s0, hn::Load(d, row));
            s1 = hn::Add(s1, hn::Load(d, row + lanes));
            s2 = hn::Add(s2, hn::Load(d, row + 2 * lanes));
            s3 = hn::Add(s3, hn::Load(d, row + 3 * lanes));
        }
        hn::Store(s0, d, out + c);
        hn::Store(s1, d, out + c + lanes);
        hn::Store(s2, d, out + c + 2 * lanes);
        hn::Store(s3, d, out + c + 3 * lanes);
    }
    for (; c < stride; c += lanes) {
        auto sum = hn::Zero(d);
        for (std::size_t r = 0; r < n_rows; ++r) sum = hn::Add(sum, hn::Load(d, first + rows[r] * stride + c));
        hn::Store(sum, d, out + c);
    }
}

}  // namespace ganbar::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar {

HWY_EXPORT(sum_rows_kernel);

void sum_rows(const float* first_row, std::size_t stride, std::span<const std::uint16_t> rows, float* out) {
    HWY_DYNAMIC_DISPATCH(sum_rows_kernel)(first_row, stride, rows.data(), rows.size(), out);
}

std::uint32_t IndexedWords::next() {
    if (left_ == 0) {
        words_ = philox(key_, index_, block_++);
        left_ = 4;
    }
    return words_[4 - left_--];
}

std::uint32_t IndexedWords::below(std::uint32_t n) {
    for (;;) {
        const std::uint64_t product = std::uint64_t{next()} * n;
        const auto low = static_cast<std::uint32_t>(product);
        if (low >= n || low >= (0u - n) % n) return static_cast<std::uint32_t>(product >> 32);  // the division is rarely needed
    }
}

double IndexedWords::uniform() { return (static_cast<double>(next64() >> 11) + 0.5) * 0x1p-53; }

double IndexedWords::normal() {
    const double u = uniform();
    const double angle = 2 * std::numbers::pi * static_cast<double>(next64() >> 11) * 0x1p-53;
    return std::sqrt(-2 * std::log(u)) * std::cos(angle);
}

// Bit tricks: the library is built for plain x86-64, where popcount is a function call.
static std::uint32_t count_bits(std::uint64_t v) {
    v -= v >> 1 & 0x5555555555555555u;
    v = (v & 0x3333333333333333u) + (v >> 2 & 0x3333333333333333u);
    v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return static_cast<std::uint32_t>(v * 0x0101010101010101u >> 56);
}

// The rank-th set bit of v, as a mask.
static std::uint64_t nth_bit(std::uint64_t v, std::uint32_t rank) {
    for (; rank > 0; --rank) v &= v - 1;
    return v & (0 - v);
}

static void move_one(LineSet& from, LineSet& to, std::size_t n_words, std::uint32_t rank) {
    for (std::size_t w = 0; w < n_words; ++w) {
        const std::uint32_t here = count_bits(from.words[w]);
        if (rank < here) {
            const std::uint64_t bit = nth_bit(from.words[w], rank);
            from.words[w] &= ~bit;
            to.words[w] |= bit;
            return;
        }
        rank -= here;
    }
}

LineSet random_subset(const LineSet& from, std::size_t n_words, std::uint32_t size, std::uint32_t count, IndexedWords& words) {
    LineSet in, out;
    std::uint32_t have = 0;
    // Masks of the wrong size are drawn again a few times: cheaper than mending, and uniformity given the size is untouched.
    for (int tries = 0; tries < 8; ++tries) {
        have = 0;
        for (std::size_t w = 0; w < n_words; ++w) {
            in.words[w] = words.next64() & from.words[w];
            have += count_bits(in.words[w]);
        }
        if (have + 1 >= count && have <= count + 1) break;
    }
    for (std::size_t w = 0; w < n_words; ++w) out.words[w] = from.words[w] & ~in.words[w];
    for (; have > count; --have) move_one(in, out, n_words, words.below(have));
    for (; have < count; ++have) move_one(out, in, n_words, words.below(size - have));
    return in;
}

Selection random_selection(std::size_t n_lines, std::uint32_t n_columns, std::uint32_t n_rows, std::uint64_t key, std::uint64_t index) {
    const std::size_t n_words = (n_lines + 63) / 64;
    LineSet all;
    for (std::size_t w = 0; w < n_words; ++w) {
        const std::size_t left = n_lines - 64 * w;
        all.words[w] = left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
    }
    IndexedWords words(key, index);
    Selection s;
    const auto n = static_cast<std::uint32_t>(n_lines);
    const LineSet columns = random_subset(all, n_words, n, n_columns, words);
    s.group_a = random_subset(columns, n_words, n_columns, n_columns / 2, words);
    for (std::size_t w = 0; w < n_words; ++w) s.group_b.words[w] = columns.words[w] & ~s.group_a.words[w];
    s.rows = random_subset(all, n_words, n, n_rows, words);
    return s;
}

}  // namespace ganbar
#endif
