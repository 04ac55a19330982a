#include "ganbar/gan/metrics/distances.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ganbar/core/linalg.h"
#include "ganbar/core/parallel.h"

namespace ganbar::gan {

namespace {

constexpr std::size_t block_rows = 256;

/// Rows shifted by a common point (the less they share, the less cancels), with their squared norms.
struct Shifted {
    Matrix x;
    std::vector<double> norm;
};

std::vector<double> column_mean(const Matrix& m) {
    std::vector<double> mean(m.cols(), 0.0);
    for (std::size_t r = 0; r < m.rows(); ++r)
        for (std::size_t j = 0; j < m.cols(); ++j) mean[j] += m(r, j);
    for (auto& v : mean) v /= static_cast<double>(std::max<std::size_t>(m.rows(), 1));
    return mean;
}

Shifted shifted(const Matrix& m, const std::vector<double>& origin) {
    Shifted s{Matrix(m.rows(), m.cols()), std::vector<double>(m.rows(), 0.0)};
    for (std::size_t r = 0; r < m.rows(); ++r)
        for (std::size_t j = 0; j < m.cols(); ++j) {
            const float v = static_cast<float>(m(r, j) - origin[j]);
            s.x(r, j) = v;
            s.norm[r] += static_cast<double>(v) * v;
        }
    return s;
}

/// Screened squared distances are off by at most slack * (|a|^2 + |b|^2): d sums of relative error 2^-24 in the product
/// (Higham, Accuracy and Stability of Numerical Algorithms, sec. 3.1), doubled, and a few ulps for the shift.
double screening_slack(std::size_t n_dims) { return static_cast<double>(n_dims + 16) * 0x1p-23; }

void copy_rows(const Matrix& from, std::size_t first, std::size_t count, Matrix& to) {
    to.resize(count, from.cols());
    for (std::size_t r = 0; r < count; ++r) std::copy_n(from.row(first + r), from.cols(), to.row(r));
}

/// Calls body(i, r, products) for every row i of a, where products[j] = a_i . b_j and r is i's place in its block; after
/// each block, done(n_rows).
template <class Body, class Done>
void for_row_products(const Matrix& a, const Matrix& b, const Body& body, const Done& done) {
    Matrix b_t, rows, products;
    transpose(b, b_t);
    for (std::size_t first = 0; first < a.rows(); first += block_rows) {
        const std::size_t count = std::min(block_rows, a.rows() - first);
        copy_rows(a, first, count, rows);
        multiply(rows, b_t, products);
        parallel_for(count, [&](std::size_t r) { body(first + r, r, products.row(r)); });
        done(count);
    }
}

/// The k smallest values seen.
class Smallest {
public:
    explicit Smallest(std::size_t k) : values_(k, std::numeric_limits<double>::infinity()) {}
    void add(double v) {
        if (v >= values_.back()) return;
        std::size_t i = values_.size() - 1;
        for (; i > 0 && values_[i - 1] > v; --i) values_[i] = values_[i - 1];
        values_[i] = v;
    }
    double largest() const { return values_.back(); }

private:
    std::vector<double> values_;
};

}  // namespace

double squared_distance(const float* a, const float* b, std::size_t n) {
    constexpr std::size_t lanes = 8;
    double lane[lanes] = {};
    std::size_t i = 0;
    for (; i + lanes <= n; i += lanes)
        for (std::size_t l = 0; l < lanes; ++l) {
            const double d = static_cast<double>(a[i + l]) - static_cast<double>(b[i + l]);
            lane[l] += d * d;
        }
    for (; i < n; ++i) {
        const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        lane[0] += d * d;
    }
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

std::vector<double> kth_neighbour_squared(const Matrix& points, std::size_t k) {
    const std::size_t n = points.rows();
    GANBAR_ASSERT(k >= 1 && k < n);
    const Shifted s = shifted(points, column_mean(points));
    const double slack = screening_slack(points.cols());
    std::vector<double> radius(n);
    const auto neighbour = [&](std::size_t i, std::size_t, const float* product) {
        const double up = (1 + slack) * s.norm[i], down = (1 - slack) * s.norm[i];
        Smallest bound(k);
        for (std::size_t j = 0; j < n; ++j) {
            const double at_most = up + (1 + slack) * s.norm[j] - 2.0 * product[j];
            if (at_most < bound.largest() && j != i) bound.add(at_most);
        }
        Smallest exact(k);
        for (std::size_t j = 0; j < n; ++j) {
            const double at_least = down + (1 - slack) * s.norm[j] - 2.0 * product[j];
            if (at_least > bound.largest() || j == i) continue;
            exact.add(squared_distance(points.row(i), points.row(j), points.cols()));
            if (exact.largest() == 0) break;  // a collapsed set is all zeros: no nearer neighbour is left to find
        }
        radius[i] = exact.largest();
    };
    for_row_products(s.x, s.x, neighbour, [](std::size_t) {});
    return radius;
}

BallCounts count_in_balls(const Matrix& centres, std::span<const double> radius_squared, const Matrix& points, Boundary boundary) {
    GANBAR_ASSERT(centres.cols() == points.cols() && radius_squared.size() == centres.rows());
    const auto origin = column_mean(centres);
    const Shifted c = shifted(centres, origin), p = shifted(points, origin);
    const double slack = screening_slack(points.cols());
    const std::size_t n = points.rows();
    BallCounts counts{std::vector<std::uint32_t>(centres.rows(), 0), std::vector<std::uint32_t>(n, 0)};
    std::vector<std::uint8_t> inside(block_rows * n);
    const auto add_block = [&](std::size_t n_rows) {
        constexpr std::size_t chunk = 1024;
        parallel_for((n + chunk - 1) / chunk, [&](std::size_t item) {
            for (std::size_t r = 0; r < n_rows; ++r)
                for (std::size_t j = item * chunk; j < std::min(n, (item + 1) * chunk); ++j) counts.per_point[j] += inside[r * n + j];
        });
    };
    const auto test_ball = [&](std::size_t i, std::size_t r, const float* product) {
        for (std::size_t j = 0; j < n; ++j) {
            const double norms = c.norm[i] + p.norm[j], screened = norms - 2.0 * product[j];
            bool in = screened < radius_squared[i];
            if (std::abs(screened - radius_squared[i]) <= slack * norms) {
                const double d = squared_distance(centres.row(i), points.row(j), points.cols());
                in = boundary == Boundary::closed ? d <= radius_squared[i] : d < radius_squared[i];
            }
            inside[r * n + j] = in;
            counts.per_ball[i] += in;
        }
    };
    for_row_products(c.x, p.x, test_ball, add_block);
    return counts;
}

double mean_pairwise_distance(const Matrix& points) {
    const std::size_t n = points.rows();
    if (n < 2) return 0;
    std::vector<double> row_sum(n, 0.0);
    parallel_for(n, [&](std::size_t i) {
        for (std::size_t j = i + 1; j < n; ++j) row_sum[i] += std::sqrt(squared_distance(points.row(i), points.row(j), points.cols()));
    });
    double total = 0;
    for (const double v : row_sum) total += v;
    return total / (0.5 * static_cast<double>(n) * static_cast<double>(n - 1));
}

}  // namespace ganbar::gan
