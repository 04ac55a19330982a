// ganbar study wires | cells | devices | rules | readings | quality: a question of our own, answered by many runs and one page.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "ganbar/app/study_context.h"
#include "ganbar/study/study_cells.h"
#include "ganbar/study/study_devices.h"
#include "ganbar/study/study_quality.h"
#include "ganbar/study/study_readings.h"
#include "ganbar/study/study_rules.h"
#include "ganbar/study/study_wires.h"

namespace ganbar::app {

void ganbar_register_study(CommandContext& context) {
    auto* command = context.cli.add_subcommand("study", "a question answered by many runs and one page");
    auto o = std::make_shared<study::StudyOptions>();
    struct Text {
        std::string name, out;
        int jobs = 0;
        std::vector<std::string> readings, axes, devices, rules, networks;
    };
    auto text = std::make_shared<Text>();
    command
        ->add_option("name", text->name,
                     "wires: what segment resistance, drivers, array size and writing scheme do to the founding GAN; cells: passive cells "
                     "against cells with transistors; devices: the founding GAN on every device of presets/devices; rules: every training "
                     "rule on three devices, each tuned in the same budget; readings: which way of filling in what satyam2022 leaves open "
                     "gives which of its claims; quality: networks trained on, in software and on crossbars")
        ->required();
    command->add_flag("--quick", o->quick, "fewer variants and rounds");
    command
        ->add_option(
            "--rounds", o->rounds,
            "rounds of each training; wires, cells: default 200, with --quick 60 and 40; devices: 300, with --quick 40; rules: "
            "200, with --quick 30; readings: their own, 200 or 40, with --quick 40; quality: their own, up to 9360, with --quick 40")
        ->check(Range{1, 1000000});
    command->add_option("--seeds", o->seeds, "seeds of each training; default 3; wires, rules, readings and quality with --quick 1")
        ->check(Range{1, 1000});
    command->add_option("--jobs", text->jobs, "rules, readings, quality: trainings at once; default 1")->check(Range{1, 1024});
    command->add_option("--readings", text->readings, "readings: which of them, names with commas between; default all, with --quick four")
        ->delimiter(',');
    command->add_option("--axis", text->axes, "readings: KEY=V1,V2 tries each reading with each value of a setting")->one_value();
    command
        ->add_option("--devices", text->devices,
                     "rules: which devices (ganbar list devices), names with commas between; default nili2020,wox-krestinskaya,pcm")
        ->delimiter(',');
    command->add_option("--rules", text->rules, "rules: which of them, names of its table with commas between; default all")
        ->delimiter(',');
    command
        ->add_option("--networks", text->networks,
                     "quality: which of them, names with commas between (" + join(study::quality_networks()) +
                         "); default all whose images are here")
        ->delimiter(',');
    command->add_option("--out", text->out, "folder for runs, results.csv and report.html; default runs/study-NAME");
    command->add_option("--set", o->sets, "key=value for every training")->one_value();
    auto presets = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    command->callback([&context, o, text, presets] {
        context.run = [&context, o, text, presets] {
            const std::vector<std::string> names{"wires", "cells", "devices", "rules", "readings", "quality"};
            if (std::find(names.begin(), names.end(), text->name) == names.end()) {
                const std::string near = nearest_name(text->name, names);
                throw ConfigError(fmt::format("unknown study \"{}\"{}; expected {}", text->name,
                                              near.empty() ? "" : "; did you mean \"" + near + "\"?", join(names, ", ")));
            }
            const bool readings = text->name == "readings", rules = text->name == "rules", quality = text->name == "quality";
            const auto only = [&](bool given, bool here, const char* options, const char* studies) {
                if (given && !here)
                    throw ConfigError(fmt::format("{} to study {}; study {} has no use for it", options, studies, text->name));
            };
            only(!text->readings.empty() || !text->axes.empty(), readings, "--readings and --axis belong", "readings");
            only(!text->devices.empty() || !text->rules.empty(), rules, "--devices and --rules belong", "rules");
            only(!text->networks.empty(), quality, "--networks belongs", "quality");
            only(text->jobs > 0, readings || rules || quality, "--jobs belongs", "rules, readings and quality");
            o->out = text->out.empty() ? "runs/study-" + text->name : text->out;
            study::check_sets(o->sets);
            for (const auto* list : {&text->readings, &text->devices, &text->rules, &text->networks})
                for (const auto& name : *list)
                    if (std::count(list->begin(), list->end(), name) > 1)
                        throw ConfigError(fmt::format("\"{}\" is named twice; expected each name once", name));
            TerminalObserver observer(isatty(STDERR_FILENO) != 0, true);
            const config::Presets networks(context.places.preset_folders("networks"));
            const auto studied = study_context(context, *presets, networks, observer);
            if (text->name == "wires") study::study_wires(*o, studied);
            else if (text->name == "cells") study::study_cells(*o, studied);
            else if (text->name == "devices") study::study_devices(*o, studied);
            else {
                note_signals();
                o->jobs = std::max(1, text->jobs), o->program = context.program, o->stop = [] { return signal_noted(); };
                if (rules) study::study_rules({*o, text->devices, text->rules}, studied);
                else if (quality) study::study_quality({*o, text->networks}, studied);
                else study::study_readings({*o, text->readings, text->axes}, studied);
            }
            fmt::print("{}\n", (o->out / "report.html").string());
        };
    });
}

}  // namespace ganbar::app
