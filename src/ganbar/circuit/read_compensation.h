// Remedies against IR drop in reads, from the exact transfer matrix: a gain for each output line, and conductances chosen so that the array
// with its wires does what the bare conductances would.
#pragma once
#include <span>
#include <vector>

#include "ganbar/circuit/transfer.h"
#include "ganbar/device/device_model.h"

namespace ganbar {

/// gain[j] = (sum_i g_ij x_i) / (sum_i t_ij x_i): what a calibration with the input x (rows, V, >= 0, not all 0) finds for each bit line.
/// A column that carries nothing gets gain 1.
std::vector<double> column_gains(std::size_t rows, std::size_t cols, std::span<const double> g_S, std::span<const double> t_S,
                                 std::span<const double> x_V);
/// The same for the transposed read: inputs on the bit lines (cols), one gain for each word line.
std::vector<double> row_gains(std::size_t rows, std::size_t cols, std::span<const double> g_S, std::span<const double> t_S,
                              std::span<const double> x_V);

struct Precompensated {
    std::vector<double> g_S;    ///< what to program, within the window
    double scale = 1;           ///< the array then carries scale * target
    double worst = 0;           ///< largest |t - scale target| relative to scale * target
    std::size_t n_clipped = 0;  ///< cells at an edge of the window
    int rounds = 0;
};
/// Conductances whose transfer matrix is scale * target_S: repeated g <- g scale target / T(g), clipped to the window, until nothing moves
/// by more than `tolerance` of itself. scale in (0, 1]; ConfigError otherwise. NumericError when it does not settle in 200 rounds.
Precompensated precompensate(const TransferPlan& plan, std::span<const double> target_S, const Wires& wires, const Window& window,
                             double scale, double tolerance = 1e-6);

}  // namespace ganbar
