#include "ganbar/circuit/spice.h"

#include <fmt/format.h>

#include <ostream>

#include "ganbar/circuit/topology.h"

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
    const std::string place = fmt::format("{}_{} {} {}", k / p.cols, k % p.cols, w, b);
    switch (p.curve.kind) {
        case CellCurve::Kind::linear: return fmt::format("Rc_{} {:.17g}\n", place, 1 / g);
        case CellCurve::Kind::cubic:
            return fmt::format("Bc_{0} I={1:.17g}*(V({2},{3})+{4:.17g}*V({2},{3})*V({2},{3})*V({2},{3}))\n", place, g, w, b, c);
        case CellCurve::Kind::sinh: return fmt::format("Bc_{0} I={1:.17g}*sinh({4:.17g}*V({2},{3}))/{4:.17g}\n", place, g, w, b, c);
    }
    return {};
}

}  // namespace

void write_spice(const CrossbarProblem& p, std::ostream& out, const SpiceOptions& options) {
    validate(p);
    const Topology t(p);
    const auto name = [&](std::size_t group) { return node_name(t, group); };
    out << fmt::format("* passive crossbar, {} word lines x {} bit lines; SI units\n", p.rows, p.cols);
    out << fmt::format("* rw={:.17g} rb={:.17g} rdrv={:.17g} rsense={:.17g} ohm; terminals at {}\n", p.wires.rw.si, p.wires.rb.si, p.wires.rdrv.si,
                       p.wires.rsense.si, p.wires.ends == Ends::both ? "both ends" : "one end");
    for (std::size_t i = 0; i < p.rows; ++i)
        if (p.vw_V[i]) out << fmt::format("Vw_{} {} 0 {:.17g}\n", i, name(t.word_source(i)), *p.vw_V[i]);
    for (std::size_t j = 0; j < p.cols; ++j)
        if (p.vb_V[j]) out << fmt::format("Vb_{} {} 0 {:.17g}\n", j, name(t.bit_terminal(j)), *p.vb_V[j]);
    for (std::size_t k = 0; k < t.wires.size(); ++k)
        out << fmt::format("Rwire_{} {} {} {:.17g}\n", k, name(t.wires[k].a), name(t.wires[k].b), 1 / t.wires[k].g_S);
    for (std::size_t k = 0; k < p.g_S.size(); ++k)
        if (p.g_S[k] > 0) out << cell_line(p, k, name(t.group[k]), name(t.group[p.g_S.size() + k]));
    // a SPICE current through a source runs from its + node inwards, hence the sign of the word currents
    out << ".options reltol=1e-12 abstol=1e-18 vntol=1e-14 itl1=500\n.control\nset numdgt=16\nop\n";
    for (std::size_t i = 0; i < p.rows; ++i)
        if (p.vw_V[i]) out << fmt::format("let iw_{0} = 0-i(vw_{0})\nprint iw_{0}\n", i);
    for (std::size_t j = 0; j < p.cols; ++j)
        if (p.vb_V[j]) out << fmt::format("let ib_{0} = i(vb_{0})\nprint ib_{0}\n", j);
    if (options.node_voltages && p.g_S.size() >= many_cells)
        out << fmt::format("echo \"warning: the voltages of {} nodes are printed one by one, which takes most of the time\"\n", 2 * p.g_S.size());
    for (std::size_t k = 0; options.node_voltages && k < p.g_S.size(); ++k)
        for (const std::size_t node : {k, k + p.g_S.size()}) {
            const std::string own = node_name(t, node);
            out << fmt::format("let v_{0} = v({1})\nprint v_{0}\n", own, name(t.group[node]));
        }
    out << "quit 0\n.endc\n.end\n";
}

}  // namespace ganbar
