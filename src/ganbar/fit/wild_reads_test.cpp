// Reads that are off by themselves decide nothing; a conductance that a device truly reaches stays.
#include "ganbar/fit/wild_reads.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/fit/test_pulses.h"
#include "ganbar/fit/verdict.h"

namespace ganbar::fit {
namespace {

using test::measure;

/// What a lost contact, a switched range and a spike of the instrument make of a read.
enum class Fault { lost, hundredth, thrice, anything };
/// Every read is off with this probability.
std::size_t spoil(PulseData& data, double share, Fault kind, std::uint64_t seed) {
    Rng rng(seed);
    std::size_t n = 0;
    for (auto& row : data.rows) {
        if (rng.uniform() >= share) continue;
        const double u = rng.uniform();
        row.g_S *= kind == Fault::lost ? 1e-6 : kind == Fault::hundredth ? 0.01 : kind == Fault::thrice ? 3 : 4 * u * u;
        ++n;
    }
    return n;
}

struct Device {
    const char* model;
    ganbar::test::Settings settings;
    PulsePair pulses;
    std::size_t n_each, n_cycles;
    PulseData measured() const { return measure(model, settings, {8, n_each, n_cycles, pulses, 5}); }
};
const Device devices[] = {
    {"soft_bounds", {{"set_fraction", 0.03}, {"reset_fraction", 0.03}, {"c2c", 0.2}}, {{1.0}, {-1.0}, {100e-9}}, 80, 1},
    {"linear_step", {{"preset", "EcRam"}, {"dw_min", 0.02}, {"w_max_dtod", 0.0}, {"w_min_dtod", 0.0}}, {{1.0}, {-1.0}, {100e-9}}, 40, 2},
    {"nili2020", {{"d2d", "off"}, {"c2c", 0.1}}, {{1.0}, {-1.2}, {100e-9}}, 80, 1},
};

/// The tolerances are those that docs/own_device.md states: the window's ends within 3% of its width, steps, balance and levels within 5%,
/// the same rule.
void expect_alike(const DeviceFit& clean, const DeviceFit& spoilt, const std::string& where) {
    const double range = clean.g_max_S - clean.g_min_S;
    EXPECT_NEAR(spoilt.g_min_S, clean.g_min_S, 0.03 * range) << where;
    EXPECT_NEAR(spoilt.g_max_S, clean.g_max_S, 0.03 * range) << where;
    EXPECT_NEAR(spoilt.g_S.front(), clean.g_S.front(), 0.03 * range) << where;
    EXPECT_NEAR(spoilt.g_S.back(), clean.g_S.back(), 0.03 * range) << where;
    const Verdict a = judge(clean), b = judge(spoilt);
    EXPECT_NEAR(b.set_step_S / a.set_step_S, 1, 0.05) << where;
    EXPECT_NEAR(b.reset_step_S / a.reset_step_S, 1, 0.05) << where;
    EXPECT_NEAR(b.balance / a.balance, 1, 0.05) << where;
    EXPECT_NEAR(b.levels_set / a.levels_set, 1, 0.05) << where;
    EXPECT_EQ(b.rule, a.rule) << where;
    EXPECT_EQ(b.feedback, a.feedback) << where;
}

TEST(WildReads, DecideNeitherWindowNorStepsNorVerdict) {
    for (const auto& device : devices) {
        const auto clean = fit_device(device.measured());
        for (const double share : {0.001, 0.006, 0.02})
            for (const auto kind : {Fault::lost, Fault::hundredth, Fault::thrice, Fault::anything}) {
                auto data = device.measured();
                const std::size_t n = spoil(data, share, kind, 1);
                const std::string where =
                    std::string(device.model) + ", " + std::to_string(share) + ", kind " + std::to_string(static_cast<int>(kind));
                const auto fit = fit_device(data);
                expect_alike(clean, fit, where);
                EXPECT_GE(fit.n_wild + 1, kind == Fault::anything ? n / 2 : n - n / 8) << where;
                EXPECT_LE(fit.n_wild, n + 1) << where;
            }
    }
}
TEST(WildReads, NoneInCleanData) {
    for (const auto& device : devices) {
        EXPECT_EQ(wild_reads(device.measured()).size(), 0u) << device.model;
    }
    // steps of a sixth of the window, alternating full swings, noise above a step, one abrupt reset among many sets
    EXPECT_TRUE(wild_reads(measure("constant_step", {{"preset", "GokmenVlasov"}, {"dw_min", 0.3}, {"dw_min_dtod", 0.0}}, {})).empty());
    EXPECT_TRUE(wild_reads(measure("soft_bounds", {{"set_fraction", 0.9}, {"reset_fraction", 0.9}}, {20, 1, 60})).empty());
    EXPECT_TRUE(wild_reads(measure("soft_bounds", {{"set_fraction", 0.9}, {"reset_fraction", 0.9}}, {20, 40, 2})).empty());
    EXPECT_LE(wild_reads(measure("exp_step", {{"preset", "ReRamES"}}, {})).size(), 3u);
    PulseData abrupt;
    abrupt.devices = {"0"};
    for (int k = 0; k < 400; ++k) abrupt.rows.push_back({0, 0, k % 40 == 20 ? -1.0 : 1.0, 1e-7, k % 40 == 20 ? 20e-6 : 80e-6});
    EXPECT_TRUE(wild_reads(abrupt).empty());
}
TEST(WildReads, SeveralInARowAreTheDevices) {
    auto data = devices[0].measured();
    for (std::size_t k = 40; k < 44; ++k) data.rows[k].g_S *= 0.3;
    EXPECT_TRUE(wild_reads(data).empty());
    for (std::size_t d = 0; d < 8; ++d) {  // all devices: then it is their window
        for (std::size_t k = 0; k < 4; ++k) data.rows[d * 161 + 40 + k].g_S = 45e-6;
    }
    EXPECT_NEAR(fit_device(data).g_min_S, 45e-6, 1e-7);
    auto pair = devices[0].measured();
    for (const std::size_t k : {40u, 41u}) pair.rows[k].g_S *= 0.3;
    EXPECT_EQ(wild_reads(pair), (std::vector<std::size_t>{40, 41}));
}
TEST(WildReads, AtTheEndsOfADevice) {
    auto data = devices[0].measured();
    data.rows[0].g_S = 2e-6, data.rows[160].g_S = 900e-6;
    EXPECT_EQ(wild_reads(data), (std::vector<std::size_t>{0, 160}));
}
TEST(WildReads, ManyAreNone) {
    auto data = devices[0].measured();
    spoil(data, 0.1, Fault::hundredth, 1);
    EXPECT_TRUE(wild_reads(data).empty());
}
TEST(WildReads, TheNoteSaysHowManyAndWhere) {
    std::string text = "device,v_V,t_us,g_uS\n";
    for (int k = 0; k < 60; ++k) text += "A,1,1," + std::to_string(k == 30 ? 1 : 100 + k) + "\n";
    for (int k = 0; k < 60; ++k) text += "A,-1,1," + std::to_string(159 - k) + "\n";
    const auto fit = fit_device(parse_pulses(text, "x.csv"));
    EXPECT_EQ(fit.n_wild, 1u);
    bool said = false;
    for (const auto& note : fit.notes)
        said = said || note == "1 of 120 reads (0.83%) is supported by no read beside it and set aside: device A, cycle 0, 1 uS (line 32)";
    EXPECT_TRUE(said) << join(fit.notes, "\n");
}

}  // namespace
}  // namespace ganbar::fit
