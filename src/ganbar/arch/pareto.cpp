#include "ganbar/arch/pareto.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "ganbar/core/error.h"

namespace ganbar::arch {
namespace {

using Indices = std::vector<std::size_t>;

/// Of ascending third coordinate along falling second one: what the points so far leave to be beaten.
class Staircase {
public:
    /// Whether no point so far is at least as good in both; the point then belongs to the stairs.
    bool add(double second, double third) {
        const auto above = steps_.upper_bound(second);
        if (above != steps_.begin() && std::prev(above)->second <= third) return false;
        auto worse = steps_.lower_bound(second);
        while (worse != steps_.end() && worse->second >= third) worse = steps_.erase(worse);
        steps_.emplace(second, third);
        return true;
    }

private:
    std::map<double, double> steps_;
};

Indices front_of(std::span<const Objectives> points, const Indices& by_first) {
    Staircase stairs;
    Indices front;
    for (const std::size_t i : by_first)
        if (stairs.add(points[i][1], points[i][2])) front.push_back(i);
    return front;
}

void check(std::span<const Objectives> points) {
    for (const Objectives& p : points)
        for (const double v : p) GANBAR_ASSERT(std::isfinite(v));
}

/// By all coordinates, then by index.
void sort_indices(std::span<const Objectives> points, Indices& order) {
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return points[a] != points[b] ? points[a] < points[b] : a < b; });
}

}  // namespace

std::vector<std::size_t> pareto_front(std::span<const Objectives> points) {
    check(points);
    Indices order(points.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    sort_indices(points, order);
    return front_of(points, order);
}

std::vector<std::size_t> pareto_front(std::span<const Objectives> points, std::span<const double> loss) {
    check(points);
    GANBAR_ASSERT(points.size() == loss.size());
    std::map<double, Indices> by_loss;
    for (std::size_t i = 0; i < loss.size(); ++i) by_loss[loss[i]].push_back(i);
    // what is on the front of its own level and of all better ones: those have gone before, so that a tie in the three is theirs
    Indices so_far, front;
    for (const auto& [level, members] : by_loss) {
        Indices candidates = so_far;
        const std::size_t n_better = candidates.size();
        candidates.insert(candidates.end(), members.begin(), members.end());
        std::vector<std::pair<bool, std::size_t>> ranked;  // better levels first among equals
        for (std::size_t k = 0; k < candidates.size(); ++k) ranked.emplace_back(k >= n_better, candidates[k]);
        std::sort(ranked.begin(), ranked.end(), [&](const auto& a, const auto& b) {
            return points[a.second] != points[b.second] ? points[a.second] < points[b.second] : a < b;
        });
        Indices order;
        for (const auto& [own, i] : ranked) order.push_back(i);
        so_far = front_of(points, order);
        for (const std::size_t i : so_far)
            if (loss[i] == level) front.push_back(i);
    }
    sort_indices(points, front);
    return front;
}

}  // namespace ganbar::arch
