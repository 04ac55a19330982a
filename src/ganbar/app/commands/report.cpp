// `ganbar report RUN... -o FILE.html`: one self-contained page about one run, or several side by side.
#include <memory>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/core/error.h"
#include "ganbar/report/report_input.h"
#include "ganbar/run/page_generator.h"

namespace ganbar::app {

void ganbar_register_report(CommandContext& context) {
    struct Options {
        std::vector<std::string> runs;
        std::string title;
        bool generator = false;
        OutputFile out{.path = "", .force = false, .endings = {".html", ".htm"}};
    };
    auto options = std::make_shared<Options>();
    auto* command = context.cli.add_subcommand("report", "one self-contained HTML page about run folders");
    command->add_option("RUN", options->runs, "run folders; runs of one experiment with different seeds are drawn as mean and range")
        ->required();
    options->out.declare(*command, "-o,--out", "the HTML file to write")->required();
    command->add_option("--title", options->title, "title of the page; otherwise the experiments' names");
    command->add_flag("--generator", options->generator,
                      "of one run with dense layers: put its generator into the page, to draw new images there");
    command->callback([&context, options] {
        context.run = [&context, options] {
            if (options->generator && options->runs.size() != 1)
                throw ConfigError("--generator puts one generator into the page; expected one run");
            options->out.check();  // before the reading, which may take a while
            std::vector<report::RunData> runs;
            for (const auto& folder : options->runs) runs.push_back(report::read_run(folder));
            auto input = report::describe_runs(std::move(runs));
            if (!options->title.empty()) input.title = options->title;
            std::optional<report::DrawingNetwork> generator;
            if (options->generator) generator = drawing_network(options->runs.front(), context.registries);
            options->out.write(report::render_html(input, generator ? &*generator : nullptr));
        };
    });
}

}  // namespace ganbar::app
