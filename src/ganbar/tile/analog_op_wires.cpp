// Reads and pulses through wires (docs/circuit.md). Every block is an array of its own. Reads: linear cells at the read voltage, one
// transfer matrix a block for both directions. Pulses: phase by phase, each cell at the voltage that the solver of cell voltages finds for
// it. Read noise of a cell reaches the output in the ratio of its transfer to its conductance: summed over a line this is Nyquist's 4 kB T
// B times the line's transfer, wires included, without what circulates between output lines.
#include <algorithm>
#include <cmath>
#include <map>

#include "ganbar/circuit/read_compensation.h"
#include "ganbar/circuit/transfer.h"
#include "ganbar/core/account.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/state.h"
#include "ganbar/device/expected_reads.h"
#include "ganbar/tile/analog_op.h"

namespace ganbar {
namespace {

/// A memristor and the open transistor in series with it, and back.
double behind_transistor(double g_S, const CellParams& cell) {
    return cell.selector.has_gate() ? g_S / (1 + g_S * cell.selector.r_on.si) : g_S;
}
double memristor_of(double g_S, const CellParams& cell) { return cell.selector.has_gate() ? g_S / (1 - g_S * cell.selector.r_on.si) : g_S; }

}  // namespace

/// What depends on a block's shape alone. Immutable once made.
struct WiredShape {
    TransferPlan plan;
    CellSolver solver;
    std::vector<double> reference_S;          // what is subtracted at every cell
    std::vector<double> attenuation;          // transfer over conductance of an array whose cells all stand mid-window
    std::unique_ptr<ArrayWriter> calibrated;  // holds the gains of compensated drivers

