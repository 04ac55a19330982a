// Neighbour distances between sets of points (rows). Candidates are found by matrix products in float,
// |a-b|^2 = |a|^2 + |b|^2 - 2 a.b; every pair whose verdict the rounding of that could change is measured again by
// differences in double. The answers are those of an all-double computation, at the speed of the products.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "ganbar/core/matrix.h"

namespace ganbar::gan {

/// |a-b|^2 by differences, in double.
double squared_distance(const float* a, const float* b, std::size_t n);

/// Squared distance from each row to its k-th nearest other row (itself not counted); needs 1 <= k < rows.
std::vector<double> kth_neighbour_squared(const Matrix& points, std::size_t k);

enum class Boundary : std::uint8_t { open, closed };  ///< distance < radius, or distance <= radius

struct BallCounts {
    std::vector<std::uint32_t> per_ball;   ///< points inside each ball
    std::vector<std::uint32_t> per_point;  ///< balls that hold each point
};
/// Which points lie in the balls around `centres` (one squared radius per row).
BallCounts count_in_balls(const Matrix& centres, std::span<const double> radius_squared, const Matrix& points, Boundary boundary);

/// Mean Euclidean distance over all pairs of different rows; 0 when there are fewer than two.
double mean_pairwise_distance(const Matrix& points);

}  // namespace ganbar::gan
