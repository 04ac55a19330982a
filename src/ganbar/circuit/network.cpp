#include "ganbar/circuit/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ganbar/circuit/laplacian.h"

namespace ganbar {

Network::Network(const CrossbarProblem& p) : problem(p), topology(p), unknown(topology.group.size(), none) {
    const auto& group = topology.group;
    const auto order = nested_dissection(p.rows, p.cols);
    std::vector<std::size_t> last(group.size(), none);
    for (std::size_t k = 0; k < order.size(); ++k) last[group[order[k]]] = k;
    for (std::size_t k = 0; k < order.size(); ++k)  // a group is eliminated where its last node would be
        if (const std::size_t g = group[order[k]]; last[g] == k && !topology.fixed[g]) unknown[g] = n_unknown++;
    rebias();
    for (const auto& w : topology.wires) elements.push_back({w.a, w.b, w.g_S, none});
    n_wires = elements.size();
    for (std::size_t k = 0; k < p.g_S.size(); ++k)
        if (p.g_S[k] > 0) elements.push_back({group[k], group[p.g_S.size() + k], p.g_S[k], k});
}

void Network::rebias() {
    for (std::size_t i = 0; i < problem.rows; ++i) topology.fixed[topology.word_source(i)] = problem.vw_V[i];
    for (std::size_t j = 0; j < problem.cols; ++j) topology.fixed[topology.bit_terminal(j)] = problem.vb_V[j];
    largest_V = 0;
    for (const auto& v : topology.fixed)
        if (v) largest_V = std::max(largest_V, std::abs(*v));
}

double Network::current(const Element& e, const NodeVoltages& v) const {
    const double u = v.across(e.a, e.b);
    if (e.is_cell() && problem.selector.type != CellType::passive) return cell_point(e, u, v.high_V[e.b]).i_A;
    return e.g_S * (e.is_cell() ? problem.curve.shape(u) : u);
}

double Network::slope(const Element& e, const NodeVoltages& v) const {
    if (!e.is_cell()) return e.g_S;
    const double u = v.across(e.a, e.b);
    return problem.selector.type == CellType::passive ? e.g_S * problem.curve.slope(u) : cell_point(e, u, v.high_V[e.b]).slope_S;
}

CellPoint Network::cell_point(const Element& e, double u_V, double bit_V) const {
    return composed_cell(problem.curve, e.g_S, problem.selector, u_V, problem.gate_V.empty() ? 0.0 : problem.gate_V[e.cell / problem.cols],
                         bit_V);
}

Network::Balance Network::balance(const NodeVoltages& v) const {
    constexpr double eps = std::numeric_limits<double>::epsilon();
    Balance out;
    out.leaving_A.assign(unknown.size(), 0.0), out.passing_A.assign(unknown.size(), 0.0);
    std::vector<double> rounding(unknown.size(), 0.0);  // what the digits of the voltages leave open
    for (const auto& e : elements) {
        const double u = v.across(e.a, e.b), i = current(e, v);
        if (!std::isfinite(i)) {
            if (e.is_cell() && std::isfinite(u))
                throw NumericError(fmt::format("the current of cell [{}][{}] exceeds the range of numbers: {} V lie across it",
                                               e.cell / problem.cols, e.cell % problem.cols, u));
            throw NumericError("the node voltages of the crossbar are not finite");
        }
        const double open = 32 * eps * (std::abs(u) + eps * largest_V) * slope(e, v);
        for (const std::size_t n : {e.a, e.b}) out.passing_A[n] += std::abs(i), rounding[n] += open;
        out.leaving_A[e.a] += i, out.leaving_A[e.b] -= i;
    }
    const double least =
        std::max(1e-12 * *std::max_element(out.passing_A.begin(), out.passing_A.end()), std::numeric_limits<double>::min());
    for (std::size_t k = 0; k < unknown.size(); ++k) {
        out.rounding_A += rounding[k];
        if (unknown[k] == none) continue;
        const double off = std::abs(out.leaving_A[k]);
        out.residual_A = std::max(out.residual_A, off);
        const double rest = std::max(0.0, off - rounding[k]) / std::max(out.passing_A[k], least);
        if (rest > out.worst) out.worst = rest, out.worst_group = k;
    }
    return out;
}

OperatingPoint Network::point(const NodeVoltages& v, const Balance& balance) const {
    OperatingPoint out;
    const std::size_t n = problem.rows * problem.cols;
    out.w_V.resize(n), out.b_V.resize(n);
    for (std::size_t k = 0; k < n; ++k) out.w_V[k] = v.high_V[topology.group[k]], out.b_V[k] = v.high_V[topology.group[n + k]];
    out.i_cell_A.assign(n, 0.0);
    if (problem.selector.type != CellType::passive) out.internal_V = out.w_V;  // open cells: at the word line, where the memristor would be
    for (const auto& e : elements) {
        const double i = current(e, v), power = v.across(e.a, e.b) * i;
        if (e.is_cell()) out.i_cell_A[e.cell] = i;
        if (e.is_cell() && !out.internal_V.empty())
            out.internal_V[e.cell] = v.high_V[e.b] + cell_point(e, v.across(e.a, e.b), v.high_V[e.b]).x_V;
        (e.is_cell() ? out.cells_W : out.wires_W) += power;
    }
    out.residual_A = balance.residual_A;
    terminal_currents(v, balance.leaving_A, out);
    return out;
}

/// A line's current is the sum of its cells' and also what its terminal passes; the stiffer of the two carries the rounding of the
/// voltages.
void Network::terminal_currents(const NodeVoltages& v, const std::vector<double>& leaving, OperatingPoint& out) const {
    const auto& p = problem;
    const std::size_t m = p.rows, n = p.cols;
    std::vector<double> cell_current(m + n, 0.0), cell_slope(m + n, 0.0);
    for (std::size_t k = n_wires; k < elements.size(); ++k) {
        const auto& e = elements[k];
        const double slope_S = slope(e, v);
        for (const std::size_t line : {e.cell / n, m + e.cell % n}) cell_current[line] += out.i_cell_A[e.cell], cell_slope[line] += slope_S;
    }
    out.i_word_A.assign(m, 0.0), out.i_bit_A.assign(n, 0.0);
    for (std::size_t i = 0; i < m; ++i) {
        if (!p.vw_V[i]) continue;
        const bool soft = p.wires.rdrv.si * cell_slope[i] > 1;
        out.i_word_A[i] = soft ? leaving[topology.word_source(i)] : cell_current[i];
        out.power_W += *p.vw_V[i] * out.i_word_A[i];
    }
    for (std::size_t j = 0; j < n; ++j) {
        if (!p.vb_V[j]) continue;
        const bool soft = p.wires.rsense.si * cell_slope[m + j] > 1;
        out.i_bit_A[j] = soft ? 0.0 - leaving[topology.bit_terminal(j)] : cell_current[m + j];
        out.power_W -= *p.vb_V[j] * out.i_bit_A[j];
    }
}

std::string Network::group_name(std::size_t group) const {
    const std::size_t n = problem.rows * problem.cols, cols = problem.cols;
    if (group < n) return fmt::format("W[{}][{}]", group / cols, group % cols);
    if (group < 2 * n) return fmt::format("B[{}][{}]", (group - n) / cols, (group - n) % cols);
    return group < 2 * n + problem.rows ? fmt::format("Vw[{}]", group - 2 * n) : fmt::format("Vb[{}]", group - 2 * n - problem.rows);
}

namespace {

/// The largest conductances of cells at rest and of wires (0: none has a resistance).
struct Stiffest {
    double cell_S = 0, wire_S = 0;
    double in_series_S() const { return wire_S > 0 ? std::min(wire_S, cell_S) : cell_S; }  ///< a cell behind its wires passes no more
};
Stiffest stiffest(const Network& network) {
    Stiffest out;
    for (const auto& e : network.elements) {
        double& most_S = e.is_cell() ? out.cell_S : out.wire_S;
        most_S = std::max(most_S, e.g_S);
    }
    return out;
}

/// What terminals deliver, they take. The roundings that balances allow for say nothing here: a cell of next to no resistance excuses any
/// current at its nodes, but not what is told of the terminals.
void require_conserved(const Network& network, const OperatingPoint& point) {
    constexpr double enough = 1e-6, eps = std::numeric_limits<double>::epsilon();
    double off_A = 0, largest_A = 0;
    for (const double i : point.i_word_A) off_A += i, largest_A = std::max(largest_A, std::abs(i));
    for (const double i : point.i_bit_A) off_A -= i, largest_A = std::max(largest_A, std::abs(i));
    const Stiffest most = stiffest(network);
    const double terminals = static_cast<double>(point.i_word_A.size() + point.i_bit_A.size());
    const double least_A = 64 * eps * network.largest_V * most.in_series_S();
    if (!(std::abs(off_A) <= terminals * (enough * largest_A + least_A)))
        throw NumericError(fmt::format(
            "no operating point was found: word lines and bit lines miss each other by {:.3g} A where {:.3g} A pass; cells of {:.3g} S are "
            "too conductive for double precision beside these wires",
            std::abs(off_A), largest_A, most.cell_S));
}

}  // namespace

void require_operating_point(const Network& network, const NodeVoltages& v, const Network::Balance& balance, const OperatingPoint& point) {
    constexpr double enough = 1e-9;
    if (!(balance.worst <= enough))
        throw NumericError(fmt::format(
            "no operating point was found: at {} the currents miss each other by {:.3g} A where {:.3g} A pass; the wires are too stiff "
            "or the cells too steep for double precision",
            network.group_name(balance.worst_group), std::abs(balance.leaving_A[balance.worst_group]),
            balance.passing_A[balance.worst_group]));
    double largest_A = 0;
    for (const auto& e : network.elements) largest_A = std::max(largest_A, std::abs(network.current(e, v)));
    if (!(balance.residual_A <= 1e-6 * largest_A || balance.residual_A <= enough * network.largest_V * stiffest(network).in_series_S()))
        throw NumericError(
            fmt::format("no operating point was found: wires of some resistances are too stiff, or cells too conductive, for double "
                        "precision: currents "
                        "miss each other by {:.3g} A; set resistances of next to nothing to 0",
                        balance.residual_A));
    require_conserved(network, point);
    double least = INFINITY, most = -INFINITY;
    for (const auto& source : network.topology.fixed)
        if (source) least = std::min(least, *source), most = std::max(most, *source);
    const double margin = enough * network.largest_V;
    for (std::size_t k = 0; k < network.unknown.size(); ++k)
        if (network.unknown[k] != Network::none && !(v.high_V[k] >= least - margin && v.high_V[k] <= most + margin))
            throw NumericError(fmt::format("no operating point was found: {} = {} V lies outside the sources' {} to {} V",
                                           network.group_name(k), v.high_V[k], least, most));
    double moved = 0;  // what all terminals move, as the scale of the power
    for (std::size_t i = 0; i < point.i_word_A.size(); ++i) moved += std::abs(point.i_word_A[i]) * network.largest_V;
    for (std::size_t j = 0; j < point.i_bit_A.size(); ++j) moved += std::abs(point.i_bit_A[j]) * network.largest_V;
    const double burnt = point.cells_W + point.wires_W;
    if (!(std::abs(point.power_W - burnt) <= enough * std::max(moved, burnt) + network.largest_V * balance.rounding_A))
        throw NumericError(
            fmt::format("no operating point was found: the sources deliver {:.6g} W, cells and wires take {:.6g} W", point.power_W, burnt));
}

}  // namespace ganbar
