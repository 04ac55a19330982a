#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ganbar/core/error.h"
#include "ganbar/core/ledger.h"
#include "ganbar/core/rng.h"
#include "ganbar/core/units.h"

namespace ganbar {
namespace {

using namespace literals;

TEST(Units, EnergyOfAPulse) {
    const Joule e = 0.8_V * 0.8_V * 150_uS * 100_ns;
    EXPECT_NEAR(e.si, 9.6e-12, 1e-24);  // device facts, 2.3
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
}

TEST(Errors, LocationText) {
    EXPECT_EQ(std::string(ConfigError("x", {"a.toml", 3, 5}).what()), "a.toml:3:5: x");
}

}  // namespace
}  // namespace ganbar
