// One command = one file in commands/, registered by its stem. It adds its subcommand and stores what to run.
#pragma once
#include <functional>

#include "ganbar/app/command_line.h"
#include "ganbar/app/kinds.h"
#include "ganbar/experiment/places.h"
#include "ganbar/experiment/registries.h"

namespace ganbar::app {

struct CommandContext {
    Command& cli;
    std::function<void()>& run;  ///< the chosen subcommand's callback sets this; main calls it and maps errors to exit codes
    const Registries& registries;
    const Places& places;
    Kinds& kinds;                             ///< read them when the command runs, not when it registers
    std::vector<Check>& checks;               ///< what `doctor` looks at, in order
    std::string program;                      ///< its own file, for work that it starts as other processes
};
void register_builtin_commands(CommandContext& context);

}  // namespace ganbar::app
