// What the analog system of an experiment consists of and what it takes, from its layer list alone: devices, sign bits, crossbars,
// amplifiers, power and area, layer by layer (krestinskaya2020: 1.7 million devices, 47 nW least average power per neural computation).
#pragma once
#include "ganbar/experiment/build.h"

namespace ganbar {

/// How strongly lines are driven: rms of the inputs over the largest, and the mean place of a cell in its window.
struct Drive {
    double input_rms = 0.3, cell_level = 0.2;
};

/// A neural computation: one column's sum, readout and activation, once. It keeps its readout for one slot.
struct AnalogLayer {
    std::string network, name;
    std::int64_t rows = 0, columns = 0, reads = 0;  ///< reads: positions of one image at which the matrix is read
    std::int64_t devices = 0, sign_bits = 0, crossbars = 0, readouts = 0, opamps = 0;
    std::map<std::string, double> circuit_W;  ///< per neuron of this layer while it has its slot, by circuit
    double cells_W = 0;                       ///< the column's cells while it is read
    double slot_W = 0;                        ///< sum of both: power of one neural computation while it runs
    double working = 1;               ///< share of its slots' power that is taken: below 1 where dropout gates work outside training
    double average_W = 0;             ///< the same over the time in which every column of the readout gets its slot
    double device_W = 0;              ///< one cell while it is read
    double image_J = 0, image_s = 0;  ///< all reads of one image
    double cells_m2 = 0, periphery_m2 = 0;
};
struct AnalogSystem {
    std::vector<AnalogLayer> layers;
    std::int64_t devices = 0, sign_bits = 0, crossbars = 0, opamps = 0;
    double area_m2 = 0, least_average_W = 0, mean_average_W = 0, least_slot_W = 0;
    double generate_J = 0, generate_s = 0, judge_J = 0, judge_s = 0;  ///< one image through the generator; through the discriminator
};
AnalogSystem analog_system(const Experiment& e, const Drive& drive = {});

inline constexpr double published_devices = 1.7e6, published_neural_W = 47e-9;

}  // namespace ganbar
