#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/app/inspect.h"
#include "ganbar/app/output_file.h"
#include "ganbar/report/schedule_json.h"

namespace ganbar::app {
namespace {

using namespace ganbar::arch;

struct InspectScheduleArguments {
    Int layers_d = 0, layers_g = 0, batch = 1, steps_d = 1, transposed_copies = 2, timeline_cycles = 0;
    std::vector<Int> times_d, times_g, copies_d, copies_g;
    bool spatial_parallelism = false, computation_sharing = false, fused = false, exact_batch_norm = false, json = false;
    OutputFile timeline{.path = "", .force = false, .endings = {".svg"}};
};

/// Cycles of each stage: what one copy of its arrays takes, divided over the copies. One number stands for all layers.
void set_times(const std::vector<Int>& times, const std::vector<Int>& copies, const char* net, std::vector<Int>& forward,
               std::vector<Int>& backward) {
    const auto nth = [&](const std::vector<Int>& list, const char* what, std::size_t i) {
        if (list.size() != 1 && list.size() != forward.size())
            throw ConfigError(
                fmt::format("--{}-{} has {} numbers; expected one, or one for each of {} layers", what, net, list.size(), forward.size()));
        const Int v = list[list.size() == 1 ? 0 : i];
        if (v < 1 || v > 1000000) throw ConfigError(fmt::format("--{}-{} = {} is out of range; expected 1 to 1000000", what, net, v));
        return v;
    };
    for (std::size_t i = 0; i < forward.size(); ++i) {
        const Int time = times.empty() ? 1 : nth(times, "times", i), n = copies.empty() ? 1 : nth(copies, "copies", i);
        forward[i] = backward[forward.size() - 1 - i] = (time + n - 1) / n;
    }
}

Pipeline pipeline_of(const InspectScheduleArguments& o) {
    Pipeline p = unit_pipeline(o.layers_d, o.layers_g, o.batch, o.steps_d, o.spatial_parallelism, o.computation_sharing);
    p.fused_streams = o.fused;
    if (o.transposed_copies < 1 || o.transposed_copies > 2) throw ConfigError("transposed-copies must be 1 or 2");
    p.transposed_copies = o.transposed_copies;
    set_times(o.times_d, o.copies_d, "d", p.d_forward, p.d_backward);
    set_times(o.times_g, o.copies_g, "g", p.g_forward, p.g_backward);
    if (o.exact_batch_norm) {  // every hidden layer but D's first, as DCGAN has it
        p.d_barrier.assign(p.d_forward.size(), true), p.g_barrier.assign(p.g_forward.size(), true);
        p.d_barrier.front() = p.d_barrier.back() = p.g_barrier.back() = false;
    }
    return p;
}

void run(const InspectScheduleArguments& o) {
    o.timeline.check();
    const Pipeline p = pipeline_of(o);
    const EventSchedule events = simulate(p, o.timeline.asked());
    if (o.timeline.asked()) o.timeline.write(timeline_svg(events, o.timeline_cycles));
    if (o.timeline.to_stdout()) return;
    if (o.json) fmt::print("{}\n", report::schedule_json(p, events).dump());
    else fmt::print("{}", report::schedule_text(p, events));
}

}  // namespace

void ganbar_register_inspect_schedule(CommandContext& context) {
    auto* command = inspect_command(context.cli)
                        ->add_subcommand("schedule", "cycles of one training iteration in the pipelines of ReGAN and PipeLayer");
    auto o = std::make_shared<InspectScheduleArguments>();
    command->add_option("--layers-d", o->layers_d, "layers of the discriminator")->required();
    command->add_option("--layers-g", o->layers_g, "layers of the generator")->required();
    command->add_option("--batch", o->batch, "samples per batch")->required();
    command->add_option("--steps-d", o->steps_d, "discriminator updates per generator update")->show_default();
    command->add_flag("--spatial-parallelism", o->spatial_parallelism, "a second copy of the discriminator");
    command->add_flag("--computation-sharing", o->computation_sharing, "one forward pass for both updates");
    command->add_flag("--fused-streams", o->fused, "real and fake samples back to back on one discriminator (not in the paper)");
    command->add_flag("--exact-batch-norm", o->exact_batch_norm, "barriers for batch statistics in hidden layers");
    command->add_option("--times-d", o->times_d, "cycles of the discriminator's layers, first to last, both directions: 4,2,1")
        ->delimiter(',');
    command->add_option("--times-g", o->times_g, "the same of the generator's")->delimiter(',');
    command
        ->add_option("--copies-d", o->copies_d,
                     "copies of the discriminator's arrays, layer by layer: a stage takes its cycles divided by them")
        ->delimiter(',');
    command->add_option("--copies-g", o->copies_g, "the same of the generator's")->delimiter(',');
    command
        ->add_option("--transposed-copies", o->transposed_copies, "transposed arrays for the two branches of computation sharing: 1 or 2")
        ->show_default();
    o->timeline.declare(*command, "--timeline,--svg", "draw the schedule into this SVG file");
    command->add_option("--timeline-cycles", o->timeline_cycles, "draw only so many cycles (0: all)")->show_default();
    command->add_flag("--json", o->json, "print JSON");
    command->callback([&context, o] { context.run = [o] { run(*o); }; });
}

}  // namespace ganbar::app
