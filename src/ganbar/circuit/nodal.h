// Operating point of one crossbar by Newton's method on its node voltages, each step a sparse elimination: the general and exact path
// (any bias, floating lines, zero resistances, any conductance ratio, any steepness), and the check on the fast ones.
#pragma once
#include <span>

#include "ganbar/circuit/crossbar_problem.h"

namespace ganbar {

struct NewtonOptions {
    double tolerance_V = 1e-12;  ///< largest change of a cell voltage in the last step, relative to the largest terminal voltage
    int quick_steps = 25;        ///< steps by the quick rule (see below), before the one that is sure to arrive takes over
    int max_steps = 400;
};

/// Every cell stands at a point of its curve. A step solves the network of the cells' tangents there and moves each cell: one whose current
/// grows to the current found, one whose voltage falls to the voltage found. So no exponential is ever taken of a voltage that the wires do
/// not allow. Should that not settle, all cells follow the currents and steps go to the least content on their way (sum over elements of
/// the integral of u di; Millar, Phil. Mag. 42, 1150, 1951), which has one minimum, the operating point. Linear cells take one step. Throws
/// ConfigError as validate() does; NumericError when it does not settle, a current exceeds the range of numbers, or the result fails
/// require_operating_point (network.h).
OperatingPoint solve_operating_point(const CrossbarProblem& problem, const NewtonOptions& options = {});

/// Voltages of all terminals of a crossbar, none where one floats.
struct Bias {
    std::vector<std::optional<double>> vw_V, vb_V;  ///< rows, cols
    std::vector<double> gate_V{};                   ///< rows; empty: the crossbar's own
};

/// One point for each bias of the same crossbar (whose own voltages count for nothing), in parallel; the same bits as one at a time.
/// Symbolic work, and with linear cells the elimination too, is shared by neighbours that float the same terminals. A fault names its bias;
/// the first one's is thrown.
std::vector<OperatingPoint> solve_operating_points(const CrossbarProblem& problem, std::span<const Bias> biases,
                                                   const NewtonOptions& options = {});

}  // namespace ganbar
