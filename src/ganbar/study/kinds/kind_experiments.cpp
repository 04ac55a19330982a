#include "ganbar/experiment/experiment.h"
#include "ganbar/study/kinds.h"

namespace ganbar::study {

void ganbar_register_kind_experiments(KindContext& context) {
    const config::Presets presets(context.places.preset_folders("experiments"));
    const Registries& registries = context.registries;
    context.kinds["experiments"] = {
        "experiment",
        [presets] {
            std::vector<Listed> out;
            for (const auto& name : presets.names()) out.push_back({name, first_sentence(presets.text(name))});
            return out;
        },
        [presets, &registries](const std::string& name) {  // a path works too: what --dry-run would run, with sources and ranges
            const auto loaded = config::load_input(name, presets);
            const auto experiment = load_experiment(name, presets, {}, registries);
            std::vector<std::string> bases(loaded.files.begin() + 1, loaded.files.end());
            Description out{config::opening_comment(loaded.files.front()), {{"file", loaded.files.front()}}, resolved(experiment), ""};
            if (!bases.empty()) out.facts.emplace_back("starts from", join(bases));
            out.config = config::to_toml(*loaded.root);
            return out;
        },
    };
}

}  // namespace ganbar::study
