// Other NVIDIA GPUs by their published peak, bandwidth, board power and die; how much of the peak GAN training reaches is known for the GTX
// 1080 family alone and assumed here. Single precision on the vector units: tensor cores are left out, as in every network of the papers.
#include <fmt/format.h>

#include "ganbar/arch/models/gpu_params.h"

namespace ganbar {
namespace {

struct Board {
    const char *name, *doc, *source;
    double clock_Hz, peak_flop_per_s, bandwidth_B_per_s, limit_W, die_m2;
};
const Board boards[] = {
    {"gtx1080ti", "NVIDIA GTX 1080 Ti", "GP102, 3584 cores at 1582 MHz boost; board specification", 1582e6, 11.34e12, 484e9, 250, 471e-6},
    {"t4", "NVIDIA T4", "TU104, 2560 cores at 1590 MHz boost; board specification", 1590e6, 8.14e12, 320e9, 70, 545e-6},
    {"v100", "NVIDIA V100 SXM2", "GV100, 5120 cores at 1530 MHz boost; data sheet", 1530e6, 15.7e12, 900e9, 300, 815e-6},
    {"a100", "NVIDIA A100 SXM4 40 GB", "GA100, 6912 cores at 1410 MHz boost; data sheet", 1410e6, 19.5e12, 1555e9, 400, 826e-6},
    {"h100", "NVIDIA H100 SXM5", "GH100, 16896 cores; data sheet: 67 TFLOPS outside the tensor cores, so 1980 MHz", 1980e6, 67e12, 3350e9,
     700, 814e-6},
};

constexpr double mean_share_of_limit = 0.8;  // 145 W of the GTX 1080's 180 W

}  // namespace

void ganbar_register_gpus(AcceleratorRegistry& registry) {
    using namespace arch;
    for (const Board& b : boards) {
        AcceleratorModel<GpuDesign> m;
        const Source sheet = published(b.source);
        m.doc = std::string(b.doc) + ": the roofline of gtx1080 with this board's numbers, single precision without tensor cores.";
        m.platform = "GPU";
        m.scope = "the board's mean power over kernels, launches and host steps; area is the die alone";
        m.defaults.clock = {b.clock_Hz}, m.defaults.peak_flop_per_s = b.peak_flop_per_s, m.defaults.bandwidth_B_per_s = b.bandwidth_B_per_s;
        m.defaults.power = {mean_share_of_limit * b.limit_W}, m.defaults.die = {b.die_m2};
        const bool measured = std::string(b.name) == "gtx1080ti";
        m.schema = gpu_schema({sheet, sheet,
                               measured ? derived("training times of four public DCGANs on this board: 24 to 33 %")
                                        : assumed("as on the GTX 1080 family; larger boards are harder to fill"),
                               derived(fmt::format("the share of its limit that the GTX 1080 draws, 80 %, of {} W", b.limit_W)), sheet});
        m.swings = {{"efficiency", measured ? 0.24 : 0.08, measured ? 0.33 : 0.45},
                    {"efficiency_fc", 0.05, 0.5},
                    {"host", 0.05e-3, 4e-3},
                    {"launch", 3e-6, 10e-6},
                    {"power", 0.4 * b.limit_W, b.limit_W},
                    {"bandwidth_share", 0.6, 0.85}};
        m.chip = {.area_m2 = m.defaults.die.si, .n_arrays = 0, .power_W = 0, .source = published("the die")};
        m.run = run_gpu, m.uncoupled = uncoupled_gpu_choices();
        m.peak = {
            .op_per_J = b.peak_flop_per_s / b.limit_W,
            .op_per_s_m2 = b.peak_flop_per_s / b.die_m2,
            .text = fmt::format(
                "board specification: {:.3g} TFLOPS outside tensor cores at a limit of {} W on {:.0f} mm2; here at the assumed mean draw",
                1e-12 * b.peak_flop_per_s, b.limit_W, 1e6 * b.die_m2)};
        registry.add(b.name, accelerator_entry(std::move(m)));
    }
}

}  // namespace ganbar
