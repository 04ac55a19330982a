#include "ganbar/experiment/key_place.h"

#include <algorithm>
#include <vector>

#include "ganbar/core/error.h"

namespace ganbar {

Location place_of(const config::Node& root, const std::string& table, std::initializer_list<const char*> keys) {
    const auto it = root.tables.find(table);
    if (it == root.tables.end()) return {};
    const config::Node& node = *it->second;
    const auto named = [&](const std::string& name) {
        return keys.size() == 0 || std::any_of(keys.begin(), keys.end(), [&](const char* key) { return name == key; });
    };
    std::vector<std::string> said;
    for (const auto& [name, leaf] : node.leaves)
        if (leaf.origin == "--set" && named(name)) said.push_back("--set " + table + "." + name);
    if (!said.empty()) return Location{join(said)};
    for (const char* key : keys)
        if (const auto leaf = node.leaves.find(key); leaf != node.leaves.end()) return leaf->second.where;
    return node.where;
}

}  // namespace ganbar
