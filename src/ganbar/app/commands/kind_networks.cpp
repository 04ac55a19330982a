#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/arch/estimates.h"
#include "ganbar/arch/workload.h"

namespace ganbar::app {

void ganbar_register_kind_networks(CommandContext& context) {
    const config::Presets presets(context.places.preset_folders("networks"));
    context.kinds["networks"] = {
        "network",
        [presets] {
            std::vector<Listed> out;
            for (const auto& name : presets.names()) out.push_back({name, first_sentence(arch::load_gan(name, presets).doc)});
            return out;
        },
        [presets](const std::string& name) {
            const arch::Gan gan = arch::load_gan(name, presets);
            Description out;
            out.text = gan.doc;
            out.facts = {{"source", gan.source},
                         {"confidence", to_string(gan.confidence)},
                         {"dataset", gan.dataset},
                         {"batch", std::to_string(gan.batch)},
                         {"D steps per G step", std::to_string(gan.steps_d)}};
            for (const auto* net : {&gan.generator, &gan.discriminator}) {
                if (net->layers.empty()) continue;
                out.facts.emplace_back(net->name, fmt::format("{} -> {}, {} layers on the longest path, {} weights", net->input.text(),
                                                              net->output().text(), net->depth(), net->n_weights()));
            }
            const arch::MacTotals t = arch::totals(arch::lower(gan, arch::Task::training, 1, gan.steps_d));
            out.facts.emplace_back(
                "multiplications of one training iteration per image",
                fmt::format("{:.4g} useful, {:.4g} zero-free, {:.4g} zero-inserted", t.useful, t.deformed, t.zero_inserted));
            out.config = config::to_toml(*config::load_toml(presets.path(name)));
            return out;
        },
    };
}

}  // namespace ganbar::app
