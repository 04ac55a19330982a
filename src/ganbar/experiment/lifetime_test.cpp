#include "ganbar/experiment/lifetime.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

std::unique_ptr<CountedArray> with_counts(std::vector<std::uint32_t> counts) {
    auto array = std::make_unique<CountedArray>(test::make_array("ideal", {}, counts.size()));
    array->set_counts(std::move(counts));
    return array;
}

TEST(Lifetime, QuantilesOfCounts) {
    std::vector<std::uint32_t> counts(2000, 10);
    counts[7] = 50, counts[8] = 90;  // 0.1% of them
    const auto a = with_counts(counts), b = with_counts(std::vector<std::uint32_t>(2000, 20));
    Model model;
    model.analog = {{"generator/dense1", nullptr, {a.get()}}, {"discriminator/dense1", nullptr, {b.get()}}};
    const Lifetime got = lifetime_of(model, {});
    EXPECT_NEAR(got.layers[0].mean, 10.06, 1e-9);
    EXPECT_EQ(got.layers[0].p999, 10);
    EXPECT_EQ(got.layers[0].most, 90);
    EXPECT_EQ(got.most_pulsed, 0u);
    EXPECT_EQ(got.all.n_cells, 4000u);
    EXPECT_EQ(got.all.trainings, 0);  // no endurance
}
TEST(Lifetime, OfEqualCellsIsWeibulls) {
    const auto a = with_counts(std::vector<std::uint32_t>(100, 10)), b = with_counts(std::vector<std::uint32_t>(100, 40));
    Model model;
    model.analog = {{"generator/dense1", nullptr, {a.get()}}, {"discriminator/dense1", nullptr, {b.get()}}};
    NonidealParams wear;
    wear.endurance = 1e6, wear.endurance_shape = 2;
    const Lifetime got = lifetime_of(model, wear);
    const double due = 1e6 * std::sqrt(-std::log1p(-Lifetime::worn_share));  // pulses
    EXPECT_NEAR(got.layers[0].trainings / (due / 10), 1, 1e-6);
    EXPECT_NEAR(got.layers[1].trainings / (due / 40), 1, 1e-6);
    EXPECT_EQ(got.first, 1u);
    EXPECT_GT(got.all.trainings, got.layers[1].trainings);
    EXPECT_LT(got.all.trainings, got.layers[0].trainings);
}

}  // namespace
}  // namespace ganbar
