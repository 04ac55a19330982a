#include "ganbar/circuit/programming.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "ganbar/circuit/write_solver.h"
#include "ganbar/core/parallel.h"

namespace ganbar {

Schema<WriteParams> WriteParams::schema() {
    const Second none{0}, most{1};
    return {
        choice(
            "scheme", &WriteParams::scheme, {"half", "third", "grounded", "floating", "inhibit"},
            "voltages of the lines that are not selected: V/2, V/3, grounded, floating; inhibit: bit lines at the row's voltage, for 1t1r",
            assumed("V/2: the fewest cells under stress while one row is written")),
        choice("order", &WriteParams::order, {"cells", "rows", "rank_one"},
               "what one phase writes: one cell, one polarity of a row, or a quarter of a rank-one sign matrix",
               published("rank_one: Zamanidoost et al. 2015, fully parallel stochastic Manhattan; rows: what a batch's sign matrix, not of "
                         "rank one, needs")),
        choice("compensation", &WriteParams::compensation, {"none", "rows", "cells"},
               "calibrated drivers: one amplitude for each row, or a bit-line amplitude for each cell", assumed("none, as in satyam2022")),
        choice("programming", &WriteParams::programming, {"sequential", "batched"},
               "sequential: voltages of each phase on cells as the phases before left them; batched: of all phases of an update on cells "
               "at its start, rows that are written or moved by 1% renewed",
               assumed("sequential is what a chip does; batched differs by a few 1e-4 of V and costs a fifth")),
        param("most_gain", &WriteParams::most_gain, 1.0, 100.0, "limit of a compensated driver as a multiple of the nominal amplitude",
              assumed("1.5")),
        param("gap", &WriteParams::gap, none, most, "pause between phases", assumed("0: satyam2022 gives none")),
        param("voltage_tolerance", &WriteParams::voltage_tolerance, 1e-12, 1e-2, "accuracy of cell voltages relative to the amplitude",
              assumed("1e-5 changes a step of the founding device by 1e-4 of itself")),
    };
}

Schema<VerifyParams> VerifyParams::schema() {
    return {
        param("tolerance", &VerifyParams::tolerance, 1e-6, 1.0, "a cell within this part of the window of its target is done",
              assumed("1%")),
        param("most_rounds", &VerifyParams::most_rounds, std::int64_t{1}, std::int64_t{1000000},
              "writes of the array after which it is left as it is", assumed("100")),
    };
}

void WriteReport::operator+=(const WriteReport& r) {
    bill += r.bill;
    n_phases += r.n_phases, n_set_phases += r.n_set_phases, n_selected += r.n_selected, sweeps += r.sweeps;
    time_s += r.time_s;
    selected_J += r.selected_J, selected_set_J += r.selected_set_J, half_selected_J += r.half_selected_J, wires_J += r.wires_J,
        gate_J += r.gate_J;
    mismatch_V = std::max(mismatch_V, r.mismatch_V);
    sum_ratio += r.sum_ratio, least_ratio = std::min(least_ratio, r.least_ratio);
}

ArrayWriter::ArrayWriter(const CellSolver& solver, const WriteParams& params, const PulsePair& pulses)
    : solver_(solver), params_(params), pulses_(pulses) {
    if (params.compensation != WriteCompensation::none && params.order != WriteOrder::rows)
        throw ConfigError("write compensation is calibrated for whole rows; expected order = rows");
    if (!(pulses.set.si > 0 && pulses.reset.si < 0 && pulses.width.si > 0))
        throw ConfigError("a pair of pulses needs set > 0 V, reset < 0 V and a width above 0 s");
    for (auto& g : gain_) g.assign(solver.rows(), 1.0);
}

std::vector<WritePhase> ArrayWriter::phases(std::span<const std::int8_t> signs) const {
    const std::size_t m = solver_.rows(), n = solver_.cols();
    GANBAR_ASSERT(signs.size() == m * n);
    std::vector<WritePhase> out;
    const auto select = [&](WritePhase phase) {
        if (!phase.rows.empty() && !phase.cols.empty()) out.push_back(std::move(phase));
    };
    if (params_.order == WriteOrder::cells) {
        for (std::size_t k = 0; k < m * n; ++k)
            if (signs[k] != 0) out.push_back({{k / n}, {k % n}, signs[k] > 0});
        return out;
    }
    if (params_.order == WriteOrder::rows) {
        for (std::size_t i = 0; i < m; ++i)
            for (const int sign : {1, -1}) {
                WritePhase phase{{i}, {}, sign > 0};
                for (std::size_t j = 0; j < n; ++j)
                    if (signs[i * n + j] == sign) phase.cols.push_back(j);
                select(std::move(phase));
            }
        return out;
    }
    // rank one: take x from the first column that is not empty, d from the first row that is not, and check the rest
    const auto first = std::find_if(signs.begin(), signs.end(), [](int s) { return s != 0; });
    if (first == signs.end()) return out;
    const std::size_t at = static_cast<std::size_t>(first - signs.begin()), i0 = at / n, j0 = at % n;
    WritePhase up{{}, {}, true}, down{{}, {}, true};  // rows and columns of like and of opposite sign to the first cell
    for (std::size_t i = 0; i < m; ++i)
        if (const int s = signs[i * n + j0] * *first; s != 0) (s > 0 ? up : down).rows.push_back(i);
    for (std::size_t j = 0; j < n; ++j)
        if (const int s = signs[i0 * n + j]; s != 0) (s > 0 ? up : down).cols.push_back(j);
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (signs[i * n + j] != signs[i * n + j0] * *first * signs[i0 * n + j])
                throw ConfigError("this sign matrix is not of rank one; expected order = rows for updates of more than one sample");
    select({up.rows, up.cols, true});
    select({down.rows, down.cols, true});
    select({up.rows, down.cols, false});
    select({down.rows, up.cols, false});
    return out;
}

void ArrayWriter::bias(const WritePhase& phase, std::span<double> vw_V, std::span<double> vb_V) const {
    GANBAR_ASSERT(vw_V.size() == solver_.rows() && vb_V.size() == solver_.cols());
    constexpr double open = std::numeric_limits<double>::quiet_NaN();
    const double v = amplitude_V(phase.set) * (phase.rows.size() == 1 ? gain_[phase.set ? 0 : 1][phase.rows[0]] : 1.0);
    struct Levels {
        double word, other_word, bit, other_bit;
    };
    Levels level{};
    switch (params_.scheme) {
        case Scheme::half: level = {v / 2, 0, -v / 2, 0}; break;
        case Scheme::third: level = {v, v / 3, 0, 2 * v / 3}; break;
        case Scheme::grounded: level = {v, 0, 0, v / 2}; break;
        case Scheme::floating: level = {v / 2, open, -v / 2, open}; break;
        case Scheme::inhibit: level = {v, 0, 0, v}; break;
    }
    std::fill(vw_V.begin(), vw_V.end(), level.other_word);
    std::fill(vb_V.begin(), vb_V.end(), level.other_bit);
    for (const std::size_t i : phase.rows) vw_V[i] = level.word;
    const auto& extra = extra_V_[phase.set ? 0 : 1];
    for (const std::size_t j : phase.cols)
        vb_V[j] = level.bit - (extra.empty() || phase.rows.size() != 1 ? 0.0 : std::copysign(extra[phase.rows[0] * solver_.cols() + j], v));
}

double ArrayWriter::most_V() const {
    return std::max(pulses_.set.si, -pulses_.reset.si) * (params_.compensation == WriteCompensation::none ? 1.0 : params_.most_gain);
}

std::vector<double> ArrayWriter::cell_voltages(const DeviceArray& array, std::size_t first, std::span<const WritePhase> phases) const {
    const std::size_t m = solver_.rows(), n = solver_.cols();
    std::vector<double> vw(phases.size() * m), vb(phases.size() * n), u(phases.size() * m * n);
    for (std::size_t k = 0; k < phases.size(); ++k) bias(phases[k], std::span(vw).subspan(k * m, m), std::span(vb).subspan(k * n, n));
    const auto cells = static_cells(array, first, m * n, most_V());
    solver_.solve_batch(*cells, vw, vb, u, {params_.voltage_tolerance * most_V()});
    return u;
}

void ArrayWriter::calibrate(const DeviceArray& array, std::size_t first) {
    if (params_.compensation == WriteCompensation::none) return;
    const auto cells = static_cells(array, first, solver_.rows() * solver_.cols(), most_V());
    for (const bool set : {true, false}) calibrate_polarity(*cells, set);
}

void ArrayWriter::adopt(const ArrayWriter& calibrated) {
    for (const bool set : {true, false}) {
        const std::size_t k = set ? 0 : 1;
        gain_[k] = calibrated.gain_[k], extra_V_[k] = calibrated.extra_V_[k];
        for (double& v : extra_V_[k]) v *= amplitude_V(set) / calibrated.amplitude_V(set);
    }
}

void ArrayWriter::calibrate_polarity(const StaticCells& cells, bool set) {
    const std::size_t m = solver_.rows(), n = solver_.cols(), n_phases = 2 * m;
    const double wanted = std::abs(amplitude_V(set));
    auto& gain = gain_[set ? 0 : 1];
    auto& extra = extra_V_[set ? 0 : 1];
    const bool by_cell = params_.compensation == WriteCompensation::cells;
    gain.assign(m, 1.0);
    if (by_cell) extra.assign(m * n, 0.0);
    std::vector<WritePhase> phases;
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t odd = 0; odd < 2; ++odd) {
            WritePhase phase{{i}, {}, set};
            for (std::size_t j = odd; j < n; j += 2) phase.cols.push_back(j);
            phases.push_back(std::move(phase));
        }
    std::vector<double> vw(n_phases * m), vb(n_phases * n), u(n_phases * m * n);
    constexpr int n_rounds = 8;  // each takes most of what is left
    for (int round = 0; round < n_rounds; ++round) {
        for (std::size_t k = 0; k < n_phases; ++k) bias(phases[k], std::span(vw).subspan(k * m, m), std::span(vb).subspan(k * n, n));
        solver_.solve_batch(cells, vw, vb, u, {params_.voltage_tolerance * most_V()});
        for (std::size_t i = 0; i < m; ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < n; ++j) {
                const double seen = std::abs(u[((2 * i + j % 2) * m + i) * n + j]);
                sum += seen;
                if (by_cell) extra[i * n + j] = std::clamp(extra[i * n + j] + wanted - seen, 0.0, (params_.most_gain - 1) * wanted);
            }
            if (!by_cell) gain[i] = std::clamp(gain[i] * wanted * static_cast<double>(n) / sum, 1.0, params_.most_gain);
        }
    }
}

