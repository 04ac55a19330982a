// Batched programming (programming.h): the phases of an update on the same cells, by the line solver; what they disagree by at the end is
// the door.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/circuit/kernels/cells.h"
#include "ganbar/circuit/line_solver.h"
#include "ganbar/circuit/programming.h"

namespace ganbar {

/// The cells of one array as a batch takes them.
class ArrayWriter::Batch {
public:
    Batch(const ArrayWriter& writer, DeviceArray& array, std::size_t first)
        : writer_(writer),
          array_(array),
          first_(first),
          m_(writer.solver_.rows()),
          n_(writer.solver_.cols()),
          tolerance_V_(writer.params_.voltage_tolerance * writer.most_V()),
          least_(std::nextafter(static_cast<float>(array.least_pulse_V()), 0.0f)),
          lines_(m_, n_, writer.solver_.wires()),
          cells_(std::vector<double>(m_ * n_), std::vector<double>(m_ * n_)),
          taken_(m_ * n_),
          now_(m_ * n_),
          pulse_V_(m_ * n_ + lines_.stride()),
          pulsed_(pulse_V_.size()),
          vw_(m_),
          vb_(n_) {}

    /// False where one of the rows is not linear plus cubic.
    bool take(std::size_t from, std::size_t to) {
        array_.conductance(first_ + from * n_, std::span(taken_).subspan(from * n_, (to - from) * n_));
        if (!cells_.refresh(array_, first_, from * n_, (to - from) * n_, writer_.most_V())) return false;
        for (std::size_t r = from; r < to; ++r) lines_.load(r, cells_.linear().subspan(r * n_, n_), cells_.cubic().subspan(r * n_, n_));
        return true;
    }

    /// Pulses one phase.
    void play(const WritePhase& phase, EnergyRule rule, const Rng& rng, WriteReport& report) {
        writer_.bias(phase, vw_, vb_);
        const int passes = lines_.solve(vw_, vb_, tolerance_V_);
        if (passes == 0)
            throw NumericError(
                "the cell voltages of a write phase did not settle line by line; expected wires.programming = \"sequential\" for cells and "
                "wires like these");
        report.sweeps += passes;
        const auto power = lines_.finish();
        book(phase, power, report);
        std::size_t n_pulses = 0;
        for (std::size_t r = 0; r < m_; ++r)
            n_pulses += line_pass::strong(lines_.voltages(r), lines_.stride(), least_, static_cast<std::uint32_t>(first_ + r * n_),
                                          &pulsed_[n_pulses], &pulse_V_[n_pulses]);
        report.bill += array_.program_listed({pulsed_.data(), n_pulses}, {pulse_V_.data(), n_pulses}, writer_.pulses_.width, rule, rng, {});
        report.bill.n_idle += static_cast<std::int64_t>(m_ * n_ - n_pulses);
    }

    /// The rows that the phase has written and, every so many phases, rows where half-selection has moved a cell far. False as take().
    bool follow(const WritePhase& phase) {
        for (const std::size_t r : phase.rows)
            if (!take(r, r + 1)) return false;
        if (++n_since_look_ < look_every) return true;
        n_since_look_ = 0;
        array_.conductance(first_, now_);
        for (std::size_t r = 0; r < m_; ++r) {
            bool moved = false;
            for (std::size_t k = r * n_; k < (r + 1) * n_; ++k) moved |= std::abs(now_[k] - taken_[k]) > stale * taken_[k];
            if (moved && !take(r, r + 1)) return false;
        }
        return true;
    }

