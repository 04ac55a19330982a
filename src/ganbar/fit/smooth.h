// Regression of scattered values on piecewise linear functions, with a penalty on their bending (P-splines: Eilers and Marx, Stat. Sci. 11
// (1996) 89, doi 10.1214/ss/1038425655) chosen by Schwarz's criterion (BIC), and monotone regression (pool adjacent violators).
#pragma once
#include <span>
#include <vector>

namespace ganbar::fit {

/// Weighted sums of data on hat functions over nodes; add() every value, then solve.
class Smoother {
public:
    explicit Smoother(std::vector<double> nodes);
    /// A value y = factor * f(x) of some weight.
    void add(double x, double y, double factor = 1, double weight = 1);
    /// Values at the nodes. `least_penalty`: the smallest that may be chosen, relative.
    std::vector<double> solve(double least_penalty = 1e-6) const;
    /// Sum of weights of each node: how much data it rests on.
    const std::vector<double>& weight() const { return weight_; }
    const std::vector<double>& nodes() const { return nodes_; }
    /// The penalty that solve() took last, relative.
    double penalty() const { return penalty_; }

private:
    std::vector<double> nodes_, diagonal_, beside_, right_, weight_;
    double squares_ = 0, n_ = 0;
    mutable double penalty_ = 0;
};

/// r of y = a_k(x) + c r(x) + noise over several groups k with curves a_k of their own: all are solved at once, as data where c hardly
/// varies leave only a_k + c r known. Of r the slope is penalised: without evidence it is constant (penalty by BIC).
class SharedShape {
public:
    explicit SharedShape(std::vector<double> nodes) : nodes_(std::move(nodes)) {}
    /// Next group; `penalty` of its curve's bending, relative, as Smoother::penalty.
    void begin(double penalty);
    void add(double x, double y, double c, double weight = 1);
    std::vector<double> solve() const;

private:
    /// Sums over the steps of a group on pairs of neighbouring hat functions.
    struct Band {
        std::vector<double> diagonal, beside;
    };
    struct Group {
        double penalty;
        Band aa, ar, rr;  ///< weighted by 1, c, c^2
        std::vector<double> ya, yr;
    };
    std::vector<double> nodes_;
    std::vector<Group> groups_;
    double squares_ = 0, n_ = 0;
};

/// The hat functions' value: linear between nodes, constant beyond.
double at_nodes(std::span<const double> nodes, std::span<const double> values, double x);
/// Nearest ascending sequence to y in weighted least squares.
std::vector<double> ascending(std::span<const double> y, std::span<const double> weight);

}  // namespace ganbar::fit
