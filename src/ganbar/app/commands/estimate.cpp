#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/app/estimates.h"

namespace ganbar::app {
namespace {

struct Options {
    std::string network, task = "training";
    std::vector<std::string> on, set;
    arch::Int batch = 0, steps_d = 0;
    bool json = false;
};

void run(const Options& o, const config::Presets& networks) {
    AcceleratorRegistry registry("accelerator");
    register_builtin_accelerators(registry);
    EstimateRequest request;
    request.accelerators = o.on, request.overrides = o.set;
    if (o.batch != 0) request.batch = o.batch;
    if (o.steps_d != 0) request.steps_d = o.steps_d;
    if (o.task == "generation") request.task = arch::Task::generation;
    else if (o.task != "training") throw ConfigError("task = \"" + o.task + "\" is not known; expected training or generation");
    const EstimateResult result = run_estimates(registry, load_gan(o.network, networks), request);
    if (!o.json) {
        fmt::print("{}", estimates_table(result));
        return;
    }
    fmt::print("{}\n", estimates_json(result).dump());
    for (const auto& [name, reason] : result.unfit) fmt::print(stderr, "{} does not run it: {}\n", name, reason);
}

}  // namespace

void ganbar_register_estimate(CommandContext& context) {
    auto* command = context.cli.add_subcommand("estimate", "cycles, latency, energy and area of a GAN on accelerators");
    auto o = std::make_shared<Options>();
    command->add_option("network", o->network, "a network preset (ganbar list networks) or a TOML file")->required();
    command->add_option("--on", o->on, "accelerators, separated by commas, or all")->required()->delimiter(',');
    command->add_option("--batch", o->batch, "samples per batch (default: the network's)");
    command->add_option("--steps-d", o->steps_d, "discriminator updates per generator update (default: the network's)");
    command->add_option("--task", o->task, "training (one iteration) or generation (one batch of images)")->capture_default_str();
    command->add_option("--set", o->set, "a parameter, for example regan.steps_per_cycle=64");
    command->add_flag("--json", o->json, "print JSON");
    const config::Presets networks(context.subfolders("networks"));
    command->callback([&context, o, networks] { context.run = [o, networks] { run(*o, networks); }; });
}

}  // namespace ganbar::app