    /// What wires and cells, these as they are now, disagree by at the voltages of the last phase, in double precision.
    double mismatch_V() {
        std::vector<double> u(m_ * n_), i(m_ * n_), w(m_ * n_), b(m_ * n_), i_word(m_), i_bit(n_);
        std::vector<float> f(m_ * n_);
        for (std::size_t r = 0; r < m_; ++r) std::copy_n(lines_.voltages(r), n_, &u[r * n_]);
        array_.current(first_, u, i);
        const Wires& wires = writer_.solver_.wires();
        cells::line_voltages({m_, n_, wires.rw.si, wires.rb.si, wires.rdrv.si, wires.rsense.si, wires.ends == Ends::both}, i.data(),
                             vw_.data(), vb_.data(), w.data(), b.data(), i_word.data(), i_bit.data());
        const double worst = cells::mismatch(w.data(), b.data(), u.data(), f.data(), m_ * n_), limit = most_mismatch * writer_.most_V();
        if (!(worst <= limit))
            throw NumericError(
                fmt::format("at the end of a batch of write phases cells and wires disagree by {:.3g} V, above {:.3g} V: cells move too "
                            "far in an update; expected wires.programming = \"sequential\"",
                            worst, limit));
        return worst;
    }

private:
    static constexpr std::size_t look_every = 16;  // phases
    static constexpr float stale = 1e-2f;          // of a cell's conductance
    static constexpr double most_mismatch =
        0.02;  // of the largest amplitude; steps of the founding device change by 1% where voltages do by 1e-3 V

    void book(const WritePhase& phase, const line_pass::Power& power, WriteReport& report) const {
        const double width = writer_.pulses_.width.si, wanted = std::abs(writer_.amplitude_V(phase.set));
        double selected_W = 0;
        for (const std::size_t r : phase.rows)
            for (const std::size_t c : phase.cols) {
                const double ratio = std::abs(static_cast<double>(lines_.voltages(r)[c])) / wanted;
                report.sum_ratio += ratio, report.least_ratio = std::min(report.least_ratio, ratio);
                selected_W += lines_.cell_power_W(r, c);
            }
        report.n_selected += static_cast<std::int64_t>(phase.rows.size() * phase.cols.size());
        report.selected_J += selected_W * width;
        if (phase.set) report.selected_set_J += selected_W * width, ++report.n_set_phases;
        report.half_selected_J += (power.cells_W - selected_W) * width;
        report.wires_J += (power.delivered_W - power.cells_W) * width;
    }

    const ArrayWriter& writer_;
    DeviceArray& array_;
    std::size_t first_, m_, n_;
    double tolerance_V_;
    float least_;
    LineSolver lines_;
    CubicCells cells_;
    std::vector<float> taken_, now_, pulse_V_;
    std::vector<std::uint32_t> pulsed_;  // cells that get a pulse, and of what voltage
    std::vector<double> vw_, vb_;
    std::size_t n_since_look_ = 0;
};

std::string not_batched(const WriteParams& params, const Wires& wires) {
    constexpr double least_tolerance = 2e-6;  // single precision gives no better
    if (params.scheme == Scheme::floating) return "floating lines";
    if (params.voltage_tolerance < least_tolerance) return fmt::format("a voltage tolerance below {:g}", least_tolerance);
    if (wires.ends == Ends::both && (wires.rdrv.si == 0 || wires.rsense.si == 0)) return "lines with terminals of 0 ohm at both ends";
    return "";
}

std::string not_batched(const DeviceArray& array, std::size_t first, std::size_t n, double v_max_V) {
    return CubicCells(std::vector<double>(n), std::vector<double>(n)).refresh(array, first, 0, n, v_max_V)
               ? ""
               : "cells whose current is not linear plus cubic";
}

std::size_t ArrayWriter::write_batched(DeviceArray& array, std::size_t first, std::span<const WritePhase> plan, EnergyRule rule,
                                       const Rng& rng, WriteReport& report) const {
    if (!not_batched(params_, solver_.wires()).empty()) return 0;
    Batch batch(*this, array, first);
    if (!batch.take(0, solver_.rows())) return 0;
    for (std::size_t k = 0; k < plan.size(); ++k) {
        batch.play(plan[k], rule, rng.stream("phase", k), report);
        if (!batch.follow(plan[k])) return k + 1;
    }
    report.mismatch_V = std::max(report.mismatch_V, batch.mismatch_V());
    return plan.size();
}

}  // namespace ganbar
