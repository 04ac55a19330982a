#include "ganbar/circuit/nodal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/circuit/laplacian.h"
#include "ganbar/circuit/topology.h"

namespace ganbar {
namespace {

class Newton {
public:
    explicit Newton(const CrossbarProblem& p) : p_(p), t_(p), unknown_(t_.group.size(), none) {
        const auto order = nested_dissection(p.rows, p.cols);
        std::vector<std::size_t> last(t_.group.size(), none);
        for (std::size_t k = 0; k < order.size(); ++k) last[t_.group[order[k]]] = k;
        for (std::size_t k = 0; k < order.size(); ++k)  // a group is eliminated where its last node would be
            if (const std::size_t g = t_.group[order[k]]; last[g] == k && !t_.fixed[g]) unknown_[g] = n_unknown_++;
        voltage_.assign(t_.group.size(), 0.0);
        for (std::size_t g = 0; g < t_.group.size(); ++g)
            if (t_.fixed[g]) voltage_[g] = *t_.fixed[g], scale_V_ = std::max(scale_V_, std::abs(*t_.fixed[g]));
        for (const auto& w : t_.wires) elements_.push_back({w.a, w.b, w.g_S, false});
        for (std::size_t k = 0; k < p.g_S.size(); ++k)
            if (p.g_S[k] > 0) elements_.push_back({t_.group[k], t_.group[p.g_S.size() + k], p.g_S[k], true});
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        for (const auto& e : elements_)
            if (unknown_[e.a] != none && unknown_[e.b] != none) edges.emplace_back(unknown_[e.a], unknown_[e.b]);
        factor_.emplace(n_unknown_, edges);
    }

    OperatingPoint run(const NewtonOptions& options) {
        const bool linear = p_.curve.kind == CellCurve::Kind::linear;
        const double enough = options.tolerance_V * scale_V_;
        for (int step = 1; step <= options.max_steps; ++step) {
            const double change = advance(enough, step == 1);
            if (linear || change <= enough) return result(step);
        }
        throw NumericError(fmt::format("Newton's method did not settle in {} steps; the cells are too nonlinear at this bias", options.max_steps));
    }

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    struct Element {
        std::size_t a, b;
        double g_S;
        bool is_cell;
    };
    double current(const Element& e, double u) const { return e.g_S * (e.is_cell ? p_.curve.shape(u) : u); }

    double content(const std::vector<double>& v) const {
        double sum = 0;
        for (const auto& e : elements_) {
            const double u = v[e.a] - v[e.b];
            sum += e.g_S * (e.is_cell ? p_.curve.content(u) : 0.5 * u * u);
        }
        return sum;
    }

    /// One Newton step with halving; returns the largest change of a voltage across a cell.
    double advance(double enough_V, bool first) {
        std::vector<double> g, ground(n_unknown_, 0.0), x(n_unknown_, 0.0);
        for (const auto& e : elements_) {
            const double u = first ? 0 : voltage_[e.a] - voltage_[e.b];  // the start has no voltages: linearise at rest
            const double slope = e.g_S * (e.is_cell ? p_.curve.slope(u) : 1.0);
            const double source = e.is_cell ? current(e, u) - slope * u : 0.0;
            const std::size_t a = unknown_[e.a], b = unknown_[e.b];
            if (a != none) x[a] -= source;
            if (b != none) x[b] += source;
            if (a != none && b != none) g.push_back(slope);
            else if (a != none) ground[a] += slope, x[a] += slope * voltage_[e.b];
            else if (b != none) ground[b] += slope, x[b] += slope * voltage_[e.a];
        }
        factor_->factor(g, ground);
        factor_->solve(x);
        std::vector<double> next = voltage_;
        for (std::size_t k = 0; k < next.size(); ++k)
            if (unknown_[k] != none) next[k] = x[unknown_[k]];
        if (!first) shorten(next, enough_V);
        double change = 0;
        for (const auto& e : elements_)
            if (e.is_cell) change = std::max(change, std::abs((next[e.a] - next[e.b]) - (voltage_[e.a] - voltage_[e.b])));
        voltage_ = std::move(next);
        return change;
    }

