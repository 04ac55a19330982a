#include "ganbar/noise/bit_string.h"

#include <fmt/format.h>

#include <bit>

namespace ganbar::noise {

BitString BitString::from_packed(std::span<const std::uint8_t> bytes) { return from_packed(bytes, bytes.size() * 8); }

BitString BitString::from_packed(std::span<const std::uint8_t> bytes, std::size_t n_bits) {
    if (n_bits > bytes.size() * 8) throw DataError(fmt::format("{} bits asked for, but there are {}", n_bits, bytes.size() * 8));
    BitString out;
    out.n_ = n_bits;
    out.words_.assign((n_bits + 63) / 64, 0);
    for (std::size_t b = 0; b < (n_bits + 7) / 8; ++b) out.words_[b / 8] |= std::uint64_t{bytes[b]} << (56 - 8 * (b % 8));
    if (n_bits % 64 != 0) out.words_.back() &= ~std::uint64_t{0} << (64 - n_bits % 64);
    return out;
}

BitString BitString::from_bits(std::span<const std::uint8_t> bits) {
    BitString out;
    out.reserve(bits.size());
    for (const std::uint8_t b : bits) out.push_back(b != 0);
    return out;
}

BitString BitString::parse(std::string_view text) {
    BitString out;
    for (const char c : text)
        if (c == '0' || c == '1') out.push_back(c == '1');
    return out;
}

std::size_t BitString::count_ones(std::size_t first, std::size_t count) const {
    GANBAR_ASSERT(first + count <= n_);
    std::size_t ones = 0;
    for (; count >= 64; first += 64, count -= 64) ones += static_cast<std::size_t>(std::popcount(word(first)));
    if (count > 0) ones += static_cast<std::size_t>(std::popcount(bits(first, count)));
    return ones;
}

BitString BitString::slice(std::size_t first, std::size_t count) const {
    GANBAR_ASSERT(first + count <= n_);
    BitString out;
    out.n_ = count;
    out.words_.resize((count + 63) / 64);
    for (std::size_t w = 0; w < out.words_.size(); ++w) out.words_[w] = word(first + 64 * w);
    if (count % 64 != 0) out.words_.back() &= ~std::uint64_t{0} << (64 - count % 64);
    return out;
}

std::vector<std::uint8_t> BitString::packed() const {
    std::vector<std::uint8_t> bytes((n_ + 7) / 8);
    for (std::size_t b = 0; b < bytes.size(); ++b) bytes[b] = static_cast<std::uint8_t>(words_[b / 8] >> (56 - 8 * (b % 8)));
    return bytes;
}

std::vector<std::uint8_t> BitString::unpacked() const {
    std::vector<std::uint8_t> out(n_);
    for (std::size_t i = 0; i < n_; ++i) out[i] = (*this)[i];
    return out;
}

}  // namespace ganbar::noise
