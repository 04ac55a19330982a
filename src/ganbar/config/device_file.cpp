// A device named by its file: --set device.model=mine.toml puts the file's [device] table, and the pulses it was measured with, into the
// tree.
#include <algorithm>
#include <filesystem>

#include "ganbar/config/device_file.h"
#include "ganbar/config/given.h"
#include "ganbar/core/file_ending.h"

namespace ganbar::config {
namespace fs = std::filesystem;
namespace {

/// The file that a model's name stands for, "" for a model of ganbar's own: a path that ends in .toml, or NAME.toml in a folder `devices`
/// beside a folder of presets.
std::string file_of(const std::string& name, const Node::Leaf& leaf, const Presets& presets) {
    if (has_ending(name, ".toml")) return leaf.origin == "--set" ? name : (fs::path(leaf.where.file).parent_path() / name).string();
    if (name.empty() || name.find('/') != std::string::npos) return "";
    for (const auto& folder : presets.folders()) {
        const fs::path path = fs::path(folder).parent_path() / "devices" / (name + ".toml");
        std::error_code ignored;
        if (fs::is_regular_file(path, ignored)) return path.string();
    }
    return "";
}

/// What `speaker` said stays, and what the command line said.
bool stays(const Node::Leaf& leaf, const std::string& speaker) {
    return leaf.origin == "--set" || leaf.origin == said_in_python || (leaf.origin == speaker && !speaker.starts_with("preset "));
}

/// The leaves of `from` and of the tables in it, but for those that stay.
void take_over(Node& into, const Node& from, const std::string& speaker) {
    for (const auto& [key, leaf] : from.leaves) {
        const auto said = into.leaves.find(key);
        if (said == into.leaves.end() || !stays(said->second, speaker)) into.leaves[key] = leaf;
    }
    for (const auto& [name, table] : from.tables) {
        Node& own = into.child(name);
        if (own.where.file.empty()) own.where = table->where;
        take_over(own, *table, speaker);
    }
}

}  // namespace

void insert_device_files(Node& root, const Presets& presets, std::vector<std::string>& files, const std::function<void(Node&)>& rename) {
    for (const std::string name : {"device", "noise_device"}) {
        const auto table = root.tables.find(name);
        if (table == root.tables.end() || !table->second->leaves.contains("model")) continue;
        const Node::Leaf model = table->second->leaves.at("model");
        const auto* text = std::get_if<std::string>(&model.value);
        const std::string file = text == nullptr ? "" : file_of(*text, model, presets);
        if (file.empty()) continue;
        std::error_code ignored;
        if (!fs::exists(file, ignored))
            throw ConfigError(
                "device file \"" + file + "\" does not exist; expected one that `ganbar device fit` wrote, or the name of a model",
                model.where);
        auto own = load_toml(file);
        own->set_origin(has_ending(*text, ".toml") ? "file " + file : "preset " + *text);
        if (rename) rename(*own);
        const auto device = own->tables.find("device");
        if (device == own->tables.end() || !device->second->leaves.contains("model"))
            throw ConfigError("there is no [device] table with a model in it; expected a file that `ganbar device fit` wrote", {file});
        const auto* inner = std::get_if<std::string>(&device->second->leaves.at("model").value);
        if (inner != nullptr && has_ending(*inner, ".toml"))
            throw ConfigError("the model is a file again; expected the name of a model", device->second->leaves.at("model").where);
        for (const auto& [key, leaf] : table->second->leaves)
            if (key != "model" && stays(leaf, model.origin)) device->second->leaves[key] = leaf;
        table->second = std::move(device->second);
        files.push_back(file);
        if (name == "device" && own->tables.contains("train")) take_over(root.child("train"), *own->tables.at("train"), model.origin);
    }
}

std::unique_ptr<Node> device_table(const std::string& device, const Presets& presets) {
    Node root;
    auto& model = root.child("device").leaves["model"];
    model.value = device, model.origin = "--set";
    std::vector<std::string> files;
    insert_device_files(root, presets, files);
    return root.child("device").clone();
}

}  // namespace ganbar::config
