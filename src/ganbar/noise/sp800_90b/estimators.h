// Min-entropy of a source of bits: the ten estimators of NIST SP 800-90B (January 2018), sections 6.3.1-6.3.10, for binary samples, and
// the restart tests of section 3.1.4. No source is assumed independent (the non-IID track). All limits use the standard's 99% bounds.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ganbar/noise/bit_string.h"

namespace ganbar::noise::sp800_90b {

/// Bits as bytes 0 or 1.
using Bits = std::span<const std::uint8_t>;

inline constexpr double z_alpha = 2.5758293035489008;  ///< Phi^-1(0.995)

double most_common_value(Bits s);  // 6.3.1
double collision(Bits s);          // 6.3.2
double markov(Bits s);             // 6.3.3: per bit of a 128-bit output
/// 6.3.4; none with 1000 blocks of six bits or fewer.
std::optional<double> compression(Bits s);
/// 6.3.5 and 6.3.6: from the longest repeats. t_tuple: none when no value occurs 35 times; lrs: none when no repeat is long enough.
struct Tuples {
    std::optional<double> t_tuple, lrs;
};
Tuples tuples(const BitString& s);

/// What a predictor achieved: right guesses among n, longest run of right guesses.
struct Guesses {
    std::int64_t n_right = 0, n = 0, longest_run = 0;
};
Guesses multi_mcw(Bits s);  // 6.3.7: most common in windows of 63, 255, 1023, 4095
Guesses lag(Bits s);        // 6.3.8: the bit 1..128 before
Guesses multi_mmc(Bits s);  // 6.3.9: Markov models of order 1..16
Guesses lz78y(Bits s);      // 6.3.10: dictionary of up to 65,536 words of 1..16 bits
/// Min-entropy per bit that a predictor leaves: from the bound on its success rate and from its longest run.
double entropy_of(const Guesses& g);

/// The steps from statistic to entropy, for checks against published intermediate values.
double collision_entropy(double mean_lower_bound);
double markov_entropy(double p0, double p00, double p10);
double compression_entropy(double mean_lower_bound, std::int64_t n_blocks);

struct Assessment {
    double min_entropy_per_bit = 1;  ///< 0 where nothing could be estimated: see assessed()
    std::vector<std::pair<std::string, double>> estimators;
    std::vector<std::pair<std::string, std::string>> skipped;  ///< name, reason
    bool assessed() const { return !estimators.empty(); }
};
inline constexpr std::size_t recommended_bits = 1'000'000;  ///< section 3.1.1: samples of a sequential data set
inline constexpr std::size_t recommended_restarts = 1000;   ///< section 3.1.4: restarts, and samples of each

/// All ten; the assessment is the smallest.
Assessment assess(const BitString& s);

/// Section 3.1.4: bits of `n_restarts` restarts with `n_bits` bits each, one row a restart.
struct Restart {
    std::int64_t largest_count = 0, cutoff = 0;  ///< most common value in any row or column; more than the cutoff fails
    double row_entropy = 0, column_entropy = 0;  ///< estimates along rows and along columns
    bool sane = false, valid = false;            ///< 3.1.4.3; 3.1.4.2: both estimates at least half the initial one
    double min_entropy_per_bit = 0;              ///< of rows, columns and the initial estimate; 0 when a test fails
};
Restart restart_test(const BitString& s, double initial_estimate, std::size_t n_restarts = 1000, std::size_t n_bits = 1000);
/// Smallest u with P(most common of n bits > u) <= 1 - 0.99^(1/n_trials), when the more likely value has probability 2^-h. Exact.
std::int64_t restart_cutoff(double h, std::size_t n, std::size_t n_trials);

}  // namespace ganbar::noise::sp800_90b
