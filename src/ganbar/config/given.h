// Experiments that are given as a tree (a dict of Python's), not as a file.
#pragma once
#include "ganbar/config/preset.h"

namespace ganbar::config {

/// What `said_by` calls a value that a program in Python gave.
constexpr const char* said_in_python = "python";

/// load_input() of a tree: `preset` in it names what it starts from, a path relative to the working directory. `name` is what it is called,
/// `origin` who said what stands in it.
Loaded load_input(const Node& given, const std::string& name, const std::string& origin, const Presets& presets,
                  const std::function<void(Node&)>& rename = {});

}  // namespace ganbar::config
