// --set a.b.c=value: one assignment of the command line, put into the tree as if a file had said it.
#include <algorithm>

#include "ganbar/config/node.h"

namespace ganbar::config {
namespace {

constexpr std::size_t max_depth = 32;

std::string trimmed(const std::string& s) {
    const auto first = s.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return "";
    return s.substr(first, s.find_last_not_of(" \t\r\n") - first + 1);
}

/// The names between the dots of a key path; only TOML's bare-key characters.
std::vector<std::string> split_path(const std::string& path, const Location& where) {
    const auto wrong = [&] {
        return ConfigError("\"" + path + "\" is not a key; expected names joined by dots, for example train.epochs", where);
    };
    std::vector<std::string> names(1);
    for (const char c : path) {
        const bool bare = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (c == '.') names.emplace_back();
        else if (bare) names.back() += c;
        else throw wrong();
    }
    if (names.size() > max_depth || std::any_of(names.begin(), names.end(), [](const auto& n) { return n.empty(); })) throw wrong();
    return names;
}

/// The value as the only key of a small TOML text; throws ConfigError (without a place) when it is not that.
std::unique_ptr<Node> as_toml(const std::string& value) {
    auto node = parse_toml("v = " + value + "\n", "");
    if (node->leaves.size() + node->tables.size() + node->lists.size() != 1) throw ConfigError("more than one value");
    if (!node->leaves.contains("v") && !node->tables.contains("v") && !node->lists.contains("v")) throw ConfigError("no value");
    return node;
}

bool looks_like_numbers(const std::string& value) {
    return value.find(',') != std::string::npos && value.find_first_not_of("0123456789+-.eE, ") == std::string::npos;
}

/// Bare text becomes a TOML string, so that control characters and broken UTF-8 are refused here and not by the next reader.
std::string quoted(const std::string& value) {
    std::string out = "\"";
    for (const char c : value) out += (c == '"' || c == '\\') ? std::string{'\\', c} : std::string{c};
    return out + "\"";
}

std::unique_ptr<Node> read_override(const std::string& value, const Location& where) {
    try {
        return as_toml(value);
    } catch (const ConfigError& e) {
        if (std::string("[{\"'").find(value.front()) != std::string::npos) throw ConfigError(e.what(), where);
    }
    if (looks_like_numbers(value)) {
        try {
            return as_toml("[" + value + "]");
        } catch (const ConfigError&) {  // "1,,2" is a text that no parameter will take, and the parameter says so
        }
    }
    try {
        return as_toml(quoted(value));
    } catch (const ConfigError&) {
        throw ConfigError("the value is not plain text; expected printable UTF-8", where);
    }
}

void place_at(Node& node, const Location& where) {
    node.where = where;
    for (auto& [name, leaf] : node.leaves) leaf.where = leaf.key_where = where;
    for (auto& [name, table] : node.tables) place_at(*table, where);
    for (auto& [name, items] : node.lists)
        for (auto& item : items) place_at(*item, where);
}

}  // namespace

void apply_override(Node& root, const std::string& assignment) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos)
        throw ConfigError("--set \"" + assignment + "\" has no \"=\"; expected --set key=value, for example --set train.epochs=5");
    const std::string path = trimmed(assignment.substr(0, equals)), value = trimmed(assignment.substr(equals + 1));
    const auto names = split_path(path, {"--set"});
    const Location where{"--set " + path};
    if (value.empty()) throw ConfigError("no value; expected --set " + path + "=value, or " + path + "='\"\"' for the empty text", where);
    auto read = read_override(value, where);
    place_at(*read, where);
    if (read->leaves.contains("v")) read->leaves["v"].raw = value;
    Node over;
    Node* node = &over;
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
        node = &node->child(names[i]);
        node->where = where;
    }
    const Node* old = &root;
    for (const auto& name : names) {
        const bool last = &name == &names.back();
        if (last && old->tables.contains(name) && !read->tables.contains("v"))
            throw ConfigError("\"" + path + "\" is a table; expected one of its keys, " + path + ".key=value", where);
        const auto next = old->tables.find(name);
        if (!last && (old->leaves.contains(name) || old->lists.contains(name)))
            throw ConfigError("\"" + name + "\" is not a table, so it has no key \"" + names.back() + "\"", where);
        if (next == old->tables.end()) break;
        old = next->second.get();
    }
    const auto& last = names.back();
    if (read->leaves.contains("v")) node->leaves[last] = read->leaves["v"];
    if (read->tables.contains("v")) node->tables[last] = std::move(read->tables["v"]);
    if (read->lists.contains("v")) node->lists[last] = std::move(read->lists["v"]);
    over.set_origin("--set");
    over.where = root.where;  // the root stays where the file put it
    merge(root, over);
}

}  // namespace ganbar::config
