#include "ganbar/device/counted_array.h"

#include <gtest/gtest.h>

#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

const PulsePair pulses{{1.0}, {-1.0}, {100e-9}};

CountedArray counted(std::size_t n) {
    CountedArray a(test::make_array("soft_bounds", {{"threshold", "0.6 V"}}, n));
    a.fabricate(std::vector<float>(n, 200e-6f), Rng(1));
    return a;
}

TEST(CountedArray, CountsWhatWasGivenAndChangesNothing) {
    auto a = counted(6);
    auto plain = test::make_array("soft_bounds", {{"threshold", "0.6 V"}}, 6, 200e-6f);
    const std::vector<std::int8_t> polarity{1, 0, -1, 1};
    for (int k = 0; k < 3; ++k) {
        const auto bill = a.program(1, polarity, pulses, EnergyRule::ohmic, Rng(2)),
                   same = plain->program(1, polarity, pulses, EnergyRule::ohmic, Rng(2));
        EXPECT_EQ(bill.energy_J, same.energy_J);
    }
    EXPECT_EQ(a.counts(), (std::vector<std::uint32_t>{0, 3, 0, 3, 3, 0}));
    EXPECT_EQ(a.state(), plain->state());
}
TEST(CountedArray, PulsesAtABoundCountAndHalfSelectedOnesDoNot) {
    auto a = counted(3);
    a.set_conductance(0, std::vector<float>(3, 300e-6f));
    a.program(0, std::vector<std::int8_t>{1, 0, 0}, pulses, EnergyRule::ohmic, Rng(2));
    a.program_at(0, std::vector<float>{0.0f, -1.0f, -0.5f}, {100e-9}, EnergyRule::ohmic, Rng(3));
    EXPECT_EQ(a.counts(), (std::vector<std::uint32_t>{1, 1, 0}));
}
TEST(CountedArray, CutsAndCopiesTakeTheirCountsAlong) {
    auto a = counted(6);
    a.program(0, std::vector<std::int8_t>(6, 1), pulses, EnergyRule::ohmic, Rng(2));
    auto part = a.cut(1, 3, 2, 2);  // cells 1 2, 4 5
    part->program(0, std::vector<std::int8_t>{0, 1, 0, 1}, pulses, EnergyRule::ohmic, Rng(3));
    a.paste(1, 3, 2, 2, *part);
    EXPECT_EQ(a.counts(), (std::vector<std::uint32_t>{1, 1, 2, 1, 1, 2}));
    EXPECT_EQ(dynamic_cast<const CountedArray&>(*a.clone()).counts(), a.counts());
    EXPECT_THROW(a.set_counts({1, 2}), DataError);
}

}  // namespace
}  // namespace ganbar
