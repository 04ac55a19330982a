// Sources of latent vectors.
#pragma once
#include "ganbar/experiment/experiment.h"

namespace ganbar {

/// Gaussian, uniform or fair bits from the pseudo-random generator; or bits of an array of the experiment's device.
std::unique_ptr<NoiseSource> make_latents(const Experiment& e);

}  // namespace ganbar
