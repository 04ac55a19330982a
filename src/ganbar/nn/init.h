// Initial weights.
#pragma once
#include "ganbar/core/matrix.h"
#include "ganbar/core/rng.h"

namespace ganbar::nn {

/// normal_fan_in: N(0, 1/n_in); glorot_normal: N(0, 2/(n_in + n_out)) (Glorot and Bengio 2010); uniform_fan_in: U(+-1/sqrt(n_in)); normal:
/// N(0, 1).
enum class Init : std::uint8_t { normal_fan_in, glorot_normal, uniform_fan_in, normal };

/// [n_in x n_out] weights times `scale`. fan_in > 0 stands for n_in in the distributions above: inputs that meet at one output.
Matrix initial_weights(std::size_t n_in, std::size_t n_out, Init init, double scale, Rng rng, double fan_in = 0);

}  // namespace ganbar::nn
