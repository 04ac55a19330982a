#include "ganbar/bits/bit_source.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "ganbar/bits/bit_tests.h"
#include "ganbar/core/rng.h"
#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

using test::devices;
noise::BitString make(const std::vector<std::string>& set, std::size_t n, BitReport& report) {
    return make_bits(set, n, devices(), report);
}

TEST(BitSource, SameInputSameBits) {
    BitReport r;
    const auto a = make({"experiment.seed=3"}, 3000, r), b = make({"experiment.seed=3"}, 3000, r), c = make({"experiment.seed=4"}, 3000, r);
    EXPECT_EQ(a.size(), 3000u);
    EXPECT_EQ(a.packed(), b.packed());
    EXPECT_NE(a.packed(), c.packed());
    EXPECT_EQ(make({"experiment.seed=3"}, 1000, r).packed(), a.slice(0, 1000).packed());
}

TEST(BitSource, PostProcessingCostsRawBits) {
    BitReport none, half, hashed, pairs;
    make({}, 2048, none);
    EXPECT_EQ(none.n_raw_bits, 2048);
    EXPECT_EQ(make({"noise.post=xor", "noise.xor_bits=3"}, 2048, half).size(), 2048u);
    EXPECT_EQ(half.n_raw_bits, 3 * 2048);
    EXPECT_EQ(make({"noise.post=sha256", "noise.sha256_bits=512"}, 2048, hashed).size(), 2048u);
    EXPECT_EQ(hashed.n_raw_bits, 8 * 512);
    EXPECT_EQ(make({"noise.post=von_neumann"}, 2048, pairs).size(), 2048u);
    EXPECT_NEAR(static_cast<double>(pairs.n_raw_bits), 4 * 2048, 600);
    EXPECT_NEAR(half.energy_J / none.energy_J, 3, 0.1);
}

// What the founding paper's generator is worth: see docs/noise.md.
TEST(BitSource, SelectionCarriesTheEntropy) {
    BitReport deterministic, varied;
    make({"trng.comparator_offset=0 V"}, 100'000, deterministic);
    EXPECT_NEAR(deterministic.bias, 0, 4 * 0.5 / std::sqrt(100'000));
    EXPECT_LT(deterministic.min_entropy_known_selection, 0.02);
    EXPECT_GT(deterministic.repeat_probability, 0.98);
    make({"trng.comparator_offset=0 V", "noise_device.c2c=1"}, 100'000, varied);
    EXPECT_GT(varied.min_entropy_known_selection, 10 * deterministic.min_entropy_known_selection);
    BitReport still;
    const auto bits = make({"trng.fixed_selection=true"}, 10'000, still);
    EXPECT_TRUE(bits.count_ones() < 200 || bits.count_ones() > 9800);
}

TEST(BitSource, ReportAddsUp) {
    BitReport r;
    make({"trng.rewrite=every_vector", "trng.vector_bits=50"}, 1000, r);
    EXPECT_NEAR(r.energy_J, r.write_energy_J + r.read_energy_J + r.comparator_energy_J, 1e-12 * r.energy_J);
    EXPECT_NEAR(r.time_s, 1000 * 100e-9 + 20 * 48 * 100e-9, 1e-12);
    EXPECT_NEAR(r.cell_area_m2, 4096 * 0.36e-12, 1e-15);
    EXPECT_NEAR(r.area_m2, r.cell_area_m2 + 1100e-12, 1e-15);
}

TEST(BitSource, FaultsNameTheKey) {
    BitReport r;
    const auto message = [&](const std::vector<std::string>& set) {
        try {
            make(set, 10, r);
        } catch (const ConfigError& e) {
            return std::string(e.what());
        }
        return std::string("no fault");
    };
    EXPECT_NE(message({"trng.rewite=never"}).find("did you mean \"rewrite\""), std::string::npos);
    EXPECT_NE(message({"trng.n_rows=65"}).find("n_rows"), std::string::npos);
    EXPECT_NE(message({"trng.v_read=0.1"}).find("v_read"), std::string::npos);  // a voltage needs its unit
    EXPECT_NE(message({"noise_device.model=nili2021"}).find("nili2020"), std::string::npos);
    EXPECT_NE(message({"noise.post=sha256", "noise.sha256_bits=12"}).find("multiple of 8"), std::string::npos);
    EXPECT_NE(message({"trgn.rewrite=never"}).find("trng"), std::string::npos);
}

noise::BitString philox_bits(std::size_t n) {
    Rng rng(9);
    noise::BitString out;
    for (std::size_t i = 0; i < n; ++i) out.push_back(rng.bits() >> 31);
    return out;
}

TEST(BitTests, JsonFollowsTheContract) {
    BitTestOptions o;
    o.json = true;
    const auto j = nlohmann::json::parse(test_bits(philox_bits(100'000), o));
    EXPECT_EQ(j["n_bits"], 100'000);
    std::set<std::string> names;
    for (const auto& t : j["sp800_22"]) {
        names.insert(t["name"]);
        if (t.contains("skipped")) continue;
        EXPECT_TRUE(t["pass"].is_boolean());
        EXPECT_FALSE(t["p_values"].empty());
    }
    EXPECT_EQ(names, (std::set<std::string>{"frequency", "block_frequency", "runs", "longest_run", "rank", "dft",
                                            "non_overlapping_template", "overlapping_template", "universal", "linear_complexity", "serial",
                                            "approximate_entropy", "cumulative_sums", "random_excursions", "random_excursions_variant"}));
    EXPECT_GT(j["sp800_90b"]["min_entropy_per_bit"], 0.5);
    EXPECT_EQ(j["sp800_90b"]["estimators"].size(), 10u);
}

TEST(BitTests, StreamsAreJudgedTogether) {
    BitTestOptions o;
    o.json = true, o.n_streams = 50, o.entropy = false;
    const auto j = nlohmann::json::parse(test_bits(philox_bits(50 * 2000), o));
    EXPECT_EQ(j["bits_per_stream"], 2000);
    EXPECT_EQ(j["sp800_22"][0]["p_values"].size(), 50u);
    EXPECT_TRUE(j["sp800_22"][0]["pass"]);
    EXPECT_TRUE(j["sp800_22"][0]["uniformity_p_values"][0].is_number());
    EXPECT_FALSE(j.contains("sp800_90b"));
    o.json = false;
    EXPECT_NE(test_bits(philox_bits(100'000), o).find("pass  frequency"), std::string::npos);
    o.n_streams = 0;
    EXPECT_THROW(test_bits(philox_bits(100), o), ConfigError);
    EXPECT_THROW(test_bits(noise::BitString{}, BitTestOptions{}), DataError);
}

}  // namespace
}  // namespace ganbar
