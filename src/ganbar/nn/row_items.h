// Elementwise work on the rows of matrices, cut into items of a fixed size.
#pragma once
#include <algorithm>

#include "ganbar/core/kernels/activation.h"
#include "ganbar/core/matrix.h"
#include "ganbar/core/parallel.h"

namespace ganbar::nn {

/// Calls body(first row, number of rows) for pieces of about 32 kB.
template <class Body>
void over_rows(const Matrix& m, const Body& body) {
    const std::size_t per_item = std::max<std::size_t>(1, 8192 / std::max<std::size_t>(1, m.stride()));
    parallel_for((m.rows() + per_item - 1) / per_item, [&](std::size_t item) {
        const std::size_t r = item * per_item;
        body(r, std::min(per_item, m.rows() - r));
    });
}

/// y = f(y + bias); bias may be nullptr.
inline void activate(Matrix& y, const float* bias, kernels::Activation f, float slope) {
    if (f == kernels::Activation::identity && bias == nullptr) return;
    over_rows(y, [&](std::size_t r, std::size_t rows) { kernels::activate_rows(y.row(r), y.stride(), rows, y.cols(), bias, f, slope); });
}
/// d = d f'(y), from the output y.
inline void activation_gradient(Matrix& d, const Matrix& y, kernels::Activation f, float slope) {
    if (f == kernels::Activation::identity) return;
    over_rows(d, [&](std::size_t r, std::size_t rows) {
        kernels::activation_gradient_rows(d.row(r), d.stride(), y.row(r), y.stride(), rows, d.cols(), f, slope);
    });
}

}  // namespace ganbar::nn
