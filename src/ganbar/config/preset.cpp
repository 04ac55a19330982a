#include "ganbar/config/preset.h"

#include "ganbar/config/given.h"
#include "ganbar/core/file_ending.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace ganbar::config {

namespace fs = std::filesystem;

Presets::Presets(std::vector<std::string> folders) : folders_(std::move(folders)) {}

std::vector<std::string> Presets::names() const {
    std::set<std::string> out;
    for (const auto& folder : folders_) {
        std::error_code fault;
        for (fs::directory_iterator it(folder, fault), end; !fault && it != end; it.increment(fault))
            if (it->path().extension() == ".toml") out.insert(it->path().stem().string());
    }
    return {out.begin(), out.end()};
}

std::string Presets::find(const std::string& name) const {
    for (const auto& folder : folders_) {
        const fs::path path = fs::path(folder) / (name + ".toml");
        std::error_code ignored;
        if (!name.empty() && name.find('/') == std::string::npos && fs::is_regular_file(path, ignored)) return path.string();
    }
    return "";
}

std::string Presets::path(const std::string& name, const Location& where) const {
    const std::string found = find(name);
    if (!found.empty()) return found;
    const auto known = names();
    const std::string near = nearest_name(name, known);
    throw ConfigError("unknown preset \"" + name + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                          (known.empty() ? "; there are no presets in " + join(folders_) : known_names(name, known)) +
                          "; expected one of these, or a file name that ends in .toml",
                      where);
}

std::string opening_comment(const std::string& path) {
    std::ifstream file(path);
    std::string out;
    for (std::string line; std::getline(file, line) && line.starts_with('#');) {
        const auto first = line.find_first_not_of("# ");
        out += (out.empty() ? "" : "\n") + (first == std::string::npos ? "" : line.substr(first));
    }
    return out;
}

namespace {

/// Takes the top-level key `preset` out of a file's tree: the file it starts from and where it says so, or "" when it starts from nothing.
std::string take_base(Node& root, const std::string& file, const Presets& presets, Location& where) {
    const auto it = root.leaves.find("preset");
    if (it == root.leaves.end()) return "";
    const auto leaf = it->second;
    where = leaf.where;
    const auto* name = std::get_if<std::string>(&leaf.value);
    if (!name || name->empty()) throw ConfigError("preset is not a name; expected preset = \"NAME\" or a path to a .toml file", leaf.where);
    root.leaves.erase(it);
    if (!names_file(*name, {".toml"})) return presets.path(*name, leaf.where);
    return (fs::path(file).parent_path() / *name).string();
}

bool same_file(const std::string& a, const std::string& b) {
    std::error_code ignored;
    return a == b || fs::equivalent(a, b, ignored);
}

/// Who speaks in a file: "preset NAME" in one of ganbar's own, else "file PATH".
std::string origin_of(const std::string& file, const Presets& presets) {
    const std::string stem = fs::path(file).stem().string();
    return presets.contains(stem) && same_file(presets.path(stem), file) ? "preset " + stem : "file " + file;
}

/// `file` over what it starts from. `chain` holds the files above it.
std::unique_ptr<Node> load_chain(const std::string& file, const Location& named_at, const Presets& presets, std::vector<std::string>& chain,
                                 const std::function<void(Node&)>& rename) {
    const auto first = std::find_if(chain.begin(), chain.end(), [&](const std::string& other) { return same_file(file, other); });
    if (first != chain.end())
        throw ConfigError("presets go in a circle: " + join({first, chain.end()}, " -> ") + " -> " + file +
                              "; expected a file that starts from none of these",
                          named_at);
    std::error_code ignored;
    if (!chain.empty() && !fs::exists(file, ignored))
        throw ConfigError("preset file \"" + file + "\" does not exist; expected a path relative to this file", named_at);
    chain.push_back(file);
    auto own = load_toml(file);
    own->set_origin(origin_of(file, presets));
    if (rename) rename(*own);
    Location where;
    const std::string base_file = take_base(*own, file, presets, where);
    if (base_file.empty()) return own;
    auto base = load_chain(base_file, where, presets, chain, rename);
    merge(*base, *own);
    return base;
}

}  // namespace

Loaded load_input(const std::string& name_or_path, const Presets& presets, std::span<const std::string> overrides,
                  const std::function<void(Node&)>& rename) {
    Loaded out;
    const std::string file = names_file(name_or_path, {".toml"}) ? name_or_path : presets.path(name_or_path);
    out.name = fs::path(file).stem().string();
    out.origin = origin_of(file, presets);
    out.root = load_chain(file, {}, presets, out.files, rename);
    for (const auto& o : overrides) {
        apply_override(*out.root, o);
        if (rename) rename(*out.root);
    }
    insert_device_files(*out.root, presets, out.files, rename);
    return out;
}

Loaded load_input(const Node& given, const std::string& name, const std::string& origin, const Presets& presets,
                  const std::function<void(Node&)>& rename) {
    Loaded out{given.clone(), name, origin, {}};
    out.root->set_origin(origin);
    if (rename) rename(*out.root);
    Location where;
    const std::string base_file = take_base(*out.root, "", presets, where);
    if (!base_file.empty()) {
        auto base = load_chain(base_file, where, presets, out.files, rename);
        merge(*base, *out.root);
        out.root = std::move(base);
    }
    insert_device_files(*out.root, presets, out.files, rename);
    return out;
}

}  // namespace ganbar::config