    WiredShape(std::size_t rows, std::size_t cols, const WireParams& p, double zero_S, double middle_S)
        : plan(rows, cols, p.lines.ends), solver(rows, cols, p.lines), reference_S(rows * cols, zero_S), attenuation(rows * cols) {
        const auto uniform = [&](double g_S, std::span<double> t) {
            transfer_matrix(plan, std::span<const double>(std::vector<double>(rows * cols, g_S)), p.lines, t);
        };
        if (p.reference == ReadReference::replica && zero_S > 0) uniform(zero_S, reference_S);
        uniform(middle_S, attenuation);
        for (double& a : attenuation) a /= middle_S;
    }
    std::size_t size() const { return attenuation.size(); }
};

struct AnalogOp::Wired {
    WireParams params;
    std::map<std::pair<std::size_t, std::size_t>, std::shared_ptr<WiredShape>> shapes;
    std::vector<const WiredShape*> of_tile;
    std::vector<std::vector<float>> held;  // by plane: chord conductances when transfer matrices were last made
    std::int64_t since = 0;                // updates since then
    bool due = true, training = true;      // held is to be taken anew; what the tiles show is for training reads
};

/// One block as an array behind its wires, cut out of its plane while it is programmed.
struct AnalogOp::WiredGroup final : CellGroup {
    WiredGroup(const WireParams& params, const CellParams& cell, const WiredShape& shape, std::unique_ptr<DeviceArray> array, double v_read)
        : params(params), cell(cell), shape(shape), array(std::move(array)), v_read_V(v_read) {}
    PulseBill pulse(std::span<const std::int8_t> polarity, const PulsePair& pulses, const Rng& rng) override {
        ArrayWriter writer(shape.solver, params.write, pulses);
        if (shape.calibrated) writer.adopt(*shape.calibrated);
        if (cell.selector.has_gate()) writer.put_behind_transistors(cell);
        const WriteReport one = writer.write(*array, 0, polarity, EnergyRule::ohmic, rng);
        report += one;
        return one.bill;
    }
    void look(std::span<const std::uint32_t> /*listed*/, std::span<float> g_S, std::span<float> variance_A2) override {
        array->chord_conductance(v_read_V, 0, g_S);
        for (float& g : g_S) g = static_cast<float>(behind_transistor(static_cast<double>(g), cell));
        t_S.resize(shape.size());
        transfer_matrix(shape.plan, std::span<const float>(g_S), params.lines, t_S);
        for (std::size_t k = 0; k < g_S.size(); ++k) g_S[k] = static_cast<float>(memristor_of(t_S[k] / shape.attenuation[k], cell));
        if (variance_A2.empty()) return;
        array->read_noise(v_read_V, 0, variance_A2);
        for (std::size_t k = 0; k < variance_A2.size(); ++k) variance_A2[k] /= static_cast<float>(shape.attenuation[k]);
    }
    bool disturbs() const override { return true; }
    const WireParams& params;
    const CellParams& cell;
    const WiredShape& shape;
    std::unique_ptr<DeviceArray> array;
    double v_read_V;
    std::vector<double> t_S;
    WriteReport report;
};

void AnalogOp::attach_wires(const WireParams& wires) {
    if (wires.mode == WirePhysics::ideal) return;
    wired_ = std::make_shared<Wired>();
    wired_->params = wires;
    const double middle_S = reference_S_ + (cells_.params.mapping == Mapping::offset ? 0.0 : 0.5 * span_S_);
    const double zero_S = cells_.params.mapping == Mapping::differential ? 0.0 : reference_S_;  // two planes need no reference
    for (const Tile& tile : tiles_) {
        const Block& b = tile.block;
        auto& shape = wired_->shapes[{b.rows, b.cols}];
        if (!shape) {
            shape = std::make_shared<WiredShape>(b.rows, b.cols, wires, behind_transistor(zero_S, cells_.params.cell),
                                                 behind_transistor(middle_S, cells_.params.cell));
            if (wires.write.compensation != WriteCompensation::none && wires.exact(wires.program)) {
                const auto probe = cells_.planes[0]->cut(b.row0 * cells_.n_out + b.col0, cells_.n_out, b.rows, b.cols);
                const Window w = probe->window();
                probe->set_conductance(0, std::vector<float>(b.rows * b.cols, static_cast<float>(0.5 * (w.g_min.si + w.g_max.si))));
                shape->calibrated = std::make_unique<ArrayWriter>(shape->solver, wires.write, PulsePair{{1.0}, {-1.0}, {100e-9}});
                shape->calibrated->calibrate(*probe, 0);
            }
        }
        wired_->of_tile.push_back(shape.get());
    }
    dirty_ = true;
    if (!wires.exact(wires.program)) return;
    cells_.through_wires = [wired = wired_](CellMatrix& cells, std::size_t t, std::size_t plane, const CellMatrix::ProgramGroup& program) {
        const Block& b = cells.blocks[t];
        const std::size_t first = b.row0 * cells.n_out + b.col0;
        WiredGroup group(wired->params, cells.params.cell, *wired->of_tile[t], cells.planes[plane]->cut(first, cells.n_out, b.rows, b.cols),
                         cells.params.v_read.si);
        program(group);
        cells.planes[plane]->paste(first, cells.n_out, b.rows, b.cols, *group.array);
        return group.report;
    };
}

/// Whoever has pulsed cells says so here.
void AnalogOp::cells_moved() {
    copy_due_ = true;
    if (wired_ == nullptr) dirty_ = true;
    else if (++wired_->since >= wired_->params.refresh) wired_->due = true;
}

/// Transfer matrices are made anew at the next read.
void AnalogOp::wired_due() {
    if (wired_) wired_->due = true;
}

void AnalogOp::refresh_through_wires(bool training) {
    Wired& w = *wired_;
    const bool other_reads = training != w.training && w.params.forward != w.params.sampling;
    if (!dirty_ && !w.due && !other_reads) return;
    if (w.due) {
        w.held.assign(cells_.planes.size(), std::vector<float>(cells_.n_in * cells_.n_out));
        for (std::size_t p = 0; p < cells_.planes.size(); ++p) {
            cells_.planes[p]->chord_conductance(cells_.params.v_read.si, 0, w.held[p]);
            if (!cells_.params.cell.selector.has_gate()) continue;
            for (float& g : w.held[p]) g = static_cast<float>(behind_transistor(static_cast<double>(g), cells_.params.cell));
        }
        w.since = 0, w.due = false;
    }
    w.training = training;
    for (const auto& plane : cells_.planes) expect_reads(*plane, cells_.params.v_read.si);
    parallel_for(tiles_.size(), [&](std::size_t t) { refresh_wired(t); });
    dirty_ = false;
}

/// No cells, no noise: what the cells of a block are added to.
template <class Side>
static void clear_side(Side& side, std::size_t n_in, std::size_t n_out) {
    side.g.resize(n_in, n_out), side.g.fill(0);
    side.line_S.assign(n_in, 0);
    side.variance_at_zero.assign((n_out + 15) / 16 * 16, 0);
    side.variance_slope.assign(side.variance_at_zero.size(), 0);
    side.sigma.assign(side.variance_at_zero.size() + 16, 0);
}

void AnalogOp::refresh_wired(std::size_t n) {
    Tile& tile = tiles_[n];
    const Wired& w = *wired_;
    const WiredShape& shape = *w.of_tile[n];
    const Block& b = tile.block;
    const double v = cells_.params.v_read.si,
                 zero_S = cells_.params.mapping == Mapping::differential ? 0.0 : behind_transistor(reference_S_, cells_.params.cell);
    const double r_on = cells_.params.cell.selector.has_gate() ? cells_.params.cell.selector.r_on.si : 0.0;
    const std::size_t size = b.rows * b.cols;
    std::vector<float> g(size), v1(b.cols), v2(b.cols);
    std::vector<double> t(size), ideal(size);
    for (std::size_t s = 0; s < 2; ++s) clear_side(tile.side[s], s == 0 ? b.rows : b.cols, s == 0 ? b.cols : b.rows);
    const bool exact[2] = {w.params.exact(w.training ? w.params.forward : w.params.sampling), w.params.exact(w.params.backward)};
    std::vector<double> with_wires[2] = {std::vector<double>(b.cols), std::vector<double>(b.rows)},
                        without[2] = {with_wires[0], with_wires[1]};
    for (std::size_t p = 0; p < cells_.planes.size(); ++p) {
        for (std::size_t r = 0; r < b.rows; ++r) std::copy_n(&w.held[p][(b.row0 + r) * cells_.n_out + b.col0], b.cols, &g[r * b.cols]);
        transfer_matrix(shape.plan, std::span<const float>(g), w.params.lines, t);
        for (std::size_t r = 0; r < b.rows; ++r) {
            const std::size_t first = (b.row0 + r) * cells_.n_out + b.col0;
            if (cells_.params.read_noise) {
                cells_.planes[p]->read_noise(v, first, v1);
                cells_.planes[p]->read_noise(v / 2, first, v2);
            }
            for (std::size_t c = 0; c < b.cols; ++c) {
                const std::size_t k = r * b.cols + c;
                const double bare = static_cast<double>(g[k]),
                             kept = 1 - bare * r_on;  // kept: conductance with its transistor over that of the memristor
                const double passes = kept * (bare > 0 ? t[k] / bare : 1.0);
                const double slope = cells_.params.read_noise ? std::max(0.0, static_cast<double>(v1[c] - v2[c]) / (0.75 * v * v)) : 0.0;
                const double at_zero = cells_.params.read_noise ? std::max(0.0, static_cast<double>(v1[c]) - slope * v * v) : 0.0;
                for (std::size_t s = 0; s < 2; ++s) {
                    Side& side = tile.side[s];
                    const std::size_t in = s == 0 ? r : c, out = s == 0 ? c : r;
                    const double seen = exact[s] ? t[k] : bare, zero = exact[s] ? shape.reference_S[k] : zero_S;
                    const double sign = p == 1 ? -1.0 : cells_.params.mapping == Mapping::signed_cell ? cells_.sign[first + c] : 1.0;
                    side.g(in, out) += static_cast<float>(sign * (seen - zero));
                    side.line_S[in] += seen;
                    side.variance_at_zero[out] += static_cast<float>(at_zero * (exact[s] ? passes : kept));
                    side.variance_slope[out] += static_cast<float>(slope * (exact[s] ? passes : kept));
                    with_wires[s][out] += seen, without[s][out] += bare;
                }
            }
        }
    }
    if (w.params.read_gain == ReadGain::none) return;
    for (std::size_t s = 0; s < 2; ++s) {
        Side& side = tile.side[s];
        for (std::size_t out = 0; out < with_wires[s].size(); ++out) {
            const double gain = with_wires[s][out] > 0 ? without[s][out] / with_wires[s][out] : 1.0;
            for (std::size_t in = 0; in < side.g.rows(); ++in)
                side.g(in, out) = static_cast<float>(gain * static_cast<double>(side.g(in, out)));
            side.variance_at_zero[out] *= static_cast<float>(gain * gain), side.variance_slope[out] *= static_cast<float>(gain * gain);
        }
    }
}

std::vector<float> AnalogOp::wires_state() const {
    std::vector<float> out = {static_cast<float>(wired_->since)};
    if (wired_->due || wired_->since == 0) return {0.0f};
    for (const auto& plane : wired_->held) out.insert(out.end(), plane.begin(), plane.end());
    return out;
}

void AnalogOp::restore_wires(const std::vector<float>& state) {
    const std::size_t n = cells_.n_in * cells_.n_out;
    if (state.size() != 1 && state.size() != 1 + cells_.planes.size() * n) refuse_size(cells_.name + "/wires");
    wired_->due = state.size() == 1;
    wired_->since = static_cast<std::int64_t>(state[0]);
    wired_->held.assign(cells_.planes.size(), std::vector<float>(n));
    for (std::size_t p = 0; p < cells_.planes.size() && !wired_->due; ++p)
        std::copy_n(state.begin() + static_cast<std::ptrdiff_t>(1 + p * n), n, wired_->held[p].begin());
}

}  // namespace ganbar
