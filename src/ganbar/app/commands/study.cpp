// ganbar study wires | cells | devices: a question of our own, answered by many runs and one page.
#include <fmt/format.h>
#include <unistd.h>

#include "ganbar/app/study_context.h"
#include "ganbar/study/study_cells.h"
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
                     "wires: what segment resistance, drivers, array size and writing scheme do to the founding GAN; cells: passive cells "
                     "against cells with transistors; devices: the founding GAN on every device of presets/devices")
        ->required();
    command->add_flag("--quick", o->quick, "fewer variants and rounds");
    command
        ->add_option(
            "--rounds", o->rounds,
            "rounds of each training; wires: default 200, with --quick 60; cells: 200, with --quick 40; devices: 300, with --quick 40")
        ->check(Range{1, 1000000});
    command->add_option("--seeds", text->seeds, "cells, devices: seeds of each training")->check(Range{1, 1000});
    command->add_option("--out", text->out, "folder for runs, results.csv and report.html; default runs/study-NAME");
    command->add_option("--set", o->sets, "key=value for every training")->one_value();
    auto presets = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    command->callback([&context, o, text, presets] {
        context.run = [&context, o, text, presets] {
            if (text->name != "wires" && text->name != "cells" && text->name != "devices")
                throw ConfigError(fmt::format("unknown study \"{}\"; expected wires, cells or devices", text->name));
            o->out = text->out.empty() ? "runs/study-" + text->name : text->out;
            TerminalObserver observer(isatty(STDERR_FILENO) != 0, true);
            const config::Presets networks(context.places.preset_folders("networks"));
            const auto trains = study_context(context, *presets, networks, observer);
            if (text->name == "wires") study::study_wires(*o, trains);
            else if (text->name == "cells") study::study_cells(*o, text->seeds, trains);
            else study::study_devices(*o, text->seeds, trains);
            fmt::print("{}\n", (o->out / "report.html").string());
        };
    });
}

}  // namespace ganbar::app
