#include <algorithm>
#include <cmath>

#include "ganbar/core/account.h"
#include "ganbar/core/parallel.h"
#include "ganbar/tile/analog_op.h"
#include "ganbar/tile/direct_cells.h"

namespace ganbar {

double TuneReport::rms_error() const { return n_cells > 0 ? std::sqrt(sum_error2 / static_cast<double>(n_cells)) : 0; }

void TuneReport::operator+=(const TuneReport& other) {
    n_cells += other.n_cells, n_pulses += other.n_pulses, n_unreached += other.n_unreached;
    sum_error2 += other.sum_error2, energy_J += other.energy_J;
    largest_error = std::max(largest_error, other.largest_error);
}

// Cells [first, first + n) of a plane towards the read conductances `wanted`.
UpdateBill AnalogOp::tune_range(std::size_t plane, std::size_t first, std::span<const float> wanted, const TuneSpec& spec, const Rng& rng,
                                TuneReport& report) {
    UpdateBill bill;
    DirectCells cells(*cells_.planes[plane], first, cells_.params.v_read.si, cells_.params.energy);
    const std::size_t n = wanted.size();
    const auto near = static_cast<float>(spec.tolerance * span_S_);
    std::vector<std::int8_t> open(n, 1), direction(n, 0);
    std::vector<std::int16_t> in_a_row(n, 0);
    std::vector<float> shown(n), volts(n);
    bool any = true;
    for (std::int64_t pass = 0; any && pass <= spec.max_pulses; ++pass) {
        const Rng own = rng.stream("pass", static_cast<std::uint64_t>(pass));
        cells_.verify_read(cells, open, own.stream("read"), shown, bill);
        any = false;
        for (std::size_t c = 0; c < n; ++c) {
            volts[c] = 0;
            const float missing = wanted[c] - shown[c];
            if (open[c] != 0 && std::fabs(missing) <= near) open[c] = 0;
            if (open[c] == 0) continue;
            const auto now = static_cast<std::int8_t>(missing > 0 ? 1 : -1);
            in_a_row[c] = static_cast<std::int16_t>(now == direction[c] ? in_a_row[c] + 1 : 0);
            direction[c] = now;
            const double more = in_a_row[c] * spec.ramp.si;
            volts[c] = static_cast<float>(now > 0 ? spec.pulse.set.si + more : spec.pulse.reset.si - more);
            any = true;
        }
        if (!any || pass == spec.max_pulses) break;
        bill.pulses += cells_.planes[plane]->program_at(first, volts, spec.pulse.width, cells_.params.energy, own.stream("pulse"));
        ++bill.n_passes;
    }
    cells_.planes[plane]->chord_conductance(cells_.params.v_read.si, first, shown);
    for (std::size_t c = 0; c < n; ++c) {
        const double error = (double{shown[c]} - wanted[c]) / span_S_;
        report.sum_error2 += error * error;
        report.largest_error = std::max(report.largest_error, std::fabs(error));
        report.n_unreached += open[c];
    }
    report.n_cells = static_cast<std::int64_t>(n);
    return bill;
}

TuneReport AnalogOp::tune(const Matrix& weights, const TuneSpec& spec, Step& step) {
    GANBAR_ASSERT(weights.rows() == cells_.n_in && weights.cols() == cells_.n_out);
    const double low = cells_.params.mapping == Mapping::offset ? reference_S_ - 0.5 * span_S_ : reference_S_;
    const std::size_t n = CellMatrix::n_items(cells_.n_in);
    std::vector<UpdateBill> bills(n * cells_.planes.size());
    std::vector<TuneReport> reports(bills.size());
    const Rng draws = step.rng.stream(cells_.name + "/tune");
    parallel_for(bills.size(), [&](std::size_t k) {
        const std::size_t plane = k / n, row = k % n * CellMatrix::rows_per_item,
                          rows = std::min(CellMatrix::rows_per_item, cells_.n_in - row);
        std::vector<float> wanted(rows * cells_.n_out);
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t j = 0; j < cells_.n_out; ++j) {
                const double w = std::clamp(weights(row + i, j) / cells_.w_max, -1.0, 1.0);
                double u = plane == 0 ? std::max(w, 0.0) : std::max(-w, 0.0);
                if (cells_.params.mapping == Mapping::offset) u = 0.5 + 0.5 * w;
                if (cells_.params.mapping == Mapping::signed_cell) {
                    u = std::fabs(w);
                    cells_.sign[(row + i) * cells_.n_out + j] = w < 0 ? -1 : 1;
                }
                wanted[i * cells_.n_out + j] = static_cast<float>(low + u * span_S_);
            }
        bills[k] = tune_range(plane, row * cells_.n_out, wanted, spec, draws.stream("range", k), reports[k]);
    });
    TuneReport sum;
    PulseBill pulses;
    std::int64_t n_reads = 0, passes = 0;
    double reads_J = 0;
    for (std::size_t k = 0; k < bills.size(); ++k) {
        sum += reports[k];
        pulses += bills[k].pulses;
        n_reads += bills[k].n_verify, reads_J += bills[k].verify_J;
        passes = std::max(passes, bills[k].n_passes);
    }
    sum.n_pulses = pulses.n_set + pulses.n_reset + pulses.n_idle;
    sum.energy_J = pulses.energy_J + pulses.idle_energy_J + reads_J;
    // Cell after cell in a row, rows one after the other, arrays side by side.
    const std::string where = step.account + "/" + cells_.name;
    const double cells = static_cast<double>(std::min<std::size_t>(cells_.n_in, static_cast<std::size_t>(cells_.params.rows)) *
                                             std::min<std::size_t>(cells_.n_out, static_cast<std::size_t>(cells_.params.cols)));
    charge(step.ledger, {where, Phase::programming, Component::set}, pulses.n_set, {pulses.set_energy_J},
           {cells * static_cast<double>(passes) * spec.pulse.width.si});
    charge(step.ledger, {where, Phase::programming, Component::reset}, pulses.n_reset, {pulses.reset_energy_J});
    charge(step.ledger, {where, Phase::programming, Component::idle}, pulses.n_idle, {pulses.idle_energy_J});
    charge(step.ledger, {where, Phase::programming, Component::verify}, n_reads, {reads_J},
           {cells * static_cast<double>(passes + 1) * cells_.params.t_read.si});
    dirty_ = copy_due_ = true;
    wired_due();
    return sum;
}

