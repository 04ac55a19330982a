// The inner loop of an analog path (analog_neurons.h): the curves of curves.h, operation for operation, over many columns at once.
#pragma once
#include <cstddef>
#include <cstdint>

#include "ganbar/core/kernels/activation.h"

namespace ganbar::periphery {

/// A stage around one amplifier as its numbers (Stage of curves.h).
struct StageNumbers {
    double gain = 1, offset_V = 0, swing_V = 0;
};

/// Everything a value passes on its way from a column to the next crossbar. Arrays hold one number a column.
struct NeuronPath {
    std::size_t columns = 0, turn = 0;  ///< turn: columns that one readout serves, one after the other
    double unit_V = 1;                  ///< voltage of 1
    StageNumbers first, second;         ///< of the readout
    double left = 0;                    ///< what a column leaves of itself in the next one
    StageNumbers hold;
    double hold_pass = 1;
    const double* offset_V = nullptr;  ///< of the readouts
    const double *normal_gain = nullptr, *normal_mean_V = nullptr, *normal_stage_gain = nullptr,
                 *normal_stage_offset_V = nullptr;  ///< null: no normalisers
    double normal_swing_V = 0;
    kernels::Activation activation = kernels::Activation::identity;
    StageNumbers inner, outer;    ///< of the activation; inner: the rectifier of a leaky ReLU
    double leak = 0, pair_V = 1;  ///< pair_V: the voltage whose tanh or sigmoid argument is 1
    double open = 0, closed = 1;  ///< what dropout gates pass
};

/// `rows` rows of x, at most neuron_rows_at_once, to outputs y and the two slopes of the error path: of the readout (0 where its output is
/// clipped) and of all that follows it. gates: [rows x columns], 1 = closed; null: all pass whole. Strides in floats.
void neuron_rows(const NeuronPath& path, const float* x, std::size_t x_stride, const std::uint8_t* gates, std::size_t rows, float* y,
                 float* read_slope, float* slope, std::size_t out_stride);
/// The way back: dx from dy. A residue of one column in the next passes errors from later columns to earlier ones, unless the readout was
/// clipped.
void neuron_rows_back(const NeuronPath& path, const float* dy, std::size_t dy_stride, const float* read_slope, const float* slope,
                      std::size_t slope_stride, std::size_t rows, float* dx, std::size_t dx_stride);

inline constexpr std::size_t neuron_rows_at_once = 8;

}  // namespace ganbar::periphery
