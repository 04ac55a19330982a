// Cells with selectors, made of any device model, under driven lines: their voltages by Newton's method on all of them at once.
//
// Without cells every line is a tree, so u = u0 - Z i(u) (cell_solver.h). Newton's step d obeys (1 + Z D) d = u0 - Z i(u) - u, D the
// slopes; with y = sqrt(D) d that is (1 + sqrt(D) Z sqrt(D)) y = sqrt(D) F, symmetric and positive definite whatever the slopes, by
// conjugate gradients. Z costs running sums along the lines. The fixed point of cell_solver.h needs slopes of one order; closed gates and
// selectors differ by ten.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "ganbar/circuit/composed_cell.h"
#include "ganbar/circuit/static_cells.h"
#include "ganbar/circuit/wires.h"

namespace ganbar {

/// Memristors of a device array with one kind of selector. Immutable: share it between threads.
class SelectorCells {
public:
    /// The cells must outlive this. cols: cells of a row, which share a gate line. Throws ConfigError as validate(selector).
    SelectorCells(const StaticCells& memristors, const Selector& selector, std::size_t cols);
    std::size_t size() const { return memristors_.size(); }
    const Selector& selector() const { return selector_; }
    /// Points of all cells at voltages u behind bit lines at bit_V; gate_V: one for each row (empty: no gates). Passive cells: x_V = 0.
    void points(std::span<const double> u_V, std::span<const double> gate_V, std::span<const double> bit_V, std::span<CellPoint> out) const;

private:
    const StaticCells& memristors_;
    Selector selector_;
    std::size_t cols_;
};

/// All lines driven.
struct DrivenBias {
    std::vector<double> vw_V, vb_V, gate_V;  ///< rows, cols, rows (empty: no gates)
};

struct DrivenPoint {
    std::vector<double> u_V, b_V;  ///< cells: voltage over memristor and selector; bit node
    std::vector<CellPoint> cells;
    std::vector<double> i_word_A, i_bit_A;
    double cells_W = 0, delivered_W = 0;
    int steps = 0;
};

/// Newton's method until no cell voltage changes by more than tolerance_V. Throws NumericError when it does not settle.
DrivenPoint solve_driven(const SelectorCells& cells, const Wires& wires, const DrivenBias& bias, double tolerance_V);

}  // namespace ganbar
