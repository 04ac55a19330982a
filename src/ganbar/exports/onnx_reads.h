// Linear layers as ONNX operators: plain products with the weights that reads act with, or reads as crossbars make them, with their
// converters and noise (AnalogOp::ReadForm says the arithmetic).
#pragma once
#include "ganbar/exports/network_walk.h"
#include "ganbar/exports/onnx_builder.h"

namespace ganbar::exports {

struct ReadDetail {
    bool noise = false, converters = false;
    bool plain() const { return !noise && !converters; }
};

/// y = x W (+ b) of one layer; x is [batch, n] or [batch, channels, sides...]. The value's name.
std::string write_linear(OnnxBuilder& onnx, const ActingNetwork& network, const Linear& layer, const ReadDetail& detail,
                         const std::string& x);

/// kernel_shape, strides and pads of a window.
std::vector<OnnxBuilder::Attribute> window_attributes(const nn::Window& window);

}  // namespace ganbar::exports
