// Points that no other point beats: less is better in every coordinate.
#pragma once
#include <array>
#include <span>
#include <vector>

namespace ganbar::arch {

using Objectives = std::array<double, 3>;

/// Indices of the points that no other is at least as good as in all three coordinates, by ascending first coordinate. Of equal points the
/// one with the lowest index stays. One sort and a staircase of the other two coordinates (Kung, Luccio, Preparata, J. ACM 22, 1975):
/// O(n log n). NaN and infinity may not occur.
std::vector<std::size_t> pareto_front(std::span<const Objectives> points);

/// The same with a fourth coordinate of few distinct values (`loss`, one a point): O(k n log n) for k values.
std::vector<std::size_t> pareto_front(std::span<const Objectives> points, std::span<const double> loss);

}  // namespace ganbar::arch
