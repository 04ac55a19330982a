// For tests: matrices of normal draws.
#pragma once
#include "ganbar/core/matrix.h"
#include "ganbar/core/rng.h"

namespace ganbar::test {

/// [rows x cols] of scale * N(0, 1).
inline Matrix random_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed, double scale = 1) {
    Matrix m(rows, cols);
    Rng rng(seed);
    for (std::size_t r = 0; r < rows; ++r)
        for (float& v : m.row_span(r)) v = static_cast<float>(scale * rng.normal());
    return m;
}

}  // namespace ganbar::test
