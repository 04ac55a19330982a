// The user's input as a tree with locations: tables, values, and which keys were read. Only toml.cpp knows TOML.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ganbar/core/param.h"

namespace ganbar::config {

/// A table of the input. Every key is read through bind(), table() or list(); what stays unread is an error.
class Node {
public:
    struct Leaf {
        std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>>
            value;
        Location where;      ///< of the value
        Location key_where;  ///< of the key
        std::string origin;  ///< "default", "preset satyam2022-trng", "file x.toml", "--set": who said it
        std::string raw;     ///< --set only: the text as typed, for parameters that are texts ("1.10" stays "1.10")
        mutable bool used = false;
    };
    std::map<std::string, Leaf> leaves;
    std::map<std::string, std::unique_ptr<Node>> tables;
    std::map<std::string, std::vector<std::unique_ptr<Node>>> lists;  ///< [[name]], in order
    Location where;
    mutable bool used = false;

    const Node* table(const std::string& name) const;  ///< nullptr when absent; marks it used
    const Leaf* leaf(const std::string& name) const;   ///< nullptr when absent; marks it used
    /// The tables of a list [[name]], empty when absent; marks them used.
    std::vector<const Node*> list(const std::string& name) const;
    Node& child(const std::string& name);  ///< creates it when absent
    std::unique_ptr<Node> clone() const;   ///< deep copy, marks of use included
    /// Says of every value below who said it.
    void set_origin(const std::string& origin);
};

/// Reads TOML text: tables, lists of tables, and the values a Leaf can hold. Throws ConfigError "file:line:column: what; what was
/// expected", also for NaN, dates, mixed or nested lists, more than 1 MB, and nesting deeper than 32.
std::unique_ptr<Node> parse_toml(const std::string& text, const std::string& file_name);
/// Reads a TOML file; ConfigError when it cannot be read.
std::unique_ptr<Node> load_toml(const std::string& path);
/// `over` wins; tables merge, lists and values are replaced.
void merge(Node& base, const Node& over);
/// One --set a.b.c=value. The value is read as TOML when it is that ("5", "[3, 5]", "true", "\"x\""), else as bare text ("100 ns", off,
/// mnist); numbers with commas between them ("3,5") are a list. The last of several wins.
void apply_override(Node& root, const std::string& assignment);
/// " (known: a, b, c)", of more than twelve only the five nearest to `word`: those that share most words, then by letters.
std::string known_names(const std::string& word, std::vector<std::string> names);
/// Throws ConfigError at the first key or table nobody read, with the nearest name among `known` for its table (path -> names; the path
/// is "" for the top level, "a.b" for [a.b] and [[a.b]]).
void reject_unused(const Node& root, const std::map<std::string, std::vector<std::string>>& known);

/// "100 ns" -> 1e-7 for unit "s", rounded once, as if written in SI. Prefixes a f p n u µ m k M G T; temperature also "25 degC" for unit
/// "K"; energy also "eV"; time also "min", "h"; lengths and areas also "cm", "cm2". Throws ConfigError for a bare number, an unknown
/// unit, or a unit of another dimension (names what it is, gives an example).
double parse_quantity(const std::string& text, const std::string& unit, const std::string& parameter, const Location& where);

/// A leaf as the value of one parameter: units, types (3 is a real where one is due), ranges, choices (true/false for "on"/"off").
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
