#include <fmt/format.h>

#include "ganbar/app/command.h"

namespace ganbar::app {

void ganbar_register_describe(CommandContext& context) {
    struct Options {
        std::string kind, name;
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    auto* command = context.cli.add_subcommand("describe", "what one thing is: describe device nili2020, describe experiment NAME, ...");
    command->add_option("kind", options->kind, "device, experiment, dataset, network or accelerator")->required();
    command->add_option("name", options->name, "its name, as `ganbar list KIND` prints it; a network may also be a TOML or ONNX file")
        ->required();
    command->add_flag("--json", options->json, "as JSON, numbers in SI");
    command->callback([&context, options] {
        context.run = [&context, options] {
            const Kind* kind = find_kind(context.kinds, options->kind).second;
            const auto description = kind->describe(options->name);
            if (options->json) fmt::print("{}\n", describe_json(kind->singular, options->name, description));
            else fmt::print("{}", describe_text(kind->singular, options->name, description));
        };
    });
}

}  // namespace ganbar::app