/// The cell voltages of one phase after the other, on cells as the phases before left them. Cells that are linear plus cubic under driven
/// lines take the quick way (write_solver.h), where a row is taken anew once a cell of it has moved by `stale` of its conductance; others
/// the general one.
class ArrayWriter::Phases {
public:
    Phases(const ArrayWriter& writer, const DeviceArray& array, std::size_t first)
        : writer_(writer),
          array_(array),
          first_(first),
          m_(writer.solver_.rows()),
          n_(writer.solver_.cols()),
          tolerance_V_(writer.params_.voltage_tolerance * writer.most_V()),
          cells_(static_cells(array, first, m_ * n_, writer.most_V())),
          taken_(m_ * n_),
          now_(m_ * n_),
          u_(m_ * n_) {
        array.conductance(first, taken_);
        cubic_ = dynamic_cast<CubicCells*>(cells_.get());
        if (cubic_ == nullptr || writer.params_.scheme == Scheme::floating || writer.params_.voltage_tolerance < quickest_tolerance) return;
        quick_.emplace(writer.solver_);
        for (std::size_t r = 0; r < m_; ++r) load(r);
    }

    /// Voltages of all cells into pulse_V, energies and sweeps into the report.
    void solve(const WritePhase& phase, std::span<const double> vw, std::span<const double> vb, std::span<float> pulse_V,
               WriteReport& report) {
        Power power;
        const int sweeps = quick_ ? quick_->solve(vw, vb, tolerance_V_) : 0;
        if (sweeps > 0) {
            report.sweeps += sweeps;
            for (std::size_t r = 0; r < m_; ++r) std::copy_n(quick_->voltages(r), n_, &pulse_V[r * n_]);
            const auto p = quick_->power();
            power.cells_W = p.cells_W, power.wires_W = p.delivered_W - p.cells_W;
            for (const std::size_t i : phase.rows)
                for (const std::size_t j : phase.cols) power.selected_W += quick_->cell_power_W(i, j);
        } else {
            power = solve_generally(phase, vw, vb, report);
            std::copy(u_.begin(), u_.end(), pulse_V.begin());
        }
        const double width = writer_.pulses_.width.si, wanted = std::abs(writer_.amplitude_V(phase.set));
        for (const std::size_t i : phase.rows)
            for (const std::size_t j : phase.cols) {
                const double ratio = std::abs(static_cast<double>(pulse_V[i * n_ + j])) / wanted;
                report.sum_ratio += ratio, report.least_ratio = std::min(report.least_ratio, ratio);
            }
        report.n_selected += static_cast<std::int64_t>(phase.rows.size() * phase.cols.size());
        report.selected_J += power.selected_W * width;
        if (phase.set) report.selected_set_J += power.selected_W * width, ++report.n_set_phases;
        report.half_selected_J += (power.cells_W - power.selected_W) * width;
        report.wires_J += power.wires_W * width;
    }

