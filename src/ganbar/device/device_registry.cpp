#include "ganbar/device/device_registry.h"

namespace ganbar {

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
    DeviceSpec spec = entry.bind(table);
    spec.model = model;
    return spec;
}

}  // namespace ganbar
