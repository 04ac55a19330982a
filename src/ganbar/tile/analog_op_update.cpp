// Programming: signs of gradients become pulses, blind or in a closed loop.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ganbar/core/linalg.h"
#include "ganbar/core/parallel.h"
#include "ganbar/tile/analog_op.h"
#include "ganbar/tile/direct_cells.h"
#include "ganbar/core/account.h"

namespace ganbar {
namespace {

constexpr int debt_unit = 16;  // of verify_step: what error feedback counts in

// How many units of debt a slope of 1 asks for; huge when every sign asks for a whole step.
float units_per_slope(const Matrix& g, const Manhattan& rule) {
    if (rule.feedback_scale == 0) return std::numeric_limits<float>::max();
    double sum = 0;
    for (std::size_t i = 0; i < g.rows(); ++i)
        for (std::size_t j = 0; j < g.cols(); ++j) sum += double{g(i, j)} * g(i, j);
    const double rms = std::sqrt(sum / static_cast<double>(g.rows() * g.cols()));
    return rms > 0 ? static_cast<float>(debt_unit / (rule.feedback_scale * rms)) : 0.0f;
}

}  // namespace

std::vector<std::int8_t> AnalogOp::asked(const Demand& demand, const Patch& patch) const {
    const Manhattan& rule = demand.rule;
    const float threshold = demand.threshold;
    std::vector<std::int8_t> polarity(patch.rows * patch.cols);
    for (std::size_t i = 0; i < patch.rows; ++i) {
        const float* slope = demand.gradient.row(patch.row0 + i) + patch.col0;
        const std::int8_t* sign = &sign_[(patch.row0 + i) * n_out_ + patch.col0];
        std::int8_t* out = &polarity[i * patch.cols];
        if (rule.feedback > 0) {
            const auto most = static_cast<float>(rule.feedback_scale > 0 ? debt_unit * rule.feedback_limit : debt_unit);
            for (std::size_t j = 0; j < patch.cols; ++j)
                out[j] = std::fabs(slope[j]) <= threshold && threshold > 0
                             ? std::int8_t{0}
                             : static_cast<std::int8_t>(sign[j] * std::nearbyintf(std::clamp(-slope[j] * demand.per_unit, -most, most)));
            continue;
        }
        for (std::size_t j = 0; j < patch.cols; ++j) {
            const int wanted = (slope[j] < -threshold) - (slope[j] > threshold);  // against the gradient
            // The printed table gives negative weights the other pulse's magnitude: code 2 asks for it (device_array.h).
            out[j] = static_cast<std::int8_t>(wanted * sign[j] * (rule.literal && sign[j] < 0 ? 2 : 1));
        }
    }
    return polarity;
}

void AnalogOp::update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step& step) {
    for (const auto& plane : planes_) plane->begin_update();
    if (const auto* trains = std::get_if<PulseTrain>(&rule)) return update_trains(x, dy, *trains, step);
    multiply_at_b(x, dy, gradient_);
    follow_gradient(rule, step);
}

void AnalogOp::follow_gradient(const UpdateRule& rule, Step& step) {
    if (const auto* signs = std::get_if<Manhattan>(&rule)) return update_signs(*signs, step);
    if (const auto* mixed = std::get_if<MixedPrecision>(&rule)) return update_mixed(*mixed, step);
    throw ConfigError("weights in one set of cells are updated by pulses; expected train.rule = \"manhattan\", \"pulse_train\" or \"mixed_precision\"");
}

// The gradient, or its running average.
const Matrix& AnalogOp::averaged(double momentum) {
    if (momentum <= 0) return gradient_;
    average_.resize(n_in_, n_out_);
    const auto keep = static_cast<float>(momentum);
    parallel_for(n_items(n_in_), [&](std::size_t item) {
        for (std::size_t i = item * rows_per_item; i < std::min(n_in_, (item + 1) * rows_per_item); ++i) {
            float* average = average_.row(i);
            const float* now = gradient_.row(i);
#pragma omp simd
            for (std::size_t j = 0; j < n_out_; ++j) average[j] = keep * average[j] + (1 - keep) * now[j];
        }
    });
    return average_;
}

