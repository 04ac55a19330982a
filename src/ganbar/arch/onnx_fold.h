// Numbers that follow from the file alone: the arithmetic on shapes and constants with which exporters compute the targets of Reshape,
// Resize, Slice and the like. Results of up to largest_folded elements; anything larger keeps its shape only.
#pragma once
#include "ganbar/arch/onnx_shapes.h"

namespace ganbar::arch::onnx_file {

constexpr double largest_folded = 4096;
/// Output `which` of shape `out`, from inputs whose numbers are known.
using Fold = Numbers (*)(const Call& c, const Dims& out, std::size_t which);

Numbers fold_shape(const Call& c, const Dims& out, std::size_t which);
Numbers fold_size(const Call& c, const Dims& out, std::size_t which);
Numbers fold_same(const Call& c, const Dims& out, std::size_t which);  ///< the same elements in another shape
Numbers fold_cast(const Call& c, const Dims& out, std::size_t which);
Numbers fold_unary(const Call& c, const Dims& out, std::size_t which);   ///< by the operator's name
Numbers fold_binary(const Call& c, const Dims& out, std::size_t which);  ///< by the operator's name; spreads sides of 1
Numbers fold_where(const Call& c, const Dims& out, std::size_t which);
Numbers fold_transpose(const Call& c, const Dims& out, std::size_t which);
Numbers fold_concat(const Call& c, const Dims& out, std::size_t which);
Numbers fold_split(const Call& c, const Dims& out, std::size_t which);
Numbers fold_slice(const Call& c, const Dims& out, std::size_t which);
Numbers fold_gather(const Call& c, const Dims& out, std::size_t which);
Numbers fold_spread(const Call& c, const Dims& out, std::size_t which);  ///< Expand, Tile
Numbers fold_reduce(const Call& c, const Dims& out, std::size_t which);
Numbers fold_fill(const Call& c, const Dims& out, std::size_t which);  ///< ConstantOfShape
Numbers fold_range(const Call& c, const Dims& out, std::size_t which);

/// Types of a Cast's target: true for those without fractions.
bool casts_to_whole(const Call& c);

}  // namespace ganbar::arch::onnx_file
