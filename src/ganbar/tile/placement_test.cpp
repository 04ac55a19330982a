#include "ganbar/tile/placement.h"

#include <gtest/gtest.h>

#include <set>

#include "ganbar/core/rng.h"

namespace ganbar {
namespace {

const std::vector<Shape2> satyam2022 = {{100, 128}, {128, 784}, {784, 128}, {128, 1}};

TEST(Placement, ArrayCountsOfSatyam2022) {
    EXPECT_EQ(place(satyam2022, {64, 64}, PlacementPolicy::blockwise).n_crossbars, 58u);
    EXPECT_EQ(place(satyam2022, {64, 64}, PlacementPolicy::per_layer).n_crossbars, 55u);
    EXPECT_EQ(place(satyam2022, {64, 64}, PlacementPolicy::per_layer_slack).n_crossbars, 54u);
    EXPECT_EQ(place(satyam2022, {64, 64}, PlacementPolicy::dense).n_crossbars, 53u);
    EXPECT_EQ(place(satyam2022, {64, 64}, PlacementPolicy::dense).cells_used(), 213632u);
}

// Every weight has exactly one cell, no two cells coincide, nothing leaves its crossbar.
void check_is_a_tiling(const std::vector<Shape2>& layers, const Placement& p) {
    std::set<std::array<std::size_t, 3>> weights, cells;
    for (const auto& b : p.blocks) {
        ASSERT_LE(b.at_row + b.rows, p.crossbar.rows);
        ASSERT_LE(b.at_col + b.cols, p.crossbar.cols);
        ASSERT_LT(b.crossbar, p.n_crossbars);
        for (std::size_t r = 0; r < b.rows; ++r)
            for (std::size_t c = 0; c < b.cols; ++c) {
                ASSERT_TRUE(weights.insert({b.layer, b.row0 + r, b.col0 + c}).second);
                ASSERT_TRUE(cells.insert({b.crossbar, b.at_row + r, b.at_col + c}).second);
            }
    }
    std::size_t n = 0;
    for (const auto& l : layers) n += l.rows * l.cols;
    EXPECT_EQ(weights.size(), n);
}

TEST(Placement, IsATilingForRandomShapes) {
    Rng rng(5);
    for (int trial = 0; trial < 60; ++trial) {
        std::vector<Shape2> layers;
        for (std::uint64_t n = 1 + rng.below(4); n > 0; --n) layers.push_back({1 + rng.below(60), 1 + rng.below(60)});
        const Shape2 crossbar{1 + rng.below(24), 1 + rng.below(24)};
        for (const auto policy :
             {PlacementPolicy::blockwise, PlacementPolicy::per_layer, PlacementPolicy::per_layer_slack, PlacementPolicy::dense})
            check_is_a_tiling(layers, place(layers, crossbar, policy));
    }
}

TEST(Placement, RejectsEmptyShapes) {
    EXPECT_THROW(place(satyam2022, {0, 64}, PlacementPolicy::dense), ConfigError);
    const std::vector<Shape2> empty = {{0, 3}};
    EXPECT_THROW(place(empty, {64, 64}, PlacementPolicy::dense), ConfigError);
}

}  // namespace
}  // namespace ganbar
