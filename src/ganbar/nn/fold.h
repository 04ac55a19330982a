// Batch normalisation folded for inference: with running statistics it is y = a x + b per channel, so a goes into the weights that make x
// (W' = W a, also in the row or vector of biases) and the layer keeps b, which is what a bias is (Jacob et al. 2018, sec. 3.2).
#pragma once
#include "ganbar/nn/layer.h"

namespace ganbar::nn {

/// y = W x' with the scale of each output channel in it: column j belongs to channel j modulo the number of scales.
Matrix scaled_columns(const Matrix& weights, std::span<const float> scale);

/// Folds the batch norms in a row of layers. One stays as it is where no weights stand right before it, or where its statistics are those
/// of reference samples. The network is for inference from then on.
FoldCount fold_norms(std::vector<std::unique_ptr<Layer>>& layers, const Rewrite& rewrite);

}  // namespace ganbar::nn
