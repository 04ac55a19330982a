#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ganbar/app/command.h"

namespace ganbar::app {
namespace {

std::vector<Listed> kinds_listed(const Kinds& kinds) {
    std::vector<Listed> out;
    for (const auto& [plural, kind] : kinds) out.push_back({plural, fmt::format("{} of them", kind.list().size())});
    return out;
}

}  // namespace

void ganbar_register_list(CommandContext& context) {
    auto* command = context.cli.add_subcommand("list", "names of what there is, one a line: list devices, list experiments, ...");
    struct Options {
        std::string kind;
        bool json = false;
    };
    auto o = std::make_shared<Options>();
    command->add_option("kind", o->kind, "devices, experiments, datasets, networks or accelerators; without it, the kinds there are");
    command->add_flag("--json", o->json, "as JSON: name and text of each");
    command->callback([&context, o] {
        context.run = [&context, o] {
            const auto listed = o->kind.empty() ? kinds_listed(context.kinds) : find_kind(context.kinds, o->kind).second->list();
            if (o->json) {
                auto out = nlohmann::ordered_json::array();
                for (const auto& one : listed) out.push_back({{"name", one.name}, {"text", one.text}});
                fmt::print("{}\n", out.dump(1));
                return;
            }
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
