// What stands in series with a memristor in a cell that is not passive: a transistor (1T1R), a selector (1S1R), a diode (1D1R). Static
// laws; the element sits between the memristor and the bit line, x is the voltage across it from the memristor's side.
//   1t1r, switch:       x / r_on while the gate line is above vt, else g_off x
//   1t1r, square_law:   F(vg - vb) - F(vg - vb - x) + g_off x,  F(e) = k/2 max(e - vt, 0)^2: the long-channel transistor (Shichman, Hodges,
// IEEE JSSC 3, 285, 1968) with either end as its source, vb the voltage of the bit line at the cell; no body effect, no
//                       channel-length modulation
//   1s1r, exponential:  i_0 sinh(x / v_0) + g_off x
//   1s1r, threshold:    g_off x + (g_on - g_off)(s(x - v_th) - s(-x - v_th)),  s(y) = width ln(1 + exp(y / width)): two straight lines with
// a rounded corner; a snap back to a holding voltage is no function of the voltage and is left out
//   1d1r:               i_s (exp(x / (n k T / q)) - 1) + g_off x
// All rise with x, so a cell has one current at every voltage.
#pragma once
#include <string>
#include <vector>

#include "ganbar/core/param.h"

namespace ganbar {

enum class CellType : std::uint8_t { passive, transistor, selector, diode };
/// "passive", "1t1r", "1s1r", "1d1r": what users write.
const std::vector<std::string>& cell_type_names();

/// One point of a law. gate_slope: by the voltage of the gate over the bit line; 0 but for the square law.
struct SelectorPoint {
    double i_A = 0, slope_S = 0, gate_slope_S = 0;
};

struct Selector {
    enum class Transistor : std::uint8_t { on_off, square_law };
    enum class Law : std::uint8_t { exponential, threshold };
    CellType type = CellType::passive;
    Transistor transistor = Transistor::on_off;
    Ohm r_on{420};
    Volt vt{0.43};
    double k = 1.15e-3;  ///< A/V^2
    Law selector = Law::exponential;
    Ampere i_0{1e-14};
    Volt v_0{0.037}, v_th{0.5}, width{0.01};
    Siemens g_on{10e-3};
    Ampere i_s{1e-12};
    double n = 1.2;
    Kelvin temperature{300};
    Siemens g_off{1e-10};

    /// The key of the type, then those of the elements; each says which it belongs to.
    static Schema<Selector> schema();
    /// Keys that this type (and its transistor, its selector) has, without "type".
    std::vector<std::string> keys() const;
    bool has_gate() const { return type == CellType::transistor; }
    /// Whether the current depends on the gate's distance from the bit line, so that a cell is more than its two terminals.
    bool bit_line_counts() const { return has_gate() && transistor == Transistor::square_law; }
    /// x_V across the element; the gate line and the bit line at the cell against ground (no matter where there is no gate).
    SelectorPoint point(double x_V, double gate_V, double bit_V) const;
    /// A voltage at or above that at which the element passes i_A >= 0 (below: mirrored); infinity where none is known at once.
    double most_voltage(double i_A, double gate_V) const;
};

/// A cell with its gate line and its footprint: section [cell].
struct CellParams {
    Selector selector;
    Volt v_gate{2.5};     ///< of the gate lines of rows in use; the others lie at 0 V
    Farad c_gate{4e-15};  ///< of one cell's gate with its part of the line
    SquareMetre active_area{2.06e-12};
    static Schema<CellParams> schema();
    /// One gate line of n cells up and down again: C V^2, taken from the supply.
    double gate_swing_J(std::size_t n_cells) const {
        return selector.has_gate() ? static_cast<double>(n_cells) * c_gate.si * v_gate.si * v_gate.si : 0.0;
    }
};

/// ConfigError unless the numbers describe a current that rises with the voltage.
void validate(const Selector& selector);

}  // namespace ganbar
