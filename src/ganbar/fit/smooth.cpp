#include "ganbar/fit/smooth.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace ganbar::fit {
namespace {

struct BetweenNodes {
    std::size_t i = 0;
    double u = 0;
};
BetweenNodes between_nodes(std::span<const double> nodes, double x) {
    if (nodes.size() < 2 || x <= nodes.front()) return {0, 0};
    if (x >= nodes.back()) return {nodes.size() - 2, 1};
    const auto i = static_cast<std::size_t>(std::upper_bound(nodes.begin(), nodes.end(), x) - nodes.begin()) - 1;
    return {i, (x - nodes[i]) / (nodes[i + 1] - nodes[i])};
}

/// Squares of second differences; of first ones.
Eigen::MatrixXd bending(Eigen::Index n) {
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(n, n);
    const Eigen::Vector3d d(1, -2, 1);
    for (Eigen::Index i = 0; i + 2 < n; ++i) out.block<3, 3>(i, i) += d * d.transpose();
    return out;
}
Eigen::MatrixXd sloping(Eigen::Index n) {
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(n, n);
    const Eigen::Vector2d d(1, -1);
    for (Eigen::Index i = 0; i + 1 < n; ++i) out.block<2, 2>(i, i) += d * d.transpose();
    return out;
}
Eigen::MatrixXd full(const std::vector<double>& diagonal, const std::vector<double>& beside) {
    const auto n = static_cast<Eigen::Index>(diagonal.size());
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        out(i, i) = diagonal[static_cast<std::size_t>(i)];
        if (i + 1 < n) out(i, i + 1) = out(i + 1, i) = beside[static_cast<std::size_t>(i)];
    }
    return out;
}
Eigen::VectorXd vector(const std::vector<double>& x) {
    return Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size()));
}

}  // namespace

Smoother::Smoother(std::vector<double> nodes)
    : nodes_(std::move(nodes)), diagonal_(nodes_.size()), beside_(nodes_.size()), right_(nodes_.size()), weight_(nodes_.size()) {}

void Smoother::add(double x, double y, double factor, double weight) {
    const auto [i, u] = between_nodes(nodes_, x);
    const double a = (1 - u) * factor, b = u * factor;
    diagonal_[i] += weight * a * a, diagonal_[i + 1] += weight * b * b, beside_[i] += weight * a * b;
    right_[i] += weight * a * y, right_[i + 1] += weight * b * y;
    weight_[i] += weight * (1 - u), weight_[i + 1] += weight * u;
    squares_ += weight * y * y, n_ += 1;
}

std::vector<double> Smoother::solve(double least_penalty) const {
    const auto n = static_cast<Eigen::Index>(nodes_.size());
    const Eigen::MatrixXd normal = full(diagonal_, beside_), bend = bending(n);
    const Eigen::VectorXd right = vector(right_);
    const double scale = std::max(1e-300, normal.trace() / static_cast<double>(n));
    const Eigen::MatrixXd floor = 1e-12 * scale * Eigen::MatrixXd::Identity(n, n);
    double best = std::numeric_limits<double>::infinity();
    Eigen::VectorXd values = Eigen::VectorXd::Zero(n);
    for (double penalty = least_penalty; penalty < 1e5; penalty *= 4) {
        const Eigen::LDLT<Eigen::MatrixXd> solver(normal + penalty * scale * bend + floor);
        const Eigen::VectorXd x = solver.solve(right);
        const double freedom = solver.solve(normal).trace(), rest = std::max(0.0, squares_ - 2 * x.dot(right) + x.dot(normal * x));
        const double score = n_ * std::log(std::max(rest, 1e-18 * squares_)) + freedom * std::log(std::max(n_, 3.0));
        if (score < best - 1e-9) best = score, values = x, penalty_ = penalty;
    }
    return {values.data(), values.data() + n};
}

