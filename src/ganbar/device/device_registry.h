// The device models there are, by name. CMake writes builtin_devices.cpp, which calls every model file's registration.
#pragma once
#include <functional>
#include <optional>

#include "ganbar/config/node.h"
#include "ganbar/device/coverage.h"
#include "ganbar/device/device_array.h"

namespace ganbar {

/// A device model: its description, its parameters with their defaults, and how to make an array of it.
struct DeviceEntry {
    std::string doc;
    std::vector<std::string> param_names;
    std::vector<ParamRow> defaults;
    /// Builds an array from the device table of the input (may be null); writes the parameters used to `used` when not null.
    std::function<std::unique_ptr<DeviceArray>(const config::Node*, std::size_t n, std::vector<ParamRow>* used)> make;
    std::optional<Coverage> coverage;  ///< none where the model is a shape without a measured device behind it
};
using DeviceRegistry = Registry<DeviceEntry>;

/// Optional for a model: the range on which its default numbers were fitted.
template <class M>
concept HasCoverage = requires { { M::coverage() } -> std::same_as<Coverage>; };

template <DeviceModel M>
DeviceEntry device_entry() {
    using P = typename M::Params;
    std::vector<std::string> names;
    for (const auto& p : P::schema()) names.push_back(p.info.name);
    std::optional<Coverage> coverage;
    if constexpr (HasCoverage<M>) coverage = M::coverage();
    return {M::doc(), names, param_rows(P::schema(), P{}),
            [](const config::Node* node, std::size_t n, std::vector<ParamRow>* used) -> std::unique_ptr<DeviceArray> {
                P params;
                config::bind(node, P::schema(), params);
                if (used) *used = param_rows(P::schema(), params);
                return std::make_unique<DeviceArrayOf<M>>(M{params}, n);
            },
            coverage};
}

/// Settings of the expected cell, without variation between devices or cycles: the names d2d, c2c and write_noise mean that in every
/// model. Leaves of `node` that are there already stay.
inline void switch_variation_off(const DeviceEntry& entry, config::Node& node) {
    for (const auto& row : entry.defaults) {
        const bool by_name = row.info.name == "d2d", by_number = row.info.name == "c2c" || row.info.name == "write_noise";
        if ((!by_name && !by_number) || node.leaves.contains(row.info.name)) continue;
        auto& leaf = node.leaves[row.info.name];
        if (by_name) leaf.value = std::string("off");
        else leaf.value = 0.0;
        leaf.origin = "expected cell";
    }
}

/// All models of models/*.cpp.
void register_builtin_devices(DeviceRegistry& registry);

}  // namespace ganbar

/// Last line of a model file, in namespace ganbar: the name is the file's stem.
#define GANBAR_DEVICE_MODEL(stem, Model) \
    void ganbar_register_##stem(DeviceRegistry& r) { r.add(#stem, device_entry<Model>()); }
