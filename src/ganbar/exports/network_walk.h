// A network's layers in the order in which they are built (nn/build_network.cpp), told step by step to whoever writes them in another form.
#pragma once
#include "ganbar/exports/acting_network.h"
#include "ganbar/nn/layer_spec.h"
#include "ganbar/nn/map_layers.h"

namespace ganbar::exports {

using nn::Layout;

enum class LinearKind : std::uint8_t { dense, conv, conv_transpose };

/// One linear layer: its matrices lie in the plan from `first` on, one, or one a phase of a transposed convolution.
struct Linear {
    LinearKind kind = LinearKind::dense;
    std::string name;  ///< of its vectors: "dense1", "residual2/conv1"
    std::size_t first = 0;
    nn::BiasKind bias = nn::BiasKind::none;
    nn::MapShape in, out;
    nn::Window window;                       ///< of convolutions
    std::vector<nn::TransposedPart> phases;  ///< of transposed ones
    bool zero_free = true;
};

/// Each call continues from the value that the last one left; begin() and the residual calls say where it comes from.
class NetworkVisitor {
public:
    virtual ~NetworkVisitor() = default;
    virtual void begin(std::size_t layer, const std::vector<int>& from) = 0;  ///< from: layers, -1 the network's input; two: their sum
    virtual void end(std::size_t layer) = 0;
    virtual void classes(std::size_t matrix, std::size_t n_classes, const nn::MapShape& image) = 0;  ///< one more channel, at the input
    virtual void rearrange(const nn::MapShape& shape, Layout from, Layout to) = 0;
    virtual void linear(const Linear& layer) = 0;
    virtual void norm(const std::string& name, std::size_t channels, bool map, bool of_reference) = 0;
    virtual void activate(nn::Activation f, double slope) = 0;
    virtual void dropout(double rate, bool at_inference) = 0;
    virtual void pool(bool average, const nn::Window& window) = 0;
    virtual void upsample(std::size_t factor, const nn::MapShape& in) = 0;
    virtual void depth_to_space(std::size_t factor, const nn::MapShape& in) = 0;
    virtual void start_residual() = 0;  ///< what comes now enters a residual block
    virtual void shortcut() = 0;        ///< after its main path: from the block's input on
    virtual void join() = 0;            ///< main path plus shortcut
    virtual void end_of_network(const nn::MapShape& shape, Layout layout) = 0;
};

/// The circuits that may stand between crossbars (periphery.kind = "analog") are not among the calls: their place is said as a norm and an
/// activation, as in software.
void walk(const ActingNetwork& network, NetworkVisitor& visitor);

}  // namespace ganbar::exports
