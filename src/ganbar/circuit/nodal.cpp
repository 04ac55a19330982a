#include "ganbar/circuit/nodal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/circuit/composed_newton.h"
#include "ganbar/circuit/laplacian.h"
#include "ganbar/circuit/network.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/stop.h"

namespace ganbar {
namespace {

class Newton {
public:
    explicit Newton(CrossbarProblem p) : p_(std::move(p)), net_(p_) {
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        for (const auto& e : net_.elements) {
            if (net_.unknown[e.a] != Network::none && net_.unknown[e.b] != Network::none)
                edges.emplace_back(net_.unknown[e.a], net_.unknown[e.b]);
            if (e.is_cell() && !net_.forced(e)) cells_.push_back({&e});
        }
        factor_.emplace(net_.n_unknown, edges);
        v_.high_V.resize(net_.unknown.size()), v_.low_V.resize(net_.unknown.size());
        rest();
    }

    /// Takes over voltages where the same terminals float; false when others do.
    bool rebias(const Bias& bias) {
        const auto same = [](const auto& a, const auto& b) {
            return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](auto& x, auto& y) { return x.has_value() == y.has_value(); });
        };
        if (!same(bias.vw_V, p_.vw_V) || !same(bias.vb_V, p_.vb_V)) return false;
        p_.vw_V = bias.vw_V, p_.vb_V = bias.vb_V;
        net_.rebias();
        for (auto& c : cells_) c = {c.element};
        rest();
        return true;
    }

    OperatingPoint run(const NewtonOptions& options) {
        const int steps = settle(options);
        auto balance = polish();
        OperatingPoint out = net_.point(v_, balance);
        out.iterations = steps;
        require_operating_point(net_, v_, balance, out);
        return out;
    }

private:
    /// Where a cell stands on its curve, and where the network of tangents wants it.
    struct Cell {
        const Network::Element* element;
        double shape = 0, u_V = 0, slope = 1;
        double next_shape = 0, next_u_V = 0;
    };

    void rest() {
        std::fill(v_.high_V.begin(), v_.high_V.end(), 0.0), std::fill(v_.low_V.begin(), v_.low_V.end(), 0.0);
        for (std::size_t g = 0; g < net_.unknown.size(); ++g)
            if (net_.topology.fixed[g]) v_.high_V[g] = *net_.topology.fixed[g];
        wire_A_.clear();
    }

    int settle(const NewtonOptions& options) {
        const double enough_V = options.tolerance_V * net_.largest_V;
        double change_V = 0;
        for (int step = 1; step <= options.max_steps; ++step) {
            stop_point();
            solve_tangents();
            change_V = 0;
            for (const auto& c : cells_) change_V = std::max(change_V, std::abs(c.next_u_V - c.u_V));
            if (!std::isfinite(change_V))
                throw NumericError("the operating point was lost in step " + std::to_string(step) +
                                   ": currents exceed the range of numbers");
            if (p_.curve.kind == CellCurve::Kind::linear || change_V <= enough_V) return step;
            if (step < options.quick_steps) follow_quickly();
            else follow_currents(step == options.quick_steps);
        }
        double largest_A = 0;
        for (const auto& c : cells_) largest_A = std::max(largest_A, std::abs(c.element->g_S * c.shape));
        throw NumericError(
            fmt::format("Newton's method did not settle in {} steps: cell voltages still change by {:.3g} V at currents up to {:.3g} A; "
                        "the cells are too "
                        "steep at this bias",
                        options.max_steps, change_V, largest_A));
    }

    /// Node voltages of the network whose cells are their tangents.
    void solve_tangents() {
        std::vector<double> g, ground(net_.n_unknown, 0.0), x(net_.n_unknown, 0.0);
        const auto add = [&](const Network::Element& e, double slope_S, double source_A) {
            const std::size_t a = net_.unknown[e.a], b = net_.unknown[e.b];
            if (a != Network::none) x[a] -= source_A;
            if (b != Network::none) x[b] += source_A;
            if (a != Network::none && b != Network::none) g.push_back(slope_S);
            else if (a != Network::none) ground[a] += slope_S, x[a] += slope_S * v_.high_V[e.b];
            else if (b != Network::none) ground[b] += slope_S, x[b] += slope_S * v_.high_V[e.a];
        };
        for (std::size_t k = 0; k < net_.n_wires; ++k) add(net_.elements[k], net_.elements[k].g_S, 0);
        for (const auto& c : cells_) add(*c.element, c.element->g_S * c.slope, c.element->g_S * (c.shape - c.slope * c.u_V));
        if (!(p_.curve.kind == CellCurve::Kind::linear && factored_)) factor_->factor(g, ground), factored_ = true;
        factor_->solve(x);
        for (std::size_t k = 0; k < net_.unknown.size(); ++k)
            if (net_.unknown[k] != Network::none) v_.high_V[k] = x[net_.unknown[k]];
        for (auto& c : cells_) {
            c.next_u_V = v_.high_V[c.element->a] - v_.high_V[c.element->b];
            c.next_shape = c.shape + c.slope * (c.next_u_V - c.u_V);
        }
    }

    void stand_at_shape(Cell& c, double shape) const {
        c.shape = shape, c.u_V = p_.curve.voltage(shape), c.slope = p_.curve.slope_at_shape(shape);
    }
    void stand_at_voltage(Cell& c, double u_V) const { c.u_V = u_V, c.shape = p_.curve.shape(u_V), c.slope = p_.curve.slope(u_V); }

