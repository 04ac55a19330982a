// Static laws of memristive cells with two terminals, and their inverses. A solver that works on currents never meets the exponentials.
#pragma once
#include <cstdint>

namespace ganbar {

/// Static law of all cells of an array, scaled by each cell's conductance g: i(u) = g * shape(u). Closed set.
/// linear: u; cubic: u + c u^3 (c in 1/V^2, c >= 0); sinh: sinh(c u)/c (c in 1/V, c > 0). All are odd and strictly increasing.
struct CellCurve {
    enum class Kind : std::uint8_t { linear, cubic, sinh };
    Kind kind = Kind::linear;
    double coefficient = 0;
    double shape(double u_V) const;               ///< i / g, volts; infinite where it exceeds the range of numbers
    double slope(double u_V) const;               ///< d shape / du, >= 1
    double content(double u_V) const;             ///< integral of shape from 0 to u, V^2
    double voltage(double shape_V) const;         ///< the u at which shape(u) = shape_V; finite for every finite shape_V
    double slope_at_shape(double shape_V) const;  ///< slope(voltage(shape_V)) without the way through u
};

}  // namespace ganbar
