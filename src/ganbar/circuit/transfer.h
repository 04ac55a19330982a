// Exact transfer matrix of a passive crossbar with linear cells: I = T^T V for every input at once, IR drop and sneak paths included.
// Hierarchical port reduction: the array is halved down to 8 x 8 cells, each block reduced to its boundary wires and line terminals, and
// blocks are merged by eliminating the wires they share (nested dissection, George, SIAM J. Numer. Anal. 10, 345, 1973, with the terminals
// kept as ports). Every operation is an addition, product, quotient or root of non-negative numbers, so each entry of T is exact to about
// 1e-13 relative, even where it is tiny or wires are 1e15 times as conductive as cells. About 31 n^3 flops for n x n; memory 12 (M+N)^2
// doubles. T is also the transposed read: by reciprocity, voltages on the bit terminals give the word terminals' currents T V, if every
// line keeps its terminal resistance. Results do not depend on threads, nor on vector length where there is fused multiply-add.
#pragma once
#include <memory>
#include <span>

#include "ganbar/circuit/wires.h"

namespace ganbar {

namespace reduction {
struct Plan;
}

/// Which terminals are connected; empty = all. A line whose terminal floats has a zero row (column) in T.
struct Connected {
    std::span<const std::uint8_t> word, bit;  ///< rows, cols; 0 = floating
};

/// The symbolic work for one shape; make it once and share it between threads.
class TransferPlan {
public:
    TransferPlan(std::size_t rows, std::size_t cols, Ends ends = Ends::single);
    ~TransferPlan();
    TransferPlan(TransferPlan&&) noexcept;
    TransferPlan& operator=(TransferPlan&&) noexcept;
    std::size_t rows() const;
    std::size_t cols() const;
    double flops() const;  ///< multiplications and additions of one transfer_matrix call
    const reduction::Plan& steps() const { return *plan_; }

private:
    std::unique_ptr<reduction::Plan> plan_;
};

/// t[i * cols + j]: current into bit terminal j (both its ends together) per volt on word source i, all other connected terminals at 0 V.
/// g_S: rows x cols, >= 0. wires.ends must be the plan's. A zero resistance is replaced by one whose effect is below 1e-18 of any entry.
/// Throws NumericError when a conductance is not finite or negative, or the numbers leave the range of double precision.
void transfer_matrix(const TransferPlan& plan, std::span<const double> g_S, const Wires& wires, std::span<double> t_S,
                     const Connected& connected = {});
void transfer_matrix(const TransferPlan& plan, std::span<const float> g_S, const Wires& wires, std::span<double> t_S,
                     const Connected& connected = {});

/// n arrays of one shape in parallel: array k is g_S[k * rows * cols ...], and likewise t_S.
void transfer_matrices(const TransferPlan& plan, std::size_t n, std::span<const float> g_S, const Wires& wires, std::span<double> t_S);

}  // namespace ganbar
