// How many pulses the cells of a run were given, and how many such trainings a chip survives.
#pragma once
#include "ganbar/experiment/build.h"

namespace ganbar {

struct LayerPulses {
    std::string name;  ///< "generator/dense1"
    std::size_t n_cells = 0;
    double mean = 0, p999 = 0, most = 0;  ///< pulses a cell; p999: what 99.9% of the cells stay at or below
    double trainings = 0;                 ///< until `worn_share` of these cells are worn out; 0 without an endurance
};
struct Lifetime {
    static constexpr double worn_share = 0.001;
    std::vector<LayerPulses> layers;
    LayerPulses all;
    double endurance = 0;                    ///< pulses; 0: none given
    std::size_t first = 0, most_pulsed = 0;  ///< layer that wears out first; with the most pulses a cell
};

/// From the counts of the model's arrays. Wear-out is nonideal.endurance's: a cell that got n pulses a training is worn out after T of them
/// with probability 1 - exp(-(n T / endurance)^shape); T is where worn_share of the cells are.
Lifetime lifetime_of(const Model& model, const NonidealParams& wear);

}  // namespace ganbar
