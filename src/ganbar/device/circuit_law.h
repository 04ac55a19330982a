// A device model's law as a circuit simulator takes it: one state that voltages move. Expressions of @v, the voltage across the cell, and
// @s, the state, hold in Verilog-A and in ngspice alike: + - * / ( ) < <= > >= && || ?: exp ln pow sinh tanh abs min max, powers of what is
// not negative.
#pragma once
#include <concepts>
#include <string>

#include "ganbar/core/units.h"

namespace ganbar {

/// The expected cell: no spread between devices or pulses.
struct CircuitLaw {
    std::string state;                       ///< what @s is, with its unit
    std::string current, rate, conductance;  ///< A; change of @s a second; small-signal conductance, S (without @v)
    double lo = 0, hi = 1, start = 0;        ///< between which the state stays; where it starts
    std::string note;                        ///< where the law holds
};

/// Optional for a model: the law of pulses of about this width, for a cell that starts at g.
template <class M>
concept HasCircuitLaw = requires(const M model, Second width, Siemens g) {
    { model.circuit_law(width, g) } -> std::same_as<CircuitLaw>;
};

}  // namespace ganbar
