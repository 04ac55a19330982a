#include "ganbar/circuit/composed_newton.h"

#include <fmt/format.h>

#include <Eigen/SparseLU>
#include <algorithm>
#include <cmath>

#include "ganbar/circuit/laplacian.h"
#include "ganbar/circuit/network.h"

namespace ganbar {
namespace {

/// A memristor in series bounds every slope, so voltages can be followed: each step solves the network of the tangents and goes the part of
/// the way to it where the power that currents and changes of voltage exchange vanishes. With two-terminal cells that is the least
/// co-content (Millar, Phil. Mag. 42, 1150, 1951), which has one minimum; a gate whose distance from the bit line counts bends that only by
/// what the bit line moves beside the overdrive, and makes the tangents' matrix unsymmetric.
class ComposedNewton {
public:
    explicit ComposedNewton(const CrossbarProblem& p) : net_(p), symmetric_(!p.selector.bit_line_counts()) {
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        for (const auto& e : net_.elements) {
            if (net_.unknown[e.a] != Network::none && net_.unknown[e.b] != Network::none)
                edges.emplace_back(net_.unknown[e.a], net_.unknown[e.b]);
            if (e.is_cell() && !net_.forced(e)) cells_.push_back({&e, {}, 0, 0, 0, 0});
        }
        if (symmetric_) factor_.emplace(net_.n_unknown, edges);
        v_.high_V.assign(net_.unknown.size(), 0.0), v_.low_V.assign(net_.unknown.size(), 0.0);
        for (std::size_t g = 0; g < net_.unknown.size(); ++g)
            if (net_.topology.fixed[g]) v_.high_V[g] = *net_.topology.fixed[g];
        for (std::size_t k = 0; k < net_.n_wires; ++k) wire_A_.push_back(0);
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
    struct Cell {
        const Network::Element* element;
        CellPoint point;                          // at u_V and bit_V
        double u_V, bit_V, next_u_V, next_bit_V;  // where it stands, where the tangents want it
    };

    int settle(const NewtonOptions& options) {
        const double enough_V = options.tolerance_V * net_.largest_V;
        double change_V = 0;
        for (int step = 1; step <= options.max_steps; ++step) {
            for (auto& c : cells_) c.point = net_.cell_point(*c.element, c.u_V, c.bit_V);
            const std::vector<double> wanted = solve_tangents();
            change_V = 0;
            for (auto& c : cells_) {
                c.next_bit_V = voltage(wanted, c.element->b), c.next_u_V = voltage(wanted, c.element->a) - c.next_bit_V;
                change_V = std::max({change_V, std::abs(c.next_u_V - c.u_V), symmetric_ ? 0.0 : std::abs(c.next_bit_V - c.bit_V)});
            }
            if (!std::isfinite(change_V))
                throw NumericError("the operating point was lost in step " + std::to_string(step) +
                                   ": currents exceed the range of numbers");
            go(wanted, step == 1 || change_V <= 1e3 * enough_V ? 1.0 : part_of_the_way(wanted));
            if (change_V <= enough_V) return step;
        }
        throw NumericError(fmt::format(
            "Newton's method did not settle in {} steps: cell voltages still change by {:.3g} V; the cells are too steep at this bias",
            options.max_steps, change_V));
    }

    double voltage(const std::vector<double>& x, std::size_t group) const {
        return net_.unknown[group] == Network::none ? v_.high_V[group] : x[net_.unknown[group]];
    }
    double wire_current(const std::vector<double>& x, const Network::Element& e) const {
        return e.g_S * (voltage(x, e.a) - voltage(x, e.b));
    }

    /// Voltages of the unknown nodes of the network whose cells are their tangents.
    std::vector<double> solve_tangents() {
        std::vector<double> g, ground(net_.n_unknown, 0.0), x(net_.n_unknown, 0.0);
        std::vector<Eigen::Triplet<double>> entries;
        const auto add = [&](const Network::Element& e, double word_S, double bit_S,
                             double source_A) {  // i = word_S va - bit_S vb + source_A
            const std::size_t a = net_.unknown[e.a], b = net_.unknown[e.b];
            for (const auto& [node, sign] : {std::pair{a, 1.0}, {b, -1.0}}) {
                if (node == Network::none) continue;
                x[node] -= sign * source_A;
                const double known_A =
                    (a == Network::none ? word_S * v_.high_V[e.a] : 0.0) - (b == Network::none ? bit_S * v_.high_V[e.b] : 0.0);
                x[node] -= sign * known_A;
                const int row = static_cast<int>(node);
                if (!symmetric_ && a != Network::none) entries.emplace_back(row, static_cast<int>(a), sign * word_S);
                if (!symmetric_ && b != Network::none) entries.emplace_back(row, static_cast<int>(b), -sign * bit_S);
            }
            if (a != Network::none && b != Network::none) g.push_back(word_S);
            else if (a != Network::none) ground[a] += word_S;
            else if (b != Network::none) ground[b] += word_S;
        };
        for (std::size_t k = 0; k < net_.n_wires; ++k) add(net_.elements[k], net_.elements[k].g_S, net_.elements[k].g_S, 0);
        for (const auto& c : cells_)
            add(*c.element, c.point.slope_S, c.point.bit_slope_S,
                c.point.i_A - c.point.slope_S * (c.u_V + c.bit_V) + c.point.bit_slope_S * c.bit_V);
        if (symmetric_) factor_->factor(g, ground);
        else factor_unsymmetric(entries);
        solve(x);
        return x;
    }

    void factor_unsymmetric(const std::vector<Eigen::Triplet<double>>& entries) {
        const auto n = static_cast<Eigen::Index>(net_.n_unknown);
        if (n == 0) return;
        Eigen::SparseMatrix<double> matrix(n, n);
        matrix.setFromTriplets(entries.begin(), entries.end());
        if (!analysed_) lu_.analyzePattern(matrix), analysed_ = true;
        lu_.factorize(matrix);
        if (lu_.info() != Eigen::Success)
            throw NumericError(
                "the tangents of the crossbar could not be eliminated: conductances differ by more than double precision holds");
    }

    void solve(std::vector<double>& x) const {
        if (symmetric_) return factor_->solve(x);
        if (x.empty()) return;
        Eigen::Map<Eigen::VectorXd> map(x.data(), static_cast<Eigen::Index>(x.size()));
        const Eigen::VectorXd solution = lu_.solve(map);
        map = solution;
    }

    /// Where on the way to the tangents' answer the exchange of power vanishes, roughly; all of it where it has not by then.
    double part_of_the_way(const std::vector<double>& wanted) const {
        double wires_W = 0;
        for (std::size_t k = 0; k < net_.n_wires; ++k) {
            const double change = wire_current(wanted, net_.elements[k]) - wire_A_[k];
            wires_W += change * change / net_.elements[k].g_S;
        }
        const auto exchange = [&](double t) {
            double sum = (t - 1) * wires_W;
            for (const auto& c : cells_) {
                const double du = c.next_u_V - c.u_V, db = c.next_bit_V - c.bit_V;
                const double tangent_A = c.point.i_A + c.point.slope_S * (du + db) - c.point.bit_slope_S * db;
                sum += du * (net_.cell_point(*c.element, c.u_V + t * du, c.bit_V + t * db).i_A - tangent_A);
            }
            return sum;
        };
        const double start = std::abs(exchange(0));
        if (exchange(1) <= 0.1 * start) return 1;
        double lo = 0, hi = 1;
        for (int k = 0; k < 40; ++k) {
            const double t = 0.5 * (lo + hi), d = exchange(t);
            if (std::abs(d) <= 0.1 * start) return t;
            (d > 0 ? hi : lo) = t;
        }
        return lo > 0 ? lo : hi;
    }

    void go(const std::vector<double>& wanted, double t) {
        for (std::size_t k = 0; k < net_.n_wires; ++k) wire_A_[k] += t * (wire_current(wanted, net_.elements[k]) - wire_A_[k]);
        for (std::size_t k = 0; k < net_.unknown.size(); ++k)
            if (net_.unknown[k] != Network::none)
                v_.high_V[k] += t < 1 ? t * (wanted[net_.unknown[k]] - v_.high_V[k]) : wanted[net_.unknown[k]] - v_.high_V[k];
        for (auto& c : cells_) c.u_V += t * (c.next_u_V - c.u_V), c.bit_V += t * (c.next_bit_V - c.bit_V);
    }

    /// Takes what the currents miss each other by off, with the last tangents, as long as that helps.
    Network::Balance polish() {
        constexpr double enough = 1e-13;
        auto balance = net_.balance(v_);
        for (int pass = 0; pass < 6 && balance.worst > enough; ++pass) {
            std::vector<double> x(net_.n_unknown, 0.0);
            for (std::size_t k = 0; k < net_.unknown.size(); ++k)
                if (net_.unknown[k] != Network::none) x[net_.unknown[k]] = -balance.leaving_A[k];
            solve(x);
            NodeVoltages next = v_;
            for (std::size_t k = 0; k < net_.unknown.size(); ++k)
                if (net_.unknown[k] != Network::none) next.add(k, x[net_.unknown[k]]);
            auto better = net_.balance(next);
            if (!(better.worst < balance.worst)) break;
            v_ = std::move(next), balance = std::move(better);
        }
        return balance;
    }

    Network net_;
    bool symmetric_;
    NodeVoltages v_;
    std::vector<Cell> cells_;  // all but those between two sources
    std::vector<double> wire_A_;
    std::optional<LaplacianFactor> factor_;
    Eigen::SparseLU<Eigen::SparseMatrix<double>, Eigen::NaturalOrdering<int>> lu_;  // unknowns are numbered in a good order of elimination
    bool analysed_ = false;
};

}  // namespace

OperatingPoint composed_operating_point(const CrossbarProblem& problem, const NewtonOptions& options) {
    return ComposedNewton(problem).run(options);
}

}  // namespace ganbar
