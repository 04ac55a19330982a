// ganbar noise report
#include <fmt/format.h>
#include <unistd.h>

#include "ganbar/app/output_file.h"
#include "ganbar/app/study_context.h"
#include "ganbar/core/parallel.h"
#include "ganbar/study/noise_report.h"

namespace ganbar::app {

void ganbar_register_noise_report(CommandContext& context) {
    struct Options {
        OutputFile html{.path = "", .force = false, .endings = {".html", ".htm"}};
        std::string out = "runs/noise";
        std::vector<std::string> sets;
        std::int64_t seeds = 0, streams = 0;
        int threads = 0;
        bool quick = false, no_training = false;
    };
    auto o = std::make_shared<Options>();
    auto* command = context.cli.find_subcommand("noise")->add_subcommand(
        "report", "one page: every source of bits tested, its cost, and what a GAN does with it");
    o->html.declare(*command, "-o,--out", "the HTML file to write")->required();
    command->add_option("--runs", o->out, "folder for the trainings and results.json; what is there is taken up")->show_default();
    command->add_option("--seeds", o->seeds, "seeds of each training; default 3, with --quick 1")->check(Range{1, 100});
    command->add_option("--streams", o->streams, "streams of 1,000,000 bits of each source; default 10, with --quick 1")
        ->check(Range{1, 1000});
    command->add_option("--set", o->sets, "key=value for every training, for example data.dataset=fashion-mnist")->one_value();
    command->add_option("--threads", o->threads, "threads to use")->check(Range{1, 1024});
    command->add_flag("--quick", o->quick, "shorter streams and studies, short trainings of the main variants");
    command->add_flag("--no-training", o->no_training, "the sources only");
    auto experiments = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    command->callback([&context, o, experiments] {
        context.run = [&context, o, experiments] {
            if (o->threads > 0) set_threads(o->threads);
            o->html.check();  // before the work, which takes a while
            const std::int64_t seeds = o->seeds > 0 ? o->seeds
                                       : o->quick   ? 1
                                                    : 3,
                               streams = o->streams > 0 ? o->streams
                                         : o->quick     ? 1
                                                        : 10;
            TerminalObserver observer(isatty(STDERR_FILENO) != 0, true);
            const config::Presets networks(context.places.preset_folders("networks"));
            study::write_noise_report({o->html.path, o->out, o->quick, !o->no_training, seeds, streams, o->sets},
                                      study_context(context, *experiments, networks, observer));
            fmt::print("{}\n", o->html.path);
        };
    });
}

}  // namespace ganbar::app
