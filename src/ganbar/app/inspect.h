// `ganbar inspect X`: one file per X in commands/; the first to come creates the parent command.
#pragma once
#include <CLI/CLI.hpp>

namespace ganbar::app {

inline CLI::App* inspect_command(CLI::App& cli) {
    for (CLI::App* sub : cli.get_subcommands([](CLI::App* app) { return app->get_name() == "inspect"; })) return sub;
    CLI::App* inspect = cli.add_subcommand("inspect", "what a schedule, a transposed convolution or a placement consists of");
    inspect->require_subcommand(1);
    return inspect;
}

}  // namespace ganbar::app
