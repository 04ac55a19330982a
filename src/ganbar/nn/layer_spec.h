// Networks as data: a list of layers, each one table of the input. One description serves software and crossbars.
#pragma once
#include <functional>

#include "ganbar/core/param.h"
#include "ganbar/nn/init.h"
#include "ganbar/nn/map_shape.h"
#include "ganbar/nn/network.h"

namespace ganbar::nn {

/// The types that estimates and exports know each by itself; more may follow them (nn/layer_types.h).
enum class LayerType : std::uint8_t {
    dense,
    conv,
    conv_transpose,
    residual,
    batch_norm,
    activation,
    dropout,
    avg_pool,
    max_pool,
    reshape,
    flatten,
    add,
    upsample,
    depth_to_space
};
constexpr const char* known_layer_types[] = {"dense",      "conv",    "conv_transpose", "residual",      "batch_norm",
                                             "activation", "dropout", "avg_pool",       "max_pool",      "reshape",
                                             "flatten",    "add",     "upsample",       "depth_to_space"};
/// The words of all types there are, in the order of their numbers.
const std::vector<std::string>& layer_type_names();
enum class Norm : std::uint8_t { none, batch, virtual_batch };
enum class LayerBias : std::uint8_t { inherit, none, digital, cells };
enum class TransposedForm : std::uint8_t { zero_free, zero_inserted };

/// One layer as the user writes it. Lists hold one number for all axes, or one per axis.
struct LayerSpec {
    LayerType type = LayerType::dense;
    std::int64_t units = 0, channels = 0;
    std::string shape, name, from, with;
    std::int64_t factor = 2;
    std::vector<std::int64_t> kernel{3}, stride{1}, padding{0}, padding_high, output_padding{0};
    Norm norm = Norm::none;
    Activation activation = Activation::identity;
    double slope = 0.2, rate = 0.5, w_max = 0, init_scale = 0;
    bool at_inference = false;
    LayerBias bias = LayerBias::inherit;
    TransposedForm form = TransposedForm::zero_free;
    Location where;
    static Schema<LayerSpec> schema();
};

/// What follows a weight matrix instead of a digital activation: the circuits between crossbars.
struct NeuronRequest {
    std::string name;
    std::size_t columns = 0, positions = 1, fan_in = 0;
    Activation activation = Activation::identity;
    double slope = 0.2;
    bool is_last = false;     ///< of the network
    bool normalises = false;  ///< the circuits take the place of a batch norm
};
using NeuronFactory = std::function<std::unique_ptr<Layer>(const NeuronRequest&)>;

/// What the layers of a network share.
struct NetworkDefaults {
    double w_max = 0.4, init_scale = 1;
    Init init = Init::normal_fan_in;
    BiasKind bias = BiasKind::none;
    NeuronFactory neurons;  ///< empty: digital activations
    bool neurons_normalise = false;
};

/// What a network takes: values of a shape and, when n_classes > 0, behind them the class as one value of 1 among zeros. A vector input is
/// n_classes values longer for it, so that the first matrix holds one row a class; an image gets one more channel (class_channel.h).
struct NetworkInput {
    NetworkInput(std::string shape_text, std::size_t classes = 0) : shape(std::move(shape_text)), n_classes(classes) {}
    NetworkInput(const char* shape_text) : shape(shape_text) {}
    std::string shape;
    std::size_t n_classes = 0;
};

/// A weight matrix that a layer asks for. `initial` draws its weights.
struct OpRequest {
    std::string name;
    std::size_t rows = 0, cols = 0;
    double w_max = 0;
    std::function<Matrix()> initial;
};
using OpFactory = std::function<std::unique_ptr<LinearOp>(const OpRequest&)>;

/// Builds the layers in order. A network whose input or output is a feature map takes or gives it planar, as images are stored.
/// `draws`: stream of a layer's initial weights by name. ConfigError at the place of the layer that does not fit.
std::unique_ptr<Network> build_network(const std::string& name, const NetworkInput& input, const std::vector<LayerSpec>& layers,
                                       const NetworkDefaults& defaults, const std::function<Rng(const std::string&)>& draws,
                                       const OpFactory& make_op, const Location& where = {});

/// Shape before each layer (of the first: without classes) and after the last, and the weight matrices, without building anything.
struct NetworkPlan {
    std::vector<MapShape> shapes;
    std::vector<MapShape> made;            ///< shape after each layer
    std::vector<std::vector<int>> inputs;  ///< of each layer: the layers it takes, two where it adds; -1 = the network's input
    std::vector<std::string> names;        ///< of the layers
    struct MatrixShape {
        std::string name;
        std::size_t layer = 0, rows = 0, cols = 0;
    };
    std::vector<MatrixShape> matrices;
    std::size_t widest = 0;  ///< most values that one sample has in any layer, laid-out patches included
};
NetworkPlan plan_network(const std::string& name, const NetworkInput& input, const std::vector<LayerSpec>& layers,
                         const NetworkDefaults& defaults, const Location& where = {});

/// What build_network would ask of `neurons`, in order, without building anything.
void plan_neurons(const std::string& name, const NetworkInput& input, const std::vector<LayerSpec>& layers, NetworkDefaults defaults,
                  const std::function<void(const NeuronRequest&)>& each);

}  // namespace ganbar::nn
