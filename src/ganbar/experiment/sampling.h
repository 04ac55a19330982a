// Images from a trained model, with latents of a seed's own: nothing of the model or of a run changes.
#pragma once
#include "ganbar/experiment/build.h"

namespace ganbar {

/// n images in [-1, 1], one a row.
Matrix sample_images(Model& model, std::size_t n, std::uint64_t seed);
/// Latent vectors, one a row (the class behind them, where there are classes), and the images in [-1, 1] that sample_images draws from
/// them.
struct Sampled {
    Matrix latents, images;
};
Sampled sample_with_latents(Model& model, std::size_t n, std::uint64_t seed);
/// n_rows rows of n_steps images each: between two latent vectors in equal steps, both ends of one class.
Matrix interpolate_images(Model& model, std::size_t n_rows, std::size_t n_steps, std::uint64_t seed);

}  // namespace ganbar
