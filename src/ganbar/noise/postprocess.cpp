#include "ganbar/noise/postprocess.h"

#include "ganbar/core/sha256.h"

namespace ganbar::noise {

BitString von_neumann(const BitString& bits) {
    BitString out;
    for (std::size_t i = 0; i + 1 < bits.size(); i += 2)
        if (bits[i] != bits[i + 1]) out.push_back(bits[i]);
    return out;
}

BitString xor_groups(const BitString& bits, std::size_t k) {
    if (k == 0) throw ConfigError("xor needs groups of at least one bit");
    BitString out;
    for (std::size_t i = 0; i + k <= bits.size(); i += k) {
        bool sum = false;
        for (std::size_t j = 0; j < k; ++j) sum ^= bits[i + j];
        out.push_back(sum);
    }
    return out;
}

BitString sha256_blocks(const BitString& bits, std::size_t block) {
    if (block == 0 || block % 8 != 0) throw ConfigError("sha256 takes blocks of whole bytes; expected a multiple of 8 bits");
    BitString out;
    for (std::size_t i = 0; i + block <= bits.size(); i += block) {
        const std::string hex = sha256_hex(bits.slice(i, block).packed());
        for (const char c : hex) {
            const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
            for (int b = 3; b >= 0; --b) out.push_back(digit >> b & 1);
        }
    }
    return out;
}

}  // namespace ganbar::noise
