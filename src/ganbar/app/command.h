// One command = one file in commands/, registered by its stem. It adds its subcommand and stores what to run.
#pragma once
#include <functional>

#include "ganbar/app/command_line.h"
#include "ganbar/experiment/places.h"
#include "ganbar/experiment/registries.h"
#include "ganbar/study/kinds.h"

namespace ganbar::app {

using study::Description, study::Kind, study::Kinds, study::Listed;

/// One thing `doctor` looks at.
struct Finding {
    bool ok = false;
    std::string found;   ///< what is there, or what is missing
    std::string remedy;  ///< how to get it; "" when nothing is to be done
};
struct Check {
    std::string name;
    bool is_required = false;  ///< its absence makes doctor end with code 3
    std::function<Finding()> look;
};

struct CommandContext {
    Command& cli;
    std::function<void()>& run;  ///< the chosen subcommand's callback sets this; main calls it and maps errors to exit codes
    const Registries& registries;
    const Places& places;
    Kinds& kinds;                ///< read them when the command runs, not when it registers
    std::vector<Check>& checks;  ///< what `doctor` looks at, in order
    std::string program;         ///< its own file, for work that it starts as other processes
};
void register_builtin_commands(CommandContext& context);

/// A path as a shell reads it back.
inline std::string as_typed(const std::string& path) {
    if (path.find_first_of(" \t'\"$&;()*?`\\") == std::string::npos) return path;
    std::string out = "'";
    for (const char c : path) c == '\'' ? out += "'\\''" : out += c;
    return out + "'";
}

}  // namespace ganbar::app
