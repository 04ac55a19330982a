#include "ganbar/circuit/spice.h"

#include <fmt/format.h>

#include <ostream>

#include "ganbar/circuit/topology.h"
#include "ganbar/core/stop.h"

namespace ganbar {
namespace {

std::string node_name(const Topology& t, std::size_t node) {
    const std::size_t n = t.rows * t.cols;
    if (node < n) return fmt::format("w_{}_{}", node / t.cols, node % t.cols);
    if (node < 2 * n) return fmt::format("b_{}_{}", (node - n) / t.cols, (node - n) % t.cols);
    if (node < 2 * n + t.rows) return fmt::format("sw_{}", node - 2 * n);
    return fmt::format("sb_{}", node - 2 * n - t.rows);
}

std::string cell_line(const CrossbarProblem& p, std::size_t k, const std::string& w, const std::string& b) {
    const double g = p.g_S[k], c = p.curve.coefficient;
    const std::string place = fmt::format("{}_{} {} {}", k / p.cols, k % p.cols, w, b);  // a memristor
    switch (p.curve.kind) {
        case CellCurve::Kind::linear: return fmt::format("Rc_{} {:.17g}\n", place, 1 / g);
        case CellCurve::Kind::cubic:
            return fmt::format("Bc_{0} I={1:.17g}*(V({2},{3})+{4:.17g}*V({2},{3})*V({2},{3})*V({2},{3}))\n", place, g, w, b, c);
        case CellCurve::Kind::sinh: return fmt::format("Bc_{0} I={1:.17g}*sinh({4:.17g}*V({2},{3}))/{4:.17g}\n", place, g, w, b, c);
    }
    return {};
}

/// What is in series with the memristor, from its node x to the bit line.
std::string selector_lines(const CrossbarProblem& p, std::size_t k, const std::string& x, const std::string& b) {
    const Selector& s = p.selector;
    const std::string at = fmt::format("{}_{}", k / p.cols, k % p.cols),
                      leak = s.g_off.si > 0 ? fmt::format("Roff_{} {} {} {:.17g}\n", at, x, b, 1 / s.g_off.si) : "";
    const std::string v = fmt::format("V({},{})", x, b);
    switch (s.type) {
        case CellType::passive: return {};
        case CellType::transistor:
            if (s.transistor == Selector::Transistor::on_off)
                return fmt::format("Rt_{} {} {} {:.17g}\n", at, x, b, p.gate_V[k / p.cols] > s.vt.si ? s.r_on.si : 1 / s.g_off.si);
            return fmt::format("Mt_{} {} g_{} {} bulk ganbar_nmos\n", at, x, k / p.cols, b) + leak;
        case CellType::selector: {
            if (s.selector == Selector::Law::exponential)
                return fmt::format("Bs_{} {} {} I={:.17g}*sinh({}/{:.17g})\n", at, x, b, s.i_0.si, v, s.v_0.si) + leak;
            const double w = s.width.si;  // ln(1 + exp(y)) without an overflow
            const auto corner = [&](const char* sign) {
                const std::string y = fmt::format("(({}{}-{:.17g})/{:.17g})", sign, v, s.v_th.si, w);
                return fmt::format("(max({0},0)+ln(1+exp(-abs({0}))))", y);
            };
            return fmt::format("Bs_{} {} {} I={:.17g}*({}-{})\n", at, x, b, (s.g_on.si - s.g_off.si) * w, corner(""), corner("0-")) + leak;
        }
        case CellType::diode: {
            const double thermal_V = s.n * constants::boltzmann_J_per_K * s.temperature.si / constants::elementary_charge_C;
            return fmt::format("Bd_{} {} {} I={:.17g}*(exp({}/{:.17g})-1)\n", at, x, b, s.i_s.si, v, thermal_V) + leak;
        }
    }
    return {};
}

/// Gate lines and the transistor: level 1 is the square law; the junctions to the bulk, far below all other nodes, pass nothing.
std::string gate_lines(const CrossbarProblem& p) {
    if (!p.selector.bit_line_counts()) return {};
    std::string text = fmt::format(".model ganbar_nmos nmos level=1 vto={:.17g} kp={:.17g} lambda=0 gamma=0 is=1e-30\nVbulk bulk 0 -1000\n",
                                   p.selector.vt.si, p.selector.k);
    for (std::size_t i = 0; i < p.rows; ++i) text += fmt::format("Vg_{0} g_{0} 0 {1:.17g}\n", i, p.gate_V[i]);
    return text;
}

}  // namespace

void write_spice(const CrossbarProblem& p, std::ostream& out, const SpiceOptions& options) {
    validate(p);
    const Topology t(p);
    const auto name = [&](std::size_t group) {
        stop_point();  // millions of lines
        return node_name(t, group);
    };
    const bool composed = p.selector.type != CellType::passive;
    out << fmt::format("* {} crossbar, {} word lines x {} bit lines; SI units\n",
                       cell_type_names()[static_cast<std::size_t>(p.selector.type)], p.rows, p.cols);
    out << fmt::format("* rw={:.17g} rb={:.17g} rdrv={:.17g} rsense={:.17g} ohm; terminals at {}\n", p.wires.rw.si, p.wires.rb.si,
                       p.wires.rdrv.si, p.wires.rsense.si, p.wires.ends == Ends::both ? "both ends" : "one end");
    for (std::size_t i = 0; i < p.rows; ++i)
        if (p.vw_V[i]) out << fmt::format("Vw_{} {} 0 {:.17g}\n", i, name(t.word_source(i)), *p.vw_V[i]);
    for (std::size_t j = 0; j < p.cols; ++j)
        if (p.vb_V[j]) out << fmt::format("Vb_{} {} 0 {:.17g}\n", j, name(t.bit_terminal(j)), *p.vb_V[j]);
    for (std::size_t k = 0; k < t.wires.size(); ++k)
        out << fmt::format("Rwire_{} {} {} {:.17g}\n", k, name(t.wires[k].a), name(t.wires[k].b), 1 / t.wires[k].g_S);
    for (std::size_t k = 0; k < p.g_S.size(); ++k)
        if (p.g_S[k] > 0) {
            const std::string bit = name(t.group[p.g_S.size() + k]),
                              inner = composed ? fmt::format("x_{}_{}", k / p.cols, k % p.cols) : bit;
            out << cell_line(p, k, name(t.group[k]), inner) << selector_lines(p, k, inner, bit);
        }
    out << gate_lines(p);
    // a SPICE current through a source runs from its + node inwards, hence the sign of the word currents
    // kinks and saturation keep ngspice from settling beyond 1e-10; its step is quadratic, so the voltages are better than that
    out << (composed ? ".options reltol=1e-10 abstol=1e-18 vntol=1e-12 gmin=1e-20 itl1=500"
                     : ".options reltol=1e-12 abstol=1e-18 vntol=1e-14 itl1=500")
        << "\n.control\nset numdgt=16\nop\n";
    for (std::size_t i = 0; i < p.rows; ++i)
        if (p.vw_V[i]) out << fmt::format("let iw_{0} = 0-i(vw_{0})\nprint iw_{0}\n", i);
    for (std::size_t j = 0; j < p.cols; ++j)
        if (p.vb_V[j]) out << fmt::format("let ib_{0} = i(vb_{0})\nprint ib_{0}\n", j);
    if (options.node_voltages && p.g_S.size() >= many_cells)
        out << fmt::format("echo \"warning: the voltages of {} nodes are printed one by one, which takes most of the time\"\n",
                           2 * p.g_S.size());
    for (std::size_t k = 0; options.node_voltages && k < p.g_S.size(); ++k)
        for (const std::size_t node : {k, k + p.g_S.size()}) {
            const std::string own = node_name(t, node);
            stop_point();
            out << fmt::format("let v_{0} = v({1})\nprint v_{0}\n", own, name(t.group[node]));
        }
    for (std::size_t k = 0; options.node_voltages && composed && k < p.g_S.size(); ++k)
        if (p.g_S[k] > 0) out << fmt::format("let v_x_{0}_{1} = v(x_{0}_{1})\nprint v_x_{0}_{1}\n", k / p.cols, k % p.cols);
    out << "quit 0\n.endc\n.end\n";
}

std::string deck_warning(std::size_t n, bool node_voltages) {
    constexpr std::size_t some_seconds = 64 * 64;
    if (n <= some_seconds && !(node_voltages && n > many_cells)) return "";
    return fmt::format("a deck of {} cells{} takes ngspice minutes; ganbar solve gives the same numbers in seconds", n,
                       node_voltages ? " that prints all its nodes" : "");
}

}  // namespace ganbar
