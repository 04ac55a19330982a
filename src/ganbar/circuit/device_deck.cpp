#include "ganbar/circuit/device_deck.h"

#include <fmt/format.h>

#include <algorithm>

namespace ganbar {
namespace {

/// @v and @s of a law's expression become these.
std::string with(const std::string& expression, const std::string& v, const std::string& s) {
    std::string out;
    for (std::size_t k = 0; k < expression.size(); ++k) {
        if (expression[k] != '@') out += expression[k];
        else out += expression[++k] == 'v' ? v : s;
    }
    return out;
}

/// A rate that fades over the last 1e-4 of the way to the end that the state moves to: a simulator's steps shrink for ever at a sudden
/// stop.
std::string stopped(const std::string& rate, const std::string& state, double lo, double hi) {
    const double steep = 1e4 / (hi - lo);
    return fmt::format("({0}>0?{0}*min(1,max(0,{1:.17g}*({2:.17g}-{3}))):{0}*min(1,max(0,{1:.17g}*({3}-{4:.17g}))))", rate, steep, hi,
                       state, lo);
}

const char* const head =
    "// SI units. Written by ganbar; `include \"disciplines.vams\"` is the simulator's own.\n`include \"disciplines.vams\"\n\n";

std::string two_terminals(const std::string& name, const std::string& what, const std::string& parameters, const std::string& current) {
    return fmt::format("// {}\nmodule {}(p, n);\n  inout p, n;\n  electrical p, n;\n{}  analog I(p, n) <+ {};\nendmodule\n", what, name,
                       parameters, current);
}

std::string parameter(const char* name, double value, const char* range, const char* doc) {
    return fmt::format("  parameter real {} = {:.17g} from {}; // {}\n", name, value, range, doc);
}

std::string memristor(const CellCurve& curve) {
    const std::string g = parameter("g", 2e-4, "[0:inf)", "conductance at rest, S");
    switch (curve.kind) {
        case CellCurve::Kind::linear: return two_terminals("ganbar_memristor", "ohmic", g, "g * V(p, n)");
        case CellCurve::Kind::cubic:
            return two_terminals("ganbar_memristor", "linear plus cubic", g + parameter("c3", curve.coefficient, "[0:inf)", "1/V^2"),
                                 "g * V(p, n) * (1 + c3 * V(p, n) * V(p, n))");
        case CellCurve::Kind::sinh:
            return two_terminals("ganbar_memristor", "hyperbolic sine", g + parameter("b", curve.coefficient, "(0:inf)", "1/V"),
                                 "g * sinh(b * V(p, n)) / b");
    }
    return {};
}

/// The element in series, from the memristor (p) to the bit line (n).
std::string selector(const Selector& s) {
    const std::string leak = parameter("g_off", s.g_off.si, "[0:inf)", "leakage, S");
    switch (s.type) {
        case CellType::passive: return {};
        case CellType::transistor: {
            const bool on_off = s.transistor == Selector::Transistor::on_off;
            const std::string parameters =
                parameter("vt", s.vt.si, "(-inf:inf)", "threshold, V") +
                (on_off ? parameter("r_on", s.r_on.si, "(0:inf)", "ohm") : parameter("k", s.k, "(0:inf)", "A/V^2")) + leak;
            const std::string law =
                on_off ? "  analog I(p, n) <+ V(g) > vt ? V(p, n) / r_on : g_off * V(p, n);\n"
                       : "  real at_source, at_drain;\n  analog begin\n    at_source = max(V(g, n) - vt, 0);\n    at_drain = max(V(g, p) - "
                         "vt, 0);\n"
                         "    I(p, n) <+ 0.5 * k * (at_source * at_source - at_drain * at_drain) + g_off * V(p, n);\n  end\n";
            return fmt::format(
                "\n// transistor; g: its gate line, against ground\nmodule ganbar_selector(p, n, g);\n  inout p, n, g;\n  electrical p, n, "
                "g;\n{}{}endmodule\n",
                parameters, law);
        }
        case CellType::selector:
            if (s.selector == Selector::Law::exponential)
                return "\n" + two_terminals("ganbar_selector", "exponential selector",
                                            parameter("i_0", s.i_0.si, "(0:inf)", "A") + parameter("v_0", s.v_0.si, "(0:inf)", "V") + leak,
                                            "i_0 * sinh(V(p, n) / v_0) + g_off * V(p, n)");
            return "\n" + two_terminals("ganbar_selector", "threshold selector, corners rounded over width",
                                        parameter("v_th", s.v_th.si, "[0:inf)", "V") + parameter("g_on", s.g_on.si, "[0:inf)", "S") +
                                            parameter("width", s.width.si, "(0:inf)", "V") + leak,
                                        "g_off * V(p, n) + (g_on - g_off) * width * (max((V(p, n) - v_th) / width, 0) + ln(1 + "
                                        "exp(-abs((V(p, n) - v_th) / width)))\n"
                                        "      - max((-V(p, n) - v_th) / width, 0) - ln(1 + exp(-abs((V(p, n) + v_th) / width))))");
        case CellType::diode: {
            const double thermal_V = s.n * constants::boltzmann_J_per_K * s.temperature.si / constants::elementary_charge_C;
            return "\n" + two_terminals("ganbar_selector", "diode",
                                        parameter("i_s", s.i_s.si, "(0:inf)", "A") +
                                            parameter("n_kt_q", thermal_V, "(0:inf)", "ideality times thermal voltage, V") + leak,
                                        "i_s * (exp(V(p, n) / n_kt_q) - 1) + g_off * V(p, n)");
        }
    }
    return {};
}

}  // namespace

std::string verilog_a(const CrossbarProblem& crossbar) { return head + memristor(crossbar.curve) + selector(crossbar.selector); }

std::string verilog_a(const CircuitLaw& law, const std::string& name) {
    return fmt::format(
        "{}// The expected cell, for {}. State: {}; V(state) is the state over {:.17g}.\nmodule {}(p, n);\n  inout p, n;\n  electrical p, "
        "n, state;\n"
        "  parameter real start = {:.17g} from [{:.17g}:{:.17g}]; // of the state\n  real v, s, rate;\n  analog begin\n    v = V(p, n);\n  "
        "  s = V(state) * {:.17g};\n    rate = {};\n"
        "    rate = {};\n    V(state) <+ idt(rate / {:.17g}, start / {:.17g});\n    I(p, n) <+ {};\n  end\nendmodule\n",
        head, law.note, law.state, law.hi, name, law.start, law.lo, law.hi, law.hi, with(law.rate, "v", "s"),
        stopped("rate", "s", law.lo, law.hi), law.hi, law.hi, with(law.current, "v", "s"));
}

std::string pulse_deck(const CircuitLaw& law, const DeckPulses& train, const std::string& title) {
    GANBAR_ASSERT(!train.volts.empty() && train.width.si > 0 && train.gap.si > 0);
    const double width = train.width.si, edge = 1e-3 * std::min(width, train.gap.si), period = width + train.gap.si;
    const std::string v = "V(a)", s = fmt::format("(V(state)*{:.17g})", law.hi);
    std::string out = fmt::format("* {}\n* the expected cell, for {}; state: {}, here over {:.17g}; SI units\nVp p 0 PWL(0 0", title,
                                  law.note, law.state, law.hi);
    for (std::size_t k = 0; k < train.volts.size(); ++k) {
        const double begin =
            train.gap.si + static_cast<double>(k) * period;  // edges lie half inside: the pulse is as long at half its height
        out += fmt::format("\n+ {:.17g} 0 {:.17g} {:.17g} {:.17g} {:.17g} {:.17g} 0", begin - edge / 2, begin + edge / 2, train.volts[k],
                           begin + width - edge / 2, train.volts[k], begin + width + edge / 2);
    }
    out += fmt::format(")\n{}\n", train.series.si > 0 ? fmt::format("Rs p a {:.17g}", train.series.si) : "Vs p a 0");
    out += fmt::format("Bcell a 0 I={}\n", with(law.current, v, s));
    // the state moves a capacitor of `width` farad by what it does in a pulse's time
    out += fmt::format("Brate rate 0 V={:.17g}*{}\nBstate 0 state I={}\nCstate state 0 {:.17g}\n.ic v(state)={:.17g}\n", width / law.hi,
                       with(law.rate, v, s), stopped("V(rate)", "V(state)", law.lo / law.hi, 1), width, law.start / law.hi);
    const double end = train.gap.si + static_cast<double>(train.volts.size()) * period;
    out += fmt::format(
        "Bg g 0 V=1e6*{}\n.options reltol=1e-6 abstol=1e-15 vntol=1e-10 chgtol=1e-20 method=gear\n.tran {:.17g} {:.17g} 0 {:.17g} "
        "uic\n.control\nset numdgt=12\nrun\n",
        with(law.conductance, v, s), width / 50, end, width / 50);
    for (std::size_t k = 0; k <= train.volts.size(); ++k)
        out += fmt::format("meas tran u_{0} find v(g) at={1:.17g}\nlet g_{0} = u_{0}*1e-6\nprint g_{0}\n", k,
                           train.gap.si / 2 + static_cast<double>(k) * period);
    return out + "quit 0\n.endc\n.end\n";
}

DeviceTexts device_texts(const DeviceRegistry& devices, const CellQuestion& question, const DeckOptions& options) {
    const DeviceSpec spec = expected_cell(devices, question);
    if (!spec.circuit_law) throw ConfigError(question.model + " has no law for circuit simulators; expected nili2020, vteam or yakopcic");
    const Second width = question.pulses.empty() ? Second{100e-9} : question.pulses.front().width;
    const std::size_t n = question.pulses.size() * static_cast<std::size_t>(std::clamp<std::int64_t>(question.count, 1, 10'000'000));
    constexpr std::size_t most = 10'000;
    if (n > most) throw ConfigError(fmt::format("a deck of {} pulses is long; expected at most {}", n, most));
    const CellAnswer answer = pulse_cell(devices, question);  // checks the start, too
    const CircuitLaw law = spec.circuit_law(width, Siemens{answer.start_S});
    DeviceTexts out{"", verilog_a(law, "ganbar_" + question.model), answer.warnings};
    if (question.pulses.empty()) return out;
    DeckPulses train{{}, width, options.gap.si > 0 ? options.gap : width, options.series};
    for (const auto& pulse : answer.pulses) {
        if (pulse.width != width)
            throw ConfigError(fmt::format("pulses of {:g} s and {:g} s in one deck; expected one width", width.si, pulse.width.si));
        train.volts.push_back(pulse.voltage.si);
    }
    std::string reference = fmt::format("one cell of {} under {} pulses of {:g} s", question.model, n, width.si);
    reference += fmt::format("\n* the built-in device, pulses without edges{}: g_0 = {:.9g} S",
                             options.series.si > 0 ? " and series resistance" : "", answer.start_S);
    for (std::size_t k = 0; k < answer.g_S.size(); ++k)
        reference += fmt::format("\n*   g_{} = {:.9g} S after {:g} V", k + 1, answer.g_S[k], answer.pulses[k].voltage.si);
    out.deck = pulse_deck(law, train, reference);
    return out;
}

}  // namespace ganbar
