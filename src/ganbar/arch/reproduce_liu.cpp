// liu2018: a memristor-based GAN system against a GPU and a prior FPGA accelerator; published 2.8x, 6.1x and 5.5x, 1.4x, without benchmark
// or platform.
#include <fmt/format.h>

#include "ganbar/arch/reproduction.h"

namespace ganbar::arch {

namespace {
/// Rungs that a finding names.
constexpr const char *at_16_bits = "with it (liu2018)", *at_8_bits = "8-bit inputs and weights",
                     *at_4_bits = "4 bits by rate: 15 spikes an input, 4-bit weights", *one_copy = "one copy of every layer";
}  // namespace

Reproduction reproduce_liu2018(const ReproductionContext& context) {
    Reproduction out;
    out.name = "liu2018", out.title = "liu2018's memristor system against a GPU and FPGA accelerators";
    const std::vector<std::string> benchmarks{"mlp1_4layer", "gan1", "igan", "dcgan"};
    const std::string source = "liu2018, abstract; benchmarks, GPU and FPGA are not named there, these are our choice";
    std::vector<Contest> gpu;
    for (const auto& [rival, speed, energy] :
         {std::tuple<std::string, double, double>{"gtx1080", 2.8, 6.1}, {"flexigan", 5.5, 1.4}, {"zhang2017", 5.5, 1.4}}) {
        for (const auto& b : benchmarks) {
            Contest c = make_contest(context, b, "liu2018", rival);
            out.rows.push_back(row_of(c, rival, "as configured"));
            if (rival == "gtx1080") gpu.push_back(std::move(c));
        }
        out.means.push_back(mean_of(out.rows, rival, "as configured", "speed", speed, source));
        out.means.push_back(mean_of(out.rows, rival, "as configured", "energy", energy, source));
    }
    const auto add = [&](const std::string& label, const std::vector<std::pair<std::string, Value>>& settings) {
        out.ladder.push_back(rung(label, contests_on(context, benchmarks, "liu2018", "gtx1080", settings)));
    };
    add("without the shared data flow", {{"computation_sharing", false}});
    add(at_16_bits, {});
    add("single columns instead of pairs", {{"columns_per_weight", std::int64_t{1}}});
    add("spike energies alone, no periphery", {{"periphery_energy", 0.0}});
    const auto bits = [](std::int64_t input, std::int64_t weight) {
        return std::vector<std::pair<std::string, Value>>{{"input_bits", input}, {"weight_bits", weight}};
    };
    add(at_8_bits, bits(8, 8));
    add("4-bit inputs and weights", bits(4, 4));
    add(at_4_bits, bits(15, 4));
    add(one_copy, {{"steps_per_cycle", std::int64_t{1} << 30}, {"gradient_steps_per_cycle", std::int64_t{1} << 30}});
    out.tornado = tornado_of(gpu, "liu2018", "gtx1080");
    const double speed = mean_named(out, "gtx1080", "as configured", "speed").geometric,
                 energy = mean_named(out, "gtx1080", "as configured", "energy").geometric, power = energy / speed;
    out.tornado_speed = speed, out.tornado_energy = energy;
    out.findings.push_back(
        fmt::format("The published ratios imply 46 % of the GPU's power and 3.9 times the FPGA's; the model draws {:.2g} times the GPU's "
                    "power on these networks.",
                    1 / power));
    out.findings.push_back(fmt::format(
        "The abstract gives no replication. The mean speed-up is {:.3g} at the 49 products a logical cycle of the other machines "
        "and {:.2g} with one copy of every layer, so any speed between them is a choice; the energy hardly moves.",
        speed, rung_named(out, one_copy).speed));
    out.findings.push_back(
        fmt::format("The abstract gives no precision either, and it moves the energy more than any other choice: {:.2g} times the GPU's "
                    "efficiency at 16 bits, {:.2g} at 8, {:.2g} at 4 bits coded by rate, for 6.1 published. Nothing is tuned to it.",
                    rung_named(out, at_16_bits).energy, rung_named(out, at_8_bits).energy, rung_named(out, at_4_bits).energy));
    out.findings.push_back(
        "At half a GPU's power the system is dominated by buffers, control and converters, not by cells; the abstract does not say which, "
        "so periphery_energy and periphery_power are free parameters here.");
    out.findings.push_back(
        "The published ratios to the FPGA accelerator imply that it takes 1.96 times the GPU's time at 0.23 times its energy.");
    return out;
}

}  // namespace ganbar::arch
