// Mixed precision: digital memory sums steps, a cell gets its pulses when whole steps are due (Nandakumar et al. 2020).
#include <algorithm>
#include <cmath>

#include "ganbar/core/parallel.h"
#include "ganbar/tile/pulse_rule.h"
#include "ganbar/tile/pulse_rules.h"
#include "ganbar/tile/training_rule.h"

namespace ganbar {
namespace {

enum class Accumulate : std::uint8_t { gradient, adam };

struct MixedPrecisionRule {
    Volt v_set{0.8}, v_reset{-0.8};
    Second t_pulse{100e-9};
    Siemens pulse_step{0};
    Accumulate accumulate = Accumulate::gradient;
    double beta1 = 0.5, beta2 = 0.999;
    std::int64_t max_pulses = 10;
    static const char* doc() {
        return "Mixed precision: digital memory sums an optimizer's steps of train.rate; a cell gets its pulses when whole steps are due "
               "(Nandakumar et al. 2020, fig. 1).";
    }
    static Schema<MixedPrecisionRule> schema() {
        using T = MixedPrecisionRule;
        Schema<T> s;
        declare_counted_pulses(s);
        s.push_back(choice("accumulate", &T::accumulate, {"gradient", "adam"},
                           "what digital memory sums until whole pulses are due: rate times the gradient, or Adam's steps (beta1, beta2)",
                           published("Nandakumar et al. 2020: the gradient")));
        declare_moments(s);
        s.push_back(param("max_pulses", &T::max_pulses, std::int64_t{1}, std::int64_t{127},
                          "most pulses a cell and update; what is left over waits", assumed("bounds the time of an update")));
        return s;
    }
    void describe(RuleSpec& out, const Location&) const {
        out.at = [*this](const RuleMoment& m) {
            return MixedPrecision{m.rate, accumulate == Accumulate::adam, beta1, beta2, {v_set, v_reset, t_pulse, pulse_step}, max_pulses};
        };
        out.pulses = {v_set, v_reset, {}, {}, t_pulse};
        out.wires_fault = one_amplitude_a_pass;
    }
};

/// What digital memory sums, and what digital weights do.
DigitalRule steps_of(const MixedPrecision& rule) {
    if (rule.adam) return Adam{rule.rate, rule.beta1, rule.beta2};
    return Sgd{rule.rate, 0};
}

class Mixed final : public PulseRule {
public:
    explicit Mixed(const MixedPrecision& parameters) : rule(parameters) {}
    void program(CellMatrix& cells, const Matrix& gradient, Step& step) const override;

private:
    const MixedPrecision rule;
};

void Mixed::program(CellMatrix& cells, const Matrix& gradient, Step& step) const {
    cells.memory.average.resize(cells.n_in, cells.n_out);
    apply_rule(cells.memory.average, gradient, cells.memory.moments, steps_of(rule));
    const auto weight = static_cast<float>(cells.pulse_weight(rule.pulse)), most = static_cast<float>(rule.max_pulses);
    if (cells.flips_signs()) cells.flip_signs(cells.memory.average, 1, weight, step);
    const std::size_t n = CellMatrix::n_items(cells.n_in);
    std::vector<UpdateBill> bills(n);
    const Rng draws = step.rng.stream(cells.name + "/pulses");
    parallel_for(n, [&](std::size_t item) {
        std::vector<std::int8_t> counts(cells.n_out);
        for (std::size_t i = item * CellMatrix::rows_per_item; i < std::min(cells.n_in, (item + 1) * CellMatrix::rows_per_item); ++i) {
            for (std::size_t j = 0; j < cells.n_out; ++j) {
                float& due = cells.memory.average(i, j);
                const float pulses = std::clamp(std::trunc(due / weight), -most, most);
                due -= pulses * weight;
                counts[j] = static_cast<std::int8_t>(pulses);
            }
            const UpdateBill part = cells.program_row(i, counts, rule.pulse, draws.stream("row", i));
            bills[item].pulses += part.pulses;
            bills[item].n_passes += part.n_passes;
        }
    });
    std::int64_t passes = 0;
    for (const auto& b : bills) passes += b.n_passes;  // row after row
    cells.book_pulses(bills, static_cast<double>(passes) * rule.pulse.width.si, step);
}

}  // namespace

UpdateRule make_rule(const MixedPrecision& rule) { return {steps_of(rule), std::make_shared<const Mixed>(rule)}; }

void ganbar_register_mixed_precision(RuleRegistry& r) { r.add("mixed_precision", rule_entry<MixedPrecisionRule>(true, false)); }

}  // namespace ganbar