    /// A current that grows is trusted, since the curve bends away from its tangent; so is a voltage that falls. A cell that turns round
    /// starts at rest.
    void follow_quickly() {
        for (auto& c : cells_) {
            const bool same_way = c.next_shape * c.shape >= 0;
            if (same_way && std::abs(c.next_shape) >= std::abs(c.shape)) stand_at_shape(c, c.next_shape);
            else if (same_way || c.next_u_V * c.u_V >= 0) stand_at_voltage(c, c.next_u_V);
            else stand_at_shape(c, c.next_u_V);
        }
    }

    /// All currents go the same part of the way to those of the tangents, which obey Kirchhoff's current law: to where the content is
    /// least. Its derivative along the way needs only the cells and how much the wires' currents change.
    void follow_currents(bool first) {
        wire_A_.resize(net_.n_wires);
        double wires_W = 0;
        for (std::size_t k = 0; k < net_.n_wires; ++k) {
            const auto& e = net_.elements[k];
            const double wanted = net_.current(e, v_), change = wanted - wire_A_[k];
            wires_W += change * change / e.g_S;
        }
        const auto derivative = [&](double t) {
            double sum = (t - 1) * wires_W;
            for (const auto& c : cells_) {
                const double change = c.next_shape - c.shape;
                sum += c.element->g_S * change * (p_.curve.voltage(c.shape + t * change) - c.next_u_V);
            }
            return sum;
        };
        const double t = first ? 1 : least_content(derivative);
        for (std::size_t k = 0; k < net_.n_wires; ++k) wire_A_[k] += t * (net_.current(net_.elements[k], v_) - wire_A_[k]);
        for (auto& c : cells_) stand_at_shape(c, c.shape + t * (c.next_shape - c.shape));
    }

    template <class Derivative>
    static double least_content(const Derivative& derivative) {
        const double start = std::abs(derivative(0));
        double lo = 0, hi = 1;
        if (derivative(1) <= 0.1 * start) return 1;
        for (int k = 0; k < 60; ++k) {
            const double t = 0.5 * (lo + hi), d = derivative(t);
            if (std::abs(d) <= 0.1 * start) return t;
            (d > 0 ? hi : lo) = t;
        }
        return lo > 0 ? lo : hi;
    }

    /// Takes what the currents miss each other by off, with the last tangents, as long as that helps: stiff wires need the digits behind a
    /// double.
    Network::Balance polish() {
        constexpr double enough = 1e-12;
        auto balance = net_.balance(v_);
        for (int pass = 0; pass < 6 && balance.worst > enough; ++pass) {
            std::vector<double> x(net_.n_unknown, 0.0);
            for (std::size_t k = 0; k < net_.unknown.size(); ++k)
                if (net_.unknown[k] != Network::none) x[net_.unknown[k]] = -balance.leaving_A[k];
            factor_->solve(x);
            NodeVoltages next = v_;
            for (std::size_t k = 0; k < net_.unknown.size(); ++k) {
                if (net_.unknown[k] == Network::none) continue;
                next.add(k, x[net_.unknown[k]]);
            }
            auto better = net_.balance(next);
            if (!(better.worst < balance.worst)) break;
            const bool slow = better.worst > 0.25 * balance.worst;
            v_ = std::move(next), balance = std::move(better);
            if (slow) break;
        }
        return balance;
    }

    CrossbarProblem p_;
    Network net_;
    NodeVoltages v_;
    std::vector<Cell> cells_;     // all but those between two sources
    std::vector<double> wire_A_;  // only once all cells follow the currents
    std::optional<LaplacianFactor> factor_;
    bool factored_ = false;
};

}  // namespace

OperatingPoint solve_operating_point(const CrossbarProblem& problem, const NewtonOptions& options) {
    validate(problem);
    if (problem.selector.type != CellType::passive) return composed_operating_point(problem, options);
    return Newton(problem).run(options);
}

std::vector<OperatingPoint> solve_operating_points(const CrossbarProblem& problem, std::span<const Bias> biases,
                                                   const NewtonOptions& options) {
    std::vector<OperatingPoint> out(biases.size());
    std::vector<std::exception_ptr> faults(biases.size());
    const std::size_t n_parts = std::min(biases.size(), static_cast<std::size_t>(max_threads()));
    parallel_for(n_parts, [&](std::size_t part) {
        std::optional<Newton> newton;
        for (std::size_t k = part * biases.size() / n_parts; k < (part + 1) * biases.size() / n_parts; ++k) try {
                CrossbarProblem p = problem;
                p.vw_V = biases[k].vw_V, p.vb_V = biases[k].vb_V;
                if (!biases[k].gate_V.empty()) p.gate_V = biases[k].gate_V;
                validate(p);
                if (p.selector.type != CellType::passive) {
                    out[k] = composed_operating_point(p, options);
                    continue;
                }
                if (!newton || !newton->rebias(biases[k])) newton.emplace(std::move(p));
                out[k] = newton->run(options);
            } catch (const NumericError& e) {
                faults[k] = std::make_exception_ptr(NumericError(fmt::format("bias {}: {}", k, e.what())));
            } catch (const ConfigError& e) {
                faults[k] = std::make_exception_ptr(ConfigError(fmt::format("bias {}: {}", k, e.what())));
            }
    });
    for (const auto& fault : faults)
        if (fault) std::rethrow_exception(fault);
    return out;
}

}  // namespace ganbar
