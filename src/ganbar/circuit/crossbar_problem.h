// One passive crossbar with its bias, and its DC operating point: what `ganbar solve` reads and writes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ganbar/circuit/wires.h"

namespace ganbar {

/// Static law of all cells of an array, scaled by each cell's conductance g: i(u) = g * shape(u). Closed set.
/// linear: u; cubic: u + c u^3 (c in 1/V^2, c >= 0); sinh: sinh(c u)/c (c in 1/V, c > 0). All are odd and strictly increasing.
struct CellCurve {
    enum class Kind : std::uint8_t { linear, cubic, sinh };
    Kind kind = Kind::linear;
    double coefficient = 0;
    double shape(double u_V) const;    ///< i / g, volts
    double slope(double u_V) const;    ///< d shape / du, >= 1
    double content(double u_V) const;  ///< integral of shape from 0 to u, V^2
};

/// rows x cols cells, row-major; a terminal without value floats.
struct CrossbarProblem {
    std::size_t rows = 0, cols = 0;
    std::vector<double> g_S;
    CellCurve curve;
    Wires wires;
    std::vector<std::optional<double>> vw_V, vb_V;  ///< rows, cols
};

struct OperatingPoint {
    std::vector<double> w_V, b_V;     ///< node voltages, rows x cols
    std::vector<double> i_word_A;     ///< rows: out of the word sources
    std::vector<double> i_bit_A;      ///< cols: into the bit terminals
    double power_W = 0;               ///< delivered by all terminals
    double cells_W = 0, wires_W = 0;  ///< where it goes; their sum is power_W
    int iterations = 0;               ///< linear solves
    double residual_A = 0;            ///< largest current that does not balance at a node
};

/// Throws ConfigError unless shapes agree, conductances are finite and >= 0, resistances finite and >= 0, the curve increasing,
/// and every line is joined through wires and cells to a driven terminal.
void validate(const CrossbarProblem& problem);

}  // namespace ganbar
