#include "ganbar/gan/watch.h"

#include <gtest/gtest.h>

#include <limits>

namespace ganbar::gan {
namespace {

RoundRecord fair() { return {1.4, 0.7, 0.5, 0.5, 1, 0.9}; }
RoundRecord lost() { return {0.01, 12, 1, 0, 1, 0.9}; }
RoundRecord alike() { return {1.4, 0.7, 0.5, 0.5, 1, 0.02}; }

TEST(Watch, DivergenceNeedsPatienceAndSpeaksOnce) {
    WatchSpec spec;
    spec.patience = 3;
    Watch watch(spec);
    int alarms = 0;
    for (int round = 1; round <= 30; ++round) {
        const auto alarm = watch.observe(round, round == 2 ? fair() : lost());
        if (!alarm) continue;
        ++alarms;
        EXPECT_EQ(round, 5);  // 1, then from 3 on
        EXPECT_EQ(alarm->trouble, Trouble::divergence);
        EXPECT_NE(alarm->measured.find("generator's loss was beyond 10 for 3 rounds (now 12)"), std::string::npos) << alarm->measured;
    }
    EXPECT_EQ(alarms, 1);
}

TEST(Watch, CollapseIsNotLookedForAtTheStart) {
    WatchSpec spec;
    spec.patience = 3, spec.after = 10;
    Watch watch(spec);
    for (int round = 1; round <= 12; ++round) EXPECT_FALSE(watch.observe(round, alike()));
    const auto alarm = watch.observe(13, alike());
    ASSERT_TRUE(alarm);
    EXPECT_EQ(alarm->trouble, Trouble::collapse);
}

TEST(Watch, NotANumberIsDivergence) {
    WatchSpec spec;
    spec.patience = 1;
    Watch watch(spec);
    RoundRecord r = fair();
    r.loss_d = r.loss_g = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(watch.observe(1, r));
}

TEST(Watch, FairGamesAreLeftAlone) {
    Watch watch(WatchSpec{});
    for (int round = 1; round < 500; ++round) ASSERT_FALSE(watch.observe(round, fair()));
}

TEST(Watch, StateRestores) {
    WatchSpec spec;
    spec.patience = 4;
    Watch a(spec), b(spec);
    for (int round = 1; round <= 3; ++round) a.observe(round, lost());
    b.restore(a.state());
    EXPECT_TRUE(b.observe(4, lost()));
}

TEST(Watch, WhatStops) {
    WatchSpec spec;
    EXPECT_FALSE(spec.stops(Trouble::divergence));
    spec.on = StopOn::collapse;
    EXPECT_FALSE(spec.stops(Trouble::divergence));
    EXPECT_TRUE(spec.stops(Trouble::collapse));
    spec.on = StopOn::both;
    EXPECT_TRUE(spec.stops(Trouble::divergence));
}

}  // namespace
}  // namespace ganbar::gan
