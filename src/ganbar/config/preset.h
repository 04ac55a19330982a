// Experiments by name: preset files, files that start from a preset, and the command line's last word.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "ganbar/config/node.h"

namespace ganbar::config {

/// The comment lines a file opens with, without their marks; "" when there are none.
std::string opening_comment(const std::string& path);

/// The preset files <name>.toml of some folders; the first folder that has a name wins. Folders that do not exist hold nothing.
class Presets {
public:
    explicit Presets(std::vector<std::string> folders);
    std::vector<std::string> names() const;  ///< in alphabetical order
    bool contains(const std::string& name) const { return !find(name).empty(); }
    /// Path of a preset; ConfigError with the nearest name when there is none.
    std::string path(const std::string& name, const Location& where = {}) const;
    std::string text(const std::string& name) const { return opening_comment(path(name)); }
    const std::vector<std::string>& folders() const { return folders_; }

private:
    std::string find(const std::string& name) const;
    std::vector<std::string> folders_;
};

struct Loaded {
    std::unique_ptr<Node> root;      ///< everything merged; the key "preset" itself is gone
    std::string name;                ///< stem of the file named first
    std::string origin;              ///< what it is: "preset NAME", else "file PATH"
    std::vector<std::string> files;  ///< what was read: the file named first, then the one it starts from, ...
};

/// Reads an experiment: `name_or_path` is a preset's name, or a path (it ends in .toml or has a slash). A top-level `preset = "x"` in a
/// file names the preset, or the path relative to that file, that its own keys override. Then the overrides of --set, in order. ConfigError
/// for an unknown name, a circle, or any fault of the files. `rename` sees every file before it is merged, and the whole after each
/// override: what gives old keys their new names.
Loaded load_input(const std::string& name_or_path, const Presets& presets, std::span<const std::string> overrides = {},
                  const std::function<void(Node&)>& rename = {});

/// Where [device] or [noise_device] names its model by a file (mine.toml, relative to who says it, or NAME of a folder `devices` beside the
/// presets): the file's [device] table takes the table's place, but for keys of the same speaker and of --set, and its [train] gives the
/// pulses. load_input does it last. ConfigError where there is no such file or no device in it. `rename` sees the file first.
void insert_device_files(Node& root, const Presets& presets, std::vector<std::string>& files,
                         const std::function<void(Node&)>& rename = {});

}  // namespace ganbar::config
