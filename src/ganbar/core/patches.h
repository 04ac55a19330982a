// Patches of feature maps as rows of a matrix, and back (docs of PatchMap: patch_map.h). Sums run in a fixed order, so the bits do not
// depend on threads.
#pragma once
#include "ganbar/core/patch_map.h"

namespace ganbar {

/// The matrix of patches [samples * n_patches x n_taps * c_in (+ 1)]; constant_one appends a column of ones.
void gather_patches(const PatchMap& map, const Matrix& x, std::size_t samples, bool constant_one, Matrix& patches);
/// The adjoint: dx[position] += the rows' entries that were read there. d_patches may carry one more column, which has no source.
void scatter_patches(const PatchMap& map, const Matrix& d_patches, std::size_t samples, Matrix& dx);
/// Rows of one entry a patch, to and from their output positions.
void rows_to_targets(const PatchMap& map, const Matrix& rows, std::size_t samples, Matrix& y);
void rows_from_targets(const PatchMap& map, const Matrix& y, std::size_t samples, Matrix& rows);

}  // namespace ganbar
