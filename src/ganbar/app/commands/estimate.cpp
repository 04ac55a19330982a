#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/experiment/workload_network.h"
#include "ganbar/report/estimate_json.h"
#include "ganbar/report/estimate_page.h"

namespace ganbar::app {
namespace {

struct EstimateArguments {
    std::string network, discriminator;
    std::vector<std::string> on, set;
    std::optional<std::string> task;
    std::optional<arch::Int> batch, steps_d;
    std::optional<double> area_mm2, power_W, arrays;
    OutputFile out{.path = "", .force = false, .endings = {".html", ".htm"}};
    bool chip = false, as_published = false, json = false;
};

/// The command that makes the page again.
std::string estimate_command(const EstimateArguments& o) {
    std::string text = "ganbar estimate " + o.network + " --on " + join(o.on, ",");
    if (!o.discriminator.empty()) text += " --discriminator " + o.discriminator;
    if (o.batch) text += fmt::format(" --batch {}", *o.batch);
    if (o.steps_d) text += fmt::format(" --steps-d {}", *o.steps_d);
    if (o.task) text += " --task " + *o.task;
    if (o.area_mm2) text += fmt::format(" --area {}", *o.area_mm2);
    if (o.power_W) text += fmt::format(" --power {}", *o.power_W);
    if (o.arrays) text += fmt::format(" --arrays {}", *o.arrays);
    if (o.chip) text += " --chip";
    if (o.as_published) text += " --as-published";
    for (const auto& set : o.set) text += " --set " + set;
    return text + " -o " + o.out.path;
}

arch::Budget budget_of(const EstimateArguments& o) {
    const auto positive = [](const std::optional<double>& v, const char* option, const char* unit) {
        if (v && !(*v > 0 && *v < 1e12)) throw ConfigError(fmt::format("{} {}: expected a number of {} above 0", option, *v, unit));
    };
    positive(o.area_mm2, "--area", "mm2"), positive(o.power_W, "--power", "W"), positive(o.arrays, "--arrays", "arrays");
    arch::Budget budget{.area_m2 = o.area_mm2, .power_W = o.power_W, .n_arrays = o.arrays};
    if (budget.area_m2) *budget.area_m2 *= 1e-6;
    return budget;
}

void run(const EstimateArguments& o, const config::Presets& networks, const config::Presets& experiments, const Registries& registries) {
    arch::EstimateRequest request;
    request.accelerators = o.on, request.overrides = o.set;
    request.batch = o.batch, request.steps_d = o.steps_d;
    if (o.task == "generation") request.task = arch::Task::generation;
    else if (o.task == "training") request.task = arch::Task::training;
    else if (o.task) throw ConfigError("task = \"" + *o.task + "\" is not known; expected training or generation");
    request.budget = budget_of(o), request.fixed_chip = o.chip, request.as_published = o.as_published;
    o.out.check();
    const arch::EstimateResult result =
        arch::run_estimates(registries.accelerators, load_workload(o.network, networks, experiments, registries, o.discriminator), request);
    if (o.out.asked()) o.out.write(report::estimate_page(result, estimate_command(o)));
    if (!o.json) {
        if (!o.out.to_stdout()) fmt::print("{}", report::estimates_table(result));
        return;
    }
    if (!o.out.to_stdout()) fmt::print("{}\n", report::estimates_json(result).dump());
    for (const auto& warning : result.warnings) fmt::print(stderr, "warning: {}\n", warning);
    for (const auto& [name, reason] : result.unfit) fmt::print(stderr, "{} does not run it: {}\n", name, reason);
    for (const auto& n : result.estimates)
        for (const auto& warning : n.warnings) fmt::print(stderr, "warning: {}.{}\n", n.name, warning);
}

}  // namespace

void ganbar_register_estimate(CommandContext& context) {
    auto* command = context.cli.add_subcommand("estimate", "cycles, latency, energy and area of a GAN on accelerators");
    auto o = std::make_shared<EstimateArguments>();
    command
        ->add_option("network", o->network,
                     "a network or experiment by name (ganbar list networks, list experiments), a TOML file, an ONNX file or a run folder")
        ->required();
    command->add_option("--discriminator", o->discriminator, "the discriminator's ONNX file, where NETWORK is a generator's");
    command
        ->add_option("--on", o->on,
                     "accelerators, separated by commas, each as published or set; or all, at equal area and, beside it, at equal power")
        ->required()
        ->delimiter(',');
    command->add_option("--batch", o->batch, "samples per batch (default: the network's)");
    command->add_option("--steps-d", o->steps_d, "discriminator updates per generator update (default: the network's)");
    command->add_option("--task", o->task,
                        "training (one iteration) or generation (one batch of images); default: training where there is a discriminator");
    command->add_option("--area", o->area_mm2,
                        "size every machine to at most so many mm2: copies of layers, or units, that run the network fastest");
    command->add_option("--power", o->power_W, "the same for the mean power in W");
    command->add_option("--arrays", o->arrays, "the same for the number of crossbars or processing elements");
    command->add_flag(
        "--chip", o->chip,
        "crossbar machines on one chip (of --arrays or --area, else the published or stated one): what does not fit is loaded in turn");
    command->add_flag("--as-published", o->as_published, "with --on all: each machine as published or set, whatever its size");
    command->add_option("--set", o->set, "a parameter, for example regan.steps_per_cycle=64");
    o->out.declare(*command, "-o,--out", "also write a page with table and figures into this HTML file");
    command->add_flag("--json", o->json, "print JSON");
    const config::Presets networks(context.places.preset_folders("networks")), experiments(context.places.preset_folders("experiments"));
    command->callback([&context, o, networks, experiments] {
        context.run = [&context, o, networks, experiments] { run(*o, networks, experiments, context.registries); };
    });
}

}  // namespace ganbar::app
