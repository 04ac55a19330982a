#include "ganbar/arch/pareto.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ganbar/core/rng.h"

namespace ganbar::arch {
namespace {

bool no_worse(const Objectives& a, const Objectives& b) { return a[0] <= b[0] && a[1] <= b[1] && a[2] <= b[2]; }

/// By definition, pair by pair.
std::vector<std::size_t> by_pairs(const std::vector<Objectives>& p, const std::vector<double>& loss) {
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < p.size(); ++i) {
        bool beaten = false;
        for (std::size_t j = 0; j < p.size() && !beaten; ++j) {
            if (j == i || !no_worse(p[j], p[i]) || loss[j] > loss[i]) continue;
            beaten = p[j] != p[i] || loss[j] != loss[i] || j < i;
        }
        if (!beaten) front.push_back(i);
    }
    return front;
}

/// Coordinates on a coarse grid, so that ties and equal points occur.
std::vector<Objectives> coarse(Rng rng, std::size_t n, std::uint64_t steps) {
    std::vector<Objectives> out(n);
    for (auto& p : out)
        for (double& v : p) v = double(rng.below(steps));
    return out;
}
std::vector<std::size_t> sorted(std::vector<std::size_t> v) {
    std::sort(v.begin(), v.end());
    return v;
}

TEST(Pareto, IsWhatNoPairwiseComparisonBeats) {
    const Rng root(7);
    for (std::uint64_t k = 0; k < 60; ++k) {
        const auto p = coarse(root.stream("p", k), 80, 2 + k % 12);
        std::vector<double> same(p.size(), 0), loss(p.size());
        Rng rng = root.stream("loss", k);
        for (double& v : loss) v = double(rng.below(4));
        EXPECT_EQ(sorted(pareto_front(p)), by_pairs(p, same)) << k;
        EXPECT_EQ(sorted(pareto_front(p, same)), by_pairs(p, same)) << k;
        EXPECT_EQ(sorted(pareto_front(p, loss)), by_pairs(p, loss)) << k;
    }
}

TEST(Pareto, OfEqualPointsTheFirstStays) {
    const std::vector<Objectives> p{{1, 2, 3}, {1, 2, 3}, {3, 2, 1}, {1, 2, 3}};
    EXPECT_EQ(pareto_front(p), (std::vector<std::size_t>{0, 2}));
    EXPECT_TRUE(pareto_front(std::vector<Objectives>{}).empty());
}

TEST(Pareto, ASimplexKeepsAllAndADiagonalOne) {
    std::vector<Objectives> simplex, diagonal;
    for (int a = 0; a <= 60; ++a) {
        for (int b = 0; a + b <= 60; ++b) simplex.push_back({double(a), double(b), double(60 - a - b)});
        diagonal.push_back({double(a), double(a), double(a)});
    }
    EXPECT_EQ(pareto_front(simplex).size(), simplex.size());
    EXPECT_EQ(pareto_front(diagonal), (std::vector<std::size_t>{0}));
}

/// n log n: a quadratic method would take minutes here, on the worst case of a front that holds all points.
TEST(Pareto, ManyPointsOfOneFront) {
    std::vector<Objectives> p;
    Rng rng(3);
    for (int i = 0; i < 200'000; ++i) {
        const double a = rng.uniform(), b = rng.uniform() * (1 - a);
        p.push_back({a, b, 1 - a - b});
    }
    EXPECT_GT(pareto_front(p).size(), 199'000u);
}

}  // namespace
}  // namespace ganbar::arch
