// What a type of layer is built with: what comes in, the matrices it asks for, what its network does everywhere.
#pragma once
#include "ganbar/nn/layer_spec.h"
#include "ganbar/nn/map_layers.h"

namespace ganbar::nn {

using Layers = std::vector<std::unique_ptr<Layer>>;

/// A weight matrix that a layer asks for.
struct KernelRequest {
    std::string layer;  ///< whose stream of draws the initial weights come from
    std::string name;   ///< of the matrix: the layer's, or that of a part of it
    std::size_t rows = 0, cols = 0;
    bool bias_row = false;            ///< one more row, of biases
    double fan_in = 0;                ///< of the initial weights; 0 = rows
    std::size_t per_tap = 0;          ///< with taps: rows of one tap
    std::vector<std::size_t> taps{};  ///< of the whole kernel, those that this matrix holds; empty = all
};

/// A network while its layers are built in order. A type of layer (nn/layer_types.h) finds here what comes in, appends to `out`, and leaves
/// the shape that it made.
class LayerBuilder {
public:
    LayerBuilder(std::string network, const NetworkDefaults& defaults, std::function<Rng(const std::string&)> draws, OpFactory make_op)
        : network_(std::move(network)), defaults_(defaults), draws_(std::move(draws)), make_op_(std::move(make_op)) {}

    const MapShape& shape() const { return shape_; }
    Layout layout() const { return layout_; }
    const NetworkDefaults& defaults() const { return defaults_; }
    /// Values of one channel: positions of a map, 1 of a vector.
    std::size_t positions() const { return layout_ == Layout::map ? shape_.positions() : 1; }
    /// What a layer made, in the order that the values lie in.
    void made(MapShape shape, Layout layout) { shape_ = std::move(shape), layout_ = layout; }
    void made(MapShape shape) { shape_ = std::move(shape); }
    /// Most values that one sample has anywhere.
    void widen(std::size_t values) { widest_ = std::max(widest_, values); }

    /// ConfigError at the layer.
    [[noreturn]] void refuse(const std::string& what) const;
    /// Rearranges the values; refuses a map where there is only a vector.
    void to(Layout wanted, Layers& out);
    /// One number for all axes, or one for each; refuses others.
    Window window(const LayerSpec& s) const;
    BiasKind bias_of(const LayerSpec& s) const;
    std::unique_ptr<LinearOp> op(const LayerSpec& s, const KernelRequest& request);
    /// The activation that a linear map applies itself: none where a norm or a circuit follows.
    Activation inner(const LayerSpec& s) const { return s.norm == Norm::none && !defaults_.neurons ? s.activation : Activation::identity; }
    /// What follows a linear map: its norm and the circuits between crossbars.
    void finish(const LayerSpec& s, const std::string& name, Layers& out);
    void norm(const std::string& name, const LayerSpec& s, Layers& out);
    void neurons(const std::string& name, const LayerSpec& s, bool normalises, Layers& out);
    /// A layer of the type that `s` names, as one of the network or as a part of one.
    void build_layer(const LayerSpec& s, const std::string& name, Layers& out);

protected:
    std::string network_;
    NetworkDefaults defaults_;
    std::function<Rng(const std::string&)> draws_;
    OpFactory make_op_;
    MapShape shape_;
    Layout layout_ = Layout::vector;
    std::size_t layer_ = 0, n_layers_ = 0, widest_ = 0, fan_in_ = 1;
    bool has_virtual_ = false, has_exact_ = false;
    Location where_;

private:
    std::vector<std::size_t> per_axis(const std::vector<std::int64_t>& list, const char* key) const;
};

}  // namespace ganbar::nn
