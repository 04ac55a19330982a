// regan2018: ReGAN against a GTX 1080 on the networks of chen2019's table 3; published averages 240x speed and 94x energy.
#include <fmt/format.h>

#include <cmath>

#include "ganbar/arch/crossbar_engine.h"
#include "ganbar/arch/reproduction.h"

namespace ganbar::arch {
namespace {

const std::vector<std::string> regan_benchmarks{"mlp1", "mlp1_4layer", "mlp2", "gan1", "gan2", "resnet_cifar", "resnet101_64"};

std::vector<Contest> contests_with(const ReproductionContext& context, const std::vector<std::pair<std::string, Value>>& settings) {
    return contests_on(context, regan_benchmarks, "regan", "gtx1080", settings);
}

/// How much longer the same iteration takes without any pipelining.
double mean_pipelining(const std::vector<Contest>& contests) {
    double gain = 0;
    for (const Contest& c : contests) {
        const Pipeline p = unit_pipeline(c.workload.discriminator.depth, c.workload.generator.depth, c.workload.batch, c.workload.steps_d);
        gain += std::log(double(unpipelined(p).iteration) / double(closed_form(p).iteration));
    }
    return std::exp(gain / double(contests.size()));
}

/// Products per logical cycle at which the mean speed-up reaches `target`; 0 when even one is too slow.
Int steps_for_speed(const ReproductionContext& context, double target) {
    const auto speed_at = [&](Int steps) {
        return mean_ratios(contests_with(context, {{"steps_per_cycle", steps}, {"gradient_steps_per_cycle", steps}})).first;
    };
    if (speed_at(1) < target) return 0;
    Int lo = 1, hi = 1 << 16;  // speed falls with steps
    while (hi - lo > 1) {
        const Int middle = (lo + hi) / 2;
        (speed_at(middle) >= target ? lo : hi) = middle;
    }
    return lo;
}

}  // namespace

Reproduction reproduce_regan2018(const ReproductionContext& context) {
    Reproduction out;
    out.name = "regan2018", out.title = "ReGAN against a GTX 1080";
    const auto contests = contests_with(context, {});
    for (const Contest& c : contests) out.rows.push_back(row_of(c, "gtx1080", "as configured"));
    const std::string source = "chen2019, sec. 5: averages over MLP1, MLP2, GAN1, GAN2, ResnetGAN";
    out.means.push_back(mean_of(out.rows, "gtx1080", "as configured", "speed", 240, source));
    out.means.push_back(mean_of(out.rows, "gtx1080", "as configured", "energy", 94, source));

    const Value off = false;
    const LadderStep pipelined = rung("pipelined", contests_with(context, {{"spatial_parallelism", off}, {"computation_sharing", off}}));
    out.ladder.push_back({"no pipelining", pipelined.speed / mean_pipelining(contests), pipelined.energy, pipelined.area_m2});
    out.ladder.push_back(pipelined);
    const auto add = [&](const std::string& label, const std::vector<std::pair<std::string, Value>>& settings) {
        out.ladder.push_back(rung(label, contests_with(context, settings)));
    };
    add("+ spatial parallelism", {{"computation_sharing", off}});
    add("+ computation sharing instead", {{"spatial_parallelism", off}});
    add("+ both (ReGAN)", {});
    add("+ one set of transposed arrays", {{"transposed_copies", std::int64_t{1}}});
    add("+ zeros skipped (not in ReGAN)", {{"zeros", std::string("phases")}});
    add("ReGAN, spike energies alone", {{"periphery_energy", 0.0}});
    add("ReGAN, write energy per cell", {{"write_scope", std::string("cell")}});
    out.tornado = tornado_of(contests, "regan", "gtx1080");
    const double speed = mean_named(out, "gtx1080", "as configured", "speed").geometric,
                 energy = mean_named(out, "gtx1080", "as configured", "energy").geometric;
    out.tornado_speed = speed, out.tornado_energy = energy;

    const Int steps = steps_for_speed(context, 240);
    if (steps > 0) {
        const auto there = contests_with(context, {{"steps_per_cycle", steps}, {"gradient_steps_per_cycle", steps}});
        out.findings.push_back(
            fmt::format("A mean speed-up of 240 needs {} products in a logical cycle instead of 49, and a mean area of {:.3g} mm2 instead "
                        "of {:.3g} mm2.",
                        steps, mean_area_m2(there) * 1e6, mean_area_m2(contests) * 1e6));
    } else {
        const double limit =
            mean_ratios(contests_with(context, {{"steps_per_cycle", std::int64_t{1}}, {"gradient_steps_per_cycle", std::int64_t{1}}}))
                .first;
        out.findings.push_back(
            fmt::format("The mean speed-up is {:.3g} at 49 products per logical cycle and stays below {:.3g} however often layers are "
                        "copied, because an operand of every gradient must be written "
                        "row by row; 240 needs faster writes or gradients formed elsewhere, or a slower GPU.",
                        speed, limit * 1.01));
    }
    out.findings.push_back(
        fmt::format("The mean energy saving is {:.3g}; 94 needs a machine that uses {:.3g} times the energy estimated here for ReGAN, or a "
                    "GPU that uses {:.3g} times the energy estimated for it.",
                    energy, energy / 94, 94 / energy));
    out.findings.push_back(
        "The paper names neither array, cell, replication nor area, and no batch or software of the GPU; replication (steps_per_cycle) "
        "alone can move the speed by orders of magnitude, so agreement with "
        "240x on any one setting is no confirmation.");
    out.findings.push_back(
        "PipeLayer's published 142.9 GOPS/s/W is 14 pJ a multiplication: against a GPU at 28 % of its peak that saves 8.3x energy on "
        "convolutions and 69x on small MLPs, so 94x on average is out of "
        "reach at PipeLayer's whole-chip efficiency.");
    return out;
}

}  // namespace ganbar::arch
