// Dicts and trees: the same keys, the same values, the same checks as TOML.
#include <fmt/format.h>

#include <cmath>

#include "ganbar/python/bind.h"

namespace ganbar::python {
namespace {

using Leaf = config::Node::Leaf;
constexpr int deepest = 32;  // as in TOML

Location place(const std::string& path) { return {path.empty() ? "dict" : "dict key " + path}; }

[[noreturn]] void refuse(const nb::handle& value, const std::string& path) {
    throw ConfigError(fmt::format("the value is a {}, which no key takes; expected a number, a text (quantities with their unit: \"0.8 "
                                  "V\"), True or False, a list of these, or a dict",
                                  nb::type_name(value.type()).c_str()),
                      place(path));
}

bool is_number(const nb::handle& v) {
    return !nb::isinstance<nb::bool_>(v) && (nb::isinstance<nb::int_>(v) || nb::isinstance<nb::float_>(v));
}

std::int64_t whole(const nb::handle& v, const std::string& path) {
    std::int64_t out = 0;
    if (!nb::try_cast(v, out))
        throw ConfigError(std::string(nb::repr(v).c_str()) + " is beyond the whole numbers; expected one of 64 bits", place(path));
    return out;
}

double real(const nb::handle& v, const std::string& path) {
    const auto out = nb::cast<double>(v);
    if (std::isnan(out)) throw ConfigError("the value is not a number (NaN); expected one", place(path));
    return out;
}

/// A list of numbers or of texts; dicts in it are tables and not for here.
Leaf list_leaf(const nb::handle& list, const std::string& path) {
    Leaf leaf;
    bool any_real = false, any_text = false, any_number = false;
    for (const nb::handle item : list) {
        const bool text = nb::isinstance<nb::str>(item);
        if (!text && !is_number(item)) refuse(item, path);
        any_text |= text, any_number |= !text, any_real |= nb::isinstance<nb::float_>(item);
    }
    if (any_text && any_number) throw ConfigError("the list mixes texts and numbers; expected all of one sort", place(path));
    std::vector<std::int64_t> integers;
    std::vector<double> reals;
    std::vector<std::string> texts;
    for (const nb::handle item : list) {
        if (any_text) texts.push_back(nb::cast<std::string>(item));
        else if (any_real) reals.push_back(real(item, path));
        else integers.push_back(whole(item, path));
    }
    if (any_text) leaf.value = std::move(texts);
    else if (any_real) leaf.value = std::move(reals);
    else leaf.value = std::move(integers);
    return leaf;
}

Leaf leaf_of(const nb::handle& value, const std::string& path) {
    Leaf leaf;
    if (nb::isinstance<nb::bool_>(value)) leaf.value = nb::cast<bool>(value);
    else if (nb::isinstance<nb::int_>(value)) leaf.value = whole(value, path);
    else if (nb::isinstance<nb::float_>(value)) leaf.value = real(value, path);
    else if (nb::isinstance<nb::str>(value)) leaf.value = nb::cast<std::string>(value);
    else if (nb::isinstance<nb::list>(value) || nb::isinstance<nb::tuple>(value)) leaf = list_leaf(value, path);
    else refuse(value, path);
    return leaf;
}

/// A list whose items are all dicts (at least one), which is TOML's [[path]].
bool holds_tables(const nb::handle& value) {
    if (!nb::isinstance<nb::list>(value) && !nb::isinstance<nb::tuple>(value)) return false;
    bool all = nb::len(value) > 0;
    for (const nb::handle item : value) all = all && nb::isinstance<nb::dict>(item);
    return all;
}

nb::object value_of(const Leaf& leaf) {
    return std::visit([](const auto& v) { return nb::object(nb::cast(v)); }, leaf.value);
}

}  // namespace

std::unique_ptr<config::Node> node_of(const nb::dict& dict, const std::string& path) {
    auto node = std::make_unique<config::Node>();
    node->where = place(path);
    if (std::count(path.begin(), path.end(), '.') >= deepest)
        throw ConfigError("dicts nest deeper than 32; expected an experiment's tables", place(path));
    for (const auto& [key, value] : dict) {
        if (!nb::isinstance<nb::str>(key))
            throw ConfigError(std::string(nb::repr(key).c_str()) + " is no key; expected a text", place(path));
        const auto name = nb::cast<std::string>(key);
        const std::string below = path.empty() ? name : path + "." + name;
        if (value.is_none()) continue;  // said nothing, as a keyword that was not given
        if (nb::isinstance<nb::dict>(value)) {
            node->tables[name] = node_of(nb::cast<nb::dict>(value), below);
        } else if (holds_tables(value)) {
            std::size_t k = 0;
            for (const nb::handle item : value)
                node->lists[name].push_back(node_of(nb::cast<nb::dict>(item), fmt::format("{}[{}]", below, k++)));
        } else {
            Leaf leaf = leaf_of(value, below);
            leaf.where = leaf.key_where = place(below);
            node->leaves[name] = std::move(leaf);
        }
    }
    return node;
}

nb::dict dict_of(const config::Node& node) {
    nb::dict out;
    for (const auto& [key, leaf] : node.leaves) out[key.c_str()] = value_of(leaf);
    for (const auto& [key, table] : node.tables) out[key.c_str()] = dict_of(*table);
    for (const auto& [key, items] : node.lists) {
        nb::list list;
        for (const auto& item : items) list.append(dict_of(*item));
        out[key.c_str()] = list;
    }
    return out;
}

}  // namespace ganbar::python
