#include <fmt/format.h>

#include "ganbar/app/command.h"

namespace ganbar::app {

void ganbar_register_list(CommandContext& context) {
    auto* command = context.cli.add_subcommand("list", "names of what there is: devices");
    auto kind = std::make_shared<std::string>();
    command->add_option("kind", *kind, "devices")->required();
    command->callback([&context, kind] {
        auto* devices = &context.devices;
        context.run = [devices, kind] {
            if (*kind != "devices") throw ConfigError("unknown kind \"" + *kind + "\"; expected devices");
            for (const auto& name : devices->names()) fmt::print("{}\n", name);
        };
    });
}

}  // namespace ganbar::app
