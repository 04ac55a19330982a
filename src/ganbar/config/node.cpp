#include "ganbar/config/node.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace ganbar::config {

const Node* Node::table(const std::string& name) const {
    const auto it = tables.find(name);
    if (it == tables.end()) return nullptr;
    it->second->used = true;
    return it->second.get();
}

const Node::Leaf* Node::leaf(const std::string& name) const {
    const auto it = leaves.find(name);
    if (it == leaves.end()) return nullptr;
    it->second.used = true;
    return &it->second;
}

std::vector<const Node*> Node::list(const std::string& name) const {
    std::vector<const Node*> out;
    const auto it = lists.find(name);
    if (it == lists.end()) return out;
    for (const auto& item : it->second) {
        item->used = true;
        out.push_back(item.get());
    }
    return out;
}

Node& Node::child(const std::string& name) {
    auto& slot = tables[name];
    if (!slot) slot = std::make_unique<Node>();
    return *slot;
}

std::unique_ptr<Node> Node::clone() const {
    auto copy = std::make_unique<Node>();
    copy->leaves = leaves;
    copy->where = where;
    copy->used = used;
    for (const auto& [name, table] : tables) copy->tables[name] = table->clone();
    for (const auto& [name, items] : lists)
        for (const auto& item : items) copy->lists[name].push_back(item->clone());
    return copy;
}

void Node::set_origin(const std::string& origin) {
    for (auto& [name, leaf] : leaves) leaf.origin = origin;
    for (auto& [name, table] : tables) table->set_origin(origin);
    for (auto& [name, items] : lists)
        for (auto& item : items) item->set_origin(origin);
}

/// A name is one thing only: what `over` makes of it replaces what it was before.
static void forget(Node& base, const std::string& name, const void* keep) {
    if (keep != &base.leaves) base.leaves.erase(name);
    if (keep != &base.tables) base.tables.erase(name);
    if (keep != &base.lists) base.lists.erase(name);
}

void merge(Node& base, const Node& over) {
    if (!over.where.file.empty()) base.where = over.where;
    for (const auto& [name, leaf] : over.leaves) {
        forget(base, name, &base.leaves);
        base.leaves[name] = leaf;
    }
    for (const auto& [name, table] : over.tables) {
        forget(base, name, &base.tables);
        merge(base.child(name), *table);
    }
    for (const auto& [name, items] : over.lists) {
        forget(base, name, nullptr);
        for (const auto& item : items) base.lists[name].push_back(item->clone());
    }
}

namespace {

/// The first thing nobody read, in the order of the file.
struct Unread {
    bool found = false;
    bool is_table = false, is_item = false;
    std::string path, name;  ///< table it is in, its own name
    Location where;
    void offer(bool table, bool item, const std::string& in, const std::string& key, const Location& at) {
        if (found && std::tie(where.line, where.column) <= std::tie(at.line, at.column)) return;
        *this = {true, table, item, in, key, at};
    }
};

std::string joined(const std::string& path, const std::string& name) { return path.empty() ? name : path + "." + name; }

void find_unread(const Node& node, const std::string& path, Unread& unread) {
    for (const auto& [name, leaf] : node.leaves)
        if (!leaf.used) unread.offer(false, false, path, name, leaf.key_where.file.empty() ? leaf.where : leaf.key_where);
    const auto visit = [&](const std::string& name, const Node& table, bool is_item) {
        if (table.used) find_unread(table, joined(path, name), unread);
        else unread.offer(true, is_item, path, name, table.where);
    };
    for (const auto& [name, table] : node.tables) visit(name, *table, false);
    for (const auto& [name, items] : node.lists)
        for (const auto& item : items) visit(name, *item, true);
}

/// Names of the tables that may stand in the table `path`.
std::vector<std::string> known_tables(const std::map<std::string, std::vector<std::string>>& known, const std::string& path) {
    std::vector<std::string> out;
    const std::string prefix = path.empty() ? "" : path + ".";
    for (const auto& [table, names] : known) {
        if (table.size() <= prefix.size() || table.compare(0, prefix.size(), prefix) != 0) continue;
        const std::string name = table.substr(prefix.size(), table.find('.', prefix.size()) - prefix.size());
        if (out.empty() || out.back() != name) out.push_back(name);
    }
    return out;
}

/// Steps from one word to another: a letter more, less or other.
std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j)
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])}));
    }
    return row.back();
}

