// The fifteen statistical tests of NIST SP 800-22 rev. 1a (Rukhin et al., 2010), sections 2.1 to 2.15. Names follow the contract.
// Each function is the bare test with its parameters; run_all() adds the document's limits on length and judges.
// Constants: `corrected` computes probabilities exactly where the document prints rounded, mistyped or approximate ones; `as_printed`
// uses the document's (for reproducing its examples). docs/noise.md lists the differences.
#pragma once
#include <string>
#include <vector>

#include "ganbar/noise/bit_string.h"

namespace ganbar::noise::sp800_22 {

enum class Constants : std::uint8_t { corrected, as_printed };
inline constexpr double alpha = 0.01;  ///< level of significance of the document

struct TestResult {
    std::string name;
    std::vector<double> p_values{};
    std::vector<double> statistics{};  ///< chi-squared, |z| or the like, one for each p-value
    bool pass = false;
    std::string skipped{};  ///< why there is no result; empty when there is one
};

TestResult frequency(const BitString& bits);                                                              // 2.1
TestResult block_frequency(const BitString& bits, std::size_t block = 128);                               // 2.2
TestResult runs(const BitString& bits);                                                                   // 2.3
TestResult longest_run(const BitString& bits, Constants constants = Constants::corrected);                // 2.4
TestResult rank(const BitString& bits);                                                                   // 2.5: 32 x 32 matrices
TestResult rank(const BitString& bits, std::size_t rows);                                                 // square matrices of other size
TestResult dft(const BitString& bits, Constants constants = Constants::corrected);                        // 2.6
TestResult non_overlapping_template(const BitString& bits, std::size_t m = 9, std::size_t n_blocks = 8);  // 2.7: all aperiodic templates
TestResult non_overlapping_template(const BitString& bits, const BitString& pattern, std::size_t n_blocks);
TestResult overlapping_template(const BitString& bits, Constants constants = Constants::corrected, std::size_t m = 9,
                                std::size_t block = 1032);                                // 2.8
TestResult universal(const BitString& bits, Constants constants = Constants::corrected);  // 2.9: L and Q by length
TestResult universal(const BitString& bits, Constants constants, std::size_t word, std::size_t n_init);
TestResult linear_complexity(const BitString& bits, Constants constants = Constants::corrected, std::size_t block = 500);  // 2.10
TestResult serial(const BitString& bits, std::size_t m);               // 2.11: two p-values
TestResult approximate_entropy(const BitString& bits, std::size_t m);  // 2.12
TestResult cumulative_sums(const BitString& bits);                     // 2.13: forward, backward
TestResult random_excursions(const BitString& bits);                   // 2.14: states -4..-1, 1..4
TestResult random_excursions_variant(const BitString& bits);           // 2.15: states -9..-1, 1..9

/// All fifteen in the document's order. A test that the document does not allow at this length is skipped with the reason.
/// pass: the smallest of the k p-values is at least 1 - (1 - alpha)^(1/k) (Sidak), so each test fails a good source in about 1 of 100.
std::vector<TestResult> run_all(const BitString& bits, Constants constants = Constants::corrected);

/// Judgement over many streams (section 4.2): per test and p-value, the proportion that passes and the uniformity of the p-values.
struct Verdict {
    std::string name;
    std::size_t index = 0;  ///< which of the test's p-values
    std::size_t n_streams = 0, n_pass = 0;
    double proportion_lo = 0, proportion_hi = 1;  ///< the document's (1-alpha) -+ 3 sqrt(alpha (1-alpha) / n)
    double proportion_p = 1;  ///< chance that a good source has so few passes (binomial, exact); pass at >= 0.00135, 3 sigma
    double uniformity_p = 0;  ///< chi-squared over ten bins; pass at >= 0.0001
    bool pass = false;
};
std::vector<Verdict> judge_streams(const std::vector<std::vector<TestResult>>& streams);

/// Linear complexity by Berlekamp-Massey (bits [first, first+count)).
std::size_t linear_complexity_of(const BitString& bits, std::size_t first, std::size_t count);
/// All patterns of m bits that cannot overlap themselves, in numerical order (148 for m = 9).
std::vector<BitString> aperiodic_templates(std::size_t m);
/// P(longest run of ones in `length` random bits <= k), exact.
double longest_run_at_most(std::size_t length, std::size_t k);
/// Magnitudes of the first n/2 Fourier coefficients of the +-1 sequence; any length.
std::vector<double> spectrum(const BitString& bits);

}  // namespace ganbar::noise::sp800_22
