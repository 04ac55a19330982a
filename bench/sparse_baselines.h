// The transfer matrix by SuiteSparse, for comparison only: what a careful user of a general sparse solver would do.
#pragma once
#include <memory>
#include <span>

#include "ganbar/circuit/wires.h"

namespace ganbar::bench {

class SparseBaseline {
public:
    virtual ~SparseBaseline() = default;
    /// Numeric work only; everything symbolic is done before. t: rows x cols.
    virtual void transfer(std::span<const double> g_S, std::span<double> t_S) = 0;
};
/// KLU (AMD ordering): refactor with the old pivots, then solve for all word lines at once.
std::unique_ptr<SparseBaseline> klu_all_inputs(std::size_t rows, std::size_t cols, const Wires& wires);
/// CHOLMOD, simplicial, nested dissection with the terminal nodes last: the trailing block of the factor belongs to the ports, and a dense
/// solve gives T. The fastest use of a general sparse solver we know.
std::unique_ptr<SparseBaseline> cholmod_terminals_last(std::size_t rows, std::size_t cols, const Wires& wires);

}  // namespace ganbar::bench
