// The nodes and wires of a crossbar after joining what zero resistances join.
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "ganbar/circuit/crossbar_problem.h"

namespace ganbar {

/// Node numbers: W[i][j] = i*cols + j, B[i][j] = rows*cols + i*cols + j, word source i = 2*rows*cols + i, bit terminal j after them.
/// A group is a set of nodes joined by zero resistances; it is named by its smallest-numbered source, else by any of its nodes.
struct Topology {
    struct Wire {
        std::size_t a, b;  ///< groups, a != b
        double g_S;
    };
    explicit Topology(const CrossbarProblem& problem);
    std::size_t word(std::size_t i, std::size_t j) const { return group[i * cols + j]; }
    std::size_t bit(std::size_t i, std::size_t j) const { return group[rows * cols + i * cols + j]; }
    std::size_t word_source(std::size_t i) const { return group[2 * rows * cols + i]; }
    std::size_t bit_terminal(std::size_t j) const { return group[2 * rows * cols + rows + j]; }

    std::size_t rows, cols;
    std::vector<std::size_t> group;            ///< node -> node that names its group
    std::vector<std::optional<double>> fixed;  ///< voltage of the groups that hold a driven terminal, by naming node
    std::vector<Wire> wires;                   ///< segments, drivers and sense resistances that are not zero
};

}  // namespace ganbar