void AnalogOp::write(const Matrix& weights) {
    GANBAR_ASSERT(weights.rows() == n_in() && weights.cols() == n_out());
    const auto [g_min, g_max] = window();
    const double span = g_max.si - g_min.si;
    std::vector<std::vector<float>> g(cells_.planes.size(), std::vector<float>(n_in() * n_out()));
    for (std::size_t i = 0; i < n_in(); ++i)
        for (std::size_t j = 0; j < n_out(); ++j) {
            const std::size_t k = i * n_out() + j;
            const double w = std::clamp(double{weights(i, j)} / cells_.w_max, -1.0, 1.0);
            if (cells_.params.mapping == Mapping::signed_cell) cells_.sign[k] = w < 0 ? -1 : 1;
            const double plus = cells_.params.mapping == Mapping::signed_cell ? std::fabs(w)
                                : cells_.params.mapping == Mapping::offset    ? 0.5 + 0.5 * w
                                                                              : std::max(w, 0.0);
            g[0][k] = static_cast<float>(g_min.si + plus * span);
            if (g.size() > 1) g[1][k] = static_cast<float>(g_min.si + std::max(-w, 0.0) * span);
        }
    for (std::size_t p = 0; p < g.size(); ++p) cells_.planes[p]->set_conductance(0, g[p]);
    for (auto& owed : cells_.memory.owed) std::fill(owed.begin(), owed.end(), std::int8_t{0});
    cells_moved();
    wired_due();
}

}  // namespace ganbar
