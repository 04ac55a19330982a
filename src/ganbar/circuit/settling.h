// How long a read or a write takes to settle: the wires' capacitance charged through drivers, wires and cells.
//
// C dv/dt = -G (v - v_dc) after all sources step from 0 V; what is left, e(t), starts at -v_dc. The response is reduced to the Krylov space
// of G^-1 C and v_dc (as PRIMA: Odabasioglu, Celik, Pileggi, IEEE TCAD 17, 645, 1998), which keeps the network's moments, the first of
// which is Elmore's delay (J. Appl. Phys. 19, 55, 1948); a dozen vectors give the whole curve, not its last exponential alone.
#pragma once
#include <span>
#include <vector>

#include "ganbar/circuit/crossbar_problem.h"

namespace ganbar {

/// Capacitance to ground of one node, a segment's worth.
struct LineCapacitance {
    Farad word{0}, bit{0};
};

struct Settling {
    std::vector<double> elmore_s;  ///< cols: first moment of the current's step response
    std::vector<double> settle_s;  ///< cols: after which the current of a bit line stays within `error` of its end
    double slowest_s = 0;          ///< largest of settle_s
};

/// Linear cells, all lines driven, bit lines at 0 V behind sense resistances above 0, at least one word line not at 0 V. error: relative, 0
/// to 1. Throws ConfigError for anything else, and as validate().
Settling read_settling(const CrossbarProblem& problem, const LineCapacitance& lines, double error);

/// Of a write: time after which the voltage of every one of these cells (row-major numbers) stays within `error` of its end, all lines
/// stepping from 0 V at once; lines may float. Linear cells. Throws ConfigError for anything else, for a cell without voltage at the end,
/// and as validate().
double write_settling(const CrossbarProblem& problem, const LineCapacitance& lines, double error, std::span<const std::size_t> cells);

}  // namespace ganbar
