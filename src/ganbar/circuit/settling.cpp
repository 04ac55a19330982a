#include "ganbar/circuit/settling.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "ganbar/circuit/laplacian.h"
#include "ganbar/circuit/network.h"

namespace ganbar {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Eigen::Index most_vectors = 24;

class Transient {
public:
    Transient(const CrossbarProblem& p, const LineCapacitance& lines)
        : net_(p), n_(static_cast<Eigen::Index>(net_.n_unknown)), capacitance_F_(VectorXd::Zero(n_)) {
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        std::vector<double> g, ground(net_.n_unknown, 0.0);
        source_A_ = VectorXd::Zero(n_);
        for (const auto& e : net_.elements) {
            const std::size_t a = net_.unknown[e.a], b = net_.unknown[e.b];
            if (a != Network::none && b != Network::none) edges.emplace_back(a, b), g.push_back(e.g_S);
            else if (a != Network::none) add_source(a, e.b, e.g_S, ground);
            else if (b != Network::none) add_source(b, e.a, e.g_S, ground);
        }
        factor_.emplace(net_.n_unknown, edges);
        factor_->factor(g, ground);
        const std::size_t cells = p.rows * p.cols;
        for (std::size_t node = 0; node < 2 * cells; ++node)
            if (const std::size_t k = net_.unknown[net_.topology.group[node]]; k != Network::none)
                capacitance_F_(static_cast<Eigen::Index>(k)) += node < cells ? lines.word.si : lines.bit.si;
    }

    Settling read(double error) {
        const VectorXd end = solve(source_A_);
        reduce(end);
        const VectorXd first = solve(capacitance_F_.cwiseProduct(end));
        Settling out;
        for (std::size_t j = 0; j < net_.problem.cols; ++j) {
            VectorXd seen = VectorXd::Zero(n_);  // a bit line's current is what its terminals' resistances pass
            for (const auto& e : net_.elements)
                if (const std::size_t t = net_.topology.bit_terminal(j); e.a == t || e.b == t)
                    seen(static_cast<Eigen::Index>(net_.unknown[e.a == t ? e.b : e.a])) += e.g_S;
            out.elmore_s.push_back(seen.dot(first) / seen.dot(end));
            out.settle_s.push_back(settle(seen, seen.dot(end), error));
            out.slowest_s = std::max(out.slowest_s, out.settle_s.back());
        }
        return out;
    }

    double write(double error, std::span<const std::size_t> cells) {
        const VectorXd end = n_ > 0 ? solve(source_A_) : source_A_;
        if (n_ > 0 && !end.isZero(0)) reduce(end);
        const std::size_t n_cells = net_.problem.rows * net_.problem.cols;
        double slowest = 0;
        for (const std::size_t cell : cells) {
            VectorXd seen = VectorXd::Zero(n_);
            double held_V = 0;  // what sources that hold a side of the cell add at once
            for (const auto& [node, sign] : {std::pair{cell, 1.0}, {n_cells + cell, -1.0}}) {
                const std::size_t group = net_.topology.group[node], k = net_.unknown[group];
                if (k == Network::none) held_V += sign * *net_.topology.fixed[group];
                else seen(static_cast<Eigen::Index>(k)) += sign;
            }
            const double end_V = seen.dot(end) + held_V;
            if (end_V == 0) throw ConfigError(fmt::format("cell {} ends without a voltage; nothing settles", cell));
            if (tau_s_.size() > 0) slowest = std::max(slowest, settle(seen, end_V, error));  // else sources hold every node
        }
        return slowest;
    }

private:
    void add_source(std::size_t node, std::size_t source, double g_S, std::vector<double>& ground) {
        ground[node] += g_S;
        source_A_(static_cast<Eigen::Index>(node)) += g_S * *net_.topology.fixed[source];
    }

    VectorXd solve(const VectorXd& current_A) const {
        VectorXd x = current_A;
        factor_->solve({x.data(), static_cast<std::size_t>(x.size())});
        return x;
    }

