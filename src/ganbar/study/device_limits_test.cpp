#include "ganbar/study/device_limits.h"

#include <gtest/gtest.h>

#include "ganbar/device/test_devices.h"

namespace ganbar::study {
namespace {

const PulsePair pulses{{1.0}, {-1.0}, {100e-9}};
StepCharacter of(const char* model, const test::Settings& settings) {
    config::Node node;
    for (const auto& setting : settings) std::visit([&](const auto& v) { node.leaves[setting.first].value = v; }, setting.second);
    return step_character(test::devices().get(model).bind(&node), pulses);
}

TEST(DeviceLimits, OfSoftBoundsAreItsParameters) {
    const auto c = of("soft_bounds", {{"set_fraction", 0.05}, {"reset_fraction", 0.02}, {"c2c", 0.4}, {"d2d", "on"}, {"d2d_sigma", 0.2}});
    EXPECT_NEAR(c.set_S / -c.reset_S, 2.5, 0.1);
    EXPECT_NEAR(c.noise, 0.4, 0.04);
    EXPECT_NEAR(c.spread, 0.2, 0.03);
    EXPECT_NEAR(c.unevenness, 0.85 / 0.15, 0.6);
    EXPECT_NEAR(c.pulses_across, 1 / (0.05 * 0.5), 3);
    EXPECT_EQ(limits_of(c).find("set moves 2.5 times as far as reset"), 0u) << limits_of(c);
}
TEST(DeviceLimits, NothingStandsOutOfAQuietEvenDevice) {
    EXPECT_EQ(limits_of({1e-6, -1e-6, 0.2, 0.1, 1.5, 150}), "nothing stands out");
    EXPECT_EQ(limits_of({1e-6, -1e-6, 2, 0.1, 1.5, 10}), "the noise of a pulse is 2.0 times its step; 10 pulses cross the window");
    EXPECT_EQ(limits_of({0, -1e-6, 0, 0, 1, 150}), "a pulse moves hardly any cell at mid-window");
}

}  // namespace
}  // namespace ganbar::study
