// What one pulse is taken to move a weight by.
#include <gtest/gtest.h>

#include "ganbar/device/nonideal.h"
#include "ganbar/tile/pulse_rule.h"
#include "ganbar/tile/test_op.h"

namespace ganbar {
namespace {

TEST(PulseRule, ShortLivedCellsHaveTheSameStep) {
    const auto step_of = [](double endurance) {
        TileParams p;
        p.mapping = Mapping::offset, p.dac_bits = p.adc_bits = 0, p.read_noise = false;
        NonidealParams wear;
        wear.endurance = endurance;
        const std::vector<Shape2> shapes{{20, 20}};
        const auto placement = place(shapes, {64, 64}, p.placement);
        std::vector<std::unique_ptr<DeviceArray>> planes;
        planes.push_back(with_nonidealities(
            test::devices().get("ideal").make(config::parse_toml("step_set = \"0.1 uS\"\nstep_reset = \"0.1 uS\"", "test").get(), 400),
            wear));
        AnalogOp op("a", std::move(planes), placement.blocks, Matrix(20, 20), 1, p, Rng(3));
        return op.pulse_weight(PulseTrain().pulse);
    };
    EXPECT_GT(step_of(2), 0);
    EXPECT_EQ(step_of(2), step_of(1e12));
    EXPECT_EQ(step_of(2), step_of(0));
}

}  // namespace
}  // namespace ganbar
