// Products over patches of feature maps, without ever laying the patches out; and patches as rows of a matrix, for operators that take
// rows. Tables: patch_map.h. Sums run in a fixed order, so the bits depend neither on threads nor on which of the two forms is used.
// c_in, c_out: channels of a convolution's input and output; weights: [n_taps * c_in x c_out], tap after tap.
#pragma once
#include "ganbar/core/patch_map.h"

namespace ganbar {

/// y[samples * n_target x c_out] = patches of x[samples * n_source x c_in] times weights, at the map's targets; y must have its shape.
void multiply_patches(const PatchMap& map, const Matrix& x, const Matrix& weights, std::size_t samples, Matrix& y);
/// dx[samples * n_source x c_in] (+)= the error of y, through weights transposed tap by tap [n_taps * c_out x c_in]. Writes every row of
/// dx.
void multiply_patches_adjoint(const PatchMap& map, const Matrix& dy, const Matrix& transposed, std::size_t samples, Matrix& dx,
                              bool accumulate);
/// gradient[n_taps * c_in x c_out] = patches of x, transposed, times dy: summed over ascending samples and targets.
void patch_gradient(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, Matrix& gradient);
/// weights [n_taps * c_in x c_out] with each tap's block transposed: [n_taps * c_out x c_in].
void transpose_taps(const Matrix& weights, std::size_t n_taps, Matrix& out);

/// The matrix of patches [samples * n_patches x n_taps * c_in (+ 1)]; constant_one appends a column of ones.
void gather_patches(const PatchMap& map, const Matrix& x, std::size_t samples, bool constant_one, Matrix& patches);
/// The adjoint: dx[position] += the rows' entries that were read there. d_patches may carry one more column, which has no source.
void scatter_patches(const PatchMap& map, const Matrix& d_patches, std::size_t samples, Matrix& dx);
/// Rows of one entry a patch, to and from their output positions.
void rows_to_targets(const PatchMap& map, const Matrix& rows, std::size_t samples, Matrix& y);
void rows_from_targets(const PatchMap& map, const Matrix& y, std::size_t samples, Matrix& rows);

}  // namespace ganbar
