// One command = one file in commands/, registered by its stem. It adds its CLI11 subcommand and stores what to run.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>

#include "ganbar/app/kinds.h"
#include "ganbar/device/device_registry.h"

namespace ganbar::app {

struct CommandContext {
    CLI::App& cli;
    std::function<void()>& run;  ///< the chosen subcommand's callback sets this; main calls it and maps errors to exit codes
    DeviceRegistry& devices;
    Kinds& kinds;                             ///< read them when the command runs, not when it registers
    std::vector<Check>& checks;               ///< what `doctor` looks at, in order
    std::vector<std::string> preset_folders;  ///< each may hold experiments/, networks/, accelerators/; the first that has a name wins
    /// The folders of one kind of presets: subfolders("experiments").
    std::vector<std::string> subfolders(const std::string& kind) const;
};
void register_builtin_commands(CommandContext& context);

/// The presets of the source tree, and those beside a moved tree: ../../../presets from the program's folder.
std::vector<std::string> default_preset_folders();

}  // namespace ganbar::app