    void shorten(std::vector<double>& next, double enough_V) const {
        const double before = content(voltage_);
        for (int halvings = 0; halvings < 60; ++halvings) {
            const double after = content(next);
            if (after <= before * (1 + 1e-14)) return;  // equal within rounding counts as falling
            double change = 0;
            for (std::size_t k = 0; k < next.size(); ++k) {
                next[k] = 0.5 * (next[k] + voltage_[k]);
                change = std::max(change, std::abs(next[k] - voltage_[k]));
            }
            if (change < enough_V) return;
        }
    }

    OperatingPoint result(int steps) const {
        OperatingPoint out;
        const std::size_t n = p_.rows * p_.cols;
        out.w_V.resize(n), out.b_V.resize(n);
        for (std::size_t k = 0; k < n; ++k) out.w_V[k] = voltage_[t_.group[k]], out.b_V[k] = voltage_[t_.group[n + k]];
        std::vector<double> leaving(t_.group.size(), 0.0);  // current that leaves each group through elements
        for (const auto& e : elements_) {
            const double u = voltage_[e.a] - voltage_[e.b], i = current(e, u);
            leaving[e.a] += i, leaving[e.b] -= i;
            (e.is_cell ? out.cells_W : out.wires_W) += u * i;
        }
        for (std::size_t k = 0; k < leaving.size(); ++k)
            if (unknown_[k] != none) out.residual_A = std::max(out.residual_A, std::abs(leaving[k]));
        terminal_currents(leaving, out);
        out.iterations = steps;
        return out;
    }

    /// A line's current is the sum of its cells' and also what its terminal passes; the stiffer of the two carries the rounding of the voltages.
    void terminal_currents(const std::vector<double>& leaving, OperatingPoint& out) const {
        const std::size_t m = p_.rows, n = p_.cols;
        std::vector<double> cell_current(m + n, 0.0), cell_slope(m + n, 0.0);
        for (std::size_t i = 0; i < m; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                const double g = p_.g_S[i * n + j], u = out.w_V[i * n + j] - out.b_V[i * n + j];
                cell_current[i] += g * p_.curve.shape(u), cell_current[m + j] += g * p_.curve.shape(u);
                cell_slope[i] += g * p_.curve.slope(u), cell_slope[m + j] += g * p_.curve.slope(u);
            }
        out.i_word_A.assign(m, 0.0), out.i_bit_A.assign(n, 0.0);
        for (std::size_t i = 0; i < m; ++i) {
            if (!p_.vw_V[i]) continue;
            const bool soft = p_.wires.rdrv.si * cell_slope[i] > 1;
            out.i_word_A[i] = soft ? leaving[t_.word_source(i)] : cell_current[i];
            out.power_W += *p_.vw_V[i] * out.i_word_A[i];
        }
        for (std::size_t j = 0; j < n; ++j) {
            if (!p_.vb_V[j]) continue;
            const bool soft = p_.wires.rsense.si * cell_slope[m + j] > 1;
            out.i_bit_A[j] = soft ? 0.0 - leaving[t_.bit_terminal(j)] : cell_current[m + j];
            out.power_W -= *p_.vb_V[j] * out.i_bit_A[j];
        }
    }

    const CrossbarProblem& p_;
    Topology t_;
    std::vector<std::size_t> unknown_;
    std::size_t n_unknown_ = 0;
    std::vector<double> voltage_;
    double scale_V_ = 0;
    std::vector<Element> elements_;
    std::optional<LaplacianFactor> factor_;
};

}  // namespace

OperatingPoint solve_operating_point(const CrossbarProblem& problem, const NewtonOptions& options) {
    validate(problem);
    return Newton(problem).run(options);
}

}  // namespace ganbar
