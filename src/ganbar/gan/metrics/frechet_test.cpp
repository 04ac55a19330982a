#include "ganbar/gan/metrics/frechet.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/core/parallel.h"
#include "ganbar/gan/metrics/metrics_testing.h"

namespace ganbar::gan {
namespace {

namespace golden {
#include "ganbar/gan/metrics/metrics_golden.inc"
}
using metrics_test::gaussian_points;
using metrics_test::hashed_points;

double distance(const Matrix& a, const Matrix& b) { return frechet_distance(fit_gaussian(a), fit_gaussian(b)); }

/// Reflects every row at the plane with normal u: a rotation of the feature space up to orientation.
Matrix reflected(const Matrix& m, const Matrix& normal) {
    double norm = 0;
    for (const float v : normal.row_span(0)) norm += static_cast<double>(v) * v;
    Matrix out(m.rows(), m.cols());
    for (std::size_t r = 0; r < m.rows(); ++r) {
        double dot = 0;
        for (std::size_t c = 0; c < m.cols(); ++c) dot += static_cast<double>(m(r, c)) * normal(0, c);
        for (std::size_t c = 0; c < m.cols(); ++c) out(r, c) = static_cast<float>(m(r, c) - 2 * dot / norm * normal(0, c));
    }
    return out;
}

TEST(Frechet, AgreesWithScipy) {
    const Matrix a = hashed_points(150, 9, 0, 1, 0), b = hashed_points(90, 9, 100000, 0.75, 0.25), c = hashed_points(6, 9, 200000, 1, 0);
    EXPECT_NEAR(distance(a, b), golden::frechet_ab, 1e-10);
    EXPECT_NEAR(distance(a, c), golden::frechet_ac, 1e-6);  // rank 5: numpy's own eigenvalues near zero are this good
    EXPECT_NEAR(kernel_distance(a, b), golden::kernel, 1e-5);
}

TEST(Frechet, ASetIsAtNoDistanceFromItself) {
    for (const std::size_t n : {1000, 40}) {  // 40 points in 128 dimensions: rank deficient
        const auto fit = fit_gaussian(gaussian_points(n, 128, 5));
        EXPECT_LT(frechet_distance(fit, fit), 1e-10 * fit.trace());
    }
    Matrix dead = gaussian_points(300, 64, 6);  // features that are always zero, as ReLU layers have
    for (std::size_t r = 0; r < dead.rows(); ++r)
        for (std::size_t c = 20; c < 64; ++c) dead(r, c) = 0;
    const auto fit = fit_gaussian(dead);
    EXPECT_LT(frechet_distance(fit, fit), 1e-10 * fit.trace());
}

/// Diagonal Gaussians: sum (m1-m2)^2 + sum (s1-s2)^2. The fit's own statistical error is taken out by standardising the samples.
TEST(Frechet, ClosedFormOfDiagonalGaussians) {
    const std::size_t n = 20000, d = 4;
    const double mean[d] = {1, -2, 0.5, 0}, sigma[d] = {0.5, 1, 2, 3};
    const Matrix a = gaussian_points(n, d, 7), b0 = gaussian_points(n, d, 8);
    Matrix b = b0;
    double expected = 0;
    for (std::size_t c = 0; c < d; ++c) {
        expected += mean[c] * mean[c] + (sigma[c] - 1) * (sigma[c] - 1);
        for (std::size_t r = 0; r < n; ++r) b(r, c) = static_cast<float>(mean[c] + sigma[c] * b0(r, c));
    }
    EXPECT_NEAR(distance(a, b), expected, 8 * 3 * 2 / std::sqrt(static_cast<double>(n)));  // d(sigma^2) ~ sigma^2 sqrt(2/n), a few terms
    EXPECT_NEAR(distance(b, a), distance(a, b), 1e-9);
}

/// One Gaussian scaled: S2 = t^2 S1 with the same eigenvectors, so the distance is (1-t)^2 tr S1 + |m1-m2|^2 exactly, for any sample.
TEST(Frechet, ExactForAScaledSet) {
    const Matrix a = gaussian_points(200, 10, 9);
    Matrix b = a;
    for (std::size_t r = 0; r < b.rows(); ++r)
        for (std::size_t c = 0; c < b.cols(); ++c) b(r, c) *= 2;
    const auto fa = fit_gaussian(a);
    double shift = 0;
    for (const double m : fa.mean) shift += m * m;
    EXPECT_NEAR(frechet_distance(fa, fit_gaussian(b)), fa.trace() + shift, 1e-10 * fa.trace());
}

TEST(Frechet, DoesNotSeeOrderOrRotation) {
    const Matrix a = gaussian_points(300, 16, 10), b = hashed_points(250, 16, 7, 2, 0.5), normal = gaussian_points(1, 16, 11);
    Matrix reversed(a.rows(), a.cols());
    for (std::size_t r = 0; r < a.rows(); ++r)
        for (std::size_t c = 0; c < a.cols(); ++c) reversed(r, c) = a(a.rows() - 1 - r, c);
    EXPECT_NEAR(distance(reversed, b), distance(a, b), 1e-9);
    EXPECT_NEAR(distance(reflected(a, normal), reflected(b, normal)), distance(a, b), 1e-4);  // floats rounded anew
    EXPECT_GT(std::abs(distance(reflected(a, normal), b) - distance(a, b)), 0.1);
}

TEST(Frechet, KernelDistanceIsUnbiased) {
    double sum = 0, sum2 = 0;
    const int n_trials = 200, n_before = max_threads();
    set_threads(1);  // many small problems
    for (int t = 0; t < n_trials; ++t) {
        const auto seed = static_cast<std::uint64_t>(t);
        const double k = kernel_distance(gaussian_points(30, 5, 5000 + seed), gaussian_points(20, 5, 6000 + seed));
        sum += k / n_trials, sum2 += k * k / n_trials;
    }
    set_threads(n_before);
    EXPECT_NEAR(sum, 0, 4 * std::sqrt((sum2 - sum * sum) / n_trials));
    EXPECT_GT(kernel_distance(gaussian_points(100, 5, 1), hashed_points(100, 5, 1, 1, 1)), 1);
}

}  // namespace
}  // namespace ganbar::gan
