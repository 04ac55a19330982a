// Elementwise functions on padded rows.
#pragma once
#include <cstddef>
#include <cstdint>

namespace ganbar::kernels {

enum class Activation : std::uint8_t { identity, relu, leaky_relu, tanh, sigmoid };

/// y = f(y + bias), in place; bias may be nullptr. slope: of leaky ReLU below zero.
void activate_rows(float* y, std::size_t stride, std::size_t rows, std::size_t cols, const float* bias, Activation f, float slope);
/// dz = dy f'(z), with f' from the output y, in place on d.
void activation_gradient_rows(float* d, std::size_t d_stride, const float* y, std::size_t y_stride, std::size_t rows, std::size_t cols,
                              Activation f, float slope);

}  // namespace ganbar::kernels
