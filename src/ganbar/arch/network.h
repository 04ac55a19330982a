// A GAN as data: two graphs of layers with shapes. Read from TOML (keys below); the layer language is one text per layer:
//   "fc 1024x4x4 bn relu"   "conv 128 k5 s2 same lrelu"   "tconv 3 k4 s2 p1 tanh @64"   "add block1"   "up 2"   "pool 2 k3"   "d2s 2"
//   "concat skip1"   "mul style1"   "norm 32"   "attention 8"   "input 512x4x4 name=const"
// (concat: another layer's channels behind these; mul, add: by or with a map of this shape or a vector of its channels; norm N: over N
// groups of channels, 1 a layer's, as many as channels an instance's; attention N: N heads over the positions of a map of queries, keys and
// values, whose channels are three times the result's; input: a further input, or a stored constant) (pool and avg_pool take means,
// max_pool maxima; the words of [[generator.layer]], dense conv_transpose upsample depth_to_space leaky_relu, do as well) (pool: stride 2,
// kernel 3, rounding up; the kernel is the stride when not given). kernel kN, stride sN, padding pN | pLO:HI | same | valid, output padding
// opN, groups gN, bn, relu lrelu tanh sigmoid, name=X from=X (an input other than the previous layer), @N or @NxM: the output side must be
// this.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ganbar/arch/tconv.h"
#include "ganbar/config/node.h"
#include "ganbar/core/kernels/activation.h"

namespace ganbar::arch {

/// channels x side^dims; a vector has dims 0.
struct Shape {
    Int channels = 1;
    int dims = 0;
    std::array<Int, max_dims> side{1, 1, 1};
    Int positions() const { return side[0] * side[1] * side[2]; }
    Int size() const { return channels * positions(); }
    std::string text() const;  ///< "1024x4x4"
    friend bool operator==(const Shape&, const Shape&) = default;
};
/// "100", "3x64x64", "1x64x64x64". Throws ConfigError.
Shape parse_shape(const std::string& text, const Location& where);

/// attention multiplies what the input makes with what it makes: it has no weights. elementwise and move multiply nothing: an operation per
/// element (norms, products of branches), elements put elsewhere (joined branches, slices, transposes).
enum class LayerKind : std::uint8_t { fc, conv, tconv, upsample, pool, depth_to_space, add, elementwise, move, attention };
using kernels::Activation;
const char* to_string(LayerKind kind);

struct Layer {
    LayerKind kind = LayerKind::fc;
    std::string name;         ///< given, or kind and position ("tconv3")
    std::vector<int> inputs;  ///< indices of earlier layers; -1 = the network's input
    Shape in, out;
    Axes axes;                   ///< conv and tconv
    Int groups = 1, factor = 1;  ///< factor: of up, pool and d2s; groups of a norm, heads of attention
    Int window = 0;              ///< of pool: its kernel; 0 = not known (ONNX)
    bool largest = false;        ///< of pool: the maximum, not the mean
    bool batch_norm = false;
    Activation activation = Activation::identity;

    bool computes() const { return has_weights() || kind == LayerKind::attention; }
    bool has_weights() const { return kind == LayerKind::fc || kind == LayerKind::conv || kind == LayerKind::tconv; }
    Int taps() const {
        return product(axes, [](const Axis& a) { return a.kernel; });
    }
    Int n_weights() const;  ///< without biases
};

/// Layers in an order in which every input comes first. The last layer is the output, unless `made` says otherwise.
struct Network {
    std::string name;
    Shape input;  ///< the largest one, where there are several
    std::vector<Layer> layers;
    std::vector<Shape> more_inputs = {}, more_outputs = {};  ///< the others, of networks from ONNX (a class label, a second judgement)
    std::optional<Shape> made = {};                          ///< the output, where it is not the last layer's
    const Shape& output() const { return made ? *made : layers.back().out; }
    Int n_weights() const;
    Int depth() const;                ///< compute layers on the longest path: L of the pipeline formulas
    std::vector<Int> stages() const;  ///< for every layer: compute layers on the longest path up to and including it
};
/// Throws ConfigError: unknown words, impossible shapes, names that do not exist, cycles, layers that feed nothing.
Network parse_network(const std::string& name, const std::string& input, const std::vector<std::string>& layers,
                      const Location& where = {});

struct Gan {
    std::string name, doc, source, dataset;
    Kind confidence = Kind::assumed;
    Int batch = 64, steps_d = 1;
    Network generator, discriminator;  ///< without layers where there is only the other one
    bool has_generator() const { return !generator.layers.empty(); }
    bool has_discriminator() const { return !discriminator.layers.empty(); }
};
/// Keys: doc, source, confidence (published | derived | assumed), dataset, batch, steps_d; tables generator and discriminator with input
/// and layers, or onnx = the path of an ONNX file (onnx_network.h), with input where that file leaves sides open.
Gan read_gan(const config::Node& root, const std::string& name);
/// A generator's and a discriminator's ONNX file; one file alone is a generator where it makes_images.
Gan onnx_gan(const std::string& path, const std::string& discriminator_path = "");
/// True for an output at least as large as the input, or a map of several channels that keeps the input's sides or channels (image to
/// image).
bool makes_images(const Network& network);
/// ConfigError unless an input of the discriminator is an output of the generator, or that together with the generator's input (a
/// discriminator that sees both, stacked).
void check_sizes(const Gan& gan, const Location& where);

}  // namespace ganbar::arch
