// The types of layers that train, by name. CMake writes builtin_layer_types.cpp, which calls every file of nn/layer_types/.
#pragma once
#include "ganbar/core/registry.h"
#include "ganbar/nn/layer_builder.h"

namespace ganbar::nn {

/// What a layer costs beside its matrices and its activation.
enum class LayerCost : std::uint8_t {
    nothing,   ///< no value is computed
    per_value  ///< one operation for each value that it makes
};

struct LayerTypeEntry {
    std::string doc;  ///< what it does, and which keys of the layer it reads
    void (*build)(LayerBuilder& builder, const LayerSpec& s, const std::string& name, Layers& out);
    LayerCost cost = LayerCost::per_value;  ///< in estimates, for types that these do not know
};
using LayerTypeRegistry = Registry<LayerTypeEntry>;

void register_builtin_layer_types(LayerTypeRegistry& registry);
const LayerTypeRegistry& layer_types();

/// Of a spec: its entry, its word.
const LayerTypeEntry& layer_type(const LayerSpec& s);
const std::string& layer_type_name(LayerType type);
/// The type of such a word; ConfigError with the nearest otherwise.
LayerType find_layer_type(const std::string& name, const Location& where = {});

}  // namespace ganbar::nn
