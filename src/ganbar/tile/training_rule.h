// The seam of training rules: what a rule is called, its own parameters (table [train.NAME]), and the update it asks for at each round. One
// rule is one file of rules/; CMake writes the list that registers them.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "ganbar/config/node.h"
#include "ganbar/core/linear_op.h"
#include "ganbar/core/registry.h"

namespace ganbar {

/// When an update is made, and for whom.
struct RuleMoment {
    std::int64_t round = 0;
    bool discriminator = false;
    double rate = 0;  ///< train.rate, or train.rate_d of the discriminator
};

/// The pulses that a rule puts on cells, for what looks at them beforehand: coverage of the device model, losses along wires.
struct RulePulses {
    Volt set{0}, reset{0};
    Volt set_end{0}, reset_end{0};  ///< after annealing; 0: as at the beginning
    Second width{0};
    Volt growth{0};   ///< most that a closed loop adds to an amplitude
    Volt span{0};     ///< farthest that the gradient moves an amplitude
    Volt ramp{0.05};  ///< growth from pulse to pulse where cells are written with verification
};

/// A rule with the parameters in use. Bound once, where the input is read.
struct RuleSpec {
    std::string name;
    std::vector<ParamRow> params;
    std::function<UpdateRule(const RuleMoment&)> at;
    std::optional<RulePulses> pulses;                 ///< none: the rule moves no cells
    std::string wires_fault;                          ///< why its pulses cannot pass through wires, and what was expected; "": they can
    bool uses_rate = true;                            ///< train.rate
    std::string gentler_in_cells, gentler_in_memory;  ///< settings to try where its steps are too large; "": train.rate_d
    /// A matrix on two sets of cells, the second made of one cell a weight around mid-window: joins them. Empty: one set is enough.
    std::function<std::unique_ptr<LinearOp>(const std::string& name, std::unique_ptr<LinearOp> fast, std::unique_ptr<LinearOp> slow)>
        join_arrays;
};

/// A rule: its description, where it works, its parameters with their defaults, and how its table becomes a RuleSpec.
struct RuleEntry {
    std::string doc;
    bool in_cells = true, in_software = false;
    std::vector<ParamRow> defaults;
    std::function<RuleSpec(const config::Node*)> bind;  ///< null: the defaults; ConfigError at the table where values contradict each other
};
using RuleRegistry = Registry<RuleEntry>;
/// All rules of rules/*.cpp.
void register_builtin_rules(RuleRegistry& registry);

/// A rule R is a struct of parameters with
///     static const char* doc();
///     static Schema<R> schema();
///     void describe(RuleSpec& out, const Location& table) const;  // everything but name and params
template <class R>
RuleEntry rule_entry(bool in_cells, bool in_software) {
    const auto bind = [](const config::Node* node) {
        R rule;
        config::bind(node, R::schema(), rule);
        RuleSpec out;
        out.params = param_rows(R::schema(), rule);
        rule.describe(out, node ? node->where : Location{});
        return out;
    };
    return {R::doc(), in_cells, in_software, param_rows(R::schema(), R{}), bind};
}

/// Declarations that several rules share; `width`, `set`, `reset` as satyam2022 has them.
template <class R>
void declare_pulses(Schema<R>& out) {
    out.push_back(param("v_set", &R::v_set, Volt{0}, Volt{5}, "amplitude of set pulses", published("satyam2022, sec. II: 0.8 V")));
    out.push_back(param("v_reset", &R::v_reset, Volt{-5}, Volt{0}, "amplitude of reset pulses", published("satyam2022, sec. II: -0.8 V")));
    out.push_back(
        param("t_pulse", &R::t_pulse, Second{1e-12}, Second{10}, "width of a programming pulse", published("satyam2022, sec. II: 100 ns")));
}
template <class R>
void declare_counted_pulses(Schema<R>& out) {
    declare_pulses(out);
    out.push_back(param("pulse_step", &R::pulse_step, Siemens{0}, Siemens{1},
                        "change that one pulse is counted on to make; 0 = measured at mid-window",
                        assumed("measured, as a controller characterises its array")));
}
template <class R>
void declare_moments(Schema<R>& out) {
    out.push_back(param("beta1", &R::beta1, 0.0, 0.9999, "decay of the first moment", published("Radford et al. 2016: 0.5 for GANs")));
    out.push_back(param("beta2", &R::beta2, 0.0, 0.99999, "decay of the second moment", published("Kingma and Ba 2015: 0.999")));
}
template <class R>
void declare_trains(Schema<R>& out) {
    declare_counted_pulses(out);
    out.push_back(param("pulse_length", &R::pulse_length, std::int64_t{1}, std::int64_t{32}, "slots of a stochastic pulse train",
                        published("Gokmen et al. 2017 and aihwkit: 31")));
    out.push_back(param("pulse_management", &R::pulse_management, "share the probability evenly between rows and columns",
                        published("Gokmen et al. 2017, eq. 5")));
}
/// What most rules with counted pulses have to say of themselves.
constexpr const char* one_amplitude_a_pass =
    "pulses through wires are one amplitude a pass; expected train.rule = \"manhattan\" without train.manhattan.amplitude_slope, or "
    "wires.program = \"ideal\"";

}  // namespace ganbar
