// For tests and benchmarks: devices by name with settings, single steps and currents.
#pragma once
#include <cmath>
#include <map>

#include "ganbar/device/device_registry.h"

namespace ganbar::test {

using Setting = std::variant<bool, std::int64_t, double, std::string, std::vector<double>>;
using Settings = std::map<std::string, Setting>;

/// Every device model there is.
inline const DeviceRegistry& devices() {
    static const DeviceRegistry registry = [] {
        DeviceRegistry r("device");
        register_builtin_devices(r);
        return r;
    }();
    return registry;
}

inline std::unique_ptr<DeviceArray> make_array(const std::string& model, const Settings& settings, std::size_t n,
                                               std::vector<ParamRow>* used = nullptr) {
    config::Node node;
    for (const auto& setting : settings) std::visit([&](const auto& v) { node.leaves[setting.first].value = v; }, setting.second);
    const DeviceSpec spec = devices().get(model).bind(&node);
    if (used != nullptr) *used = spec.params;
    return spec.make(n);
}
inline std::unique_ptr<DeviceArray> make_array(const std::string& model, const Settings& settings, std::size_t n, float g_S,
                                               std::uint64_t seed = 1) {
    auto array = make_array(model, settings, n);
    array->fabricate(std::vector<float>(n, g_S), Rng(seed));
    return array;
}

inline std::vector<float> conductances(const DeviceArray& array) {
    std::vector<float> g(array.size());
    array.conductance(0, g);
    return g;
}
inline double current_of(const DeviceArray& array, double v_V) {
    double i = 0;
    array.current(0, std::span(&v_V, 1), std::span(&i, 1));
    return i;
}
/// Change of conductance by one pulse on one cell.
inline double step_of(const std::string& model, const Settings& settings, double g_S, double v_V, double t_s) {
    auto array = make_array(model, settings, 1, static_cast<float>(g_S));
    const float before = conductances(*array)[0], v = static_cast<float>(v_V);
    array->program_at(0, std::span(&v, 1), {t_s}, EnergyRule::ohmic, Rng(1));
    return double{conductances(*array)[0]} - before;
}

struct Moments {
    double mean = 0, deviation = 0;
};
inline Moments moments(const std::vector<double>& x) {
    Moments m;
    for (const double v : x) m.mean += v / static_cast<double>(x.size());
    for (const double v : x) m.deviation += (v - m.mean) * (v - m.mean) / static_cast<double>(x.size() - 1);
    m.deviation = std::sqrt(m.deviation);
    return m;
}

}  // namespace ganbar::test
