// The user's input as a tree with locations: tables, values, and which keys were read. Only toml.cpp knows TOML.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ganbar/core/param.h"

namespace ganbar::config {

/// A table of the input. Every key is read through bind() or table(); what stays unread is an error.
class Node {
public:
    struct Leaf {
        std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>> value;
        Location where;
        std::string origin;  ///< "default", "preset satyam2022-trng", "file x.toml", "--set": who said it
        mutable bool used = false;
    };
    std::map<std::string, Leaf> leaves;
    std::map<std::string, std::unique_ptr<Node>> tables;
    Location where;
    mutable bool used = false;

    const Node* table(const std::string& name) const;  ///< nullptr when absent; marks it used
    const Leaf* leaf(const std::string& name) const;   ///< nullptr when absent; marks it used
    Node& child(const std::string& name);              ///< creates it when absent
};

/// Reads TOML text. Throws ConfigError "file:line:column: what; what was expected".
std::unique_ptr<Node> parse_toml(const std::string& text, const std::string& file_name);
/// Reads a TOML file; ConfigError when it cannot be read.
std::unique_ptr<Node> load_toml(const std::string& path);
/// `over` wins; tables merge, lists and values are replaced.
void merge(Node& base, const Node& over);
/// One --set a.b.c=value. The value is read as TOML when it is that ("5", "[3, 5]", "true", "\"x\""), else as bare text ("100 ns", off, mnist).
void apply_override(Node& root, const std::string& assignment);
/// Throws ConfigError at the first key nobody read, with the nearest name among `known` for its table (path -> names).
void reject_unused(const Node& root, const std::map<std::string, std::vector<std::string>>& known);

/// "100 ns" -> 1e-7 for unit "s". Prefixes f p n u µ m k M G; temperature also "25 degC" for unit "K"; area "um2", "nm2", "mm2".
/// Throws ConfigError for a bare number, an unknown unit, or a unit of another dimension (names what it is, gives an example).
double parse_quantity(const std::string& text, const std::string& unit, const std::string& parameter, const Location& where);

/// A leaf as the value of one parameter: units, types ("3" is a real where one is due), ranges, choices (true/false for "on"/"off").
Value read_value(const ParamInfo& info, const Node::Leaf& leaf);

/// Sets the fields of `target` that `node` names. Does not reject unknown keys by itself: returns the names it knows.
template <class P>
std::vector<std::string> bind(const Node* node, const Schema<P>& schema, P& target) {
    std::vector<std::string> names;
    for (const auto& p : schema) {
        names.push_back(p.info.name);
        if (node == nullptr) continue;
        if (const auto* leaf = node->leaf(p.info.name)) p.set(target, read_value(p.info, *leaf));
    }
    return names;
}

}  // namespace ganbar::config
