// SHA-256 (FIPS 180-4) as lower-case hexadecimal: the name of a data set, a feature net, a file.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ganbar {

/// A digest of what is added piece by piece.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    Sha256& add(std::span<const std::uint8_t> bytes);
    Sha256& add(std::string_view text);
    std::string hex();  ///< 64 hexadecimal digits; the next add() begins anew

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

/// 64 hexadecimal digits.
std::string sha256_hex(std::span<const std::uint8_t> bytes);

}  // namespace ganbar
