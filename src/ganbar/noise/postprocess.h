// Post-processing of random bits: none of it adds entropy, it only packs what there is.
#pragma once
#include "ganbar/noise/bit_string.h"

namespace ganbar::noise {

enum class PostProcess : std::uint8_t { none, von_neumann, xor_k, sha256 };

/// Pairs 01 -> 0, 10 -> 1, 00 and 11 dropped (von Neumann 1951): unbiased when the bits are independent; p(1-p) output bits per input bit.
BitString von_neumann(const BitString& bits);
/// One bit for every k: their sum mod 2. A bias e becomes 2^(k-1) e^k (Matsui's piling-up lemma). The rest of the bits is dropped.
BitString xor_groups(const BitString& bits, std::size_t k);
/// 256 output bits for every `block` input bits (a multiple of 8): their SHA-256. The rest is dropped. SP 800-90B section 3.1.5.1 counts
/// full entropy for blocks that hold at least 320 bits of min-entropy.
BitString sha256_blocks(const BitString& bits, std::size_t block);

}  // namespace ganbar::noise
