#include "ganbar/device/device_registry.h"

#include <algorithm>
#include <cctype>

namespace ganbar {

/// A preset's keys for its own model, under a model that somebody else named: those that this one does not have, and those whose value it
/// does not take (levels of a spread have the names of their model). The table without them; nothing when all stay.
static std::unique_ptr<config::Node> without_preset_keys(const config::Node& table, const DeviceEntry& entry) {
    const auto model = table.leaves.find("model");
    if (model == table.leaves.end()) return nullptr;
    const auto fits = [&](const std::string& key, const config::Node::Leaf& leaf) {
        const auto row =
            std::find_if(entry.defaults.begin(), entry.defaults.end(), [&key](const ParamRow& r) { return r.info.name == key; });
        const auto names = [&key](const std::vector<std::string>& all) { return std::find(all.begin(), all.end(), key) != all.end(); };
        if (row == entry.defaults.end()) return names(entry.param_names) || names(entry.old_names);
        try {
            config::read_value(row->info, leaf);
        } catch (const ConfigError&) {
            return false;
        }
        return true;
    };
    std::unique_ptr<config::Node> kept;
    for (const auto& [key, leaf] : table.leaves) {
        if (key == "model" || !leaf.origin.starts_with("preset ") || leaf.origin == model->second.origin || fits(key, leaf)) continue;
        if (!kept) kept = table.clone();
        kept->leaves.erase(key);
        leaf.used = true;
    }
    return kept;
}

/// Where `text` first occurs as a word of its own; npos where it does not.
static std::size_t word_at(const std::string& in, const std::string& text) {
    const auto part_of_word = [&](std::size_t i) {
        return i < in.size() && (std::isalnum(static_cast<unsigned char>(in[i])) != 0 || in[i] == '_');
    };
    for (auto at = in.find(text); at != std::string::npos; at = in.find(text, at + 1))
        if (!part_of_word(at + text.size()) && (at == 0 || !part_of_word(at - 1))) return at;
    return std::string::npos;
}

/// Models check their parameters together without knowing where each stands: the fault gets the place of the key it names first.
static DeviceSpec bound(const DeviceEntry& entry, const config::Node* table) {
    try {
        return entry.bind(table);
    } catch (const ConfigError& fault) {
        if (table == nullptr) throw;
        const std::string what = fault.what();
        std::size_t first = std::string::npos;
        Location where;
        for (const auto& [key, leaf] : table->leaves) {
            if (!leaf.where.file.empty() && what.starts_with(leaf.where.file)) throw;  // has its place
            if (const auto at = key == "model" ? std::string::npos : word_at(what, key); at < first) first = at, where = leaf.where;
        }
        if (first == std::string::npos) throw;
        throw ConfigError(what, where);
    }
}

DeviceSpec bind_device(const config::Node* table, const std::string& name, const std::string& fallback, const DeviceRegistry& devices,
                       std::vector<std::string>* known) {
    std::string model = fallback;
    Location where;
    if (table != nullptr) {
        where = table->where;
        if (const auto* leaf = table->leaf("model")) {
            where = leaf->where;
            const auto* text = std::get_if<std::string>(&leaf->value);
            if (text == nullptr) throw ConfigError(name + ".model must be a name, for example \"nili2020\"", where);
            model = *text;
        }
    }
    const auto& entry = devices.get(model, where);
    if (known != nullptr) {
        *known = entry.param_names;
        known->push_back("model");
    }
    const auto kept = table != nullptr ? without_preset_keys(*table, entry) : nullptr;
    DeviceSpec spec = bound(entry, kept ? kept.get() : table);
    spec.model = model;
    if (kept)  // what was read of the copy was read of the table
        for (const auto& [key, leaf] : kept->leaves) table->leaves.at(key).used = leaf.used;
    return spec;
}

}  // namespace ganbar
