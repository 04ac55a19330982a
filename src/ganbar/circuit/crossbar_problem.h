// One crossbar with its bias, and its DC operating point: what `ganbar solve` reads and writes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ganbar/circuit/cell_curve.h"
#include "ganbar/circuit/selector.h"
#include "ganbar/circuit/wires.h"

namespace ganbar {

/// rows x cols cells, row-major; a terminal without value floats.
struct CrossbarProblem {
    std::size_t rows = 0, cols = 0;
    std::vector<double> g_S;
    CellCurve curve;    ///< of the memristors
    Selector selector;  ///< what is in series with each; passive: nothing
    Wires wires;
    std::vector<std::optional<double>> vw_V, vb_V;  ///< rows, cols
    std::vector<double> gate_V;                     ///< rows: the gate lines of 1t1r cells, against ground; else empty
};

struct OperatingPoint {
    std::vector<double> w_V, b_V;     ///< node voltages, rows x cols
    std::vector<double> i_word_A;     ///< rows: out of the word sources
    std::vector<double> i_bit_A;      ///< cols: into the bit terminals
    std::vector<double> i_cell_A;     ///< rows x cols: from word to bit line; solve_operating_point alone fills it
    std::vector<double> internal_V;   ///< rows x cols: the node between memristor and selector; empty for passive cells
    double power_W = 0;               ///< delivered by all terminals
    double cells_W = 0, wires_W = 0;  ///< where it goes; their sum is power_W
    int iterations = 0;               ///< linear solves
    double residual_A = 0;            ///< largest current that does not balance at a node
};

/// Throws ConfigError unless shapes agree, conductances are finite and >= 0, resistances finite and >= 0, the curve increasing, gates given
/// where cells have them, and every line is joined through wires and cells to a driven terminal.
void validate(const CrossbarProblem& problem);

}  // namespace ganbar