void SharedShape::begin(double penalty) {
    const std::vector<double> zero(nodes_.size());
    groups_.push_back({penalty, {zero, zero}, {zero, zero}, {zero, zero}, zero, zero});
}
void SharedShape::add(double x, double y, double c, double weight) {
    auto& group = groups_.back();
    const BetweenNodes at = between_nodes(nodes_, x);
    const std::size_t i = at.i;  // a structured binding is in no closure of clang 14's
    const double u = at.u, a = 1 - u;
    const auto sum = [&](Band& band, double w) {
        band.diagonal[i] += w * a * a, band.diagonal[i + 1] += w * u * u, band.beside[i] += w * a * u;
    };
    sum(group.aa, weight), sum(group.ar, weight * c), sum(group.rr, weight * c * c);
    group.ya[i] += weight * y * a, group.ya[i + 1] += weight * y * u;
    group.yr[i] += weight * c * y * a, group.yr[i + 1] += weight * c * y * u;
    squares_ += weight * y * y, n_ += 1;
}
std::vector<double> SharedShape::solve() const {
    const auto n = static_cast<Eigen::Index>(nodes_.size());
    const Eigen::MatrixXd bend = bending(n), slope = sloping(n), one = Eigen::MatrixXd::Identity(n, n);
    Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(n, n);  // of r, with every a_k at its best for that r
    Eigen::VectorXd right = Eigen::VectorXd::Zero(n);
    double squares = squares_;
    for (const auto& g : groups_) {
        const Eigen::MatrixXd aa = full(g.aa.diagonal, g.aa.beside), ar = full(g.ar.diagonal, g.ar.beside);
        const double scale = std::max(1e-300, aa.trace() / static_cast<double>(n));
        const Eigen::LDLT<Eigen::MatrixXd> curve(aa + g.penalty * scale * bend + 1e-12 * scale * one);
        const Eigen::VectorXd ya = vector(g.ya);
        normal += full(g.rr.diagonal, g.rr.beside) - ar * curve.solve(ar);
        right += vector(g.yr) - ar * curve.solve(ya);
        squares -= ya.dot(curve.solve(ya));
    }
    const double scale = std::max(1e-300, normal.trace() / static_cast<double>(n));
    double best = std::numeric_limits<double>::infinity();
    Eigen::VectorXd values = Eigen::VectorXd::Zero(n);
    for (double penalty = 1e-4; penalty < 1e7; penalty *= 4) {
        const Eigen::LDLT<Eigen::MatrixXd> solver(normal + penalty * scale * slope + 1e-12 * scale * one);
        const Eigen::VectorXd r = solver.solve(right);
        const double freedom = solver.solve(normal).trace(), rest = std::max(0.0, squares - 2 * r.dot(right) + r.dot(normal * r));
        const double score = n_ * std::log(std::max(rest, 1e-18 * squares_)) + freedom * std::log(std::max(n_, 3.0));
        if (score < best - 1e-9) best = score, values = r;
    }
    return {values.data(), values.data() + n};
}

double at_nodes(std::span<const double> nodes, std::span<const double> values, double x) {
    if (nodes.size() < 2) return values.front();
    const auto [i, u] = between_nodes(nodes, x);
    return values[i] + u * (values[i + 1] - values[i]);
}

std::vector<double> ascending(std::span<const double> y, std::span<const double> weight) {
    struct Block {
        double sum, weight;
        std::size_t n;
        double mean() const { return sum / weight; }
    };
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const double w = std::max(weight[i], 1e-12);
        blocks.push_back({w * y[i], w, 1});
        while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
            auto& a = blocks[blocks.size() - 2];
            a.sum += blocks.back().sum, a.weight += blocks.back().weight, a.n += blocks.back().n;
            blocks.pop_back();
        }
    }
    std::vector<double> out;
    for (const auto& b : blocks) out.insert(out.end(), b.n, b.mean());
    return out;
}

}  // namespace ganbar::fit
