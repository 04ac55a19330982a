// Bad sources fail the tests that should catch them; a good one passes with uniform p-values.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "ganbar/core/parallel.h"
#include "ganbar/core/rng.h"
#include "ganbar/noise/sp800_22/special.h"
#include "ganbar/noise/sp800_22/suite.h"
#include "ganbar/noise/sp800_90b/estimators.h"

namespace ganbar::noise {
namespace {

constexpr std::size_t n_bits = 1'000'000;

BitString philox_bits(std::uint64_t seed, std::size_t n) {
    Rng rng(seed);
    std::vector<std::uint8_t> bytes(n / 8 + 1);
    for (std::size_t i = 0; i < bytes.size(); i += 4) {
        const std::uint32_t w = rng.bits();
        for (std::size_t k = 0; k < 4 && i + k < bytes.size(); ++k) bytes[i + k] = static_cast<std::uint8_t>(w >> (8 * k));
    }
    return BitString::from_packed(bytes, n);
}
BitString made(const std::function<bool(std::size_t)>& bit) {
    BitString out;
    for (std::size_t i = 0; i < n_bits; ++i) out.push_back(bit(i));
    return out;
}

struct BadSource {
    const char* name;
    std::function<BitString()> make;
    std::vector<std::string> caught_by;
    double max_entropy;  // SP 800-90B must not grant more
};

const std::vector<BadSource>& bad_sources() {
    static const std::vector<BadSource> list{
        {"constant",
         [] { return made([](std::size_t) { return true; }); },
         {"frequency", "block_frequency", "runs", "longest_run", "rank", "dft", "overlapping_template", "universal", "serial",
          "approximate_entropy", "cumulative_sums"},
         0},
        {"alternating",
         [] { return made([](std::size_t i) { return i % 2 == 0; }); },
         {"runs", "longest_run", "rank", "dft", "non_overlapping_template", "overlapping_template", "universal", "linear_complexity",
          "serial", "approximate_entropy"},
         0.01},
        {"biased_0.51",
         [] {
             Rng rng(1);
             return made([&](std::size_t) { return rng.uniform() < 0.51; });
         },
         {"frequency", "cumulative_sums"},
         0.98},
        {"short_lfsr",
         [] {  // x^16 + x^14 + x^13 + x^11 + 1, period 65535
             std::uint32_t s = 0xace1;
             return made([&](std::size_t) {
                 const bool bit = s & 1;
                 s = s >> 1 | ((s ^ s >> 2 ^ s >> 3 ^ s >> 5) & 1) << 15;
                 return bit;
             });
         },
         {"rank", "linear_complexity", "dft"},
         0.1},
        {"randu",
         [] {  // x -> 65539 x mod 2^31, all 31 bits of each number; its fixed low bits 0.1 balance
             std::uint32_t x = 1;
             int left = 0;
             return made([&](std::size_t) {
                 if (left == 0) x = x * 65539u & 0x7fffffffu, left = 31;
                 return (x >> --left & 1) != 0;
             });
         },
         {"dft", "non_overlapping_template"},
         0.9},
        {"periodic_blocks",
         [] {
             const BitString block = philox_bits(2, 1000);
             return made([block](std::size_t i) { return block[i % 1000]; });
         },
         {"dft", "non_overlapping_template", "universal", "serial", "approximate_entropy"},
         0.05},
        {"low_entropy_text",
         [] {
             const std::string text = "the crossbar reads what the pulses wrote and the pulses write what the gradient asked; ";
             Rng rng(3);
             std::size_t at = 0;
             return made([&](std::size_t i) {
                 if (i % 8 == 0) at = rng.uniform() < 0.05 ? rng.below(text.size()) : (at + 1) % text.size();
                 return (text[at] >> (7 - i % 8) & 1) != 0;
             });
         },
         {"frequency", "runs", "dft", "serial", "approximate_entropy", "non_overlapping_template", "universal"},
         0.2},
        {"correlated_neighbours",
         [] {
             Rng rng(4);
             bool bit = false;
             return made([&](std::size_t) { return bit = rng.uniform() < 0.51 ? bit : !bit; });
         },
         {"runs", "approximate_entropy"},
         0.98},
        {"dropped_bits",
         [] {
             const BitString good = philox_bits(5, n_bits);
             return made([good](std::size_t i) { return i % 64 != 63 && good[i]; });
         },
         {"frequency", "cumulative_sums", "dft"},
         0.98},
        {"repeated_blocks",
         [] {
             const BitString good = philox_bits(6, n_bits);
             return made([good](std::size_t i) { return good[i / 200 * 100 + i % 100]; });
         },  // each vector of 100 bits twice
         {"dft", "serial", "non_overlapping_template"},
         0.95},
    };
    return list;
}

class BadSources : public testing::TestWithParam<std::size_t> {};
TEST_P(BadSources, AreCaught) {
    const BadSource& source = bad_sources()[GetParam()];
    const BitString bits = source.make();
    std::map<std::string, sp800_22::TestResult> result;
    for (const auto& r : sp800_22::run_all(bits)) result[r.name] = r;
    for (const auto& name : source.caught_by) EXPECT_TRUE(result.at(name).skipped.empty() && !result.at(name).pass) << name;
    EXPECT_LE(sp800_90b::assess(bits).min_entropy_per_bit, source.max_entropy);
}
INSTANTIATE_TEST_SUITE_P(Ten, BadSources, testing::Range<std::size_t>(0, 10), [](const auto& info) {
    std::string name = bad_sources()[info.param].name;
    for (char& c : name) c = c == '.' ? '_' : c;
    return name;
});

// p-values of n_streams Philox streams: each row of each test has the right share of passes and uniform p-values.
void expect_uniform(std::size_t n_streams, std::size_t length) {
    std::vector<std::vector<sp800_22::TestResult>> streams(n_streams);
    parallel_for(n_streams, [&](std::size_t s) { streams[s] = sp800_22::run_all(philox_bits(1000 + s, length)); });
    const auto verdicts = sp800_22::judge_streams(streams);
    std::size_t n_fail = 0, n_rows = 0;
    for (const auto& v : verdicts) {
        if (v.name == "rank" && length < 200'000) continue;  // its p-values take few values when there are few matrices
        ++n_rows;
        n_fail += !v.pass;
        EXPECT_GT(v.uniformity_p, 1e-6) << v.name << " " << v.index;
        EXPECT_GT(v.proportion_p, 1e-6) << v.name << " " << v.index;
    }
    // A row of a perfect source fails with about 0.2% (proportion) + 0.01% (uniformity).
    EXPECT_LE(n_fail, 2 + n_rows / 50);
}

TEST(GoodSource, PValuesAreUniform) { expect_uniform(200, 50'000); }
TEST(SlowGoodSource, PValuesAreUniformOverAThousandStreams) { expect_uniform(1000, 1'000'000); }

// The spectral test's count varies with n 0.95 0.05 / 3.8; with the document's / 4 the mean square would be 1.053.
TEST(SlowGoodSource, SpectralVariance) {
    const std::size_t n_streams = 40'000, length = 8192;
    std::vector<double> d(n_streams);
    parallel_for(n_streams, [&](std::size_t s) { d[s] = sp800_22::dft(philox_bits(50'000 + s, length)).statistics[0]; });
    double square = 0;
    for (const double x : d) square += x * x / static_cast<double>(n_streams);
    RecordProperty("mean_square", std::to_string(square));
    EXPECT_NEAR(square, 1, 3.5 * std::sqrt(2.0 / static_cast<double>(n_streams)));
}

}  // namespace
}  // namespace ganbar::noise
