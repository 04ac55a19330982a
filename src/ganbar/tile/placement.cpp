#include "ganbar/tile/placement.h"

#include <algorithm>
#include <optional>

namespace ganbar {
namespace {

/// Free space of one crossbar as disjoint rectangles (guillotine cuts).
struct FreeSpace {
    struct Rect {
        std::size_t row, col, rows, cols;
    };
    std::vector<Rect> rects;

    // The rectangle that fits with the least left over along its tighter side.
    std::optional<Rect> take(std::size_t rows, std::size_t cols) {
        std::size_t best = rects.size(), best_left = ~std::size_t{0};
        for (std::size_t i = 0; i < rects.size(); ++i) {
            if (rects[i].rows < rows || rects[i].cols < cols) continue;
            const std::size_t left = std::min(rects[i].rows - rows, rects[i].cols - cols);
            if (left < best_left) best = i, best_left = left;
        }
        if (best == rects.size()) return std::nullopt;
        const Rect from = rects[best];
        rects.erase(rects.begin() + static_cast<std::ptrdiff_t>(best));
        const std::size_t below = from.rows - rows, right = from.cols - cols;
        // Cut along the longer remainder, so that the larger free rectangle stays whole.
        if (below * from.cols >= right * from.rows) {
            if (below) rects.push_back({from.row + rows, from.col, below, from.cols});
            if (right) rects.push_back({from.row, from.col + cols, rows, right});
        } else {
            if (right) rects.push_back({from.row, from.col + cols, from.rows, right});
            if (below) rects.push_back({from.row + rows, from.col, below, cols});
        }
        return Rect{from.row, from.col, rows, cols};
    }
};

class Packer {
public:
    explicit Packer(Shape2 crossbar) : crossbar_(crossbar) {}
    std::size_t size() const { return space_.size(); }
    /// Puts the block into the first crossbar from `first` on with room for it; opens one when there is none.
    void put(Block& block, std::size_t first) {
        for (std::size_t x = first; x < space_.size(); ++x)
            if (settle(block, x)) return;
        space_.push_back({{{0, 0, crossbar_.rows, crossbar_.cols}}});
        settle(block, space_.size() - 1);
    }
    bool fits_without_opening(std::vector<Block*> blocks) const {
        Packer trial = *this;
        const std::size_t before = trial.size();
        for (Block* b : blocks) {
            Block copy = *b;
            trial.put(copy, 0);
        }
        return trial.size() == before;
    }

private:
    bool settle(Block& block, std::size_t x) {
        const auto spot = space_[x].take(block.rows, block.cols);
        if (!spot) return false;
        block.crossbar = x, block.at_row = spot->row, block.at_col = spot->col;
        return true;
    }
    Shape2 crossbar_;
    std::vector<FreeSpace> space_;
};

}  // namespace

std::size_t Placement::cells_used() const {
    std::size_t n = 0;
    for (const auto& b : blocks) n += b.rows * b.cols;
    return n;
}

Placement place(std::span<const Shape2> layers, Shape2 crossbar, PlacementPolicy policy) {
    if (crossbar.rows == 0 || crossbar.cols == 0) throw ConfigError("a crossbar needs at least one row and one column");
    Placement out;
    out.crossbar = crossbar;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        const auto [n_rows, n_cols] = layers[layer];
        if (n_rows == 0 || n_cols == 0) throw ConfigError("a layer needs at least one input and one output");
        for (std::size_t r = 0; r < n_rows; r += crossbar.rows)
            for (std::size_t c = 0; c < n_cols; c += crossbar.cols)
                out.blocks.push_back({layer, r, c, std::min(crossbar.rows, n_rows - r), std::min(crossbar.cols, n_cols - c), 0, 0, 0});
    }
    Packer packer(crossbar);
    const auto largest_first = [](std::vector<Block*> blocks) {
        std::stable_sort(blocks.begin(), blocks.end(),
                         [](const Block* a, const Block* b) { return a->rows * a->cols > b->rows * b->cols; });
        return blocks;
    };
    const auto of_layer = [&](std::size_t layer) {
        std::vector<Block*> blocks;
        for (auto& b : out.blocks)
            if (layer == layers.size() || b.layer == layer) blocks.push_back(&b);
        return blocks;
    };
    if (policy == PlacementPolicy::blockwise) {
        for (auto& b : out.blocks) packer.put(b, packer.size());
    } else if (policy == PlacementPolicy::dense) {
        for (Block* b : largest_first(of_layer(layers.size()))) packer.put(*b, 0);
    } else {
        for (std::size_t layer = 0; layer < layers.size(); ++layer) {
            const auto blocks = largest_first(of_layer(layer));
            const bool slack = policy == PlacementPolicy::per_layer_slack && packer.fits_without_opening(blocks);
            const std::size_t first = slack ? 0 : packer.size();
            for (Block* b : blocks) packer.put(*b, first);
        }
    }
    out.n_crossbars = packer.size();
    return out;
}

}  // namespace ganbar
