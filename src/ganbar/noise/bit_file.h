// Files of random bits in the formats that tools write: packed, text of 0 and 1, one bit a byte, hexadecimal.
#pragma once
#include <span>
#include <string>

#include "ganbar/noise/bit_string.h"

namespace ganbar::noise {

/// packed: 8 bits a byte, the first is the most significant. ascii: characters 0 and 1 (NIST's SP 800-22 program), blanks, line ends,
/// commas and brackets between them. bytes: a byte for each bit, 0 or 1 (NIST's SP 800-90B program). hex: 4 bits a digit, the first is the
/// most significant.
enum class BitFormat : std::uint8_t { automatic, packed, ascii, bytes, hex };

/// "auto", "packed", "ascii", "bytes", "hex". ConfigError for anything else.
BitFormat bit_format_of(const std::string& text);
const char* name_of(BitFormat format);

/// The format in which files like this one are written. Good packed bits are taken for another one with a chance below 1e-13. DataError,
/// with what to do, where the file is plainly something else: text, whole numbers of several bytes, NPY, gzip.
BitFormat recognise_bits(std::span<const std::uint8_t> bytes, const std::string& file);

/// All bits of the file. DataError where a byte has no place in the format, or there is no bit. `format` may be automatic.
BitString read_bits(std::span<const std::uint8_t> bytes, BitFormat format, const std::string& file);

/// How many values bytes take, where they are too few for packed random bits (fewer than 16 of 256 or more bytes); else 0.
std::size_t poor_alphabet(std::span<const std::uint8_t> bytes);

}  // namespace ganbar::noise
