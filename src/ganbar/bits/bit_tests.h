// What `ganbar noise test` prints of a string of bits.
#pragma once
#include <string>
#include <vector>

#include "ganbar/noise/bit_string.h"
#include "ganbar/noise/sp800_22/suite.h"

namespace ganbar {

struct BitTestOptions {
    std::size_t n_streams = 1;    ///< the bits are cut into so many streams of equal length, judged together (SP 800-22 section 4.2)
    bool entropy = true;          ///< SP 800-90B as well
    bool as_printed = false;      ///< SP 800-22 with the constants the document prints
    std::size_t n_restarts = 0;   ///< the bits are so many restarts of equal length, one after the other: SP 800-90B section 3.1.4 as well
    double initial_entropy = -1;  ///< per bit, from a sequence without restarts; negative: that of the bits themselves
    bool json = false;
};

/// One test of SP 800-22 over one or many streams.
struct BitTestRow {
    std::string name, skipped;
    std::vector<double> p_values;                    ///< stream by stream
    std::vector<noise::sp800_22::Verdict> verdicts;  ///< one for each p-value of the test; many streams only
    bool pass = false;
};
std::vector<BitTestRow> run_bit_tests(const noise::BitString& bits, const BitTestOptions& options);

/// What of the bits falls short of the standards' own sizes, a sentence each.
std::vector<std::string> bit_test_warnings(const noise::BitString& bits, const BitTestOptions& options);

/// Text or JSON. `warnings` go into the JSON; the caller says them otherwise. ConfigError where bits cannot be cut as asked, or where
/// restarts are to be judged by an initial entropy that the bits are too few to give.
std::string test_bits(const noise::BitString& bits, const BitTestOptions& options, const std::vector<std::string>& warnings = {});

}  // namespace ganbar
