#include "ganbar/config/attribution.h"

#include <fmt/format.h>

#include <algorithm>

#include "ganbar/config/given.h"

namespace ganbar::config {
namespace {

constexpr const char* table_name = "set_by";
const std::string preset_prefix = "preset ";

/// The table or the `item`-th item of a list at a path of names with dots; null when absent.
const Node* find(const Node* node, const std::string& path, bool is_item, std::size_t item) {
    for (std::size_t start = 0; node && start < path.size();) {
        const auto end = std::min(path.find('.', start), path.size());
        const std::string name = path.substr(start, end - start);
        start = end + 1;
        if (is_item && start >= path.size()) {
            const auto list = node->lists.find(name);
            return list == node->lists.end() || item >= list->second.size() ? nullptr : list->second[item].get();
        }
        const auto next = node->tables.find(name);
        node = next == node->tables.end() ? nullptr : next->second.get();
    }
    return node;
}

/// "train.t_pulse = \"50 ns\"", "generator.layer[0].units = 5".
std::string assignment(const Section& section, std::size_t item, const ParamRow& row) {
    const std::string place = section.path + (section.is_item ? fmt::format("[{}]", item) : "") + (section.path.empty() ? "" : ".");
    return place + row.info.name + " = " + value_text(row.info, row.value);
}

/// Calls `visit(section, item, row)` for every row; `item` counts the sections of one list.
template <class Sections, class F>
void each_row(Sections& sections, F visit) {
    std::map<std::string, std::size_t> items;
    for (auto& section : sections) {
        const std::size_t item = section.is_item ? items[section.path]++ : 0;
        for (auto& row : section.rows) visit(section, item, row);
    }
}

/// assignment -> "preset NAME", from a file's [set_by].
std::map<std::string, std::string> remembered(const Node& root) {
    std::map<std::string, std::string> out;
    const Node* table = root.table(table_name);
    if (!table) return out;
    for (const auto& [preset, leaf] : table->leaves) {
        leaf.used = true;
        const auto* list = std::get_if<std::vector<std::string>>(&leaf.value);
        if (!list)
            throw ConfigError(
                fmt::format("set_by.{} is not a list of texts; expected what a run wrote, for example [\"train.batch = 608\"]", preset),
                leaf.where);
        for (const auto& text : *list) out[text] = preset_prefix + preset;
    }
    return out;
}

}  // namespace

void attribute(std::vector<Section>& sections, const Node& root) {
    const auto known = remembered(root);
    each_row(sections, [&](const Section& section, std::size_t item, ParamRow& row) {
        const Node* table = find(&root, section.path, section.is_item, item);
        if (!table) return;
        const auto leaf = table->leaves.find(row.info.name);
        if (leaf == table->leaves.end()) return;
        row.said_by = leaf->second.origin;
        const auto at =
            row.said_by.starts_with("file ") || row.said_by == said_in_python ? known.find(assignment(section, item, row)) : known.end();
        if (at != known.end()) row.said_by = at->second;
    });
}

std::string set_by_toml(const std::vector<Section>& sections) {
    std::map<std::string, std::vector<std::string>> by_preset;
    each_row(sections, [&](const Section& section, std::size_t item, const ParamRow& row) {
        if (kind_of(row) == "preset") by_preset[row.said_by.substr(preset_prefix.size())].push_back(assignment(section, item, row));
    });
    if (by_preset.empty()) return "";
    Node root;
    for (const auto& [preset, list] : by_preset) root.child(table_name).leaves[preset].value = list;
    return "\n" + to_toml(root);
}

std::string without_set_by(const std::string& run_toml) {
    const auto at = run_toml.find(fmt::format("\n[{}]\n", table_name));
    return run_toml.substr(0, at);
}

}  // namespace ganbar::config
