// ganbar study wires | cells | devices | readings: a question of our own, answered by many runs and one page.
#include <fmt/format.h>
#include <unistd.h>

#include "ganbar/app/study_context.h"
#include "ganbar/study/study_cells.h"
#include "ganbar/study/study_devices.h"
#include "ganbar/study/study_readings.h"
#include "ganbar/study/study_wires.h"

namespace ganbar::app {

void ganbar_register_study(CommandContext& context) {
    auto* command = context.cli.add_subcommand("study", "a question answered by many runs and one page");
    auto o = std::make_shared<study::StudyOptions>();
    struct Text {
        std::string name, out;
        std::int64_t seeds = 0, jobs = 0;
        std::vector<std::string> readings, axes;
    };
    auto text = std::make_shared<Text>();
    command
        ->add_option("name", text->name,
                     "wires: what segment resistance, drivers, array size and writing scheme do to the founding GAN; cells: passive cells "
                     "against cells with transistors; devices: the founding GAN on every device of presets/devices; "
                     "readings: which way of filling in what satyam2022 leaves open gives which of its claims")
        ->required();
    command->add_flag("--quick", o->quick, "fewer variants and rounds");
    command
        ->add_option("--rounds", o->rounds,
                     "rounds of each training; wires, cells: default 200, with --quick 60 and 40; devices: 300, with --quick 40; readings: "
                     "their own, 200 or 40, with --quick 40")
        ->check(Range{1, 1000000});
    command->add_option("--seeds", text->seeds, "cells, devices, readings: seeds of each training; default 3, readings with --quick 1")
        ->check(Range{1, 1000});
    command->add_option("--jobs", text->jobs, "readings: trainings at once; default 1")->check(Range{1, 1024});
    command->add_option("--readings", text->readings, "readings: which of them, names with commas between; default all, with --quick four")
        ->delimiter(',');
    command->add_option("--axis", text->axes, "readings: KEY=V1,V2 tries each reading with each value of a setting")->one_value();
    command->add_option("--out", text->out, "folder for runs, results.csv and report.html; default runs/study-NAME");
    command->add_option("--set", o->sets, "key=value for every training")->one_value();
    auto presets = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    command->callback([&context, o, text, presets] {
        context.run = [&context, o, text, presets] {
            const bool readings = text->name == "readings";
            if (!readings && text->name != "wires" && text->name != "cells" && text->name != "devices")
                throw ConfigError(fmt::format("unknown study \"{}\"; expected wires, cells, devices or readings", text->name));
            if (!readings && (text->jobs > 0 || !text->readings.empty() || !text->axes.empty()))
                throw ConfigError(
                    fmt::format("--jobs, --readings and --axis belong to study readings; study {} has none of them", text->name));
            if (text->name == "wires" && text->seeds > 0)
                throw ConfigError("--seeds belongs to study cells, devices and readings; study wires trains each variant once");
            o->out = text->out.empty() ? "runs/study-" + text->name : text->out;
            TerminalObserver observer(isatty(STDERR_FILENO) != 0, true);
            const config::Presets networks(context.places.preset_folders("networks"));
            const auto studied = study_context(context, *presets, networks, observer);
            const std::int64_t seeds = text->seeds > 0 ? text->seeds : 3;
            if (text->name == "wires") study::study_wires(*o, studied);
            else if (text->name == "cells") study::study_cells(*o, seeds, studied);
            else if (text->name == "devices") study::study_devices(*o, seeds, studied);
            else {
                note_signals();
                study::study_readings({o->quick, o->rounds, text->seeds, static_cast<int>(std::max<std::int64_t>(1, text->jobs)), o->out,
                                       text->readings, text->axes, o->sets, context.program, [] { return signal_noted(); }},
                                      studied);
            }
            fmt::print("{}\n", (o->out / "report.html").string());
        };
    });
}

}  // namespace ganbar::app
