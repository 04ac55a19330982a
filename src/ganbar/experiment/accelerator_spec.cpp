#include "ganbar/experiment/accelerator_spec.h"

#include <algorithm>
#include <sstream>

#include "ganbar/arch/accelerator.h"

namespace ganbar {
namespace {

std::vector<std::string> names_in(const config::Node::Leaf& leaf) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&leaf.value)) return *list;
    if (const auto* empty = std::get_if<std::vector<std::int64_t>>(&leaf.value); empty && empty->empty()) return {};
    const auto* text = std::get_if<std::string>(&leaf.value);
    if (text == nullptr)
        throw ConfigError("estimate is not understood; expected a list of accelerators, for example [\"regan\", \"gtx1080\"]", leaf.where);
    std::vector<std::string> out;
    std::istringstream in(*text);
    for (std::string word; std::getline(in, word, ',');) {
        std::erase(word, ' ');
        if (!word.empty()) out.push_back(word);
    }
    return out;
}

}  // namespace

std::map<std::string, std::vector<std::string>> bind_accelerators(const config::Node& root, const AcceleratorRegistry& registry,
                                                                  AcceleratorSpec& spec) {
    std::map<std::string, std::vector<std::string>> known{{"accelerators", {"estimate"}}};
    const config::Node* node = root.table("accelerators");
    if (node == nullptr) return known;
    const auto* leaf = node->leaf("estimate");
    std::vector<std::string> names = leaf == nullptr ? std::vector<std::string>{} : names_in(*leaf);
    if (names == std::vector<std::string>{"all"}) names = registry.names();
    for (const auto& name : names) {
        if (std::count(names.begin(), names.end(), name) > 1)
            throw ConfigError("\"" + name + "\" is named twice; expected each accelerator once", leaf->where);
        const auto& entry = registry.get(name, leaf->where);
        std::shared_ptr<const arch::Accelerator> machine = entry.make(node->table(name));
        std::vector<std::string> set;  // the file that a run leaves names all of them
        for (const ParamRow& p : machine->params())
            if (!p.is_default()) set.push_back(p.info.name);
        spec.machines.push_back({name, std::make_shared<const arch::AcceleratorEntry>(entry), std::move(machine), std::move(set)});
        known["accelerators"].push_back(name);
        known["accelerators." + name] = entry.param_names;
    }
    return known;
}

std::vector<config::Section> accelerator_sections(const AcceleratorSpec& spec) {
    ParamInfo info;
    info.name = "estimate", info.type = ParamType::text, info.doc = "accelerators whose cost of the run is estimated, or all";
    info.source = assumed("none");
    std::vector<std::string> names;
    for (const auto& m : spec.machines) names.push_back(m.name);
    std::vector<config::Section> out{{"accelerators", {{info, join(names), Value{std::string()}, {}}}}};
    for (const auto& m : spec.machines) out.push_back({"accelerators." + m.name, m.machine->params()});
    return out;
}

}  // namespace ganbar
