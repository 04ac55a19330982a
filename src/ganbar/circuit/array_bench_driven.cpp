#include "ganbar/circuit/array_bench_driven.h"

#include <algorithm>
#include <cmath>

#include "ganbar/core/parallel.h"

namespace ganbar {
namespace {

constexpr double read_tolerance = 1e-12;  // of the voltage: `solve` gives the same numbers

double most_V(const ArrayQuestion& q) { return std::max({q.spec.v_set.si, -q.spec.v_reset.si, q.spec.v_read.si}); }

}  // namespace

DrivenArray::DrivenArray(const ArrayQuestion& q, const DeviceArray& array)
    : q_(q),
      rows_(static_cast<std::size_t>(q.spec.rows)),
      cols_(static_cast<std::size_t>(q.spec.cols)),
      memristors_(static_cells(array, 0, rows_ * cols_, most_V(q))),
      cells_(*memristors_, q.cell.selector, cols_) {}

DrivenPoint DrivenArray::solve(std::vector<double> vw_V, std::vector<double> vb_V, std::span<const std::size_t> open_rows,
                               double tolerance_V) const {
    DrivenBias bias{std::move(vw_V), std::move(vb_V), {}};
    if (q_.cell.selector.has_gate()) bias.gate_V.assign(rows_, 0.0);
    for (const std::size_t r : open_rows)
        if (q_.cell.selector.has_gate()) bias.gate_V[r] = q_.cell.v_gate.si;
    return solve_driven(cells_, q_.wires, bias, tolerance_V);
}

DrivenPoint DrivenArray::read(std::span<const std::size_t> rows_on) const {
    std::vector<double> vw(rows_, 0.0);
    for (const std::size_t r : rows_on) vw[r] = q_.spec.v_read.si;
    return solve(std::move(vw), std::vector<double>(cols_, 0.0), rows_on, read_tolerance * q_.spec.v_read.si);
}

std::vector<double> DrivenArray::currents(const SelectorCells& cells, double gate_V) const {
    const std::vector<double> u(cells.size(), q_.spec.v_read.si), gate(rows_, gate_V), bit(cells.size(), 0.0);
    std::vector<CellPoint> points(cells.size());
    cells.points(u, gate, bit, points);
    std::vector<double> out;
    for (const auto& p : points) out.push_back(p.i_A);
    return out;
}

std::vector<double> DrivenArray::alone() const { return currents(cells_, q_.cell.v_gate.si); }
std::vector<double> DrivenArray::bare() const { return currents(SelectorCells(*memristors_, Selector{}, cols_), 0); }

DrivenArray::OneCell DrivenArray::read_one(std::size_t row, std::size_t col, bool half) const {
    const double other = half ? q_.spec.v_read.si / 2 : 0;
    std::vector<double> vw(rows_, other), vb(cols_, other);
    vw[row] = q_.spec.v_read.si, vb[col] = 0;
    const std::size_t open[] = {row};
    const DrivenPoint p = solve(std::move(vw), std::move(vb), open, read_tolerance * q_.spec.v_read.si);
    return {p.i_bit_A[col], p.cells[row * cols_ + col].i_A};
}

DrivenPoint DrivenArray::solve_phase(const ArrayWriter& writer, const WritePhase& phase) const {
    std::vector<double> vw(rows_), vb(cols_);
    writer.bias(phase, vw, vb);
    return solve(std::move(vw), std::move(vb), phase.rows, q_.write.voltage_tolerance * most_V(q_));
}

std::pair<std::vector<double>, std::vector<double>> DrivenArray::write_point(const ArrayWriter& writer, const WritePhase& phase) const {
    DrivenPoint p = solve_phase(writer, phase);
    std::vector<double> i_A;
    for (const auto& cell : p.cells) i_A.push_back(cell.i_A);
    return {std::move(p.u_V), std::move(i_A)};
}

DrivenArray::Writes DrivenArray::write(const ArrayWriter& writer, std::span<const std::int8_t> signs) const {
    const auto phases = writer.phases(signs);
    std::vector<Writes> parts(phases.size());
    Writes out;
    out.delivered.assign(rows_ * cols_, 0.0);  // every cell is selected at most once
    parallel_for(phases.size(), [&](std::size_t k) {
        const WritePhase& phase = phases[k];
        const DrivenPoint p = solve_phase(writer, phase);
        const double amplitude = phase.set ? q_.spec.v_set.si : q_.spec.v_reset.si, width = q_.spec.t_pulse.si;
        std::vector<std::uint8_t> meant(rows_ * cols_, 0);
        Writes& part = parts[k];
        for (const std::size_t r : phase.rows)
            for (const std::size_t c : phase.cols) {
                const std::size_t cell = r * cols_ + c;
                meant[cell] = 1, out.delivered[cell] = (p.u_V[cell] - p.cells[cell].x_V) / amplitude;
                part.selected_J += p.u_V[cell] * p.cells[cell].i_A * width;
            }
        for (std::size_t cell = 0; cell < meant.size(); ++cell)
            if (meant[cell] == 0) {
                const double v = p.u_V[cell] - p.cells[cell].x_V;
                part.lowest_V = std::min(part.lowest_V, v), part.highest_V = std::max(part.highest_V, v);
            }
        part.half_selected_J = p.cells_W * width - part.selected_J, part.wires_J = (p.delivered_W - p.cells_W) * width;
        part.gate_J = q_.cell.gate_swing_J(phase.rows.size() * cols_);
    });
    for (const Writes& part : parts) {
        out.lowest_V = std::min(out.lowest_V, part.lowest_V), out.highest_V = std::max(out.highest_V, part.highest_V);
        out.selected_J += part.selected_J, out.half_selected_J += part.half_selected_J, out.wires_J += part.wires_J,
            out.gate_J += part.gate_J;
    }
    out.time_s = static_cast<double>(phases.size()) * (q_.spec.t_pulse.si + q_.write.gap.si);
    return out;
}

}  // namespace ganbar
