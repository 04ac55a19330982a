#include "ganbar/app/accelerator_spec.h"

#include <algorithm>
#include <sstream>

#include "ganbar/arch/accelerator.h"

namespace ganbar::app {
namespace {

std::vector<std::string> names_in(const config::Node::Leaf& leaf) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&leaf.value)) return *list;
    if (const auto* empty = std::get_if<std::vector<std::int64_t>>(&leaf.value); empty && empty->empty()) return {};
    const auto* text = std::get_if<std::string>(&leaf.value);
    if (text == nullptr) throw ConfigError("estimate is not understood; expected a list of accelerators, for example [\"regan\", \"gtx1080\"]", leaf.where);
    std::vector<std::string> out;
    std::istringstream in(*text);
    for (std::string word; std::getline(in, word, ',');) {
        std::erase(word, ' ');
        if (!word.empty()) out.push_back(word);
    }
    return out;
}

const config::Node* section_of(const config::Node& root) { return root.table("accelerators"); }

}  // namespace

std::map<std::string, std::vector<std::string>> bind_accelerators(const config::Node& root, AcceleratorSpec& spec) {
    std::map<std::string, std::vector<std::string>> known{{"accelerators", {"estimate"}}};
    const config::Node* node = section_of(root);
    if (node == nullptr) return known;
    AcceleratorRegistry registry("accelerator");
    register_builtin_accelerators(registry);
    const auto* leaf = node->leaf("estimate");
    if (leaf != nullptr) spec.names = names_in(*leaf);
    if (spec.names == std::vector<std::string>{"all"}) spec.names = registry.names();
    for (const auto& name : spec.names) {
        if (std::count(spec.names.begin(), spec.names.end(), name) > 1) throw ConfigError("\"" + name + "\" is named twice; expected each accelerator once", leaf->where);
        const auto& entry = registry.get(name, leaf->where);
        entry.make(node->table(name));  // a value out of range shows now and not after minutes
        known["accelerators"].push_back(name);
        known["accelerators." + name] = entry.param_names;
    }
    return known;
}

std::vector<config::Section> accelerator_sections(const config::Node& root, const AcceleratorSpec& spec) {
    ParamInfo info;
    info.name = "estimate", info.type = ParamType::text, info.doc = "accelerators whose cost of the run is estimated, or all";
    info.source = assumed("none");
    std::vector<config::Section> out{{"accelerators", {{info, join(spec.names)}}}};
    if (spec.names.empty()) return out;
    AcceleratorRegistry registry("accelerator");
    register_builtin_accelerators(registry);
    for (const auto& name : spec.names) out.push_back({"accelerators." + name, registry.get(name).make(section_of(root)->table(name))->params()});
    return out;
}

}  // namespace ganbar::app
