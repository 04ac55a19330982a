// Joins an exploration with training: what the bits of converters and cells cost in quality, from short trainings of the same network.
#pragma once
#include <cstdint>

#include "ganbar/arch/explore.h"
#include "ganbar/run/run_observer.h"
#include "ganbar/study/sweep_work.h"

namespace ganbar::study {

struct QualityPlan {
    std::string experiment;        ///< a preset or a file, on crossbars
    std::int64_t rounds = 0;       ///< of every training; 0: as the experiment says
    std::int64_t seeds = 1;        ///< trainings of each combination of bits
    std::vector<std::string> set;  ///< settings of the experiment that all trainings share
    std::filesystem::path out;     ///< folder of the runs; what is there already is taken up
    int threads = 1;
};

/// Axes of an exploration that a training knows too, and as what: adc_bits is tile.adc_bits (0: ideal sums), input_bits is tile.dac_bits,
/// cell_bits = b is nonideal.levels = 2^b. A crossbar that trains holds a weight in one cell or one pair, so its weights are as coarse as
/// its cells; machines that slice a weight over several cells lose less.
std::vector<std::pair<std::string, std::string>> quality_keys();

/// Trains the experiment once a seed for every combination of those axes' values that the designs have, and gives every design its mean
/// Frechet distance as the loss; then the front is found anew. A design whose trainings failed has no loss and is never on the front.
/// ConfigError when no axis is known to the training, or the experiment trains another network than the one explored; DataError when every
/// training failed; Interrupted as targets.stop asks.
void measure_quality(arch::Exploration& e, const QualityPlan& plan, const SweepTargets& targets,
                     const std::function<void(const std::string&)>& say);

}  // namespace ganbar::study
