// Shapes that ONNX operators give their results, from the shapes of their inputs: operators that move, rename, enlarge or reduce. Written
// from the operators' specification (onnx.ai/onnx/operators); every rule covers all operator sets. Rules throw ConfigError with the node.
#pragma once
#include "ganbar/arch/onnx_call.h"

namespace ganbar::arch::onnx_file {

using Shapes = std::vector<Dims>;  ///< one for each output, those nobody uses may be missing

/// A target shape that holds a whole number of times as many elements as there are: made for a batch of `times`.
struct OtherBatch : ConfigError {
    OtherBatch(const std::string& what, const std::string& file, Int n) : ConfigError(what, {file}), times(n) {}
    Int times;
};

/// One axis of a Slice or Crop.
struct Span {
    Int first = 0, step = 1, count = 0;
};
std::vector<Span> slice_spans(const Call& c);
std::vector<std::size_t> permutation(const Call& c);
std::vector<bool> reduced_axes(const Call& c);
Dims split_sizes(const Call& c);
std::size_t joined_axis(const Call& c);
Dims broadcast(const Call& c, const Dims& a, const Dims& b);

Shapes as_input(const Call& c);      ///< every output as input 0
Shapes as_broadcast(const Call& c);  ///< of all inputs, by numpy's rule; before operator set 7 by the attribute axis
Shapes reshaped(const Call& c);
Shapes flattened(const Call& c);
Shapes squeezed(const Call& c);
Shapes unsqueezed(const Call& c);
Shapes transposed(const Call& c);
Shapes concatenated(const Call& c);
Shapes split(const Call& c);
Shapes sliced(const Call& c);
Shapes gathered(const Call& c);
Shapes as_indices(const Call& c);  ///< GatherElements
Shapes gathered_nd(const Call& c);
Shapes expanded(const Call& c);
Shapes tiled(const Call& c);
Shapes padded(const Call& c);
Shapes cropped(const Call& c);
Shapes reduced(const Call& c);
Shapes arg_reduced(const Call& c);
Shapes top_k(const Call& c);
Shapes one_hot(const Call& c);
Shapes depth_to_space(const Call& c);
Shapes space_to_depth(const Call& c);
Shapes shape_vector(const Call& c);
Shapes scalar(const Call& c);
Shapes of_shape_input(const Call& c);      ///< ConstantOfShape
Shapes of_shape_attribute(const Call& c);  ///< RandomNormal, RandomUniform
Shapes range(const Call& c);

}  // namespace ganbar::arch::onnx_file
