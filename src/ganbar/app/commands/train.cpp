#include <fmt/format.h>
#include <unistd.h>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/app/terminal.h"
#include "ganbar/core/parallel.h"
#include "ganbar/exports/tensorboard.h"
#include "ganbar/run/environment.h"
#include "ganbar/run/results.h"
#include "ganbar/run/run.h"

namespace ganbar::app {
namespace {

struct TrainArguments {
    std::string experiment, out, tensorboard;
    std::vector<std::string> sets;
    std::int64_t seed = -1;
    int threads = 0;
    bool resume = false, dry_run = false, json = false, no_report = false;
};

void print_plan(const Experiment& e) {
    const auto placement = placement_of(e);
    fmt::print("{}", run_toml(e));
    fmt::print("\n# {} crossbars of {} x {}, {} cells used, {:.4g} mm2 of cells\n", n_crossbars(e, placement), e.tile.rows, e.tile.cols,
               placement.cells_used(), crossbar_area_m2(e, placement) * 1e6);
}

void train(const TrainArguments& o, const config::Presets& presets, const CommandContext& context) {
    if (o.threads > 0) set_threads(o.threads);
    auto sets = o.sets;
    if (o.seed >= 0) sets.push_back("experiment.seed=" + std::to_string(o.seed));
    const Experiment e = load_experiment(o.experiment, presets, sets, context.registries);
    if (o.dry_run) return print_plan(e);
    RunOptions options;
    options.out = o.out.empty() ? fmt::format("runs/{}-seed{}", file_name_of(e.experiment.name), e.experiment.seed) : o.out;
    options.resume = o.resume;
    options.report = !o.no_report;
    TerminalObserver terminal(isatty(STDERR_FILENO) != 0);
    std::optional<exports::TensorboardObserver> events;
    if (!o.tensorboard.empty()) events.emplace(terminal, o.tensorboard, options.out, options.resume);
    const RunResult result = run(e, context.places, options, events ? static_cast<RunObserver&>(*events) : terminal);
    if (!result.finished)
        throw Interrupted(fmt::format("stopped after round {} of {}; to go on: the same command with --resume --out {}", result.round,
                                      result.n_rounds, as_typed(result.folder.string())));
    if (o.json) fmt::print("{}", read_text(result.folder / "summary.json"));
    else fmt::print("{}\n{}\n", result.headline, result.folder.string());
}

}  // namespace

void ganbar_register_train(CommandContext& context) {
    auto* command = context.cli.add_subcommand("train", "train an experiment; leaves a run folder");
    auto o = std::make_shared<TrainArguments>();
    command->add_option("experiment", o->experiment, "TOML file or preset (ganbar list experiments)")->required();
    command->add_option("--out", o->out, "run folder to make; default runs/NAME-seedN");
    command->add_option("--set", o->sets, "key=value, for example train.epochs=5; may be given again")->one_value();
    command->add_option("--seed", o->seed, "seed of every random stream")->check(Range{0, 1e19});
    command->add_option("--threads", o->threads, "threads to use; the result does not depend on them")->check(Range{1, 1024});
    command->add_flag("--resume", o->resume, "go on with the run in --out from its newest checkpoint");
    command->add_flag("--dry-run", o->dry_run, "print the resolved experiment and its crossbars, and stop");
    command->add_flag("--json", o->json, "print summary.json when done");
    command->add_option("--tensorboard", o->tensorboard, "folder for event files that TensorBoard shows while the run trains");
    command->add_flag("--no-report", o->no_report, "leave report.html out");
    auto presets = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    command->callback([&context, o, presets] { context.run = [&context, o, presets] { train(*o, *presets, context); }; });
}

}  // namespace ganbar::app
