// Manhattan's rule: the sign of a gradient decides one fixed pulse; its variants: annealed or variable amplitude, dead zone, closed loop,
// error feedback.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/tile/signs.h"
#include "ganbar/tile/training_rule.h"

namespace ganbar {
namespace {

struct ManhattanRule {
    Volt v_set{0.8}, v_reset{-0.8}, v_set_end{0}, v_reset_end{0};
    Second t_pulse{100e-9};
    std::int64_t anneal_from = 0, anneal_rounds = 0;
    bool literal = false;
    double momentum = 0, dead_zone = 0;
    double feedback = 0, feedback_scale = 0, feedback_limit = 3, feedback_d = -1;
    std::int64_t verify_pulses = 0;
    Siemens verify_step{1.2e-6}, verify_step_end{0}, verify_step_d{0};
    Volt verify_ramp{0.05};
    double digital_step = 1e-3;
    Volt amplitude_slope{0}, amplitude_span{0.3};

    static const char* doc() {
        return "Manhattan's rule: the sign of the batch gradient decides one fixed pulse a cell (satyam2022, sec. II); with annealing, "
               "closed loops and error feedback.";
    }
    static Schema<ManhattanRule> schema();
    Manhattan at(const RuleMoment& m) const;
    void describe(RuleSpec& out, const Location& table) const;
    std::string wires_fault() const;
    std::string gentler() const;
};

Schema<ManhattanRule> ManhattanRule::schema() {
    using T = ManhattanRule;
    constexpr std::int64_t many = 1'000'000'000;
    Schema<T> s;
    declare_pulses(s);
    const Schema<T> own = {
        param("v_set_end", &T::v_set_end, Volt{0}, Volt{5}, "amplitude of set pulses after annealing; 0 = constant", assumed("constant")),
        param("v_reset_end", &T::v_reset_end, Volt{-5}, Volt{0}, "amplitude of reset pulses after annealing; 0 = constant",
              assumed("constant")),
        param("anneal_from", &T::anneal_from, std::int64_t{0}, many, "round at which amplitudes begin to move", assumed("the first")),
        param("anneal_rounds", &T::anneal_rounds, std::int64_t{0}, many, "rounds over which amplitudes move to their end; 0 = constant",
              assumed("constant")),
        param("literal", &T::literal, "negative weights follow the printed labels: dW > 0 pairs with V_set",
              published("satyam2022, sec. II, update table")),
        param("momentum", &T::momentum, 0.0, 0.9999, "average the gradient digitally before its sign is taken", assumed("off")),
        param("dead_zone", &T::dead_zone, 0.0, 100.0, "no pulse where |gradient| is below this multiple of the layer's mean |gradient|",
              assumed("off")),
        param("feedback", &T::feedback, 0.0, 7.0,
              "error feedback: every sign asks its cell for a move of verify_step; the cell is pulsed when it owes this many of them, and "
              "reads before and after the pulse settle the debt; 0 = off",
              assumed("off, as in satyam2022")),
        param("feedback_scale", &T::feedback_scale, 0.0, 100.0,
              "error feedback: a gradient of this many times its layer's root mean square asks for a move of one verify_step, others in "
              "proportion; 0 = every sign asks for one",
              assumed("signs only, as in satyam2022")),
        param("feedback_limit", &T::feedback_limit, 0.1, 7.0, "error feedback in proportion: most verify_steps that one gradient asks for",
              assumed("three root mean squares at feedback_scale 1")),
        param("feedback_d", &T::feedback_d, -1.0, 7.0, "feedback of the discriminator; -1 = feedback", assumed("as the generator's")),
        param("verify_pulses", &T::verify_pulses, std::int64_t{0}, std::int64_t{100},
              "closed-loop writing: pulses of growing amplitude, at most this many, until reads show that the cell has moved by "
              "verify_step; 0 = one blind pulse",
              assumed("off, as in satyam2022")),
        param("verify_step", &T::verify_step, Siemens{0}, Siemens{1},
              "closed-loop writing: change after which a cell's pulses stop; error feedback: move that one sign asks for (see "
              "feedback_scale)",
              assumed("near 1% of the window")),
        param("verify_step_end", &T::verify_step_end, Siemens{0}, Siemens{1}, "verify_step after annealing; 0 = constant",
              assumed("constant")),
        param("verify_step_d", &T::verify_step_d, Siemens{0}, Siemens{1}, "verify_step of the discriminator; 0 = verify_step",
              assumed("as the generator's")),
        param("verify_ramp", &T::verify_ramp, Volt{0}, Volt{1},
              "closed-loop writing and error feedback: growth of the amplitude from pulse to pulse",
              assumed("write-verify with a voltage ramp, as used to tune such arrays (Fahimi 2021)")),
        param("digital_step", &T::digital_step, 0.0, 1.0, "step of biases and weights in digital memory",
              assumed("near one set pulse of the generator")),
        param("amplitude_slope", &T::amplitude_slope, Volt{0}, Volt{1},
              "variable amplitude: volts more per e-fold of |gradient| over the layer's mean; 0 = one amplitude",
              derived("Kataeva et al. 2015 set the amplitude by the gradient; where steps grow exponentially with voltage the logarithm "
                      "makes them proportional")),
        param("amplitude_span", &T::amplitude_span, Volt{0}, Volt{1}, "variable amplitude: farthest from v_set and v_reset",
              assumed("within what the device models cover")),
    };
    s.insert(s.end(), own.begin(), own.end());
    return s;
}

// Amplitudes and steps move linearly to their ends over anneal_rounds, starting at anneal_from.
Manhattan ManhattanRule::at(const RuleMoment& m) const {
    const double progress =
        anneal_rounds == 0 ? 0.0 : std::clamp(static_cast<double>(m.round - anneal_from) / static_cast<double>(anneal_rounds), 0.0, 1.0);
    const auto mix = [&](auto from, auto to) { return to.si == 0 ? from : (1 - progress) * from + progress * to; };
    Manhattan out;
    out.set = mix(v_set, v_set_end), out.reset = mix(v_reset, v_reset_end), out.width = t_pulse;
    out.literal = literal, out.dead_zone = dead_zone, out.momentum = momentum, out.digital_step = digital_step;
    out.feedback = m.discriminator && feedback_d >= 0 ? feedback_d : feedback;
    out.feedback_scale = feedback_scale, out.feedback_limit = feedback_limit;
    out.verify_pulses = verify_pulses, out.verify_ramp = verify_ramp;
    out.verify_step = mix(m.discriminator && verify_step_d.si > 0 ? verify_step_d : verify_step, verify_step_end);
    out.amplitude_slope = amplitude_slope, out.amplitude_span = amplitude_span;
    return out;
}

std::string ManhattanRule::wires_fault() const {
    if (literal)
        return "train.manhattan.literal asks for another pulse's change, which no voltage gives; expected literal = false with wires.mode "
               "= \"exact\"";
    return amplitude_slope.si > 0 ? one_amplitude_a_pass : "";
}

std::string ManhattanRule::gentler() const {
    const auto volts = [](double v) { return fmt::format("\"{:.4g} V\"", v); };
    if (feedback > 0)
        return fmt::format("train.manhattan.verify_step = \"{:.3g} uS\" (now {:.3g} uS)", verify_step.si * 0.5e6, verify_step.si * 1e6);
    return fmt::format("train.manhattan.v_set = {} with train.manhattan.v_reset = {} (now {:.3g} V and {:.3g} V)", volts(0.85 * v_set.si),
                       volts(0.85 * v_reset.si), v_set.si, v_reset.si);
}

void ManhattanRule::describe(RuleSpec& out, const Location& table) const {
    if (amplitude_slope.si > 0 && (literal || feedback > 0 || feedback_d > 0 || verify_pulses > 0))
        throw ConfigError(
            "train.manhattan.amplitude_slope varies the one blind pulse of a cell; expected literal, feedback and verify_pulses off",
            table);
    out.at = [*this](const RuleMoment& m) { return at(m); };
    out.pulses = {v_set,
                  v_reset,
                  anneal_rounds > 0 ? v_set_end : Volt{0},
                  anneal_rounds > 0 ? v_reset_end : Volt{0},
                  t_pulse,
                  verify_pulses > 0 ? static_cast<double>(verify_pulses - 1) * verify_ramp : Volt{0},
                  amplitude_slope.si > 0 ? amplitude_span : Volt{0},
                  verify_ramp};
    out.wires_fault = wires_fault();
    out.uses_rate = false;
    out.gentler_in_cells = gentler();
    out.gentler_in_memory = fmt::format("train.manhattan.digital_step = {:.3g} (now {:.3g})", digital_step / 4, digital_step);
}

}  // namespace

UpdateRule make_rule(const Manhattan& rule) {
    return {SignStep{rule.digital_step, rule.momentum, rule.dead_zone}, std::make_shared<const Signs>(rule)};
}

void ganbar_register_manhattan(RuleRegistry& r) { r.add("manhattan", rule_entry<ManhattanRule>(true, true)); }

}  // namespace ganbar
