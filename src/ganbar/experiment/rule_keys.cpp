#include "ganbar/experiment/rule_keys.h"

#include <fmt/format.h>

#include <algorithm>

namespace ganbar {
namespace {

constexpr const char* set_by_hand = "--set";

bool is_preset(const std::string& origin) { return origin.starts_with("preset "); }

const ParamInfo* find(const RuleEntry& rule, const std::string& key) {
    for (const auto& row : rule.defaults)
        if (row.info.name == key) return &row.info;
    return nullptr;
}

/// Whether a leaf says what the rule has anyway.
bool is_default(const RuleEntry& rule, const std::string& key, const config::Node::Leaf& leaf) {
    for (const auto& row : rule.defaults)
        if (row.info.name == key) return config::read_value(row.info, leaf) == row.value;
    return false;
}

/// Whether the rule in force is told this too, as a measured device's file tells its pulses to every rule.
bool says_the_same(const config::Node& train, const std::string& rule, const std::string& key, const config::Node::Leaf& leaf) {
    const auto own = train.tables.find(rule);
    if (own == train.tables.end() || leaf.origin == set_by_hand) return false;
    const auto there = own->second->leaves.find(key);
    return there != own->second->leaves.end() && there->second.value == leaf.value;
}

/// "a, b, c and 4 more".
std::string some(const std::vector<std::string>& names) {
    constexpr std::size_t most = 4;
    if (names.size() <= most) return join(names);
    return join({names.begin(), names.begin() + most}) + fmt::format(" and {} more", names.size() - most);
}

}  // namespace

RuleKeys::RuleKeys(const RuleRegistry& rules) : rules_(rules) {
    for (const auto& name : rules.names())
        for (const auto& row : rules.get(name).defaults) homes_[row.info.name].emplace_back(name, row.info.name);
    // The pulses that write trained weights into cells had the names of the rule's.
    for (const auto& [old, now] :
         {std::pair{"v_set", "write_v_set"}, {"v_reset", "write_v_reset"}, {"t_pulse", "write_t_pulse"}, {"verify_ramp", "write_ramp"}})
        homes_[old].emplace_back("", now);
}

void RuleKeys::spread(config::Node& root) {
    const auto it = root.tables.find("train");
    if (it == root.tables.end()) return;
    config::Node& train = *it->second;
    for (auto leaf = train.leaves.begin(); leaf != train.leaves.end();) {
        const auto homes = homes_.find(leaf->first);
        if (homes == homes_.end()) {
            ++leaf;
            continue;
        }
        const bool last = leaf->second.origin == set_by_hand;
        if (!is_preset(leaf->second.origin)) old_.insert(leaf->first);
        for (const auto& [rule, key] : homes->second) {
            config::Node& table = rule.empty() ? root.child("hardware") : train.child(rule);
            if (table.where.file.empty()) table.where = train.where;
            if (const auto there = table.leaves.find(key); !last && there != table.leaves.end()) {
                const auto& now = there->second;
                if (!is_preset(now.origin) && now.origin == leaf->second.origin && now.where.file == leaf->second.where.file)
                    throw ConfigError(
                        fmt::format("train.{} is the old name of a key that is here too; expected the new one alone", leaf->first),
                        leaf->second.where);
                continue;
            }
            table.leaves[key] = leaf->second;
            spread_.emplace(rule, key);
        }
        leaf = train.leaves.erase(leaf);
    }
}

void RuleKeys::settle(config::Node& root) {
    const auto it = root.tables.find("hardware");
    if (it == root.tables.end()) return;
    auto& leaves = it->second->leaves;
    const auto kind = leaves.find("kind"), fold = leaves.find("fold_norm");
    writes_ = (kind != leaves.end() && kind->second.value == decltype(kind->second.value)(std::string("ex_situ"))) ||
              (fold != leaves.end() && fold->second.value == decltype(fold->second.value)(true));
    for (const auto& [table, key] : spread_)
        if (table.empty() && !writes_) leaves.erase(key);
}

RuleSpec RuleKeys::bind(const config::Node& root, const std::string& name, std::map<std::string, std::vector<std::string>>& known) {
    const config::Node* train = root.table("train");
    const config::Node::Leaf* said = train ? train->leaf("rule") : nullptr;
    const RuleEntry& entry = rules_.get(name, said ? said->where : Location{});
    for (const auto& [old, homes] : homes_) known["train"].push_back(old);
    for (const auto& other : rules_.names()) {
        for (const auto& row : rules_.get(other).defaults) known["train." + other].push_back(row.info.name);
        const config::Node* table = train ? train->table(other) : nullptr;
        if (other != name && table) rules_.get(other).bind(table);  // a fault there is a fault
    }
    RuleSpec out = entry.bind(train ? train->table(name) : nullptr);
    out.name = name;
    if (train) note(*train, name);
    return out;
}

void RuleKeys::note(const config::Node& train, const std::string& name) {
    std::vector<std::string> renamed;
    for (const auto& old : old_)
        for (const auto& [table, key] : homes_.at(old)) {
            if (table == name) renamed.push_back("train." + old + " is now train." + name + "." + key);
            else if (table.empty() && writes_ && !find(rules_.get(name), old))
                renamed.push_back("train." + old + " is now hardware." + key);
        }
    if (!renamed.empty()) notes_.push_back(some(renamed) + "; the old names go on working");
    note_unused(train, name);
}

void RuleKeys::note_unused(const config::Node& train, const std::string& name) {
    const RuleEntry& entry = rules_.get(name);
    std::set<std::string> unused;
    for (const auto& other : rules_.names()) {
        const auto table = train.tables.find(other);
        if (other == name || table == train.tables.end()) continue;
        for (const auto& [key, leaf] : table->second->leaves) {
            if (is_preset(leaf.origin) || is_default(rules_.get(other), key, leaf) || says_the_same(train, name, key, leaf)) continue;
            const bool was_old = spread_.contains({other, key});
            if (!was_old && leaf.origin == set_by_hand)
                throw ConfigError(
                    fmt::format(
                        "train.{}.{} changes nothing under train.rule = \"{}\"; expected a key of [train.{}], or train.rule = \"{}\"",
                        other, key, name, name, other),
                    leaf.where);
            const auto& homes = homes_.at(key);
            const bool written = writes_ && std::any_of(homes.begin(), homes.end(), [](const Key& k) { return k.first.empty(); });
            if (!was_old) unused.insert("train." + other + "." + key);
            else if (!find(entry, key) && !written) unused.insert("train." + key);
        }
    }
    if (!unused.empty())
        notes_.push_back(some({unused.begin(), unused.end()}) + (unused.size() == 1 ? " changes" : " change") +
                         " nothing under train.rule = \"" + name + "\"");
}

}  // namespace ganbar
