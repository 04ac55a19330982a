#include "ganbar/run/continuation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "ganbar/config/attribution.h"
#include "ganbar/config/node.h"
#include "ganbar/core/sha256.h"

namespace ganbar {
namespace {

const std::vector<std::string> harmless_keys = {"evaluation.every", "train.checkpoint_every", "train.epochs", "train.rounds",
                                                "train.snapshot_every"};

bool is_harmless(const std::string& key) { return std::find(harmless_keys.begin(), harmless_keys.end(), key) != harmless_keys.end(); }

std::string text_of(const config::Node::Leaf& leaf) {
    return std::visit([](const auto& v) { return fmt::format("{}", v); }, leaf.value);
}

/// "train.rounds" -> "12", of every value below.
void flatten(const config::Node& node, const std::string& path, std::map<std::string, std::string>& out) {
    for (const auto& [name, leaf] : node.leaves) out[path + name] = text_of(leaf);
    for (const auto& [name, table] : node.tables) flatten(*table, path + name + ".", out);
    for (const auto& [name, list] : node.lists)
        for (std::size_t i = 0; i < list.size(); ++i) flatten(*list[i], fmt::format("{}{}[{}].", path, name, i), out);
}

std::map<std::string, std::string> values_of(const std::string& toml) {
    std::map<std::string, std::string> out;
    flatten(*config::parse_toml(config::without_set_by(toml), "run.toml"), "", out);
    return out;
}

}  // namespace

std::set<std::string> keys_at_default(const std::vector<config::Section>& sections) {
    std::set<std::string> out;
    std::map<std::string, int> n_items;
    for (const auto& section : sections) {
        const std::string path = section.is_item ? fmt::format("{}[{}]", section.path, n_items[section.path]++) : section.path;
        for (const auto& row : section.rows)
            if (row.is_default()) out.insert(path.empty() ? row.info.name : path + "." + row.info.name);
    }
    return out;
}

Changes changes_between(const std::string& before, const std::string& now, const std::set<std::string>& at_default) {
    const auto old = values_of(before), fresh = values_of(now);
    Changes changes;
    for (const auto& [key, value] : fresh) {
        const auto it = old.find(key);
        if (it != old.end() ? it->second == value : at_default.contains(key)) continue;
        if (is_harmless(key) && it != old.end()) changes.harmless.push_back(fmt::format("{} = {} (was {})", key, value, it->second));
        else changes.keys.push_back(key);
    }
    for (const auto& [key, value] : old)
        if (!fresh.contains(key)) changes.keys.push_back(key);
    return changes;
}

std::string identity_of(const std::string& toml) {
    std::string text;
    for (const auto& [key, value] : values_of(toml))
        if (!is_harmless(key)) text += key + "=" + value + "\n";
    return sha256_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::int64_t rounds_asked(const std::string& toml, std::int64_t rounds_per_epoch) {
    const auto root = config::parse_toml(toml, "run.toml");
    const config::Node* train = root->table("train");
    const auto whole = [&](const char* name) {
        const auto* leaf = train == nullptr ? nullptr : train->leaf(name);
        const auto* value = leaf == nullptr ? nullptr : std::get_if<std::int64_t>(&leaf->value);
        return value == nullptr ? 0 : *value;
    };
    const std::int64_t rounds = whole("rounds");
    return rounds > 0 ? rounds : whole("epochs") * rounds_per_epoch;
}

}  // namespace ganbar
