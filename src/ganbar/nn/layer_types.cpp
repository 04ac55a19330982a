#include "ganbar/nn/layer_types.h"

#include <algorithm>

namespace ganbar::nn {

const LayerTypeRegistry& layer_types() {
    static const LayerTypeRegistry all = [] {
        LayerTypeRegistry registry("layer type");
        register_builtin_layer_types(registry);
        return registry;
    }();
    return all;
}

const std::vector<std::string>& layer_type_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out(std::begin(known_layer_types), std::end(known_layer_types));
        for (const auto& name : out) GANBAR_ASSERT(layer_types().contains(name));
        for (const auto& name : layer_types().names())
            if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
        return out;
    }();
    return names;
}

const std::string& layer_type_name(LayerType type) { return layer_type_names()[static_cast<std::size_t>(type)]; }

const LayerTypeEntry& layer_type(const LayerSpec& s) { return layer_types().get(layer_type_name(s.type), s.where); }

LayerType find_layer_type(const std::string& name, const Location& where) {
    layer_types().get(name, where);
    const auto& names = layer_type_names();
    return static_cast<LayerType>(std::find(names.begin(), names.end(), name) - names.begin());
}

}  // namespace ganbar::nn
