#include "ganbar/device/device_registry.h"

#include <algorithm>

namespace ganbar {

/// Another model than the preset's was asked for: what the preset said of its own model, and the new one does not know, is nobody's fault.
static void drop_preset_keys(const config::Node& table, const std::vector<std::string>& known) {
    const auto model = table.leaves.find("model");
    if (model == table.leaves.end()) return;
    for (const auto& [key, leaf] : table.leaves)
        if (leaf.origin.starts_with("preset ") && leaf.origin != model->second.origin && std::find(known.begin(), known.end(), key) == known.end()) leaf.used = true;
}

DeviceSpec bind_device(const config::Node* table, const std::string& name, const std::string& fallback, const DeviceRegistry& devices, std::vector<std::string>* known) {
    std::string model = fallback;
    Location where;
    if (table != nullptr) {
        where = table->where;
        if (const auto* leaf = table->leaf("model")) {
            where = leaf->where;
            const auto* text = std::get_if<std::string>(&leaf->value);
            if (text == nullptr) throw ConfigError(name + ".model must be a name, for example \"nili2020\"", where);
            model = *text;
        }
    }
    const auto& entry = devices.get(model, where);
    if (known != nullptr) {
        *known = entry.param_names;
        known->push_back("model");
    }
    if (table != nullptr) drop_preset_keys(*table, entry.param_names);
    DeviceSpec spec = entry.bind(table);
    spec.model = model;
    return spec;
}

}  // namespace ganbar