    /// Takes cells that pulses have moved anew.
    void follow() {
        array_.conductance(first_, now_);
        for (std::size_t r = 0; r < m_ && cubic_ != nullptr; ++r) {
            bool moved = false;
            for (std::size_t k = r * n_; k < (r + 1) * n_; ++k)
                moved |= std::abs(now_[k] - taken_[k]) > (quick_ ? stale * taken_[k] : 0.0f);
            if (!moved) continue;
            std::copy_n(&now_[r * n_], n_, &taken_[r * n_]);
            if (!cubic_->refresh(array_, first_, r * n_, n_, writer_.most_V())) {  // no longer cubic: ask the array itself from here on
                cells_ = static_cells(array_, first_, m_ * n_, writer_.most_V());
                cubic_ = nullptr;
                quick_.reset();
            } else if (quick_) {
                load(r);
            }
        }
    }

private:
    struct Power {
        double cells_W = 0, wires_W = 0, selected_W = 0;
    };
    static constexpr double quickest_tolerance = 2e-6;  // single precision gives no better
    static constexpr float stale = 1e-4f;

    void load(std::size_t r) {
        for (std::size_t c = 0; c < n_; ++c) {
            quick_->linear(r)[c] = static_cast<float>(cubic_->linear()[r * n_ + c]);
            quick_->cubic(r)[c] = static_cast<float>(cubic_->cubic()[r * n_ + c]);
        }
    }

