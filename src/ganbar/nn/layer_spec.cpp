#include "ganbar/nn/layer_spec.h"

#include "ganbar/core/layer_words.h"

namespace ganbar::nn {
namespace {
constexpr std::int64_t side = 1 << 20;
}

Schema<LayerSpec> LayerSpec::schema() {
    using T = LayerSpec;
    return {
        choice("type", &T::type, layer_type_names(), "what the layer does; residual: two convolutions with a shortcut", assumed("ours")),
        param("name", &T::name, "what from and with of later layers call it", assumed("none")),
        param("from", &T::from, "name of the layer whose output it takes, or input; empty = the layer before", assumed("the layer before")),
        param("with", &T::with, "add: name of the layer whose output is added", assumed("none")),
        param("factor", &T::factor, std::int64_t{1}, std::int64_t{1024}, "upsample, depth_to_space: how many times larger the sides become",
              assumed("2")),
        param("units", &T::units, std::int64_t{0}, side * 16, "dense: values of its output; 0 = those of shape", assumed("ours")),
        param("shape", &T::shape, "dense, reshape: feature map that the values become, channels and sides, for example \"256x7x7\"",
              assumed("ours")),
        param("channels", &T::channels, std::int64_t{0}, side, "conv, conv_transpose, residual: channels of its output", assumed("ours")),
        param("kernel", &T::kernel, std::int64_t{1}, side, "taps per axis, one number for all axes or one for each", assumed("3")),
        param("stride", &T::stride, std::int64_t{1}, side, "steps per axis; a conv_transpose enlarges by them", assumed("1")),
        param("padding", &T::padding, std::int64_t{0}, side, "zeros added before each axis (conv_transpose: outputs cut off there)",
              assumed("0")),
        param("padding_high", &T::padding_high, std::int64_t{0}, side, "zeros added behind each axis; empty = as padding",
              assumed("as padding")),
        param("output_padding", &T::output_padding, std::int64_t{0}, side, "conv_transpose: outputs added behind each axis", assumed("0")),
        choice("norm", &T::norm, {"none", "batch", "virtual"},
               "normalisation between the linear map and the activation; virtual: by the statistics of fixed reference samples",
               published("Ioffe and Szegedy 2015; virtual: Salimans et al. 2016, sec. 3.4")),
        choice("activation", &T::activation, activation_names(), "what follows the linear map and the normalisation", assumed("identity")),
        param("slope", &T::slope, 0.0, 1.0, "slope of leaky ReLU below zero", assumed("0.2, usual in GANs")),
        param("rate", &T::rate, 0.0, 0.99, "dropout: share of the values dropped", published("Srivastava et al. 2014: 0.5")),
        param("at_inference", &T::at_inference, "dropout: drop in inference too",
              assumed("off; the analog convolutional nets of krestinskaya's group (2020) drop there")),
        choice("bias", &T::bias, {"inherit", "none", "digital", "cells"},
               "biases of the linear map; inherit = the network's, and none before a normalisation", assumed("inherit")),
        param("w_max", &T::w_max, 0.0, 1e6, "weight at the upper end of the window; 0 = the network's", assumed("the network's")),
        param("init_scale", &T::init_scale, 0.0, 100.0, "factor on the initial weights; 0 = the network's", assumed("the network's")),
        choice("form", &T::form, {"zero_free", "zero_inserted"},
               "conv_transpose: one matrix for each phase of the stride, or one matrix over the map with zeros inserted; same numbers",
               published("chen2019 (ZARA), sec. 4.3: the deformed, zero-free form")),
    };
}

}  // namespace ganbar::nn
