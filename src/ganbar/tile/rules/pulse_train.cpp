// Stochastic pulse trains: rows and columns carry random pulses, cells move where they coincide (core/update_rule.h, PulseTrain).
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
        return "Stochastic pulse trains: rows carry random pulses of x, columns of the error, and a cell moves where they coincide, on average by train.rate times the gradient "
               "(Gokmen and Vlasov 2016, eqs. 2-4).";
    }
    static Schema<PulseTrainRule> schema() {
        Schema<PulseTrainRule> s;
        declare_trains(s);
        return s;
    }
    void describe(RuleSpec& out, const Location&) const {
        out.at = [*this](const RuleMoment& m) { return PulseTrain{m.rate, {v_set, v_reset, t_pulse, pulse_step}, pulse_length, pulse_management}; };
        out.pulses = {v_set, v_reset, {}, {}, t_pulse};
        out.wires_fault = one_amplitude_a_pass;
    }
};

}  // namespace

void ganbar_register_pulse_train(RuleRegistry& r) { r.add("pulse_train", rule_entry<PulseTrainRule>(true, false)); }

}  // namespace ganbar
