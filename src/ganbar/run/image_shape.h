// The shape of the images that a run's generator draws.
#pragma once
#include <filesystem>

#include "ganbar/experiment/experiment.h"

namespace ganbar {

struct ImageShape {
    std::size_t channels = 1, height = 1, width = 1;
};
/// The generator's own shape when it ends in a feature map; else what env.json of the run folder says of the data; else the data set's own
/// shape when it is known by name, else a square, else one row.
ImageShape image_shape(const std::filesystem::path& run, const Experiment& e);

}  // namespace ganbar