void AnalogOp::update_signs(const Manhattan& rule, Step& step) {
    const Matrix* g = &averaged(rule.momentum);
    float threshold = 0, mean = 0;
    if (rule.dead_zone > 0 || rule.amplitude_slope.si > 0) {
        double sum = 0;
        for (std::size_t i = 0; i < n_in_; ++i)
            for (std::size_t j = 0; j < n_out_; ++j) sum += std::fabs((*g)(i, j));
        threshold = static_cast<float>(rule.dead_zone * sum / static_cast<double>(n_in_ * n_out_));
        mean = static_cast<float>(sum / static_cast<double>(n_in_ * n_out_));
    }
    const float per_unit = units_per_slope(*g, rule);
    if (rule.feedback > 0 && owed_[0].empty()) {
        // Debts start at random: cells that see the same input would otherwise all be pulsed in the same round.
        const Rng dither = step.rng.stream(name_ + "/dither");
        for (std::size_t p = 0; p < planes_.size(); ++p) {
            Rng own = dither.stream("plane", p);
            owed_[p].resize(n_in_ * n_out_);
            for (auto& o : owed_[p]) o = static_cast<std::int8_t>(std::clamp(debt_unit * rule.feedback * (2 * own.uniform() - 1), -127.0, 127.0));
        }
    }
    if (params_.sign_flips && params_.mapping == Mapping::signed_cell) flip_signs(*g, -1, threshold, step);
    const Demand demand{*g, threshold, per_unit, rule};
    if (wired_ && update_through_wires(demand, step)) return;
    const std::size_t n = n_items(n_in_);
    std::vector<UpdateBill> bills(n * planes_.size());
    const Rng draws = step.rng.stream(name_ + "/pulses");
    parallel_for(n, [&](std::size_t item) {
        const std::size_t r = item * rows_per_item, rows = std::min(rows_per_item, n_in_ - r);
        auto polarity = asked(demand, {r, rows, 0, n_out_});
        std::vector<float> log_slope(rule.amplitude_slope.si > 0 ? polarity.size() : 0);
        for (std::size_t i = 0; i < rows && !log_slope.empty(); ++i)
            for (std::size_t j = 0; j < n_out_; ++j) log_slope[i * n_out_ + j] = std::log(std::fabs((*g)(r + i, j)) / mean);
        for (std::size_t p = 0; p < planes_.size(); ++p) {
            const Rng own = draws.stream("plane", p * n + item);
            DirectCells cells(*planes_[p], r * n_out_, params_.v_read.si, params_.energy);
            UpdateBill& bill = bills[item * planes_.size() + p];
            if (!log_slope.empty()) bill = program_scaled(p, r * n_out_, log_slope, polarity, rule, own);
            else bill = rule.feedback > 0 ? program_owed(cells, std::span(owed_[p]).subspan(r * n_out_, rows * n_out_), polarity, rule, own)
                                          : program(cells, polarity, rule, own);
            for (auto& s : polarity) s = static_cast<std::int8_t>(-s);  // G- moves against G+
        }
    });
    book_update(bills, rule, step);
    cells_moved();
}

void AnalogOp::book_update(const std::vector<UpdateBill>& bills, const Manhattan& rule, Step& step) const {
    UpdateBill sum;
    for (const auto& b : bills) {
        sum.pulses += b.pulses;
        sum.n_verify += b.n_verify, sum.verify_J += b.verify_J;
        sum.n_passes = std::max(sum.n_passes, b.n_passes);
    }
    const std::string where = step.account + "/" + name_;
    // Row by row, one phase for sets and one for resets; the arrays work side by side. Closed loop: as many passes as the slowest cell needs.
    const double rows = static_cast<double>(std::min<std::size_t>(n_in_, static_cast<std::size_t>(params_.rows)));
    const double time = rows * static_cast<double>(sum.n_passes) * rule.width.si;
    charge(step.ledger, {where, Phase::update, Component::set}, sum.pulses.n_set, {sum.pulses.set_energy_J}, {time});
    charge(step.ledger, {where, Phase::update, Component::reset}, sum.pulses.n_reset, {sum.pulses.reset_energy_J}, {time});
    charge(step.ledger, {where, Phase::update, Component::idle}, sum.pulses.n_idle, {rule.verify_pulses > 0 || rule.feedback > 0 ? sum.pulses.idle_energy_J : 0.0});
    if (sum.n_verify > 0)
        charge(step.ledger, {where, Phase::update, Component::verify}, sum.n_verify, {sum.verify_J}, {rows * static_cast<double>(sum.n_passes + 1) * params_.t_read.si});
}

// One cell after the other is read at v_read: what a controller sees of its conductance.
void AnalogOp::verify_read(CellGroup& cells, std::span<const std::int8_t> asked, const Rng& rng, std::vector<float>& g_S, UpdateBill& bill) const {
    const double v = params_.v_read.si;
    cells.look(g_S);
    double sum = 0;
    for (std::size_t k = 0; k < asked.size(); ++k)
        if (asked[k] != 0) {
            ++bill.n_verify;
            sum += g_S[k];
        }
    bill.verify_J += sum * v * v * params_.t_read.si;
    if (!params_.read_noise) return;
    std::vector<float> variance(g_S.size());
    cells.noise(variance);
    alignas(64) float draws[128];
    for (std::size_t k = 0; k < g_S.size(); ++k) {
        if (k % 128 == 0) kernels::normal_block(rng.key(), static_cast<std::uint32_t>(k / 128), 0, 0, draws);
        g_S[k] += draws[k % 128] * std::sqrt(variance[k]) / static_cast<float>(v);
    }
}

