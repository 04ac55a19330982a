#include "ganbar/app/command.h"
#include "ganbar/config/preset.h"

namespace ganbar::app {

void ganbar_register_kind_experiments(CommandContext& context) {
    const config::Presets presets(context.subfolders("experiments"));
    context.kinds["experiments"] = {
        "experiment",
        [presets] {
            std::vector<Listed> out;
            for (const auto& name : presets.names()) out.push_back({name, first_sentence(presets.text(name))});
            return out;
        },
        [presets](const std::string& name) {
            const auto loaded = config::load_experiment(name, presets);
            std::vector<std::string> bases(loaded.files.begin() + 1, loaded.files.end());
            Description out{config::opening_comment(loaded.files.front()), {{"file", loaded.files.front()}}, {}, config::to_toml(*loaded.root)};
            if (!bases.empty()) out.facts.emplace_back("starts from", join(bases));
            return out;
        },
    };
}

}  // namespace ganbar::app
