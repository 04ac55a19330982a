// What one layer's text says, before shapes are known, and the shapes that follow from it. For network.cpp alone.
#pragma once
#include <string>
#include <string_view>

#include "ganbar/arch/network.h"

namespace ganbar::arch::text {

/// Fault in one layer's text.
[[noreturn]] void fail(const Location& where, const std::string& place, const std::string& what);
std::optional<Int> whole(std::string_view text);

constexpr Int largest = 1 << 24;
constexpr double most_elements = 0x1p40, most_weights = 1e15;

/// Elements of a shape whose product may not fit a whole number.
double elements(const Shape& s);

/// What one layer's text says, before shapes are known.
struct Words {
    LayerKind kind = LayerKind::fc;
    std::string word, size_text, name, from, with;
    Int channels = 0, kernel = 0, stride = 1, output_pad = 0, groups = 1, factor = 1;
    Int pad_lo = 0, pad_hi = 0;
    bool same = false, batch_norm = false, has_stride = false, has_padding = false, has_output_pad = false, has_groups = false,
         largest = false;
    Activation activation = Activation::identity;
    std::string expected_side;
    std::string place;
};

/// Layers that take another one beside the layer before them.
bool joins(const std::string& word);
Words read_words(const std::string& text, const std::string& place, const Location& where);
/// Output shape, axes and counts of a layer whose input is known; `before`: the layers that are done.
void set_shape(const Words& w, Layer& layer, const std::vector<Layer>& before, const Location& where);

}  // namespace ganbar::arch::text
