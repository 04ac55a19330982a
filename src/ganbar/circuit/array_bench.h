// One crossbar on the bench: what a read sees of its cells, what voltage a write delivers, what both cost, what a write does to cells that
// were not meant. Any device model, alone or behind a transistor, selector or diode, exact wires, over chips. No network, no training.
#pragma once
#include "ganbar/circuit/programming.h"
#include "ganbar/device/device_registry.h"

namespace ganbar {

/// Section [array] of `ganbar array`.
struct ArraySpec {
    std::int64_t rows = 64, cols = 64, chips = 1, seed = 1, disturb_writes = 1000;
    Volt v_read{0.1}, v_set{0.8}, v_reset{-0.8};
    Second t_read{100e-9}, t_pulse{100e-9};
    SquareMetre cell_area{0.36e-12};
    Farad c_node{0.12e-15};  ///< of a line's node to ground
    double settle_error = 0.01;
    static Schema<ArraySpec> schema();
    PulsePair pulses() const { return {v_set, v_reset, t_pulse}; }
};

struct ArrayQuestion {
    ArraySpec spec;
    DeviceSpec device;
    CellParams cell;
    Wires wires;
    WriteParams write;
    std::vector<float> g_S;  ///< rows x cols; empty: spread evenly over the device's window
};

/// Settling of larger arrays is left out: its elimination takes longer than all else.
constexpr std::size_t most_settling_cells = 256 * 256;

/// A figure of an array, its value on each chip that has it. Mean and range over chips say how chips differ.
struct ArrayFigure {
    std::string key, unit, doc;
    std::vector<double> values;
    double mean() const;
    double least() const;
    double most() const;
};

/// Of a read with some rows on, the others at 0 V: error of a column's current, relative to what its cells would carry without wires.
struct ActiveRows {
    std::size_t n = 0;
    double rms = 0, worst = 0;
};

struct ArrayAnswer {
    std::vector<ArrayFigure> figures;
    // Maps and curves of the first chip.
    std::vector<double> read_share;     ///< rows x cols: a cell's current with all rows on over what it passes without wires
    std::vector<double> delivered;      ///< rows x cols: part of the amplitude on each cell while it is selected
    std::vector<double> column_error;   ///< cols: relative error of the current, all rows on
    std::vector<ActiveRows> by_active;  ///< ascending n
    const ArrayFigure& figure(const std::string& key) const;  ///< ConfigError with the nearest key
};

/// ConfigError with row and column of a conductance outside the device's window.
void check_conductances(const ArrayQuestion& question);

/// ConfigError for a scheme that the cells do not allow, a size that does not fit the conductances, conductances outside the window.
void check_question(const ArrayQuestion& question);

/// Reads are operating points of the cells' own laws (solve_driven), whose numbers `solve` gives too; lines that float, in
/// read_margin_floating, are solved for chord conductances at v_read, as training reads, and left out where cells have selectors. Writes a
/// matrix of random signs by the exact voltages of every phase; of cells with selectors all phases on the cells as they stand at the start.
/// Sizes up to 1024 x 1024. ConfigError as check_question() and ArrayWriter; NumericError as the solvers.
ArrayAnswer measure_array(const ArrayQuestion& question);

}  // namespace ganbar