/// The words of a name, those that say a quantity as the letter that stands for it: "pulse_width" and "t_pulse" are one set.
std::set<std::string> words_of(const std::string& name) {
    static const std::map<std::string, std::string> letters{{"time", "t"},    {"width", "t"},      {"duration", "t"},
                                                            {"voltage", "v"}, {"amplitude", "v"},  {"number", "n"},
                                                            {"count", "n"},   {"resistance", "r"}, {"conductance", "g"}};
    std::set<std::string> out;
    for (std::size_t from = 0, to; from <= name.size(); from = to + 1) {
        to = std::min(name.find('_', from), name.size());
        const std::string word = name.substr(from, to - from);
        const auto letter = letters.find(word);
        if (!word.empty()) out.insert(letter == letters.end() ? word : letter->second);
    }
    return out;
}

/// Words that two names have in common: "learning_rate" and "rate_d" have one. A letter alone says too little.
std::size_t common_words(const std::string& a, const std::string& b) {
    const auto of_a = words_of(a), of_b = words_of(b);
    const bool same = of_a == of_b;
    return static_cast<std::size_t>(
        std::count_if(of_a.begin(), of_a.end(), [&](const auto& w) { return (same || w.size() > 1) && of_b.contains(w); }));
}

/// "; did you mean train.batch?" for a key that stands in the wrong table.
std::string other_table(const std::string& key, const std::map<std::string, std::vector<std::string>>& known) {
    std::vector<std::string> places;
    for (const auto& [table, names] : known)
        if (!table.empty() && std::find(names.begin(), names.end(), key) != names.end()) places.push_back(table + "." + key);
    return places.empty() || places.size() > 3 ? "" : "; did you mean " + join(places, " or ") + "?";
}

std::string suggestion(const std::string& name, const std::vector<std::string>& candidates, const char* open, const char* close) {
    std::string near = nearest_name(name, candidates);
    if (near.empty())
        for (const auto& candidate : candidates)
            if (words_of(candidate) == words_of(name)) near = candidate;
    return near.empty() ? "" : "; did you mean " + std::string(open) + near + close + "?";
}

}  // namespace

std::string known_names(const std::string& word, std::vector<std::string> names) {
    constexpr std::size_t most = 5, most_of_all = 12;
    if (names.size() <= most_of_all) return " (known: " + join(names) + ")";
    const std::size_t n = names.size();
    const auto rank = [&](const std::string& name) { return std::pair(word.size() - common_words(word, name), distance(word, name)); };
    std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    names.resize(most);
    return " (nearest of " + std::to_string(n) + ": " + join(names) + ")";
}

void reject_unused(const Node& root, const std::map<std::string, std::vector<std::string>>& known) {
    Unread unread;
    find_unread(root, "", unread);
    if (!unread.found) return;
    const auto tables = known_tables(known, unread.path);
    const auto place = unread.path.empty() ? std::string("at the top level") : "in [" + unread.path + "]";
    const auto it = known.find(unread.path);
    std::vector<std::string> keys = it == known.end() ? std::vector<std::string>{} : it->second;
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    const auto is = [&](const std::vector<std::string>& names) {
        return std::find(names.begin(), names.end(), unread.name) != names.end();
    };
    const std::string full = joined(unread.path, unread.name);
    if (unread.is_table) {
        const std::string table = (unread.is_item ? "list of tables [[" : "table [") + full + (unread.is_item ? "]]" : "]");
        if (is(tables))
            throw ConfigError(
                table + " is not read here; expected " + (unread.is_item ? "one table [" + full + "]" : "an experiment that uses it"),
                unread.where);
        if (is(keys))
            throw ConfigError("\"" + unread.name + "\" " + place + " is a value, not a table; expected " + unread.name + " = ...",
                              unread.where);
        throw ConfigError("unknown " + table +
                              suggestion(unread.name, tables, unread.path.empty() ? "[" : ("[" + unread.path + ".").c_str(), "]") +
                              (tables.empty() ? "; no table is expected " + place : known_names(unread.name, tables)),
                          unread.where);
    }
    const std::string what = "\"" + unread.name + "\" " + place;
    if (is(tables)) throw ConfigError(what + " is a table; expected [" + full + "]", unread.where);
    if (is(keys)) throw ConfigError("key " + what + " is not read here; expected an experiment that uses it", unread.where);
    const std::string elsewhere = other_table(unread.name, known),
                      near = elsewhere.empty() ? suggestion(unread.name, keys, "\"", "\"") : elsewhere;
    throw ConfigError("unknown key " + what + near + (keys.empty() ? "; no key is expected there" : known_names(unread.name, keys)),
                      unread.where);
}

}  // namespace ganbar::config
