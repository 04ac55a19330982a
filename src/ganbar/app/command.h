// One command = one file in commands/, registered by its stem. It adds its CLI11 subcommand and stores what to run.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>

#include "ganbar/device/device_registry.h"

namespace ganbar::app {

struct CommandContext {
    CLI::App& cli;
    std::function<void()>& run;  ///< the chosen subcommand's callback sets this; main calls it and maps errors to exit codes
    DeviceRegistry& devices;
};
void register_builtin_commands(CommandContext& context);

}  // namespace ganbar::app
