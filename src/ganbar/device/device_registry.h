// The device models there are, by name. CMake writes builtin_devices.cpp, which calls every model file's registration.
#pragma once
#include <functional>

#include "ganbar/config/node.h"
#include "ganbar/device/device_array.h"

namespace ganbar {

/// One pulse sequence on one expected cell (no draws unless the parameters ask for them): what `ganbar device` prints.
struct DeviceEntry {
    std::string doc;
    std::vector<std::string> param_names;
    std::vector<ParamRow> defaults;
    /// Builds an array from the device table of the input (may be null); writes the parameters used to `used` when not null.
    std::function<std::unique_ptr<DeviceArray>(const config::Node*, std::size_t n, std::vector<ParamRow>* used)> make;
};
using DeviceRegistry = Registry<DeviceEntry>;

template <DeviceModel M>
DeviceEntry device_entry() {
    using P = typename M::Params;
    std::vector<std::string> names;
    for (const auto& p : P::schema()) names.push_back(p.info.name);
    return {M::doc(), names, param_rows(P::schema(), P{}),
            [](const config::Node* node, std::size_t n, std::vector<ParamRow>* used) -> std::unique_ptr<DeviceArray> {
                P params;
                config::bind(node, P::schema(), params);
                if (used) *used = param_rows(P::schema(), params);
                return std::make_unique<DeviceArrayOf<M>>(M{params}, n);
            }};
}

/// All models of models/*.cpp.
void register_builtin_devices(DeviceRegistry& registry);

}  // namespace ganbar

/// Last line of a model file, in namespace ganbar: the name is the file's stem.
#define GANBAR_DEVICE_MODEL(stem, Model) \
    void ganbar_register_##stem(DeviceRegistry& r) { r.add(#stem, device_entry<Model>()); }
