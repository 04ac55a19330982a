// Which block of which weight matrix sits on which crossbar, as data: printable, countable, testable.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ganbar/core/param.h"

namespace ganbar {

struct Shape2 {
    std::size_t rows = 0, cols = 0;
};

/// `rows` x `cols` cells of a layer's matrix from (row0, col0), at (at_row, at_col) of a crossbar.
struct Block {
    std::size_t layer = 0, row0 = 0, col0 = 0, rows = 0, cols = 0, crossbar = 0, at_row = 0, at_col = 0;
};

/// blockwise: every block of a layer's tiling has a crossbar of its own. per_layer: a layer's partial blocks share crossbars.
/// per_layer_slack: as per_layer, and a layer that fits into space left by earlier ones takes it. dense: all partial blocks are packed
/// together.
enum class PlacementPolicy : std::uint8_t { blockwise, per_layer, per_layer_slack, dense };

struct Placement {
    Shape2 crossbar;
    std::vector<Block> blocks;  ///< by layer, then row0, then col0
    std::size_t n_crossbars = 0;
    std::size_t cells_used() const;
};

/// Cuts every layer into blocks of at most the crossbar's size and places them. Throws ConfigError for empty shapes.
Placement place(std::span<const Shape2> layers, Shape2 crossbar, PlacementPolicy policy);

}  // namespace ganbar