// One pulse a cell; or, in a closed loop, pulses of growing amplitude until the cell has moved by verify_step as far as reads tell.
AnalogOp::UpdateBill AnalogOp::program(CellGroup& cells, std::vector<std::int8_t> polarity, const Manhattan& rule, const Rng& rng) {
    UpdateBill bill;
    const auto pulse = [&](std::int64_t k) {
        const Volt more = static_cast<double>(k) * rule.verify_ramp;
        bill.pulses += cells.pulse(polarity, {rule.set + more, rule.reset - more, rule.width}, rng.stream("pass", static_cast<std::uint64_t>(k)));
        ++bill.n_passes;
    };
    if (rule.verify_pulses == 0) {
        pulse(0);
        return bill;
    }
    std::vector<float> before(polarity.size()), now(polarity.size());
    verify_read(cells, polarity, rng.stream("before"), before, bill);
    const auto [g_min, g_max] = window();
    const auto step = static_cast<float>(rule.verify_step.si);
    for (std::size_t c = 0; c < polarity.size(); ++c)  // a cell that shows an end of the window is not pushed beyond it
        if ((polarity[c] > 0 && before[c] >= g_max.si) || (polarity[c] < 0 && before[c] <= g_min.si)) polarity[c] = 0;
    for (std::int64_t k = 0; k < rule.verify_pulses; ++k) {
        pulse(k);
        verify_read(cells, polarity, rng.stream("after", static_cast<std::uint64_t>(k)), now, bill);
        bool open = false;
        for (std::size_t c = 0; c < polarity.size(); ++c) {
            const float moved = polarity[c] > 0 ? now[c] - before[c] : before[c] - now[c];
            if (moved >= step || (polarity[c] > 0 && now[c] >= g_max.si) || (polarity[c] < 0 && now[c] <= g_min.si)) polarity[c] = 0;
            open = open || polarity[c] != 0;
        }
        if (!open) break;
    }
    return bill;
}

// Error feedback: every gradient asks its cell for a move (of verify_step, or in proportion), and the cell owes it until reads before and after its pulses show
// that it has moved. It is pulsed only when it owes enough, harder from pulse to pulse, until the debt is settled; what it moved too far
// counts against later signs. So a cell moves as far as it was asked to whatever its own steps are, and signs that cancel cost no pulse.
// The periphery keeps 8 bits a cell for what is owed.
AnalogOp::UpdateBill AnalogOp::program_owed(CellGroup& cells, std::span<std::int8_t> owed, const std::vector<std::int8_t>& asked, const Manhattan& rule, const Rng& rng) {
    UpdateBill bill;
    const double threshold = rule.feedback * debt_unit, per_siemens = debt_unit / rule.verify_step.si;
    std::vector<std::int8_t> polarity(asked.size());
    const auto [g_min, g_max] = window();
    for (std::size_t c = 0; c < polarity.size(); ++c) {
        owed[c] = static_cast<std::int8_t>(std::clamp(owed[c] + asked[c], -127, 127));
        polarity[c] = static_cast<std::int8_t>(std::abs(owed[c]) < threshold ? 0 : owed[c] > 0 ? 1 : -1);
    }
    std::vector<float> before(polarity.size()), after(polarity.size());
    verify_read(cells, polarity, rng.stream("before"), before, bill);
    for (std::int64_t pass = 0; pass < std::max<std::int64_t>(1, rule.verify_pulses); ++pass) {
        const Rng own = rng.stream("pass", static_cast<std::uint64_t>(pass));
        const Volt more = static_cast<double>(pass) * rule.verify_ramp;
        bill.pulses += cells.pulse(polarity, {rule.set + more, rule.reset - more, rule.width}, own.stream("pulse"));
        ++bill.n_passes;
        verify_read(cells, polarity, own.stream("after"), after, bill);
        bool open = false;
        for (std::size_t c = 0; c < polarity.size(); ++c) {
            if (polarity[c] == 0 && !cells.disturbs()) continue;
            const double left = std::clamp(std::nearbyint(owed[c] - per_siemens * (after[c] - before[c])), -127.0, 127.0);
            const bool at_end = polarity[c] > 0 ? after[c] >= g_max.si : polarity[c] < 0 && after[c] <= g_min.si;  // nothing beyond the window is owed
            owed[c] = at_end ? std::int8_t{0} : static_cast<std::int8_t>(left);
            if (at_end || left * polarity[c] < threshold) polarity[c] = 0;
            open = open || polarity[c] != 0;
        }
        std::swap(before, after);  // this read opens the next pass
        if (!open) break;
    }
    return bill;
}

}  // namespace ganbar
