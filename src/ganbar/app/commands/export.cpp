// `ganbar export RUN -o FILE`: a trained run for other tools, the kind of file by its ending.
#include <fmt/format.h>

#include <memory>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/exports/export.h"

namespace ganbar::app {
namespace {

struct ExportArguments {
    std::string run;
    OutputFile out{.path = "", .force = false, .endings = exports::export_endings()};
    std::string noise = "none", figure, column;
    bool converters = false, list = false;
    std::int64_t n = -1, seed = -1;
};

exports::ExportOptions asked(const ExportArguments& o) {
    exports::ExportOptions e;
    e.read_noise = o.noise == "reads", e.converters = o.converters;
    if (!o.figure.empty()) e.figure = o.figure;
    if (!o.column.empty()) e.column = o.column == "double" ? exports::Column::twofold : exports::Column::single;
    if (o.n >= 0) e.n = o.n;
    if (o.seed >= 0) e.seed = o.seed;
    return e;
}

void write(const ExportArguments& o, const CommandContext& context) {
    if (o.list) {
        if (o.out.asked()) throw ConfigError("--list prints the names of the figures and writes no file; expected it without -o");
        for (const auto& name : exports::figure_names(o.run)) fmt::print("{}\n", name);
        return;
    }
    if (!o.out.asked())
        throw ConfigError("export needs the file to write; expected -o FILE, its name ending in " + join(o.out.endings, ", "));
    o.out.check();  // before the work
    o.out.write(exports::export_run(o.run, o.out.path, asked(o), context.registries));
}

}  // namespace

void ganbar_register_export(CommandContext& context) {
    auto o = std::make_shared<ExportArguments>();
    auto* command = context.cli.add_subcommand("export", "a trained run for other tools: " + join(o->out.endings, ", "));
    command->add_option("run", o->run, "run folder")->required();
    o->out.declare(*command, "-o,--out", "the file to write; its ending says what it is");
    command->add_option("--noise", o->noise, ".onnx: none, or reads: the graph draws the read noise")->check(OneOf{{"none", "reads"}});
    command->add_flag("--converters", o->converters, ".onnx: the graph quantises what enters and leaves crossbars");
    command->add_option("-n", o->n, ".npz: number of images, 64 unless said")->check(Range{1, 1000000});
    command->add_option("--seed", o->seed, ".npz: seed of the latent vectors and the read noise, 1 unless said")->check(Range{0, 1e19});
    command->add_option("--figure", o->figure, ".svg, .pdf: a figure of the report by its name");
    command->add_option("--column", o->column, ".svg, .pdf: single (89 mm, the default) or double (183 mm)")
        ->check(OneOf{{"single", "double"}});
    command->add_flag("--list", o->list, "print the names of the figures");
    command->callback([&context, o] { context.run = [&context, o] { write(*o, context); }; });
}

}  // namespace ganbar::app
