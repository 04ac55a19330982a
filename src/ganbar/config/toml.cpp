// TOML text -> Node. The only file that includes toml++.
#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>

// toml++ 3.3 meets some malformed texts ("[=") with an assertion, in every kind of build: make it something to catch.
namespace ganbar::config {
struct ParserGaveUp {};
[[noreturn]] static void give_up() { throw ParserGaveUp{}; }
}  // namespace ganbar::config
#undef NDEBUG
#define TOML_ASSERT(expression) ((expression) ? void(0) : ::ganbar::config::give_up())
#include <toml++/toml.h>

#include "ganbar/config/node.h"
#include "ganbar/config/toml_limits.h"

namespace ganbar::config {
namespace {

/// One TOML document on its way into a tree.
class Reader {
public:
    explicit Reader(const std::string& file_name) : file_name_(file_name) {}

    void table(const toml::table& from, Node& to) const {
        for (const auto& [key, value] : from) {
            const std::string name(key.str());
            const Location key_where = at(key.source());
            if (const auto* inner = value.as_table()) {
                Node& child = to.child(name);
                child.where = is_known(key.source()) ? key_where : at(inner->source());
                table(*inner, child);
            } else if (const auto* list = value.as_array(); list && !list->empty() && list->is_homogeneous(toml::node_type::table)) {
                for (const auto& item : *list) {
                    auto node = std::make_unique<Node>();
                    node->where = at(item.source());
                    table(*item.as_table(), *node);
                    to.lists[name].push_back(std::move(node));
                }
            } else {
                Node::Leaf leaf;
                leaf.where = at(value.source());
                leaf.key_where = key_where;
                leaf.origin = "file " + file_name_;
                leaf.value = leaf_value(value, name);
                to.leaves[name] = std::move(leaf);
            }
        }
    }

private:
    static bool is_known(const toml::source_region& region) { return region.begin.line > 0; }
    Location at(const toml::source_region& region) const {
        return {file_name_, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
    }
    [[noreturn]] void refuse(const toml::node& node, const std::string& name, const std::string& what) const {
        throw ConfigError(name + " " + what, at(node.source()));
    }
    double real(const toml::node& node, const std::string& name) const {
        const double v = node.is_integer() ? static_cast<double>(node.as_integer()->get()) : node.as_floating_point()->get();
        if (std::isnan(v)) refuse(node, name, "is nan; expected a number");
        return v;
    }
    decltype(Node::Leaf::value) leaf_value(const toml::node& node, const std::string& name) const {
        if (const auto* b = node.as_boolean()) return b->get();
        if (const auto* i = node.as_integer()) return i->get();
        if (node.is_floating_point()) return real(node, name);
        if (const auto* s = node.as_string()) return s->get();
        if (const auto* list = node.as_array()) return list_value(*list, name);
        refuse(node, name, "is a date or a time; expected a number, a text, true, false or a list");
    }
    decltype(Node::Leaf::value) list_value(const toml::array& list, const std::string& name) const {
        bool all_integer = true, all_number = true, all_text = true;
        for (const auto& item : list) {
            if (!item.is_number() && !item.is_string()) refuse(item, name, "holds something else than numbers or texts; expected a list of one kind");
            all_integer = all_integer && item.is_integer();
            all_number = all_number && item.is_number();
            all_text = all_text && item.is_string();
        }
        if (!all_number && !all_text) refuse(list, name, "mixes numbers and texts; expected a list of one kind");
        if (all_integer) return collect<std::int64_t>(list, [](const toml::node& item) { return item.as_integer()->get(); });
        if (all_number) return collect<double>(list, [&](const toml::node& item) { return real(item, name); });
        return collect<std::string>(list, [](const toml::node& item) { return item.as_string()->get(); });
    }
    template <class T, class Get>
    static std::vector<T> collect(const toml::array& list, Get get) {
        std::vector<T> out;
        for (const auto& item : list) out.push_back(get(item));
        return out;
    }
    const std::string& file_name_;
};

/// The parser's own words, without what a terminal could not show.
std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 300)) out += static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) > 126 ? '?' : c;
    return out + (text.size() > 300 ? "..." : "");
}

bool gives_up(std::string_view text) {
    try {
        static_cast<void>(toml::parse(text));
    } catch (const ParserGaveUp&) {
        return true;
    } catch (const toml::parse_error&) {  // an earlier fault, or a text cut in the middle
    }
    return false;
}

/// The line at which toml++ gives up without saying where: the first one that, read with all lines before it, makes it do so.
int line_of_giving_up(const std::string& text) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '\n') ends.push_back(i + 1);
    ends.push_back(text.size());
    std::size_t low = 0, high = ends.size() - 1;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (gives_up(std::string_view(text).substr(0, ends[middle]))) high = middle;
        else low = middle + 1;
    }
    return static_cast<int>(low) + 1;
}

}  // namespace

std::unique_ptr<Node> parse_toml(const std::string& text, const std::string& file_name) {
    check_limits(text, file_name);
    auto root = std::make_unique<Node>();
    root->where = {file_name, 1, 1};
    root->used = true;
    try {
        Reader(file_name).table(toml::parse(text), *root);
    } catch (const toml::parse_error& e) {
        const bool twice = e.description().find("redefine") != std::string_view::npos;
        throw ConfigError(printable(e.description()) + (twice ? "; expected each name once" : "; expected TOML"),
                          {file_name, static_cast<int>(e.source().begin.line), static_cast<int>(e.source().begin.column)});
    } catch (const ParserGaveUp&) {
        throw ConfigError("malformed line; expected TOML: key = value, or [table]", {file_name, line_of_giving_up(text), 1});
    }
    return root;
}

std::unique_ptr<Node> load_toml(const std::string& path) {
    const auto fault = [&](const std::string& what) { return ConfigError(what + "; expected a TOML file", {path}); };
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) throw fault("is a folder");
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
    if (!file) throw fault(std::string("cannot be read: ") + std::strerror(errno));
    std::string text(max_text_bytes + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (std::ferror(file.get())) throw fault(std::string("cannot be read: ") + std::strerror(errno));
    return parse_toml(text, path);
}

}  // namespace ganbar::config
