// The device models there are, by name. CMake writes builtin_devices.cpp, which calls every model file's registration.
#pragma once
#include <functional>
#include <optional>

#include "ganbar/config/node.h"
#include "ganbar/device/circuit_law.h"
#include "ganbar/device/coverage.h"
#include "ganbar/device/device_array.h"

namespace ganbar {

/// A device model with the parameters in use: what makes cells. Bound once, where the input is read.
struct DeviceSpec {
    std::string model;
    std::vector<ParamRow> params;
    std::optional<Coverage> coverage;                                     ///< what the model was fitted on
    std::function<std::unique_ptr<DeviceArray>(std::size_t n)> make;      ///< an array of n cells
    std::function<CircuitLaw(Second width, Siemens g)> circuit_law = {};  ///< null where the model has none
};

/// A device model: its description, its parameters with their defaults, and how the device table of an input becomes a DeviceSpec.
struct DeviceEntry {
    std::string doc;
    std::vector<std::string> param_names, old_names;  ///< keys of today; those of earlier versions, which go on working
    std::vector<ParamRow> defaults;
    std::function<DeviceSpec(const config::Node*)> bind;  ///< null: the defaults
    std::optional<Coverage> coverage;                     ///< none where the model is a shape without a measured device behind it
    std::unique_ptr<DeviceArray> make(const config::Node* node, std::size_t n) const { return bind(node).make(n); }
};
using DeviceRegistry = Registry<DeviceEntry>;

/// Optional for a model: the range on which its default numbers were fitted.
template <class M>
concept HasCoverage = requires {
    { M::coverage() } -> std::same_as<Coverage>;
};

/// Optional for a model whose numbers are the user's measurement: the range of that measurement.
template <class M>
concept HasOwnCoverage = requires(const M model) {
    { model.own_coverage() } -> std::same_as<std::optional<Coverage>>;
};

/// Optional for parameters: keys of earlier versions, which go on working, and how a device table gets their new names.
template <class P>
concept HasOldKeys = requires(config::Node& device) {
    { P::old_keys() } -> std::same_as<std::vector<std::string>>;
    P::rename(device);
};

/// The table in today's words where it has old ones; null where it has none.
template <class P>
std::unique_ptr<config::Node> in_new_words(const config::Node* device) {
    if constexpr (HasOldKeys<P>) {
        const auto has = [device](const std::string& key) { return device->leaves.contains(key); };
        const auto old = P::old_keys();
        if (device == nullptr || std::none_of(old.begin(), old.end(), has)) return nullptr;
        auto renamed = device->clone();
        for (const auto& key : old) device->leaf(key);  // read now
        P::rename(*renamed);
        return renamed;
    } else return nullptr;
}

template <DeviceModel M>
DeviceEntry device_entry() {
    using P = typename M::Params;
    std::vector<std::string> names;
    for (const auto& p : P::schema()) names.push_back(p.info.name);
    std::optional<Coverage> coverage;
    if constexpr (HasCoverage<M>) coverage = M::coverage();
    const auto bind = [coverage](const config::Node* node) -> DeviceSpec {
        P params;
        const auto renamed = in_new_words<P>(node);
        config::bind(renamed ? renamed.get() : node, P::schema(), params);
        if (renamed)  // what was read of the copy was read of the table
            for (const auto& [key, leaf] : node->leaves)
                if (const auto there = renamed->leaves.find(key); there != renamed->leaves.end()) leaf.used = there->second.used;
        const M model{params};
        std::optional<Coverage> covered = coverage;
        if constexpr (HasOwnCoverage<M>) covered = model.own_coverage();
        DeviceSpec spec{"", param_rows(P::schema(), params), covered,
                        [model](std::size_t n) { return std::make_unique<DeviceArrayOf<M>>(model, n); }};
        if constexpr (HasCircuitLaw<M>) spec.circuit_law = [model](Second width, Siemens g) { return model.circuit_law(width, g); };
        return spec;
    };
    std::vector<std::string> old_names;
    if constexpr (HasOldKeys<P>) old_names = P::old_keys();
    return {M::doc(), names, old_names, param_rows(P::schema(), P{}), bind, coverage};
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

/// The model that a device table names (`fallback` where it names none), with the table's parameters; the keys that the table may hold go
/// to `known`. ConfigError at the place of an unknown model or a value out of range.
DeviceSpec bind_device(const config::Node* table, const std::string& name, const std::string& fallback, const DeviceRegistry& devices,
                       std::vector<std::string>* known);

/// All models of models/*.cpp.
void register_builtin_devices(DeviceRegistry& registry);

}  // namespace ganbar

/// Last line of a model file, in namespace ganbar: the name is the file's stem.
#define GANBAR_DEVICE_MODEL(stem, Model) \
    void ganbar_register_##stem(DeviceRegistry& r) { r.add(#stem, device_entry<Model>()); }
