// `ganbar report RUN... -o FILE.html`: one self-contained page about one run, or several side by side.
#include <memory>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/report/report_input.h"

namespace ganbar::app {

void ganbar_register_report(CommandContext& context) {
    struct Options {
        std::vector<std::string> runs;
        std::string title;
        OutputFile out{.path = "", .force = false, .endings = {".html", ".htm"}};
    };
    auto options = std::make_shared<Options>();
    auto* command = context.cli.add_subcommand("report", "one self-contained HTML page about run folders");
    command->add_option("RUN", options->runs, "run folders; runs of one experiment with different seeds are drawn as mean and range")->required();
    options->out.declare(*command, "-o,--out", "the HTML file to write")->required();
    command->add_option("--title", options->title, "title of the page; otherwise the experiments' names");
    command->callback([&context, options] {
        context.run = [options] {
            options->out.check();  // before the reading, which may take a while
            std::vector<report::RunData> runs;
            for (const auto& folder : options->runs) runs.push_back(report::read_run(folder));
            auto input = report::describe_runs(std::move(runs));
            if (!options->title.empty()) input.title = options->title;
            options->out.write(report::render_html(input));
        };
    });
}

}  // namespace ganbar::app
