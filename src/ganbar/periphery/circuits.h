// The circuits: what each is made of, its curve (curves.h), power and area.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "ganbar/periphery/curves.h"

namespace ganbar::periphery {

/// What of a circuit there is: for power and area.
struct Parts {
    int opamps = 0, transistors = 0, switches = 0, capacitors = 0, resistors = 0, tails = 0;
};

struct Circuit {
    std::string name, doc, curve;  ///< curve: its equation in words
    Parts parts;
    std::function<Point(double x_V)> at;  ///< settled output
    double time_constant_s = 0;           ///< of the slowest amplifier; 0 = none
    double power_W(const PeripheryParams& p) const;
    double area_m2(const PeripheryParams& p) const;
};

/// The readout of a column pair: two amplifiers, R_f (I+ - I-). line_S: conductance of all cells on one summing line.
Circuit subtractor(const PeripheryParams& p, double line_S);
Circuit opamp(const PeripheryParams& p);  ///< as a follower
Circuit relu(const PeripheryParams& p);   ///< half-wave rectifier
Circuit leaky_relu(const PeripheryParams& p, double slope);
Circuit tanh_pair(const PeripheryParams& p);     ///< weak-inversion differential pair, both branches
Circuit sigmoid_pair(const PeripheryParams& p);  ///< the same, one branch
Circuit dropout_gate(const PeripheryParams& p, bool closed);
Circuit normaliser(const PeripheryParams& p, double mean_V, double gain);
Circuit sample_hold(const PeripheryParams& p);  ///< curve after t_slot of sampling and t_hold of holding, from 0 V
/// One readout for all columns: output after t_slot when the last column left `previous_V`.
Circuit column_read(const PeripheryParams& p, double line_S, double previous_V);

/// All of them with their typical settings, for lists, decks and tests: opamp relu leaky_relu tanh sigmoid dropout_gate normalisation
/// subtractor sample_hold column_read.
std::vector<Circuit> all_circuits(const PeripheryParams& p);
inline constexpr double typical_line_S = 64 * 8e-6;  ///< 64 cells at a fifth of their window on a summing line
inline constexpr double typical_slope = 0.2, typical_mean_V = 0.05, typical_gain = 2, typical_previous_V = 0.4;

}  // namespace ganbar::periphery
