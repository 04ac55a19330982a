// Voltages of all cells of a passive crossbar with nonlinear cells, for any bias: a fixed point on the cell voltages whose linear part is
// diagonal in a basis that does not depend on the cells.
//
// Without cells every line is a tree, so with Z = Zb (+) Zw, the Kronecker sum of the impedance matrices of one bit and one word line, the
// cell voltages obey  u = u0 - Z i(u),  u0 = Vw_i - Vb_j.  The step is  u <- u + K F,  F = u0 - Z i(u) - u,  K = (1 + g0 Z)^-1. F comes
// from running sums along the lines in double precision; K from the eigenvectors of Zw and Zb (once per geometry) as four matrix products
// in single precision, which limits the step, not the answer. The error shrinks at least by max|i' - g0| / (g0 + 1/Lmax) per step in the
// norm of K, Lmax the largest eigenvalue of Z: below 1 for every increasing law if g0 is half the largest slope. Floating lines (terminals
// at one end): their source voltage is unknown and their current 0, a small dense system in the same basis. Anderson's mixing (J. ACM 12,
// 547, 1965) is on by default. The splitting is in the family of Xie et al., arXiv 2109.07929 (tensor-product preconditioner).
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "ganbar/circuit/crossbar_problem.h"
#include "ganbar/circuit/static_cells.h"
#include "ganbar/core/matrix.h"

namespace ganbar {

struct CellSolverOptions {
    double tolerance_V = 1e-9;  ///< bound on the last correction of any cell voltage
    int max_sweeps = 2000;
    int mixing = 4;  ///< earlier steps that Anderson's method combines; 0 = plain fixed point
};

struct CellSolverReport {
    int sweeps = 0;           ///< applications of K
    double correction_V = 0;  ///< largest change in the last sweep
    double mismatch_V = 0;    ///< largest |F| before it: what wires and cells disagree by
    double rate_bound = 0;    ///< bound on the contraction of the plain step at the slopes met last, at the g0 used
    double g0_S = 0;
};

/// Everything that depends on shape and wires only. Immutable: share it between threads.
class CellSolver {
public:
    CellSolver(std::size_t rows, std::size_t cols, const Wires& wires);

    /// One bias. vw_V: rows, vb_V: cols, NaN = floating. u_V: rows x cols, the start when warm (a neighbouring solution), the answer after.
    /// Throws NumericError when it does not settle, ConfigError when every line floats, or
    /// some do and ends = both (solve_operating_point has no such limit).
    CellSolverReport solve(const StaticCells& cells, std::span<const double> vw_V, std::span<const double> vb_V, std::span<double> u_V,
                           bool warm = false, const CellSolverOptions& options = {}) const;
    /// Many biases in parallel: bias k is vw_V[k * rows ...], vb_V[k * cols ...], its answer u_V[k * rows * cols ...]. Bit-identical to
    /// one at a time.
    std::vector<CellSolverReport> solve_batch(const StaticCells& cells, std::span<const double> vw_V, std::span<const double> vb_V,
                                              std::span<double> u_V, const CellSolverOptions& options = {}) const;
    /// Node voltages, line currents, power from converged cell voltages (floating lines get the potential that fits them).
    OperatingPoint operating_point(const StaticCells& cells, std::span<const double> vw_V, std::span<const double> vb_V,
                                   std::span<const double> u_V) const;

    std::size_t rows() const { return rows_; }
    const Wires& wires() const { return wires_; }
    std::size_t cols() const { return cols_; }

private:
    class Iteration;
    friend class WriteSolver;  // the same spectra in another arithmetic
    std::size_t rows_, cols_;
    Wires wires_;
    Matrix q_word_, q_word_t_, q_bit_;            // columns = eigenvectors of Zw (cols), its transpose, of Zb (rows)
    std::vector<double> exact_word_, exact_bit_;  // the eigenvectors in double precision, row-major
    std::vector<double> l_word_, l_bit_;          // eigenvalues, ohm
    std::vector<double> q_word_sum_, q_bit_sum_;  // column sums of the eigenvectors
};

}  // namespace ganbar
