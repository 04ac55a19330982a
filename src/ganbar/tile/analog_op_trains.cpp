// Pulses in numbers: stochastic pulse trains (Gokmen and Vlasov 2016), mixed precision (Nandakumar et al. 2020), variable amplitude, and
// what Tiki-Taka asks of its arrays. A cell's pulses act one after the other, so the device's own nonlinearity shapes every move.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "ganbar/core/linalg.h"
#include "ganbar/core/parallel.h"
#include "ganbar/tile/analog_op.h"
#include "ganbar/core/account.h"

namespace ganbar {
namespace {

/// 32 independent bits, each 1 with probability p (to 2^-16): the binary expansion of p, least significant digit first, picks AND or OR.
std::uint32_t bernoulli_bits(double p, std::span<const std::uint32_t> draws) {
    const auto digits = static_cast<std::uint32_t>(std::lround(std::clamp(p, 0.0, 1.0) * 65536));
    if (digits == 0) return 0;
    if (digits >= 65536) return ~std::uint32_t{0};
    std::uint32_t bits = 0;
    for (int d = std::countr_zero(digits); d < 16; ++d) bits = digits >> d & 1 ? bits | draws[static_cast<std::size_t>(d)] : bits & draws[static_cast<std::size_t>(d)];
    return bits;
}

/// The streams of one kind of line for a whole batch: bits of every slot, and the sign that all slots of a sample share.
struct Streams {
    std::vector<std::uint32_t> bits;    // [batch x n]
    std::vector<std::int8_t> sign;
    std::vector<std::uint64_t> n_on;    // slots that were on, per line, over the batch
};

Streams draw_streams(const Matrix& values, const std::vector<double>& gain, std::int64_t length, const Rng& rng) {
    const std::size_t n = values.cols();
    Streams s{std::vector<std::uint32_t>(values.rows() * n), std::vector<std::int8_t>(values.rows() * n), std::vector<std::uint64_t>(n, 0)};
    const std::uint32_t slots = length >= 32 ? ~std::uint32_t{0} : (std::uint32_t{1} << length) - 1;
    parallel_for(values.rows(), [&](std::size_t b) {
        Rng own = rng.stream("sample", b);
        std::array<std::uint32_t, 16> draws{};
        for (std::size_t i = 0; i < n; ++i) {
            const float v = values(b, i);
            s.sign[b * n + i] = static_cast<std::int8_t>((v > 0) - (v < 0));
            if (v == 0) continue;  // draws nothing: each sample has its own stream, and zeros are part of the data
            own.fill_bits(draws);
            s.bits[b * n + i] = bernoulli_bits(gain[b] * std::fabs(v), draws) & slots;
        }
    });
    for (std::size_t b = 0; b < values.rows(); ++b)
        for (std::size_t i = 0; i < n; ++i) s.n_on[i] += static_cast<std::uint64_t>(std::popcount(s.bits[b * n + i]));
    return s;
}

double largest(const Matrix& m, std::size_t row) {
    float top = 0;
    for (const float v : m.row_span(row)) top = std::max(top, std::fabs(v));
    return top;
}

/// How far one pulse moves a cell of `array` from mid-window, up and down averaged, over its first cells. Works on a copy.
double measured_step_S(const DeviceArray& array, const PulseShape& pulse, const Rng& rng) {
    const auto probe = array.clone();
    const std::size_t n = std::min<std::size_t>(probe->size(), 4096);
    const auto [g_min, g_max] = probe->window();
    std::vector<float> before(n), after(n);
    double sum = 0;
    for (const int direction : {1, -1}) {
        probe->set_conductance(0, std::vector<float>(n, static_cast<float>(0.5 * (g_min.si + g_max.si))));
        probe->conductance(0, before);
        probe->program(0, std::vector<std::int8_t>(n, static_cast<std::int8_t>(direction)), {pulse.set, pulse.reset, pulse.width}, EnergyRule::ohmic, rng.stream("probe", direction > 0));
        probe->conductance(0, after);
        for (std::size_t k = 0; k < n; ++k) sum += direction * (double{after[k]} - before[k]);
    }
    return sum / static_cast<double>(2 * n);
}

}  // namespace

double AnalogOp::pulse_weight(const PulseShape& pulse) {
    if (pulse.step.si == 0 && pulse_step_S_ == 0) {
        pulse_step_S_ = static_cast<float>(measured_step_S(*planes_[0], pulse, Rng(1).stream(name_)));  // float: as a checkpoint keeps it
        if (!(pulse_step_S_ > 0)) throw ConfigError(name_ + ": a pulse does not move its cell; raise v_set and v_reset of [train.RULE], or give its pulse_step");
    }
    const auto [g_min, g_max] = window();
    const double step_S = pulse.step.si > 0 ? pulse.step.si : pulse_step_S_;
    return (params_.mapping == Mapping::signed_cell ? 1 : 2) * w_max_ * step_S / (g_max.si - g_min.si);
}

// Cells between two that are pulsed closely are passed along: one call per run of cells, draws belong to cells and not to calls.
AnalogOp::UpdateBill AnalogOp::program_counts(std::size_t plane, std::size_t first, std::span<const std::int8_t> counts, const PulseShape& pulse, const Rng& rng) {
    constexpr std::size_t gap = 16;
    UpdateBill bill;
    std::vector<std::int8_t> polarity;
    for (int pass = 0;; ++pass) {
        const auto due = [&](std::size_t c) { return std::abs(counts[c]) > pass; };
        bool any = false;
        for (std::size_t c = 0; c < counts.size();) {
            if (!due(c)) {
                ++c;
                continue;
            }
            std::size_t end = c + 1;
            for (std::size_t k = end; k < counts.size() && k < end + gap; ++k)
                if (due(k)) end = k + 1;
            polarity.resize(end - c);
            for (std::size_t k = c; k < end; ++k) polarity[k - c] = static_cast<std::int8_t>(!due(k) ? 0 : counts[k] > 0 ? 1 : -1);
            bill.pulses += planes_[plane]->program(first + c, polarity, {pulse.set, pulse.reset, pulse.width}, params_.energy, rng.stream("pass", static_cast<std::uint64_t>(pass)));
            any = true;
            c = end;
        }
        if (!any) return bill;
        ++bill.n_passes;
    }
}

// One row of weights: counts in the weights' direction become moves of the cells that hold them.
AnalogOp::UpdateBill AnalogOp::program_row(std::size_t row, std::span<const std::int8_t> counts, const PulseShape& pulse, const Rng& rng) {
    std::vector<std::int8_t> own(counts.begin(), counts.end());
    const std::size_t first = row * n_out_;
    for (std::size_t j = 0; j < n_out_; ++j) own[j] = static_cast<std::int8_t>(own[j] * sign_[first + j]);
    UpdateBill bill;
    for (std::size_t p = 0; p < planes_.size(); ++p) {
        const UpdateBill part = program_counts(p, first, own, pulse, rng.stream("plane", p));
        bill.pulses += part.pulses;
        bill.n_passes = std::max(bill.n_passes, part.n_passes);
        for (auto& c : own) c = static_cast<std::int8_t>(-c);  // G- moves against G+
    }
    return bill;
}

void AnalogOp::book_pulses(const std::vector<UpdateBill>& bills, double time_s, Step& step) const {
    PulseBill sum;
    for (const auto& b : bills) sum += b.pulses;
    const std::string where = step.account + "/" + name_;
    charge(step.ledger, {where, Phase::update, Component::set}, sum.n_set, {sum.set_energy_J}, {time_s});
    charge(step.ledger, {where, Phase::update, Component::reset}, sum.n_reset, {sum.reset_energy_J}, {time_s});
    charge(step.ledger, {where, Phase::update, Component::idle}, sum.n_idle, {0});
}

// Per sample: E[dw] = -rate x dy where rows fire with probability Cx |x|, columns with Cd |dy|, and length Cx Cd dw = rate.
void AnalogOp::update_trains(const Matrix& x, const Matrix& dy, const PulseTrain& rule, Step& step) {
    GANBAR_ASSERT(x.cols() == n_in_ && dy.cols() == n_out_ && x.rows() == dy.rows());
    refresh(true);  // what the lines' halves heat is reckoned with the conductances before the pulses
    const std::size_t batch = x.rows();
    const double gain = std::sqrt(rule.rate / (static_cast<double>(rule.length) * pulse_weight(rule.pulse)));
    std::vector<double> row_gain(batch, gain), column_gain(batch, gain);
    for (std::size_t b = 0; rule.management && b < batch; ++b) {
        const double x_max = largest(x, b), d_max = largest(dy, b);
        if (x_max == 0 || d_max == 0) continue;
        row_gain[b] = gain * std::sqrt(d_max / x_max);
        column_gain[b] = gain * std::sqrt(x_max / d_max);
    }
    const Rng draws = step.rng.stream(name_ + "/trains");
    const Streams rows = draw_streams(x, row_gain, rule.length, draws.stream("rows")), columns = draw_streams(dy, column_gain, rule.length, draws.stream("columns"));
    const std::size_t n = n_items(n_in_);
    std::vector<UpdateBill> bills(n);
    parallel_for(n, [&](std::size_t item) {
        std::vector<std::int8_t> counts(n_out_);
        for (std::size_t b = 0; b < batch; ++b)
            for (std::size_t i = item * rows_per_item; i < std::min(n_in_, (item + 1) * rows_per_item); ++i) {
                const std::uint32_t on = rows.bits[b * n_in_ + i];
                if (on == 0) continue;
                const int against = -rows.sign[b * n_in_ + i];
                int any = 0;
                for (std::size_t j = 0; j < n_out_; ++j) {
                    const int k = std::popcount(on & columns.bits[b * n_out_ + j]) * against * columns.sign[b * n_out_ + j];
                    counts[j] = static_cast<std::int8_t>(k);
                    any |= k;
                }
                if (any != 0) bills[item].pulses += program_row(i, counts, rule.pulse, draws.stream("cells", b * n_in_ + i)).pulses;
            }
    });
    // Every slot is played twice, once for moves up and once for moves down; all rows at once.
    book_pulses(bills, static_cast<double>(batch) * static_cast<double>(rule.length) * rule.pulse.width.si, step);
    // A line that is on puts half the amplitude on all its cells; where two meet, half of the coincidence's heat is in the halves already.
    double line_energy_J = 0, met_J = 0;
    std::int64_t n_on = 0;
    const double v = 0.25 * (rule.pulse.set.si - rule.pulse.reset.si), heat = v * v * rule.pulse.width.si;
    for (const auto& tile : tiles_)
        for (int side = 0; side < 2; ++side)
            for (std::size_t k = 0; k < tile.side[side].line_S.size(); ++k)
                line_energy_J += heat * tile.side[side].line_S[k] * static_cast<double>(side == 0 ? rows.n_on[tile.block.row0 + k] : columns.n_on[tile.block.col0 + k]);
    for (const auto& b : bills) met_J += 0.5 * (b.pulses.energy_J + b.pulses.idle_energy_J);
    for (const auto c : rows.n_on) n_on += static_cast<std::int64_t>(c);
    for (const auto c : columns.n_on) n_on += static_cast<std::int64_t>(c);
    charge(step.ledger, {step.account + "/" + name_, Phase::update, Component::half_selected}, n_on, {std::max(0.0, line_energy_J - met_J)});
    cells_moved();
}

void AnalogOp::update_mixed(const MixedPrecision& rule, Step& step) {
    average_.resize(n_in_, n_out_);
    apply_rule(average_, gradient_, moments_, rule);
    const auto weight = static_cast<float>(pulse_weight(rule.pulse)), most = static_cast<float>(rule.max_pulses);
    if (params_.sign_flips && params_.mapping == Mapping::signed_cell) flip_signs(average_, 1, weight, step);
    const std::size_t n = n_items(n_in_);
    std::vector<UpdateBill> bills(n);
    const Rng draws = step.rng.stream(name_ + "/pulses");
    parallel_for(n, [&](std::size_t item) {
        std::vector<std::int8_t> counts(n_out_);
        for (std::size_t i = item * rows_per_item; i < std::min(n_in_, (item + 1) * rows_per_item); ++i) {
            for (std::size_t j = 0; j < n_out_; ++j) {
                float& due = average_(i, j);
                const float pulses = std::clamp(std::trunc(due / weight), -most, most);
                due -= pulses * weight;
                counts[j] = static_cast<std::int8_t>(pulses);
            }
            const UpdateBill part = program_row(i, counts, rule.pulse, draws.stream("row", i));
            bills[item].pulses += part.pulses;
            bills[item].n_passes += part.n_passes;
        }
    });
    std::int64_t passes = 0;
    for (const auto& b : bills) passes += b.n_passes;  // row after row
    book_pulses(bills, static_cast<double>(passes) * rule.pulse.width.si, step);
    cells_moved();
}

void AnalogOp::pulse_rows(std::span<const std::size_t> rows, std::span<const std::int8_t> counts, const PulseShape& pulse, Step& step) {
    GANBAR_ASSERT(counts.size() == rows.size() * n_out_);
    std::vector<UpdateBill> bills(rows.size());
    const Rng draws = step.rng.stream(name_ + "/rows");
    parallel_for(rows.size(), [&](std::size_t k) { bills[k] = program_row(rows[k], counts.subspan(k * n_out_, n_out_), pulse, draws.stream("row", rows[k])); });
    std::int64_t passes = 0;
    for (const auto& b : bills) passes += b.n_passes;
    book_pulses(bills, static_cast<double>(passes) * pulse.width.si, step);
    cells_moved();
}

void AnalogOp::alternate(std::int64_t n_pairs, const PulseShape& pulse, Step& step) {
    const std::size_t n = n_items(n_in_);
    std::vector<UpdateBill> bills(n * planes_.size());
    const Rng draws = step.rng.stream(name_ + "/alternate");
    parallel_for(bills.size(), [&](std::size_t k) {
        const std::size_t p = k / n, r = k % n * rows_per_item, cells = std::min(rows_per_item, n_in_ - r) * n_out_;
        const std::vector<std::int8_t> up(cells, 1), down(cells, -1);
        for (std::int64_t pair = 0; pair < n_pairs; ++pair)
            for (const bool set : {true, false})
                bills[k].pulses += planes_[p]->program(r * n_out_, set ? up : down, {pulse.set, pulse.reset, pulse.width}, params_.energy,
                                                       draws.stream("pulse", 4 * static_cast<std::uint64_t>(pair) + 2 * p + set));
    });
    book_pulses(bills, 2 * static_cast<double>(n_pairs) * static_cast<double>(n_in_) * pulse.width.si, step);
    cells_moved();
}

// Kataeva et al., IJCNN 2015: amplitude by the logarithm of the gradient. Where a cell's change grows exponentially with voltage, one
// amplitude_slope an e-fold makes the change proportional to the gradient.
AnalogOp::UpdateBill AnalogOp::program_scaled(std::size_t plane, std::size_t first, std::span<const float> log_slope, std::span<const std::int8_t> polarity,
                                              const Manhattan& rule, const Rng& rng) {
    std::vector<float> volts(polarity.size(), 0.0f);
    for (std::size_t c = 0; c < polarity.size(); ++c) {
        if (polarity[c] == 0) continue;
        const double more = std::clamp(rule.amplitude_slope.si * log_slope[c], -rule.amplitude_span.si, rule.amplitude_span.si);
        volts[c] = static_cast<float>(polarity[c] > 0 ? std::max(0.0, rule.set.si + more) : std::min(0.0, rule.reset.si - more));
    }
    UpdateBill bill;
    bill.pulses = planes_[plane]->program_at(first, volts, rule.width, params_.energy, rng);
    bill.n_passes = 1;
    return bill;
}

}  // namespace ganbar
