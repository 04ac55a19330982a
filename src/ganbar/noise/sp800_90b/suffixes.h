// Suffixes of a bit string in lexical order, and how long neighbours agree: every repeat there is.
#pragma once
#include <cstdint>
#include <vector>

#include "ganbar/noise/bit_string.h"

namespace ganbar::noise {

/// Positions of the suffixes in order (a suffix stands before its extensions). Prefix doubling from 64 bits (after Larsson and
/// Sadakane, 2007): one pass of sorting for random bits, log2(n/64) + 1 for the most regular.
std::vector<std::uint32_t> suffix_order(const BitString& s);
/// agree[k]: bits that suffixes order[k-1] and order[k] have in common; agree[0] = 0 (Kasai et al., 2001).
std::vector<std::uint32_t> common_prefixes(const BitString& s, const std::vector<std::uint32_t>& order);

}  // namespace ganbar::noise
