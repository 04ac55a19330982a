#include "ganbar/config/write.h"

#include <algorithm>

namespace ganbar::config {
namespace {

std::string header(const std::string& path, bool is_item) {
    return path.empty() ? "" : (is_item ? "[[" : "[") + path + (is_item ? "]]" : "]") + "\n";
}

/// The table a section was read from, for its origins; items of lists have none to point at.
const Node* find_table(const Node* root, const std::string& path) {
    std::size_t start = 0;
    while (root && start < path.size()) {
        const auto end = std::min(path.find('.', start), path.size());
        const auto it = root->tables.find(path.substr(start, end - start));
        root = it == root->tables.end() ? nullptr : it->second.get();
        start = end + 1;
    }
    return root;
}

std::string origin_of(const Node* table, const std::string& name) {
    if (!table) return "default";
    const auto it = table->leaves.find(name);
    if (it == table->leaves.end()) return "default";
    const auto& leaf = it->second;
    return leaf.where.line > 0 ? leaf.origin + ":" + std::to_string(leaf.where.line) : leaf.origin;
}

/// A comment is one line: what would end it becomes a blank.
std::string comment(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 32 || c == 127; }, ' ');
    return text.empty() ? "" : "  # " + text;
}

bool is_bare(const std::string& key) {
    return !key.empty() && key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos;
}

ParamInfo of_type(ParamType type) {
    ParamInfo info;
    info.type = type;
    return info;
}
std::string text_of(bool v) { return v ? "true" : "false"; }
std::string text_of(std::int64_t v) { return std::to_string(v); }
std::string text_of(double v) { return value_text(of_type(ParamType::real), Value{v}); }
std::string text_of(const std::string& v) { return value_text(of_type(ParamType::text), Value{v}); }
template <class T>
std::string text_of(const std::vector<T>& list) {
    std::vector<std::string> words;
    for (const auto& v : list) words.push_back(text_of(v));
    return "[" + join(words) + "]";
}

std::string key_text(const std::string& key) { return is_bare(key) ? key : text_of(key); }

void write_node(const Node& node, const std::string& path, std::string& out) {
    for (const auto& [key, leaf] : node.leaves)
        out += key_text(key) + " = " + std::visit([](const auto& v) { return text_of(v); }, leaf.value) + "\n";
    const auto below = [&](const std::string& name) { return path.empty() ? key_text(name) : path + "." + key_text(name); };
    const auto visit = [&](const std::string& name, const Node& table, bool is_item) {
        out += (out.empty() ? "" : "\n") + header(below(name), is_item);
        write_node(table, below(name), out);
    };
    for (const auto& [name, table] : node.tables) visit(name, *table, false);
    for (const auto& [name, items] : node.lists)
        for (const auto& item : items) visit(name, *item, true);
}

}  // namespace

std::string to_toml(const std::vector<Section>& sections, const WriteOptions& options) {
    std::vector<std::pair<const Section*, std::string>> blocks;  // first section of a path, and the lines of all of them
    for (const auto& section : sections) {
        const Node* table = options.origins && !section.is_item ? find_table(options.origins, section.path) : nullptr;
        std::string lines;
        for (const auto& row : section.rows) {
            std::string note = options.docs ? row.info.doc : "";
            if (options.origins) note += (note.empty() ? "" : " | ") + origin_of(table, row.info.name);
            lines += row.info.name + " = " + value_text(row.info, row.value) + comment(note) + "\n";
        }
        const auto same = std::find_if(blocks.begin(), blocks.end(), [&](const auto& b) {
            return !b.first->is_item && !section.is_item && b.first->path == section.path;
        });
        if (same != blocks.end()) same->second += lines;
        else blocks.emplace_back(&section, lines);
    }
    std::stable_partition(blocks.begin(), blocks.end(), [](const auto& b) { return b.first->path.empty(); });
    std::string out;
    for (const auto& [section, lines] : blocks) out += (out.empty() ? "" : "\n") + header(section->path, section->is_item) + lines;
    return out;
}

std::string to_toml(const Node& root) {
    std::string out;
    write_node(root, "", out);
    return out;
}

}  // namespace ganbar::config
