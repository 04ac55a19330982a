#include <fmt/format.h>

#include "ganbar/app/command.h"

namespace ganbar::app {

void ganbar_register_list(CommandContext& context) {
    auto* command = context.cli.add_subcommand("list", "names of what there is, one a line: list devices, list experiments, ...");
    auto word = std::make_shared<std::string>();
    command->add_option("kind", *word, "devices, experiments, datasets, networks or accelerators")->required();
    command->callback([&context, word] {
        context.run = [&context, word] {
            const auto listed = find_kind(context.kinds, *word).second->list();
            std::size_t widest = 0;
            for (const auto& one : listed) widest = std::max(widest, one.name.size());
            for (const auto& one : listed) {
                if (one.text.empty()) fmt::print("{}\n", one.name);
                else fmt::print("{:{}}  {}\n", one.name, widest, one.text);
            }
        };
    });
}

}  // namespace ganbar::app
