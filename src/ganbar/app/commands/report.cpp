// `ganbar report RUN... -o FILE.html`: one self-contained page about one run, or several side by side.
#include <memory>

#include "ganbar/app/command.h"
#include "ganbar/report/report_input.h"
#include "ganbar/report/write_report.h"

namespace ganbar::app {

void ganbar_register_report(CommandContext& context) {
    struct Options {
        std::vector<std::string> runs;
        std::string out, title;
        bool force = false;
    };
    auto options = std::make_shared<Options>();
    auto* command = context.cli.add_subcommand("report", "one self-contained HTML page about run folders");
    command->add_option("RUN", options->runs, "run folders; runs of one experiment with different seeds are drawn as mean and range")->required();
    command->add_option("-o,--out", options->out, "the HTML file to write")->required();
    command->add_option("--title", options->title, "title of the page; otherwise the experiments' names");
    command->add_flag("--force", options->force, "replace the file if it is there");
    command->callback([&context, options] {
        context.run = [options] {
            report::check_destination(options->out, options->force);  // before the reading, which may take a while
            std::vector<report::RunData> runs;
            for (const auto& folder : options->runs) runs.push_back(report::read_run(folder));
            auto input = report::describe_runs(std::move(runs));
            if (!options->title.empty()) input.title = options->title;
            report::write_report(input, options->out, options->force);
        };
    });
}

}  // namespace ganbar::app
