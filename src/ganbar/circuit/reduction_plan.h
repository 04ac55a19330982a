// The symbolic side of the port reduction: how an M x N crossbar is halved down to leaves, in which order ports stand, where matrices lie.
// A block of cells has four groups of ports: L, the nodes left of it (word terminals at the edge); R, its own last word nodes; T, its own
// first bit nodes; D, the nodes below it (bit terminals at the edge). Wires to L and D belong to the block, so two neighbours share
// one node per cut wire. Groups stand in the order in which they will be eliminated, terminals last.
#pragma once
#include <array>
#include <variant>
#include <vector>

#include "ganbar/circuit/kernels/reduction.h"
#include "ganbar/circuit/wires.h"

namespace ganbar::reduction {

enum Side : std::uint8_t { left, right, top, down };

/// Leaves of one shape, reduced together; fewer than lanes() at the end of a shape.
struct LeafGroup {
    struct Leaf {
        std::size_t row = 0, col = 0;         ///< first cell
        std::size_t out = 0, stride = 0;      ///< where its matrix goes
        std::array<std::size_t, 4> offset{};  ///< of its groups there
    };
    std::size_t program = 0;
    std::vector<Leaf> leaves;
};

struct Plan {
    std::size_t rows = 0, cols = 0;
    Ends ends = Ends::single;
    std::vector<LeafProgram> programs;
    std::vector<std::variant<LeafGroup, Merge>> steps;
    std::size_t storage = 0, panel = 0;          ///< doubles
    std::size_t lane_work = 0, lane_inputs = 0;  ///< vectors, the largest of all programs
    std::size_t out = 0, stride = 0;             ///< the last matrix
    std::vector<std::size_t> word, bit;          ///< in it: where the word terminals of each end begin, and the bit terminals
    double flops = 0;                            ///< multiplications and additions of the merges and leaves, symmetric halves counted once
};

constexpr std::size_t leaf_side = 8;

/// Coupling vector of run_merge: drive_S (rows), then sense_S (cols).
Plan make_plan(std::size_t rows, std::size_t cols, Ends ends);

}  // namespace ganbar::reduction