    /// A basis V, orthonormal with C as metric, that begins with the end voltages; there G^-1 C becomes H, and e(t) = V exp(-H^-1 t) V^T C
    /// v_end.
    void reduce(const VectorXd& end) {
        const Eigen::Index most = std::min(n_, most_vectors);
        basis_.resize(n_, 0);
        VectorXd next = end;
        MatrixXd images(n_, most);
        for (Eigen::Index k = 0; k < most; ++k) {
            const double before = std::sqrt(next.dot(capacitance_F_.cwiseProduct(next)));
            for (int pass = 0; pass < 2; ++pass) next -= basis_ * (basis_.transpose() * capacitance_F_.cwiseProduct(next));
            const double size = std::sqrt(next.dot(capacitance_F_.cwiseProduct(next)));
            if (!(size > 1e-10 * before)) break;  // the space is complete
            basis_.conservativeResize(Eigen::NoChange, k + 1);
            basis_.col(k) = next / size;
            images.col(k) = solve(capacitance_F_.cwiseProduct(basis_.col(k)));
            next = images.col(k);
        }
        const MatrixXd h = basis_.transpose() * capacitance_F_.asDiagonal() * images.leftCols(basis_.cols());
        const Eigen::SelfAdjointEigenSolver<MatrixXd> modes(0.5 * (h + h.transpose()));
        tau_s_ = modes.eigenvalues().cwiseMax(1e-300);
        shapes_ = basis_ * modes.eigenvectors();
        weights_ = modes.eigenvectors().transpose() * (basis_.transpose() * capacitance_F_.cwiseProduct(end));
    }

    /// Walks back from where the slowest mode has died.
    double settle(const VectorXd& seen, double end_A, double error) const {
        const VectorXd parts = (shapes_.transpose() * seen).cwiseProduct(weights_) / end_A;
        const auto left = [&](double t) { return std::abs((parts.array() * (-t / tau_s_.array()).exp()).sum()); };
        const double slowest = tau_s_.maxCoeff(), step = slowest / 200;
        double t = slowest * std::log(std::max(2.0, parts.cwiseAbs().sum() / error));
        while (t > 0 && left(t) <= error) t -= step;
        double lo = std::max(t, 0.0), hi = lo + step;
        if (t <= 0 && left(0) <= error) return 0;
        for (int k = 0; k < 50; ++k) (left(0.5 * (lo + hi)) > error ? lo : hi) = 0.5 * (lo + hi);
        return hi;
    }

    Network net_;
    Eigen::Index n_;
    VectorXd capacitance_F_, source_A_, tau_s_, weights_;
    MatrixXd basis_, shapes_;
    std::optional<LaplacianFactor> factor_;
};

void require_linear(const CrossbarProblem& p, const LineCapacitance& lines, double error) {
    validate(p);
    if (p.curve.kind != CellCurve::Kind::linear || p.selector.type != CellType::passive)
        throw ConfigError("settling is computed for linear cells; expected their conductances at the voltage in question");
    if (!(lines.word.si > 0 && lines.bit.si > 0)) throw ConfigError("settling needs a capacitance of word and bit lines above 0 F");
    if (!(error > 0 && error < 1)) throw ConfigError(fmt::format("error = {}; expected a number between 0 and 1", error));
}

}  // namespace

Settling read_settling(const CrossbarProblem& p, const LineCapacitance& lines, double error) {
    require_linear(p, lines, error);
    if (!(p.wires.rsense.si > 0)) throw ConfigError("settling is of the current through the sense resistance; expected rsense > 0");
    bool on = false;
    for (const auto& v : p.vw_V) {
        if (!v) throw ConfigError("settling is computed for driven lines; a word line floats");
        on = on || *v != 0;
    }
    for (const auto& v : p.vb_V)
        if (!v || *v != 0) throw ConfigError("settling is of a read; expected all bit lines at 0 V");
    if (!on) throw ConfigError("every word line is at 0 V; nothing settles");
    return Transient(p, lines).read(error);
}

double write_settling(const CrossbarProblem& p, const LineCapacitance& lines, double error, std::span<const std::size_t> cells) {
    require_linear(p, lines, error);
    for (const std::size_t cell : cells)
        if (cell >= p.g_S.size()) throw ConfigError(fmt::format("there is no cell {}; expected 0 to {}", cell, p.g_S.size() - 1));
    return Transient(p, lines).write(error, cells);
}

}  // namespace ganbar
