// SHA-256 (FIPS 180-4) of bytes, as lower-case hexadecimal: the name of a data set, a feature net, a file.
#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace ganbar {

/// 64 hexadecimal digits.
std::string sha256_hex(std::span<const std::uint8_t> bytes);

}  // namespace ganbar
