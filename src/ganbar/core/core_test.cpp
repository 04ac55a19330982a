#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ganbar/core/error.h"
#include "ganbar/core/ledger.h"
#include "ganbar/core/param.h"
#include "ganbar/core/rng.h"
#include "ganbar/core/root_sum_square.h"
#include "ganbar/core/units.h"

namespace ganbar {
namespace {

using namespace literals;

TEST(Units, EnergyOfAPulse) {
    const Joule e = 0.8_V * 0.8_V * 150_uS * 100_ns;
    EXPECT_NEAR(e.si, 9.6e-12, 1e-24);  // device facts, 2.3
}

TEST(Units, LiteralsAreTheNearestDoubles) {
    EXPECT_EQ((100_ns).si, 1e-7);
    EXPECT_EQ((150_uS).si, 150e-6);
    EXPECT_EQ((0.3_um2).si, 0.3e-12);
    EXPECT_EQ((3_fJ).si, 3e-15);
    EXPECT_EQ((1.07_mV).si, 1.07e-3);
    EXPECT_EQ((7_MHz).si, 7e6);
}

TEST(RootSumSquare, AgreesWithTheLibraryToTheLastBitAndNeverOverflows) {
    EXPECT_EQ(root_sum_square(3, -4), 5);
    EXPECT_EQ(root_sum_square(3e200, 4e200), std::hypot(3e200, 4e200));
    EXPECT_GT(root_sum_square(3e-200, 4e-200), 4e-200);
    Rng rng(1);
    for (int i = 0; i < 10'000; ++i) {
        const double a = std::exp(20 * rng.normal()), b = a * std::exp(3 * rng.normal()), h = std::hypot(a, b);
        ASSERT_NEAR(root_sum_square(a, b), h, 1.2e-16 * h * 2) << a << " " << b;
    }
}

TEST(Params, TextOfAValue) {
    const auto text = [](const char* unit, double v) {
        ParamInfo info;
        info.unit = unit;
        return value_text(info, Value{v});
    };
    EXPECT_EQ(text("s", 1e-7), "\"100 ns\"");
    EXPECT_EQ(text("S", 1.5e-4), "\"150 uS\"");
    EXPECT_EQ(text("V", -1.07), "\"-1.07 V\"");
    EXPECT_EQ(text("V", 0.35), "\"350 mV\"");
    EXPECT_EQ(text("m2", 3.6e-9), "\"3600 um2\"");
    EXPECT_EQ(text("s", 3600), "\"3600 s\"");
    EXPECT_EQ(text("ohm", 2500), "\"2.5 kohm\"");
    EXPECT_EQ(text("K", 300), "\"300 K\"");
    EXPECT_EQ(text("S", 0), "\"0 S\"");
    EXPECT_EQ(text("J", 1e-25), "\"1e-25 J\"");
    EXPECT_EQ(text("", 5), "5.0");
    EXPECT_EQ(value_text(ParamInfo{}, Value{std::string("a\"b\\c\n\x1b")}), "\"a\\\"b\\\\c\\u000a\\u001b\"");
}

TEST(Philox, KnownAnswers) {  // Random123's kat_vectors for philox4x32-10
    EXPECT_EQ(philox(0, 0, 0), (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(philox(~0ull, ~0ull, ~0ull), (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(Rng, StreamsDoNotDependOnDraws) {
    Rng a(7), b(7);
    a.normal();
    EXPECT_EQ(a.stream("x", 3).key(), b.stream("x", 3).key());
    EXPECT_NE(a.stream("x", 3).key(), a.stream("x", 4).key());
    EXPECT_NE(a.stream("x").key(), a.stream("y").key());
}

TEST(Rng, NormalMoments) {
    Rng rng(1);
    const int n = 200000;
    double s1 = 0, s2 = 0, s4 = 0;
    for (int i = 0; i < n; ++i) {
        const double x = rng.normal();
        s1 += x, s2 += x * x, s4 += x * x * x * x;
    }
    EXPECT_NEAR(s1 / n, 0, 5 / std::sqrt(n));
    EXPECT_NEAR(s2 / n, 1, 5 * std::sqrt(2.0 / n));
    EXPECT_NEAR(s4 / n, 3, 5 * std::sqrt(96.0 / n));
}

TEST(Ledger, TotalsByPrefixAndSuffix) {
    Ledger l;
    l.charge("generator/dense1/update/set", 3, {1e-12});
    l.charge("generator/dense2/update/set", 5, {2e-12});
    l.charge("generator/dense2/forward/read", 7, {4e-12});
    EXPECT_EQ(l.total("generator", "set").n, 8);
    EXPECT_DOUBLE_EQ(l.energy("generator/dense2").si, 6e-12);
}

TEST(Errors, NearestName) {
    EXPECT_EQ(nearest_name("v_sett", {"batch", "v_set", "v_reset"}), "v_set");
    EXPECT_EQ(nearest_name("zzzzzz", {"batch", "v_set"}), "");
    EXPECT_EQ(nearest_name("pulse_width", {"pulse_length", "t_pulse"}), "");  // another word, not a misspelt one
    EXPECT_EQ(nearest_name("puls_lenght", {"pulse_length", "t_pulse"}), "pulse_length");
}

TEST(Errors, LocationText) { EXPECT_EQ(std::string(ConfigError("x", {"a.toml", 3, 5}).what()), "a.toml:3:5: x"); }

}  // namespace
}  // namespace ganbar
