// What `ganbar noise test` prints of a string of bits.
#pragma once
#include <string>

#include "ganbar/noise/bit_string.h"

namespace ganbar::app {

struct BitTestOptions {
    std::size_t n_streams = 1;   ///< the bits are cut into so many streams of equal length, judged together (SP 800-22 section 4.2)
    bool entropy = true;         ///< SP 800-90B as well
    bool as_printed = false;     ///< SP 800-22 with the constants the document prints
    bool json = false;
};
std::string test_bits(const noise::BitString& bits, const BitTestOptions& options);

}  // namespace ganbar::app
