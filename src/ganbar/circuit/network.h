// A crossbar as the elements and nodes that Kirchhoff's laws speak of, and the check that every operating point has to pass.
#pragma once
#include <utility>

#include "ganbar/circuit/composed_cell.h"
#include "ganbar/circuit/crossbar_problem.h"
#include "ganbar/circuit/topology.h"

namespace ganbar {

/// Voltages of all groups, each as the sum of a double and what that leaves over: across a stiff wire only the second part counts.
struct NodeVoltages {
    std::vector<double> high_V, low_V;
    double across(std::size_t a, std::size_t b) const { return (high_V[a] - high_V[b]) + (low_V[a] - low_V[b]); }
    /// Adds a small change without losing its digits (Knuth's two-sum).
    void add(std::size_t k, double change_V) {
        const double low = low_V[k] + change_V, before = high_V[k];
        high_V[k] = before + low;
        const double back = high_V[k] - before;
        low_V[k] = (before - (high_V[k] - back)) + (low - back);
    }
};

class Network {
public:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    struct Element {
        std::size_t a, b;  ///< groups
        double g_S;
        std::size_t cell;  ///< which one; none = a wire
        bool is_cell() const { return cell != none; }
    };
    struct Balance {
        std::vector<double> leaving_A;  ///< by group: current that leaves it through elements
        std::vector<double> passing_A;  ///< by group: sum of the magnitudes of those currents
        double rounding_A = 0;          ///< sum over all groups of what the digits of the voltages leave open
        double residual_A = 0;          ///< largest |leaving| of a group that no source holds
        double worst = 0;               ///< largest |leaving| over passing (rounding of the voltages taken off) of such a group
        std::size_t worst_group = none;
    };

    explicit Network(const CrossbarProblem& problem);
    /// Takes the voltages of the problem's sources anew; the same terminals must float.
    void rebias();
    /// Kirchhoff's current law at every group. Throws NumericError when a current is not finite.
    Balance balance(const NodeVoltages& v) const;
    double current(const Element& e, const NodeVoltages& v) const;
    /// di/du of a cell or a wire.
    double slope(const Element& e, const NodeVoltages& v) const;
    /// A cell with its selector: current, slopes, internal node.
    CellPoint cell_point(const Element& e, double u_V, double bit_V) const;
    bool forced(const Element& e) const { return unknown[e.a] == none && unknown[e.b] == none; }
    /// Node voltages, currents, powers.
    OperatingPoint point(const NodeVoltages& v, const Balance& balance) const;
    std::string group_name(std::size_t group) const;

    const CrossbarProblem& problem;
    Topology topology;
    std::vector<Element> elements;  ///< wires first, then cells with a conductance above 0
    std::size_t n_wires = 0, n_unknown = 0;
    std::vector<std::size_t> unknown;  ///< group -> its number in elimination order, none when a source holds it
    double largest_V = 0;              ///< of the sources

private:
    void terminal_currents(const NodeVoltages& v, const std::vector<double>& leaving, OperatingPoint& out) const;
};

/// The door: throws NumericError, with the reason, unless currents balance at every node to 1e-9 of what passes there, no node lies outside
/// the range of the sources, and sources deliver what cells and wires burn to 1e-9. What passes is an operating point, however it was
/// found.
void require_operating_point(const Network& network, const NodeVoltages& v, const Network::Balance& balance, const OperatingPoint& point);

}  // namespace ganbar
