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

private:
    std::vector<double> nodes_, diagonal_, beside_, right_, weight_;
    double squares_ = 0, n_ = 0;
};

/// The hat functions' value: linear between nodes, constant beyond.
double at_nodes(std::span<const double> nodes, std::span<const double> values, double x);
/// Nearest ascending sequence to y in weighted least squares.
std::vector<double> ascending(std::span<const double> y, std::span<const double> weight);

}  // namespace ganbar::fit
