#include <fmt/format.h>

#include "ganbar/arch/estimates.h"
#include "ganbar/arch/workload.h"
#include "ganbar/core/file_ending.h"
#include "ganbar/study/kinds.h"

namespace ganbar::study {
namespace {

std::string together(const arch::Shape& first, const std::vector<arch::Shape>& more) {
    std::string out = first.text();
    for (const arch::Shape& s : more) out += " and " + s.text();
    return out;
}

}  // namespace

void ganbar_register_kind_networks(KindContext& context) {
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
                out.facts.emplace_back(
                    net->name, fmt::format("{} -> {}, {} layers on the longest path, {} weights", together(net->input, net->more_inputs),
                                           together(net->output(), net->more_outputs), net->depth(), net->n_weights()));
            }
            const bool trains = gan.has_discriminator();
            const arch::MacTotals t =
                arch::totals(arch::lower(gan, trains ? arch::Task::training : arch::Task::generation, 1, gan.steps_d));
            out.facts.emplace_back(
                trains ? "multiplications of one training iteration per image" : "multiplications of one image",
                fmt::format("{:.4g} useful, {:.4g} zero-free, {:.4g} zero-inserted", t.useful, t.deformed, t.zero_inserted));
            if (!has_ending(name, ".onnx")) out.config = config::to_toml(*config::load_toml(arch::network_path(name, presets)));
            return out;
        },
    };
}

}  // namespace ganbar::study
