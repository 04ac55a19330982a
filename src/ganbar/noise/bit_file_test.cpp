// The same bits in every format must come out the same, and what is no file of bits must be said to be none.
#include "ganbar/noise/bit_file.h"

#include <gtest/gtest.h>

#include <cstring>

#include "ganbar/core/rng.h"

namespace ganbar::noise {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes text(const std::string& s) { return {s.begin(), s.end()}; }
BitString random_bits(std::size_t n, std::uint64_t seed = 1) {
    Rng rng(seed);
    BitString out;
    for (std::size_t i = 0; i < n; ++i) out.push_back(rng.uniform() < 0.5);
    return out;
}
std::string digits(const BitString& bits, const std::string& between = "") {
    std::string out;
    for (std::size_t i = 0; i < bits.size(); ++i) out += (bits[i] ? "1" : "0") + (i + 1 < bits.size() ? between : "");
    return out;
}
std::string hexadecimal(const BitString& bits, const char* alphabet) {
    std::string out;
    for (std::size_t i = 0; i < bits.size(); i += 4) out += alphabet[bits.bits(i, 4)];
    return out;
}
std::string fault(const Bytes& bytes, BitFormat format = BitFormat::automatic) {
    try {
        read_bits(bytes, format, "x.bin");
    } catch (const DataError& e) {
        return e.what();
    }
    return "no fault";
}
#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(BitFile, TheSameBitsInEveryFormat) {
    const BitString bits = random_bits(4096);
    Bytes white = bits.unpacked();
    for (auto& b : white) b = b ? 255 : 0;
    std::string lines = digits(bits);
    for (std::size_t at = 25; at < lines.size(); at += 27) lines.insert(at, "\r\n");
    const struct {
        Bytes bytes;
        BitFormat format;
    } files[] = {{bits.packed(), BitFormat::packed},
                 {bits.unpacked(), BitFormat::bytes},
                 {white, BitFormat::bytes},
                 {text(digits(bits) + "\n"), BitFormat::ascii},
                 {text(lines), BitFormat::ascii},
                 {text("[" + digits(bits, ", ") + "]\n"), BitFormat::ascii},
                 {text(hexadecimal(bits, "0123456789abcdef") + "\n"), BitFormat::hex},
                 {text("\xef\xbb\xbf" + digits(bits) + "\n"), BitFormat::ascii},
                 {text("\xef\xbb\xbf" + hexadecimal(bits, "0123456789abcdef")), BitFormat::hex},
                 {text("0x" + hexadecimal(bits, "0123456789ABCDEF")), BitFormat::hex}};
    for (const auto& [bytes, format] : files) {
        EXPECT_EQ(recognise_bits(bytes, "x"), format) << name_of(format);
        for (const BitFormat how : {BitFormat::automatic, format})
            EXPECT_EQ(digits(read_bits(bytes, how, "x")), digits(bits)) << name_of(format);
    }
}

TEST(BitFile, PackedBitsAreNeverTakenForAnything) {
    for (std::uint64_t seed = 0; seed < 2000; ++seed)
        EXPECT_EQ(recognise_bits(random_bits(128 + 8 * (seed % 64), seed).packed(), "x"), BitFormat::packed) << seed;
    EXPECT_EQ(recognise_bits(Bytes(100, 0), "x"), BitFormat::packed);
    EXPECT_EQ(recognise_bits(Bytes(100, 0xa5), "x"), BitFormat::packed);
    EXPECT_EQ(recognise_bits(Bytes(100, 0xff), "x"), BitFormat::packed);
    EXPECT_EQ(poor_alphabet(Bytes(300, 0xa5)), 1u);
    EXPECT_EQ(poor_alphabet(random_bits(8 * 300).packed()), 0u);
}

TEST(BitFile, WhatIsNoFileOfBits) {
    const BitString bits = random_bits(800);
    Bytes wide(800 * 8);
    for (std::size_t i = 0; i < 800; ++i) wide[8 * i] = bits[i];
    EXPECT_HAS(fault(wide), "x.bin: looks like whole numbers of 8 bytes");
    Bytes big(800 * 4);
    for (std::size_t i = 0; i < 800; ++i) big[4 * i + 3] = bits[i];
    EXPECT_HAS(fault(big), "whole numbers of 4 bytes");
    EXPECT_HAS(fault(text("0.5, 0.25, 0.125, 0.0625, 0.03125, 0.5")), "decimal numbers");
    EXPECT_HAS(fault(text("a letter to the editor, of no use as bits")), "is text, but neither");
    EXPECT_HAS(fault(text("\x93NUMPY...")), "is an NPY file");
    Bytes packed = bits.packed();
    packed[0] = 0x1f, packed[1] = 0x8b, packed[2] = 8;
    EXPECT_HAS(fault(packed), "is a gzip file");
    EXPECT_HAS(fault(packed), "--format packed");
    EXPECT_EQ(read_bits(packed, BitFormat::packed, "x").size(), 800u);
    EXPECT_HAS(fault({}), "is empty");
}

TEST(BitFile, TextTooShortToTellAndTextOfTwoBytesACharacterAreRefused) {
    for (const char* few : {"0110", "0110011001", "0110 0110\n1010"})
        EXPECT_HAS(fault(text(few), BitFormat::automatic), "expected --format ascii, hex or packed");
    Bytes wide{0xff, 0xfe};
    for (int i = 0; i < 40; ++i) wide.push_back(i % 3 == 0 ? '1' : '0'), wide.push_back(0);
    EXPECT_HAS(fault(wide, BitFormat::automatic), "UTF-16");
}

TEST(BitFile, AFormatThatIsAskedForIsHeld) {
    EXPECT_HAS(fault({0, 1, 7}, BitFormat::bytes), "byte 0x07 at 2 is no bit");
    EXPECT_HAS(fault({0, 1, 255}, BitFormat::bytes), "byte 0xff at 2");
    EXPECT_HAS(fault(text("0121"), BitFormat::ascii), "byte 0x32 at 2");
    EXPECT_HAS(fault(text("0a g"), BitFormat::hex), "byte 0x67 at 3");
    EXPECT_HAS(fault(text(" \n"), BitFormat::ascii), "holds no bit");
    EXPECT_EQ(digits(read_bits(text("0110"), BitFormat::hex, "x")), "0000000100010000");
    EXPECT_EQ(bit_format_of("hex"), BitFormat::hex);
    EXPECT_THROW(bit_format_of("asci"), ConfigError);
}

}  // namespace
}  // namespace ganbar::noise
