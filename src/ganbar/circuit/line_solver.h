// Cell voltages of many write phases on the same cells, in single precision: line by line instead of product by product. With the
// potentials across its cells held, a line is a chain of resistances loaded by the tangents of its cells, solved exactly by one walk from
// its far end to its terminal and one back (Norton equivalents: sums, products and quotients of conductances, so a resistance may be 0 and
// none is too small). Word lines and bit lines take turns, a block Gauss-Seidel iteration whose error shrinks by the share of the lines'
// resistance in the loop, squared, each turn. Work: some 20 operations a cell and turn, where the eigenbasis (write_solver.h) takes 4
// products of n x n. Cells i = a u + c u^3, all terminals driven.
#pragma once
#include <span>
#include <vector>

#include "ganbar/circuit/kernels/line_pass.h"
#include "ganbar/circuit/wires.h"
#include "ganbar/core/matrix.h"

namespace ganbar {

/// Scratch of one thread for one array.
class LineSolver {
public:
    /// Throws ConfigError where terminals at both ends have no resistance.
    LineSolver(std::size_t rows, std::size_t cols, const Wires& wires);
    /// Coefficients of the cells of row r.
    void load(std::size_t r, std::span<const double> linear, std::span<const double> cubic);
    /// Solves for sources vw (rows), vb (cols), none floating, each phase for itself, until what is left of any cell's voltage should be
    /// below tolerance_V. Returns the passes over all lines of one kind, or 0 when it did not settle within 80.
    int solve(std::span<const double> vw_V, std::span<const double> vb_V, double tolerance_V);
    /// Makes the cell voltages of the phase solved last; the powers of the cells, and what the sources deliver for these cells' currents.
    line_pass::Power finish();
    const float* voltages(std::size_t r) const { return u_.row(r); }
    std::size_t stride() const { return u_.stride(); }
    double cell_power_W(std::size_t r, std::size_t c) const;

private:
    std::size_t rows_, cols_;
    line_pass::Lines word_, bit_;
    Matrix a_, c_, a_by_column_, c_by_column_;  // the word lines' pass has lines side by side: cols x rows
    Matrix w_, b_, w_by_column_, b_by_column_;
    Matrix walk_[2][2];
    Matrix vw_, vb_, u_;  // one row each: vw, vb
};

}  // namespace ganbar
