// The weights of a network under the names and in the layout that torch.nn gives them.
#pragma once
#include "ganbar/exports/acting_network.h"

namespace ganbar::exports {

struct NamedArray {
    std::string name;                ///< "generator.0.weight": network, layer from 0, tensor
    std::vector<std::size_t> shape;  ///< row-major
    std::vector<float> values;
};

/// Linear weights [out, in], convolutions [out, in, kernel...], transposed ones [in, out, kernel...]; bias, and weight, bias, running_mean,
/// running_var of batch norms (".norm." behind a layer that has its own; ".conv1.", ".conv2.", ".shortcut." in residual blocks). Vectors
/// made of feature maps run channel after channel, as torch.nn.Flatten and Unflatten have them. Weights are those that reads act with.
std::vector<NamedArray> torch_arrays(const ActingNetwork& network);

}  // namespace ganbar::exports
