// Writing cells behind transistors (programming.h): the row of a phase by itself.
#include <algorithm>
#include <cmath>

#include "ganbar/circuit/driven_cells.h"
#include "ganbar/circuit/programming.h"

namespace ganbar {

void ArrayWriter::put_behind_transistors(const CellParams& cell) {
    validate(cell.selector);
    if (!cell.selector.has_gate() || cell.selector.transistor != Selector::Transistor::on_off)
        throw ConfigError(
            "rows are written by themselves where transistors are switches; expected 1t1r cells with transistor = \"switch\"");
    if (!(cell.v_gate.si > cell.selector.vt.si))
        throw ConfigError("the gate voltage does not open the transistors; expected v_gate above vt");
    if (params_.order == WriteOrder::rank_one || params_.scheme == Scheme::floating || params_.compensation != WriteCompensation::none)
        throw ConfigError(
            "writing 1t1r cells opens one row at a time under driven lines; expected order = rows or cells, a scheme that is not floating, "
            "and compensation = none");
    cell_ = cell;
}

/// The other rows being closed, the row is an array of one word line; each bit line adds what lies between the row and its terminals.
WriteReport ArrayWriter::write_row(DeviceArray& array, std::size_t first, const WritePhase& phase, std::span<const double> vw_V,
                                   std::span<const double> vb_V, EnergyRule rule, const Rng& rng) const {
    const std::size_t n = solver_.cols(), row = phase.rows.front();
    const double below = static_cast<double>(solver_.rows() - 1 - row), above = static_cast<double>(row),
                 wanted = std::abs(amplitude_V(phase.set)), width = pulses_.width.si;
    Wires wires = solver_.wires();
    const double down = wires.rsense.si + wires.rb.si * below, up = wires.rsense.si + wires.rb.si * above;
    wires.rsense = Ohm{wires.ends == Ends::single ? down
                       : down + up > 0            ? 2 * down * up / (down + up)
                                                  : 0.0};  // one cell meets both of its terminals in parallel
    const auto memristors = static_cells(array, first + row * n, n, most_V());
    const SelectorCells cells(*memristors, cell_.selector, n);
    const DrivenPoint p =
        solve_driven(cells, wires, {{vw_V[row]}, {vb_V.begin(), vb_V.end()}, {cell_.v_gate.si}}, params_.voltage_tolerance * most_V());
    WriteReport report;
    std::vector<float> pulse_V(n);
    for (std::size_t j = 0; j < n; ++j) pulse_V[j] = static_cast<float>(p.u_V[j] - p.cells[j].x_V);
    for (const std::size_t j : phase.cols) {
        const double ratio = std::abs(static_cast<double>(pulse_V[j])) / wanted;
        report.sum_ratio += ratio, report.least_ratio = std::min(report.least_ratio, ratio);
        report.selected_J += p.u_V[j] * p.cells[j].i_A * width;
    }
    report.n_selected = static_cast<std::int64_t>(phase.cols.size()), report.sweeps = p.steps;
    if (phase.set) report.selected_set_J = report.selected_J, report.n_set_phases = 1;
    report.half_selected_J = p.cells_W * width - report.selected_J, report.wires_J = (p.delivered_W - p.cells_W) * width;
    report.gate_J = cell_.gate_swing_J(n);
    report.bill = array.program_at(first + row * n, pulse_V, pulses_.width, rule, rng);
    return report;
}

}  // namespace ganbar