    Power solve_generally(const WritePhase& phase, std::span<const double> vw, std::span<const double> vb, WriteReport& report) {
        report.sweeps += writer_.solver_.solve(*cells_, vw, vb, u_, false, {tolerance_V_}).sweeps;
        const OperatingPoint point = writer_.solver_.operating_point(*cells_, vw, vb, u_);
        std::vector<double> i_A(m_ * n_);
        cells_->current(u_, i_A, {});
        Power power{point.cells_W, point.wires_W, 0};
        for (const std::size_t i : phase.rows)
            for (const std::size_t j : phase.cols) power.selected_W += u_[i * n_ + j] * i_A[i * n_ + j];
        return power;
    }

    const ArrayWriter& writer_;
    const DeviceArray& array_;
    std::size_t first_, m_, n_;
    double tolerance_V_;
    std::unique_ptr<StaticCells> cells_;
    CubicCells* cubic_ = nullptr;
    std::optional<WriteSolver> quick_;
    std::vector<float> taken_, now_;
    std::vector<double> u_;
};

WriteReport ArrayWriter::write(DeviceArray& array, std::size_t first, std::span<const std::int8_t> signs, EnergyRule rule,
                               const Rng& rng) const {
    const std::size_t m = solver_.rows(), n = solver_.cols();
    WriteReport report;
    std::vector<double> vw(m), vb(n);
    std::vector<float> pulse_V(m * n);
    const auto plan = phases(signs);
    if (plan.empty()) return report;
    std::size_t k = params_.programming == Programming::batched && !cell_.selector.has_gate()
                        ? write_batched(array, first, plan, rule, rng, report)
                        : 0;
    std::optional<Phases> cells;
    if (!cell_.selector.has_gate() && k < plan.size()) cells.emplace(*this, array, first);
    for (; k < plan.size(); ++k) {
        bias(plan[k], vw, vb);
        if (!cells) {
            report += write_row(array, first, plan[k], vw, vb, rule, rng.stream("phase", k));
            continue;
        }
        Phases& voltages = *cells;
        voltages.solve(plan[k], vw, vb, pulse_V, report);
        report.bill += array.program_at(first, pulse_V, pulses_.width, rule, rng.stream("phase", k));
        voltages.follow();
    }
    report.n_phases = static_cast<std::int64_t>(plan.size());
    report.time_s = static_cast<double>(plan.size()) * (pulses_.width.si + params_.gap.si);
    return report;
}

VerifyReport write_verify(const ArrayWriter& writer, DeviceArray& array, std::size_t first, std::span<const float> target_S,
                          const VerifyParams& params, EnergyRule rule, const Rng& rng) {
    const Window window = array.window();
    const double enough = params.tolerance * (window.g_max.si - window.g_min.si);
    std::vector<float> g(target_S.size());
    std::vector<std::int8_t> signs(target_S.size());
    VerifyReport report;
    for (;;) {
        array.conductance(first, g);
        report.n_left = 0, report.worst_S = 0;
        for (std::size_t k = 0; k < g.size(); ++k) {
            const double off = static_cast<double>(target_S[k]) - static_cast<double>(g[k]);
            report.worst_S = std::max(report.worst_S, std::abs(off));
            signs[k] = std::abs(off) <= enough ? std::int8_t{0} : off > 0 ? std::int8_t{1} : std::int8_t{-1};
            report.n_left += signs[k] != 0;
        }
        if (report.n_left == 0 || report.n_rounds == params.most_rounds) return report;
        report.writes += writer.write(array, first, signs, rule, rng.stream("round", static_cast<std::uint64_t>(report.n_rounds)));
        ++report.n_rounds;
    }
}

}  // namespace ganbar
