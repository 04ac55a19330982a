// Mixed precision: digital memory sums steps, a cell gets its pulses when whole steps are due (core/update_rule.h, MixedPrecision).
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
        return "Mixed precision: digital memory sums an optimizer's steps of train.rate; a cell gets its pulses when whole steps are due (Nandakumar et al. 2020, fig. 1).";
    }
    static Schema<MixedPrecisionRule> schema() {
        using T = MixedPrecisionRule;
        Schema<T> s;
        declare_counted_pulses(s);
        s.push_back(choice("accumulate", &T::accumulate, {"gradient", "adam"}, "what digital memory sums until whole pulses are due: rate times the gradient, or Adam's steps (beta1, beta2)",
                           published("Nandakumar et al. 2020: the gradient")));
        declare_moments(s);
        s.push_back(param("max_pulses", &T::max_pulses, std::int64_t{1}, std::int64_t{127}, "most pulses a cell and update; what is left over waits", assumed("bounds the time of an update")));
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

}  // namespace

void ganbar_register_mixed_precision(RuleRegistry& r) { r.add("mixed_precision", rule_entry<MixedPrecisionRule>(true, false)); }

}  // namespace ganbar
