// Sparse elimination of a resistor network without a single subtraction.
// The matrix of a network whose nodes lead to known voltages is a symmetric M-matrix. Its pivots are sums of conductances (star-mesh
// transform), so every entry is exact to a few ulp whatever the ratio of wire to cell conductance: Grassmann, Taksar, Heyman, Oper. Res.
// 33, 1107 (1985); O'Cinneide, Numer. Math. 65, 109 (1993). Ordering by nested dissection of the grid.
#pragma once
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace ganbar {

class LaplacianFactor {
public:
    /// Symbolic work, once per network: n unknown nodes in elimination order 0 ... n-1, joined by `edges` (pairs of nodes).
    LaplacianFactor(std::size_t n, std::span<const std::pair<std::size_t, std::size_t>> edges);
    /// Numeric work. g_S: one conductance >= 0 per edge as given above; ground_S: conductance of each node to known voltages.
    /// Throws NumericError when a node's conductances leave the range of numbers: all of them vanish, or one is not finite.
    void factor(std::span<const double> g_S, std::span<const double> ground_S);
    /// Currents into the nodes in, node voltages out (in place).
    void solve(std::span<double> x) const;
    std::size_t n_entries() const { return index_.size(); }

private:
    std::size_t n_;
    std::vector<std::size_t> start_, index_;  // column k of the factor: rows index_[start_[k] ... start_[k+1]), ascending
    std::vector<std::size_t> edge_entry_;     // edge -> its entry
    std::vector<double> initial_, value_, ground_, pivot_;
};

/// Elimination order of the nodes of a rows x cols crossbar (numbers as in Topology, sources excluded).
std::vector<std::size_t> nested_dissection(std::size_t rows, std::size_t cols);

}  // namespace ganbar
