// `ganbar inspect X`: one file per X in commands/; the first to come creates the parent command.
#pragma once
#include "ganbar/app/command_line.h"

namespace ganbar::app {

inline Command* inspect_command(Command& cli) {
    if (Command* there = cli.find_subcommand("inspect")) return there;
    Command* inspect = cli.add_subcommand("inspect", "what a schedule, a transposed convolution or a placement consists of");
    inspect->require_subcommand();
    return inspect;
}

}  // namespace ganbar::app
