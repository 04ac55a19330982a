// The words for layers and activations, one each, everywhere; other words in use are understood.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ganbar/core/kernels/activation.h"

namespace ganbar {

/// identity, relu, leaky_relu, tanh, sigmoid: in the order of kernels::Activation.
const std::vector<std::string>& activation_names();
/// The activation of such a name, or of another word for it (none, linear, lrelu).
std::optional<kernels::Activation> find_activation(const std::string& word);
/// The word for a type of layer: "dense" for fc, "conv_transpose" for tconv; unknown words as they are.
std::string layer_word(const std::string& word);
/// The word for an activation, likewise.
std::string activation_word(const std::string& word);

}  // namespace ganbar
