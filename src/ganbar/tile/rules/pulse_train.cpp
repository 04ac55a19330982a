// Stochastic pulse trains: rows and columns carry random pulses, cells move where they coincide (Gokmen and Vlasov 2016).
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "ganbar/core/account.h"
#include "ganbar/core/parallel.h"
#include "ganbar/tile/pulse_rule.h"
#include "ganbar/tile/pulse_rules.h"
#include "ganbar/tile/training_rule.h"

namespace ganbar {
namespace {

struct PulseTrainRule {
    Volt v_set{0.8}, v_reset{-0.8};
    Second t_pulse{100e-9};
    Siemens pulse_step{0};
    std::int64_t pulse_length = 31;
    bool pulse_management = true;
    static const char* doc() {
        return "Stochastic pulse trains: rows carry random pulses of x, columns of the error, and a cell moves where they coincide, on "
               "average by train.rate times the gradient "
               "(Gokmen and Vlasov 2016, eqs. 2-4).";
    }
    static Schema<PulseTrainRule> schema() {
        Schema<PulseTrainRule> s;
        declare_trains(s);
        return s;
    }
    void describe(RuleSpec& out, const Location&) const {
        out.at = [*this](const RuleMoment& m) {
            return PulseTrain{m.rate, {v_set, v_reset, t_pulse, pulse_step}, pulse_length, pulse_management};
        };
        out.pulses = {v_set, v_reset, {}, {}, t_pulse};
        out.wires_fault = one_amplitude_a_pass;
    }
};

/// 32 independent bits, each 1 with probability p (to 2^-16): the binary expansion of p, least significant digit first, picks AND or OR.
std::uint32_t bernoulli_bits(double p, std::span<const std::uint32_t> draws) {
    const auto digits = static_cast<std::uint32_t>(std::lround(std::clamp(p, 0.0, 1.0) * 65536));
    if (digits == 0) return 0;
    if (digits >= 65536) return ~std::uint32_t{0};
    std::uint32_t bits = 0;
    for (int d = std::countr_zero(digits); d < 16; ++d)
        bits = digits >> d & 1 ? bits | draws[static_cast<std::size_t>(d)] : bits & draws[static_cast<std::size_t>(d)];
    return bits;
}

/// The streams of one kind of line for a whole batch: bits of every slot, and the sign that all slots of a sample share.
struct Streams {
    std::vector<std::uint32_t> bits;  // [batch x n]
    std::vector<std::int8_t> sign;
    std::vector<std::uint64_t> n_on;  // slots that were on, per line, over the batch
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

class PulseTrains final : public PulseRule {
public:
    explicit PulseTrains(const PulseTrain& parameters) : rule(parameters) {}
    bool wants_pairs() const override { return true; }
    void program_pairs(CellMatrix& cells, const Matrix& x, const Matrix& dy, Step& step) const override;

private:
    const PulseTrain rule;
};

// Per sample: E[dw] = -rate x dy where rows fire with probability Cx |x|, columns with Cd |dy|, and length Cx Cd dw = rate.
void PulseTrains::program_pairs(CellMatrix& cells, const Matrix& x, const Matrix& dy, Step& step) const {
    GANBAR_ASSERT(x.cols() == cells.n_in && dy.cols() == cells.n_out && x.rows() == dy.rows());
    const std::size_t batch = x.rows();
    const double gain = std::sqrt(rule.rate / (static_cast<double>(rule.length) * cells.pulse_weight(rule.pulse)));
    std::vector<double> row_gain(batch, gain), column_gain(batch, gain);
    for (std::size_t b = 0; rule.management && b < batch; ++b) {
        const double x_max = largest(x, b), d_max = largest(dy, b);
        if (x_max == 0 || d_max == 0) continue;
        row_gain[b] = gain * std::sqrt(d_max / x_max);
        column_gain[b] = gain * std::sqrt(x_max / d_max);
    }
    const Rng draws = step.rng.stream(cells.name + "/trains");
    const Streams rows = draw_streams(x, row_gain, rule.length, draws.stream("rows")),
                  columns = draw_streams(dy, column_gain, rule.length, draws.stream("columns"));
    const std::size_t n = CellMatrix::n_items(cells.n_in);
    std::vector<UpdateBill> bills(n);
    parallel_for(n, [&](std::size_t item) {
        std::vector<std::int8_t> counts(cells.n_out);
        for (std::size_t b = 0; b < batch; ++b)
            for (std::size_t i = item * CellMatrix::rows_per_item; i < std::min(cells.n_in, (item + 1) * CellMatrix::rows_per_item); ++i) {
                const std::uint32_t on = rows.bits[b * cells.n_in + i];
                if (on == 0) continue;
                const int against = -rows.sign[b * cells.n_in + i];
                int any = 0;
                for (std::size_t j = 0; j < cells.n_out; ++j) {
                    const int k = std::popcount(on & columns.bits[b * cells.n_out + j]) * against * columns.sign[b * cells.n_out + j];
                    counts[j] = static_cast<std::int8_t>(k);
                    any |= k;
                }
                if (any != 0)
                    bills[item].pulses += cells.program_row(i, counts, rule.pulse, draws.stream("cells", b * cells.n_in + i)).pulses;
            }
    });
    // Every slot is played twice, once for moves up and once for moves down; all rows at once.
    cells.book_pulses(bills, static_cast<double>(batch) * static_cast<double>(rule.length) * rule.pulse.width.si, step);
    // A line that is on puts half the amplitude on all its cells; where two meet, half of the coincidence's heat is in the halves already.
    double line_energy_J = 0, met_J = 0;
    std::int64_t n_on = 0;
    const double v = 0.25 * (rule.pulse.set.si - rule.pulse.reset.si), heat = v * v * rule.pulse.width.si;
    for (const auto& line : cells.lines)  // with the conductances before the pulses
        for (std::size_t k = 0; k < line.line_S.size(); ++k)
            line_energy_J += heat * line.line_S[k] * static_cast<double>((line.columns ? columns : rows).n_on[line.first + k]);
    for (const auto& b : bills) met_J += 0.5 * (b.pulses.energy_J + b.pulses.idle_energy_J);
    for (const auto c : rows.n_on) n_on += static_cast<std::int64_t>(c);
    for (const auto c : columns.n_on) n_on += static_cast<std::int64_t>(c);
    charge(step.ledger, {cells.account(step), Phase::update, Component::half_selected}, n_on, {std::max(0.0, line_energy_J - met_J)});
}

}  // namespace

UpdateRule make_rule(const PulseTrain& rule) { return {Sgd{rule.rate, 0}, std::make_shared<const PulseTrains>(rule)}; }

void ganbar_register_pulse_train(RuleRegistry& r) { r.add("pulse_train", rule_entry<PulseTrainRule>(true, false)); }

}  // namespace ganbar
