#include "ganbar/experiment/idle_keys.h"

#include <fmt/format.h>

#include <map>

namespace ganbar {

std::vector<std::string> idle_keys(const Experiment& e) {
    const bool ages = e.nonideal.t_update.si > 0 || e.nonideal.t_shelf.si > 0;
    const std::map<std::string, std::pair<bool, const char*>> switches{
        {"nonideal.endurance_shape", {e.nonideal.endurance > 0, "nonideal.endurance"}},
        {"nonideal.worn", {e.nonideal.endurance > 0, "nonideal.endurance"}},
        {"nonideal.drift", {ages, "nonideal.t_update or nonideal.t_shelf"}},
        {"nonideal.drift_sigma", {ages, "nonideal.t_update or nonideal.t_shelf"}},
        {"nonideal.drift_start", {e.nonideal.drifts(), "nonideal.drift"}},
        {"nonideal.t_update", {e.nonideal.drifts(), "nonideal.drift"}},
        {"nonideal.t_shelf", {e.nonideal.drifts(), "nonideal.drift"}}};
    std::vector<std::string> out;
    for (const char* table : {"device", "nonideal", "tile", "wires"}) {
        const auto node = e.source->tables.find(table);
        if (node == e.source->tables.end()) continue;
        for (const auto& [name, leaf] : node->second->leaves) {
            if (leaf.origin != "--set") continue;
            const std::string key = std::string(table) + "." + name;
            const auto it = switches.find(key);
            if (e.hardware.kind == HardwareKind::software)
                out.push_back(fmt::format("--set {} changes nothing: the weights are in software (hardware.kind)", key));
            else if (it != switches.end() && !it->second.first)
                out.push_back(fmt::format("--set {} changes nothing without {}", key, it->second.second));
        }
    }
    return out;
}

}  // namespace ganbar
