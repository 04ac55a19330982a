// Shapes of feature maps, and the patch tables of convolutions between them. Any number of axes from 1 to 3; the last is the fastest.
#pragma once
#include <string>
#include <vector>

#include "ganbar/core/patch_map.h"

namespace ganbar::nn {

/// Of all the numbers; 1 for none.
std::size_t product(const std::vector<std::size_t>& list);

/// channels x side[0] x side[1] ...; a vector has no sides.
struct MapShape {
    std::size_t channels = 1;
    std::vector<std::size_t> side;
    std::size_t positions() const;
    std::size_t size() const { return channels * positions(); }
    std::string text() const;  ///< "128x7x7", "100"
    friend bool operator==(const MapShape&, const MapShape&) = default;
};
/// "100", "1x28x28", "1x16x16x16". ConfigError at `where`.
MapShape parse_map_shape(const std::string& text, const Location& where);

/// One window per axis: taps, step from window to window, positions added at the low and the high end.
struct Window {
    std::vector<std::size_t> kernel, stride, pad_lo, pad_hi, output_pad;  ///< output_pad: transposed convolution only
};

/// out = floor((in + lo + hi - kernel) / stride) + 1. ConfigError when the window does not fit.
MapShape conv_output(const MapShape& in, const Window& w, std::size_t channels, const Location& where);
/// out = (in - 1) stride - lo - hi + kernel + output_pad (Dumoulin and Visin 2016, relationship 14). ConfigError when impossible.
MapShape conv_transpose_output(const MapShape& in, const Window& w, std::size_t channels, const Location& where);

/// Output q meets input q stride - lo + k at tap k.
PatchMap conv_patches(const MapShape& in, const MapShape& out, const Window& w);
/// One phase of a transposed convolution: the outputs o with (o + lo) mod stride = phase on every axis; they need only the taps
/// phase, phase + stride, ... and no inserted zeros. `taps`: which taps of the whole kernel these are. Empty when the phase has none.
struct TransposedPart {
    PatchMap map;
    std::vector<std::size_t> taps;
};
/// zero_free: one part per phase that has taps and outputs. Otherwise one part with all taps, whose patches hold the inserted zeros.
std::vector<TransposedPart> conv_transpose_patches(const MapShape& in, const MapShape& out, const Window& w, bool zero_free);

}  // namespace ganbar::nn
