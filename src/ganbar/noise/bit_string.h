// A string of bits, packed: bit 0 is the most significant bit of byte 0, as in the files of `ganbar noise`.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ganbar/core/error.h"

namespace ganbar::noise {

class BitString {
public:
    BitString() = default;
    /// All bits of the bytes, or the first n_bits of them. DataError when there are fewer.
    static BitString from_packed(std::span<const std::uint8_t> bytes);
    static BitString from_packed(std::span<const std::uint8_t> bytes, std::size_t n_bits);
    /// One bit a byte: 0 is zero, anything else is one.
    static BitString from_bits(std::span<const std::uint8_t> bits);
    /// "0110"; other characters are skipped.
    static BitString parse(std::string_view text);

    std::size_t size() const { return n_; }
    bool operator[](std::size_t i) const { return words_[i / 64] >> (63 - i % 64) & 1; }
    /// The 64 bits from i on, bit i on top; zeros past the end.
    std::uint64_t word(std::size_t i) const {
        const std::size_t w = i / 64, shift = i % 64;
        if (w >= words_.size()) return 0;
        const std::uint64_t high = words_[w] << shift;
        return shift == 0 || w + 1 >= words_.size() ? high : high | words_[w + 1] >> (64 - shift);
    }
    /// Bits [i, i+count) as a number, bit i on top; 0 < count <= 64.
    std::uint64_t bits(std::size_t i, std::size_t count) const { return word(i) >> (64 - count); }
    std::size_t count_ones(std::size_t first, std::size_t count) const;
    std::size_t count_ones() const { return count_ones(0, n_); }

    BitString slice(std::size_t first, std::size_t count) const;
    std::vector<std::uint8_t> packed() const;    ///< the last byte is filled with zeros
    std::vector<std::uint8_t> unpacked() const;  ///< one bit a byte

    void reserve(std::size_t n) { words_.reserve((n + 63) / 64); }
    void push_back(bool bit) {
        if (n_ % 64 == 0) words_.push_back(0);
        words_.back() |= static_cast<std::uint64_t>(bit) << (63 - n_ % 64);
        ++n_;
    }

private:
    std::vector<std::uint64_t> words_;
    std::size_t n_ = 0;
};

}  // namespace ganbar::noise
