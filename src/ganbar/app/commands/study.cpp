// ganbar study wires | devices: a question of our own, answered by many runs and one page.
#include <fmt/format.h>
#include <unistd.h>

#include "ganbar/app/study_context.h"
#include "ganbar/study/study_devices.h"
#include "ganbar/study/study_wires.h"

namespace ganbar::app {

void ganbar_register_study(CommandContext& context) {
    auto* command = context.cli.add_subcommand("study", "a question answered by many runs and one page");
    auto o = std::make_shared<study::StudyOptions>();
    struct Text {
        std::string name, out;
        std::int64_t seeds = 3;
    };
    auto text = std::make_shared<Text>();
    command
        ->add_option("name", text->name,
                     "wires: what segment resistance, drivers, array size and writing scheme do to the founding GAN; devices: the founding "
                     "GAN on every device of presets/devices")
        ->required();
    command->add_flag("--quick", o->quick, "fewer variants and rounds");
    command
        ->add_option("--rounds", o->rounds, "rounds of each training; wires: default 200, with --quick 60; devices: 300, with --quick 40")
        ->check(Range{1, 1000000});
    command->add_option("--seeds", text->seeds, "devices: seeds of each training")->check(Range{1, 1000});
    command->add_option("--out", text->out, "folder for runs, results.csv and report.html; default runs/study-NAME");
    command->add_option("--set", o->sets, "key=value for every training")->one_value();
    auto presets = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    command->callback([&context, o, text, presets] {
        context.run = [&context, o, text, presets] {
            if (text->name != "wires" && text->name != "devices")
                throw ConfigError(fmt::format("unknown study \"{}\"; expected wires or devices", text->name));
            o->out = text->out.empty() ? "runs/study-" + text->name : text->out;
            TerminalObserver observer(isatty(STDERR_FILENO) != 0, true);
            const config::Presets networks(context.places.preset_folders("networks"));
            if (text->name == "wires") study::study_wires(*o, study_context(context, *presets, networks, observer));
            else study::study_devices(*o, text->seeds, study_context(context, *presets, networks, observer));
            fmt::print("{}\n", (o->out / "report.html").string());
        };
    });
}

}  // namespace ganbar::app
