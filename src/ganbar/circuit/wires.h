// The wires of a passive crossbar: what lies between the drivers and the cells.
// Word line i: source Vw[i] - rdrv - W[i][0] - rw - ... - W[i][N-1]; bit line j: B[0][j] - rb - ... - B[M-1][j] - rsense - Vb[j].
// ends = both: every line is also driven (sensed) at its far end, from the same source through the same resistance.
// After A. Chen, IEEE TED 60, 1318 (2013); any resistance may be 0.
#pragma once
#include "ganbar/core/param.h"

namespace ganbar {

/// At which ends a line meets its driver or sense amplifier.
enum class Ends : std::uint8_t { single, both };

struct Wires {
    Ohm rw{1.0};       ///< one word-line segment, cell to cell
    Ohm rb{1.0};       ///< one bit-line segment, cell to cell
    Ohm rdrv{10.0};    ///< driver with its lead, source to first cell
    Ohm rsense{10.0};  ///< sense amplifier with its lead, last cell to terminal
    Ends ends = Ends::single;
    static Schema<Wires> schema();
};

}  // namespace ganbar
