// Devices drawn from a known pair of normals, of which some are measured badly, some only known to lie low, some not at all.
#include "ganbar/fit/population.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/core/rng.h"

namespace ganbar::fit {
namespace {

using Known = DevicePlace::Known;

struct Drawn {
    std::vector<DevicePlace> a, b;
};
/// Means 0.3 and -0.2, deviations 1 and 0.5.
Drawn draw(std::size_t n, double correlation, double error, std::uint64_t seed) {
    Rng rng(seed);
    Drawn out;
    for (std::size_t d = 0; d < n; ++d) {
        const double x = rng.normal(), y = correlation * x + std::sqrt(1 - correlation * correlation) * rng.normal();
        out.a.push_back({Known::seen, 0.3 + x + error * rng.normal(), error * error});
        out.b.push_back({Known::seen, -0.2 + 0.5 * y + error * rng.normal(), error * error});
    }
    return out;
}

TEST(Population, OfExactPlacesIsTheSamples) {
    const auto d = draw(20, 0.6, 0, 3);
    const auto p = population(d.a, d.b);
    double mean = 0, squares = 0;
    for (const auto& x : d.a) mean += x.z / 20;
    for (const auto& x : d.a) squares += (x.z - mean) * (x.z - mean) / 19;
    EXPECT_NEAR(p.mean[0], mean, 1e-6);
    EXPECT_NEAR(p.deviation[0], std::sqrt(squares), 1e-5);
    EXPECT_NEAR(p.expected[0][7], d.a[7].z, 1e-9);
    EXPECT_EQ(population(d.a).mean[0], population(d.a, {}).mean[0]);
}
TEST(Population, ErrorsAreTakenOffAndCountByTheirSize) {
    auto d = draw(4000, 0.8, 0.4, 4);
    for (std::size_t k = 0; k < 1000; ++k) d.a[k] = {Known::seen, d.a[k].z + 50, 1e6};  // nobody knows these
    const auto p = population(d.a, d.b);
    EXPECT_NEAR(p.mean[0], 0.3, 0.07);
    EXPECT_NEAR(p.deviation[0], 1, 0.07);
    EXPECT_NEAR(p.deviation[1], 0.5, 0.06);
    EXPECT_NEAR(p.correlation, 0.8, 0.07);
    EXPECT_LT(std::abs(p.expected[0][5]), 4);
    std::vector<DevicePlace> same;
    Rng rng(1);
    for (int k = 0; k < 200; ++k) same.push_back({Known::seen, 2 + 0.1 * rng.normal(), 0.04});
    EXPECT_LT(population(same).deviation[0], 0.03);  // errors explain all
}
/// Those that lie low in a are never seen in b: the mean of b is still that of all.
TEST(Population, WhoIsNotSeenCountsByTheOtherPolarity) {
    for (const double correlation : {0.9, -0.9, 0.0}) {
        auto d = draw(6000, correlation, 0.05, 6);
        double seen = 0, n = 0;
        for (std::size_t k = 0; k < d.a.size(); ++k) {
            if (d.a[k].z < -0.4) d.a[k] = {Known::low, -0.4, 0}, d.b[k] = {};
            else seen += d.b[k].z, n += 1;
        }
        const auto p = population(d.a, d.b);
        EXPECT_NEAR(p.mean[0], 0.3, 0.04) << correlation;
        EXPECT_NEAR(p.deviation[0], 1, 0.05) << correlation;
        EXPECT_NEAR(p.mean[1], -0.2, 0.03) << correlation;
        EXPECT_NEAR(p.deviation[1], 0.5, 0.03) << correlation;
        EXPECT_NEAR(p.correlation, correlation, 0.05) << correlation;
        if (correlation != 0) {
            EXPECT_GT(std::abs(seen / n + 0.2), 0.1);  // of those seen it is another
        }
    }
}
TEST(Population, FewDevicesShowNoCorrelation) {
    const auto d = draw(7, 0.9, 0.1, 7);
    EXPECT_EQ(population(d.a, d.b).correlation, 0);
    EXPECT_EQ(population(std::vector<DevicePlace>(5)).deviation[0], 0);
}

}  // namespace
}  // namespace ganbar::fit
