// The bench's array with cells that are not passive (array_bench.h): reads, margins and phases under driven lines.
#pragma once
#include "ganbar/circuit/array_bench.h"
#include "ganbar/circuit/driven_cells.h"

namespace ganbar {

class DrivenArray {
public:
    /// Both must outlive it. Cells are taken over as they are.
    DrivenArray(const ArrayQuestion& question, const DeviceArray& array);

    /// These rows at v_read with their gates open, the others at 0 V and closed; bit lines at 0 V.
    DrivenPoint read(std::span<const std::size_t> rows_on) const;
    /// What every cell passes at v_read, its gate open, without wires.
    std::vector<double> alone() const;
    /// The same of memristors without their selectors.
    std::vector<double> bare() const;

    /// Reading one cell, its lines at v_read and 0 V, the others at 0 V (half: at v_read / 2).
    struct OneCell {
        double bit_A = 0, cell_A = 0;  ///< of its bit line; its own
    };
    OneCell read_one(std::size_t row, std::size_t col, bool half) const;

    struct Writes {
        std::vector<double> delivered;       ///< rows x cols: voltage over the memristor while selected, over the amplitude
        double lowest_V = 0, highest_V = 0;  ///< over memristors that were not meant
        double selected_J = 0, half_selected_J = 0, wires_J = 0, gate_J = 0, time_s = 0;
    };
    /// All phases, each on the cells as they are.
    Writes write(const ArrayWriter& writer, std::span<const std::int8_t> signs) const;
    /// Voltages across cells with their selectors, and currents, in one phase.
    std::pair<std::vector<double>, std::vector<double>> write_point(const ArrayWriter& writer, const WritePhase& phase) const;

private:
    DrivenPoint solve_phase(const ArrayWriter& writer, const WritePhase& phase) const;
    DrivenPoint solve(std::vector<double> vw_V, std::vector<double> vb_V, std::span<const std::size_t> open_rows, double scale_V) const;
    std::vector<double> currents(const SelectorCells& cells, double gate_V) const;

    const ArrayQuestion& q_;
    std::size_t rows_, cols_;
    std::unique_ptr<StaticCells> memristors_;
    SelectorCells cells_;
};

}  // namespace ganbar
