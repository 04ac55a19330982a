// The question behind `ganbar device`: parsing, the expected cell, draws on request, faults.
#include "ganbar/device/device_pulses.h"

#include <gtest/gtest.h>

#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

using test::devices;

CellAnswer ask(const std::vector<std::string>& settings, std::optional<double> from, const std::vector<std::string>& pulses,
               std::int64_t count = 1, std::uint64_t seed = 1) {
    CellQuestion q{"nili2020", settings, from, {}, count, seed, EnergyRule::ohmic};
    for (const auto& p : pulses) q.pulses.push_back(parse_pulse(p));
    return pulse_cell(devices(), q);
}

TEST(DevicePulses, Parsing) {
    EXPECT_EQ(parse_conductance("150e-6"), 150e-6);
    EXPECT_EQ(parse_conductance("150 uS"), 150e-6);
    EXPECT_THROW(parse_conductance("150 V"), ConfigError);
    EXPECT_THROW(parse_conductance("much"), ConfigError);
    EXPECT_EQ(parse_pulse("0.8,1e-7").voltage.si, 0.8);
    EXPECT_EQ(parse_pulse("0.8,1e-7").width.si, 1e-7);
    EXPECT_EQ(parse_pulse("-800 mV,100 ns").voltage.si, -0.8);
    EXPECT_EQ(parse_pulse("-800 mV, 100 ns").width.si, 1e-7);
    for (const char* bad : {"", "0.8", "0.8,", ",1e-7", "0.8,1e-7,3", "x,1e-7", "0.8,-1e-7", "0.8,0", "0,1e-7", "nan,1e-7", "0.8,inf",
                            "1e300,1e-7", "100 ns,0.8 V", "0.8 V 100 ns"})
        EXPECT_THROW(parse_pulse(bad), ConfigError) << bad;
}

TEST(DevicePulses, FoundingWorkingPoint) {
    const auto set = ask({}, 150e-6, {"0.8,1e-7"}, 3);
    ASSERT_EQ(set.g_S.size(), 3u);
    EXPECT_NEAR(set.delta_g_S[0], 0.46e-6, 0.005e-6);
    EXPECT_EQ(set.g_S[2] - set.g_S[1], set.delta_g_S[2]);
    EXPECT_NEAR(set.energy_J[0], 9.6e-12, 1e-17);
    EXPECT_NEAR(ask({"window=off"}, 75e-6, {"-1.2,1e-7"}).delta_g_S[0], -3.95e-6, 0.005e-6 + 0.04e-6);
    EXPECT_EQ(ask({}, 150e-6, {"0.4,1e-7"}).delta_g_S[0], 0);
    EXPECT_EQ(ask({}, 150e-6, {"0.4,1e-7"}).energy_J[0], 0);
    EXPECT_NEAR(ask({"gate=off"}, 150e-6, {"0.4,1e-7"}).delta_g_S[0], 0.009e-6, 0.0005e-6);
    EXPECT_EQ(ask({}, 300e-6, {"0.8,1e-7"}).delta_g_S[0], 0);
    EXPECT_GT(ask({"window=off"}, 300e-6, {"0.8,1e-7"}).delta_g_S[0], 0);
    EXPECT_EQ(ask({}, std::nullopt, {"0.8,1e-7"}).start_S, 150e-6f);
}

TEST(DevicePulses, SequencesAlternate) {
    const auto a = ask({}, 200e-6, {"0.8,1e-7", "-0.8,1e-7"}, 2);
    ASSERT_EQ(a.g_S.size(), 4u);
    EXPECT_GT(a.delta_g_S[0], 0);
    EXPECT_LT(a.delta_g_S[1], 0);
    EXPECT_GT(a.delta_g_S[2], 0);
    EXPECT_EQ(a.pulses[3].voltage.si, -0.8);
}

TEST(DevicePulses, VariationOnlyWhenAsked) {
    EXPECT_EQ(ask({}, 200e-6, {"0.8,1e-7"}, 1, 1).g_S, ask({}, 200e-6, {"0.8,1e-7"}, 1, 2).g_S);
    EXPECT_EQ(ask({"d2d=off"}, 200e-6, {"0.8,1e-7"}).g_S, ask({}, 200e-6, {"0.8,1e-7"}).g_S);
    EXPECT_NE(ask({"d2d=A"}, 200e-6, {"0.8,1e-7"}, 1, 1).g_S, ask({"d2d=A"}, 200e-6, {"0.8,1e-7"}, 1, 2).g_S);
    EXPECT_EQ(ask({"d2d=A"}, 200e-6, {"0.8,1e-7"}, 1, 7).g_S, ask({"d2d=A"}, 200e-6, {"0.8,1e-7"}, 1, 7).g_S);
    const auto noisy = ask({"c2c=0.5"}, 200e-6, {"0.8,1e-7"}, 2);
    EXPECT_NE(noisy.delta_g_S[0], noisy.delta_g_S[1]);  // a fresh draw for each pulse
    for (const auto& name : devices().names()) {
        CellQuestion q{name, {}, std::nullopt, {{{1.2}, {1e-7}}}, 3, 1, EnergyRule::ohmic};
        const auto one = pulse_cell(devices(), q);
        q.seed = 99;
        EXPECT_EQ(one.g_S, pulse_cell(devices(), q).g_S) << name;
    }
}

TEST(DevicePulses, BadInputIsRefused) {
    EXPECT_THROW(ask({"windw=off"}, 200e-6, {"0.8,1e-7"}), ConfigError);
    EXPECT_THROW(ask({"window=maybe"}, 200e-6, {"0.8,1e-7"}), ConfigError);
    EXPECT_THROW(ask({"g_min=150"}, 200e-6, {"0.8,1e-7"}), ConfigError);
    EXPECT_THROW(ask({}, -1e-6, {"0.8,1e-7"}), ConfigError);
    EXPECT_THROW(ask({}, std::nan(""), {"0.8,1e-7"}), ConfigError);
    EXPECT_THROW(ask({}, 200e-6, {"0.8,1e-7"}, 0), ConfigError);
    CellQuestion vteam{"vteam", {}, 1e-6, {{{1.2}, {1e-7}}}, 1, 1, EnergyRule::ohmic};
    EXPECT_THROW(pulse_cell(devices(), vteam), ConfigError);
    CellQuestion unknown{"nilli2020", {}, 1e-6, {}, 1, 1, EnergyRule::ohmic};
    try {
        pulse_cell(devices(), unknown);
        FAIL();
    } catch (const ConfigError& e) {
        EXPECT_NE(std::string(e.what()).find("nili2020"), std::string::npos);
    }
}

}  // namespace
}  // namespace ganbar
