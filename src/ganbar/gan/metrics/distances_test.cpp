#include "ganbar/gan/metrics/distances.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ganbar/core/parallel.h"
#include "ganbar/core/rng.h"
#include "ganbar/gan/metrics/metrics_testing.h"
#include "ganbar/gan/metrics/quality.h"

namespace ganbar::gan {
namespace {

namespace golden {
#include "ganbar/gan/metrics/metrics_golden.inc"
}
using metrics_test::gaussian_points;
using metrics_test::hashed_points;
using metrics_test::share;

TEST(Distances, AgreeWithScipy) {
    const Matrix a = hashed_points(150, 9, 0, 1, 0), b = hashed_points(90, 9, 100000, 0.75, 0.25);
    const auto a3 = kth_neighbour_squared(a, 3), a5 = kth_neighbour_squared(a, 5), b3 = kth_neighbour_squared(b, 3);
    double sum = 0;
    for (const double r : a5) sum += std::sqrt(r);
    EXPECT_NEAR(sum, golden::radius_sum, 1e-10);
    EXPECT_NEAR(share(count_in_balls(a, a3, b, Boundary::closed).per_point), golden::precision, 1e-12);
    EXPECT_NEAR(share(count_in_balls(b, b3, a, Boundary::closed).per_point), golden::recall, 1e-12);
    const auto inside = count_in_balls(a, a5, b, Boundary::open);
    EXPECT_NEAR(share(inside.per_ball), golden::coverage, 1e-12);
    EXPECT_NEAR(std::accumulate(inside.per_point.begin(), inside.per_point.end(), 0.0) / (5.0 * 90), golden::density, 1e-12);
    EXPECT_NEAR(mean_pairwise_distance(a), golden::pairwise, 1e-12);
}

/// The screening in float must not show: against all pairs in double, for sets far from the origin, where floats cancel most.
TEST(Distances, ScreeningChangesNothing) {
    Matrix a = gaussian_points(300, 40, 1), b = gaussian_points(200, 40, 2);
    for (Matrix* m : {&a, &b})
        for (std::size_t r = 0; r < m->rows(); ++r)
            for (std::size_t c = 0; c < m->cols(); ++c) (*m)(r, c) = 300.0f + 0.01f * (*m)(r, c);
    const auto radius = kth_neighbour_squared(a, 4);
    const auto counts = count_in_balls(a, radius, b, Boundary::open);
    for (std::size_t i = 0; i < a.rows(); ++i) {
        std::vector<double> d;
        for (std::size_t j = 0; j < a.rows(); ++j)
            if (j != i) d.push_back(squared_distance(a.row(i), a.row(j), 40));
        std::nth_element(d.begin(), d.begin() + 3, d.end());
        ASSERT_EQ(radius[i], d[3]);
        std::uint32_t n_inside = 0;
        for (std::size_t j = 0; j < b.rows(); ++j) n_inside += squared_distance(a.row(i), b.row(j), 40) < radius[i];
        ASSERT_EQ(counts.per_ball[i], n_inside);
    }
}

TEST(Distances, CountsAddUpBothWaysOnAnyNumberOfThreads) {
    const Matrix a = gaussian_points(700, 12, 3), b = gaussian_points(1500, 12, 4);
    const auto radius = kth_neighbour_squared(a, 5);
    const int n_before = max_threads();
    set_threads(1);
    const auto one = count_in_balls(a, radius, b, Boundary::open);
    set_threads(3);
    const auto three = count_in_balls(a, radius, b, Boundary::open);
    EXPECT_EQ(kth_neighbour_squared(a, 5), radius);
    set_threads(n_before);
    EXPECT_EQ(one.per_ball, three.per_ball);
    EXPECT_EQ(one.per_point, three.per_point);
    EXPECT_EQ(std::accumulate(one.per_ball.begin(), one.per_ball.end(), 0u),
              std::accumulate(one.per_point.begin(), one.per_point.end(), 0u));
}

TEST(Distances, BoundaryMattersForRepeatedPoints) {
    Matrix same(8, 3);
    same.fill(0.3f);
    const auto radius = kth_neighbour_squared(same, 5);
    for (const double r : radius) EXPECT_EQ(r, 0);
    EXPECT_EQ(share(count_in_balls(same, radius, same, Boundary::closed).per_ball), 1);
    EXPECT_EQ(share(count_in_balls(same, radius, same, Boundary::open).per_ball), 0);
    EXPECT_EQ(mean_pairwise_distance(same), 0);
}

/// Two sets from one distribution are exchangeable, whatever it is: a generated point falls in a real point's k-ball with
/// probability k/n_real, so density is 1 on average, and coverage is expected_coverage().
TEST(Density, LawsOfExchangeableSets) {
    const std::size_t n_real = 60, n_fake = 25, k = 5;
    const int n_trials = 400, n_before = max_threads();
    set_threads(1);  // many small problems
    double density = 0, coverage = 0, coverage2 = 0, density2 = 0;
    for (int t = 0; t < n_trials; ++t) {
        const Matrix real = gaussian_points(n_real, 6, 1000 + 2 * static_cast<std::uint64_t>(t)),
                     fake = gaussian_points(n_fake, 6, 1001 + 2 * static_cast<std::uint64_t>(t));
        const auto inside = count_in_balls(real, kth_neighbour_squared(real, k), fake, Boundary::open);
        const double d = std::accumulate(inside.per_point.begin(), inside.per_point.end(), 0.0) / static_cast<double>(k * n_fake),
                     c = share(inside.per_ball);
        density += d / n_trials, density2 += d * d / n_trials, coverage += c / n_trials, coverage2 += c * c / n_trials;
    }
    set_threads(n_before);
    EXPECT_NEAR(density, 1, 4 * std::sqrt((density2 - density * density) / n_trials));
    EXPECT_NEAR(coverage, expected_coverage(n_real, n_fake, k), 4 * std::sqrt((coverage2 - coverage * coverage) / n_trials));
}

TEST(Density, ExpectedCoverageInTheLimits) {
    EXPECT_NEAR(expected_coverage(1000000, 1000000, 5), 1 - std::pow(0.5, 5), 1e-5);
    EXPECT_NEAR(expected_coverage(100, 1, 5), 5.0 / 100, 1e-12);  // one point lies in k/n of the balls
    EXPECT_EQ(expected_coverage(5, 10, 5), 1);                    // a ball spanned by all there is
}

/// The published check of the density and coverage code (github.com/clovaai/generative-evaluation-prdc): equal Gaussians, 10,000 x 1000,
/// k = 5: precision 0.477, recall 0.471, density 1.056, coverage 0.974. One draw; five of ours had standard deviations of 0.007, 0.005,
/// 0.06 and 0.005 (a few points in 1000 dimensions are near very many others), and the tolerances are about four of those.
TEST(SlowDensity, PublishedGaussians) {
    const Matrix real = gaussian_points(10000, 1000, 21), fake = gaussian_points(10000, 1000, 22);
    const auto r = kth_neighbour_squared(real, 5), f = kth_neighbour_squared(fake, 5);
    const auto inside = count_in_balls(real, r, fake, Boundary::open);
    EXPECT_NEAR(share(inside.per_point), 0.477, 0.03);
    EXPECT_NEAR(share(count_in_balls(fake, f, real, Boundary::open).per_point), 0.471, 0.025);
    EXPECT_NEAR(std::accumulate(inside.per_point.begin(), inside.per_point.end(), 0.0) / (5.0 * 10000), 1.056, 0.22);
    EXPECT_NEAR(share(inside.per_ball), 0.974, 0.02);
}

}  // namespace
}  // namespace ganbar::gan
