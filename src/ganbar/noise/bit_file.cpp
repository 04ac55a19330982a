#include "ganbar/noise/bit_file.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace ganbar::noise {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t least_bytes = 16;  // fewer can look like anything

bool is_separator(std::uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == ',' || c == ';' || c == '[' || c == ']'; }
int hex_digit(std::uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    const int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::array<std::size_t, 256> counts_of(Bytes bytes) {
    std::array<std::size_t, 256> counts{};
    for (const auto b : bytes) ++counts[b];
    return counts;
}

template <class Wanted>
bool all(const std::array<std::size_t, 256>& counts, const Wanted& wanted) {
    for (std::size_t b = 0; b < 256; ++b)
        if (counts[b] > 0 && !wanted(static_cast<std::uint8_t>(b))) return false;
    return true;
}

/// 2, 4 or 8 when only every so many-th byte, the first or the last of each group, is ever other than 0; else 1.
std::size_t number_width(Bytes bytes) {
    for (const std::size_t width : {8u, 4u, 2u}) {
        if (bytes.size() % width != 0) continue;
        for (const std::size_t place : {std::size_t{0}, width - 1}) {
            std::size_t i = 0;
            while (i < bytes.size() && (i % width == place || bytes[i] == 0)) ++i;
            if (i == bytes.size()) return width;
        }
    }
    return 1;
}

DataError refused(const std::string& file, const std::string& what) {
    return DataError(what + "; --format packed takes its bytes as they are", {file});
}

/// One bit a byte, after what the bytes are: 0 and 1, or 0 and 255.
BitFormat bytes_or_numbers(Bytes bytes, const std::array<std::size_t, 256>& counts, const std::string& file) {
    if (counts[0] == bytes.size()) return BitFormat::packed;  // either way nothing but zeros
    if (const std::size_t width = number_width(bytes); width > 1 && counts[0] < bytes.size())
        throw refused(
            file, fmt::format("looks like whole numbers of {} bytes that are 0 or 1; expected packed bits, or a byte for each bit", width));
    return BitFormat::bytes;
}

void refuse_text(const std::array<std::size_t, 256>& counts, const std::string& file) {
    const bool decimal = all(counts, [](auto c) {
        return (c >= '0' && c <= '9') || is_separator(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
    });
    throw refused(file, decimal ? "is text of decimal numbers; expected text of 0 and 1 (ascii) or hexadecimal digits (hex)"
                                : "is text, but neither of 0 and 1 (ascii) nor of hexadecimal digits (hex)");
}

/// Windows' editors put a mark of UTF-8 in front of text.
Bytes without_mark(Bytes bytes) {
    const bool marked = bytes.size() >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf;
    return marked ? bytes.subspan(3) : bytes;
}

BitString from_text(Bytes bytes, int bits_a_digit, const std::string& file) {
    bytes = without_mark(bytes);
    BitString out;
    std::size_t begin = 0;
    if (bits_a_digit == 4 && bytes.size() >= 2 && bytes[0] == '0' && (bytes[1] | 0x20) == 'x') begin = 2;
    for (std::size_t i = begin; i < bytes.size(); ++i) {
        if (is_separator(bytes[i])) continue;
        const int digit = hex_digit(bytes[i]);
        if (digit < 0 || digit >= 1 << bits_a_digit)
            throw DataError(fmt::format("byte {:#04x} at {} is no {}", bytes[i], i,
                                        bits_a_digit == 1 ? "0 or 1, and no blank; expected text of 0 and 1 (ascii)"
                                                          : "hexadecimal digit, and no blank; expected hexadecimal text (hex)"),
                            {file});
        for (int k = bits_a_digit - 1; k >= 0; --k) out.push_back(digit >> k & 1);
    }
    return out;
}

BitString from_bytes(Bytes bytes, const std::string& file) {
    const auto counts = counts_of(bytes);
    const std::uint8_t one = counts[255] > 0 && counts[1] == 0 ? 255 : 1;
    const auto wrong = std::find_if(bytes.begin(), bytes.end(), [one](auto b) { return b != 0 && b != one; });
    if (wrong != bytes.end())
        throw DataError(fmt::format("byte {:#04x} at {} is no bit; expected 0 and 1, or 0 and 255 (bytes)", *wrong, wrong - bytes.begin()),
                        {file});
    return BitString::from_bits(bytes);
}

}  // namespace

BitFormat bit_format_of(const std::string& text) {
    for (const BitFormat f : {BitFormat::automatic, BitFormat::packed, BitFormat::ascii, BitFormat::bytes, BitFormat::hex})
        if (text == name_of(f)) return f;
    const std::vector<std::string> names{"auto", "packed", "ascii", "bytes", "hex"};
    const std::string near = nearest_name(text, names);
    throw ConfigError(
        fmt::format("\"{}\" is no format of bits{}; expected {}", text, near.empty() ? "" : " (did you mean " + near + "?)", join(names)));
}

const char* name_of(BitFormat format) {
    switch (format) {
        case BitFormat::packed: return "packed";
        case BitFormat::ascii: return "ascii";
        case BitFormat::bytes: return "bytes";
        case BitFormat::hex: return "hex";
        case BitFormat::automatic: break;
    }
    return "auto";
}

BitFormat recognise_bits(Bytes bytes, const std::string& file) {
    const auto begins = [&](std::initializer_list<std::uint8_t> head) {
        return bytes.size() >= head.size() && std::equal(head.begin(), head.end(), bytes.begin());
    };
    if (begins({0x93, 'N', 'U', 'M', 'P', 'Y'}))
        throw refused(file, "is an NPY file; expected bits alone, such as numpy's packbits(x).tofile writes");
    if (bytes.size() > 64 && begins({0x1f, 0x8b, 0x08}))
        throw refused(file, "is a gzip file; expected it unpacked (gzip -dc FILE | ganbar noise test -)");
    if (begins({0xff, 0xfe, '0', 0}) || begins({0xff, 0xfe, '1', 0}) || begins({0xfe, 0xff, 0, '0'}) || begins({0xfe, 0xff, 0, '1'}))
        throw refused(file, "is text in UTF-16; expected one byte a character (PowerShell: Set-Content -Encoding ascii)");
    if (const Bytes text = without_mark(bytes); text.size() < bytes.size()) {
        const bool marked_text = std::all_of(text.begin(), text.end(), [](auto c) { return hex_digit(c) >= 0 || is_separator(c); });
        return marked_text ? recognise_bits(text, file) : BitFormat::packed;
    }
    if (bytes.size() < least_bytes) {
        const bool text = std::all_of(bytes.begin(), bytes.end(), [](auto c) { return hex_digit(c) >= 0 || is_separator(c); });
        if (text) throw refused(file, "is too short to tell text from packed bits; expected --format ascii, hex or packed");
        return BitFormat::packed;
    }
    const auto counts = counts_of(bytes);
    if (all(counts, [](auto c) { return c <= 1; }) ||
        (all(counts, [](auto c) { return c == 0 || c == 255; }) && counts[0] > 0 && counts[255] > 0))
        return bytes_or_numbers(bytes, counts, file);
    if (all(counts, [](auto c) { return c == '0' || c == '1' || is_separator(c); }) && counts['0'] + counts['1'] > 0)
        return BitFormat::ascii;
    const bool prefixed = bytes[0] == '0' && (bytes[1] | 0x20) == 'x' && counts['x'] + counts['X'] == 1;
    const bool letters = std::any_of(counts.begin() + 'a', counts.begin() + 'g', [](auto n) { return n > 0; }) ||
                         std::any_of(counts.begin() + 'A', counts.begin() + 'G', [](auto n) { return n > 0; });
    if (letters && all(counts, [&](auto c) { return hex_digit(c) >= 0 || is_separator(c) || (prefixed && (c | 0x20) == 'x'); }))
        return BitFormat::hex;
    if (bytes.size() >= 2 * least_bytes && all(counts, [](auto c) { return (c >= ' ' && c < 0x7f) || (c >= '\t' && c <= '\r'); }))
        refuse_text(counts, file);
    return BitFormat::packed;
}

BitString read_bits(Bytes bytes, BitFormat format, const std::string& file) {
    if (bytes.empty()) throw DataError("is empty; expected bits", {file});
    if (format == BitFormat::automatic) format = recognise_bits(bytes, file);
    BitString out = format == BitFormat::packed  ? BitString::from_packed(bytes)
                    : format == BitFormat::bytes ? from_bytes(bytes, file)
                                                 : from_text(bytes, format == BitFormat::hex ? 4 : 1, file);
    if (out.size() == 0) throw DataError(fmt::format("holds no bit in the format {}", name_of(format)), {file});
    return out;
}

std::size_t poor_alphabet(Bytes bytes) {
    const auto counts = counts_of(bytes);
    const auto n = static_cast<std::size_t>(std::count_if(counts.begin(), counts.end(), [](auto c) { return c > 0; }));
    return bytes.size() >= 256 && n < 16 ? n : 0;
}

}  // namespace ganbar::noise
