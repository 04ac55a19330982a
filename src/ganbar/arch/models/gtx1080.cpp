// GTX 1080 as a roofline with measured efficiency; any other GPU by changing five numbers (peak, bandwidth, efficiency, launch, power).
#include "ganbar/arch/models/gpu_params.h"

namespace ganbar {

void ganbar_register_gtx1080(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<GpuDesign> m;
    m.doc =
        "NVIDIA GTX 1080: roofline with the efficiency that published GAN training times show on the same GPU family. Any GPU: set "
        "peak_flop_per_s, bandwidth_B_per_s, efficiency, launch and power.";
    m.platform = "GPU";
    m.scope = "the board's mean power over kernels, launches and host steps; area is the die alone";
    m.schema = gpu_schema(
        {published("GTX 1080: 2560 cores at 1733 MHz boost, 8.87 TFLOPS"), published("GTX 1080: 320 GB/s"),
         derived("training times of four public DCGANs on a GTX 1080 Ti: 24 to 33 %"),
         derived("PipeLayer's speed over energy ratios against the same GPU: 42.45 / 7.17 of its implied 859 W, 145 W; the limit is 180 W"),
         published("GP104: 314 mm2")});
    m.swings = {{"efficiency", 0.15, 0.4}, {"efficiency_fc", 0.1, 0.5}, {"host", 0.05e-3, 4e-3},
                {"launch", 5e-6, 10e-6},   {"power", 100.0, 180.0},     {"bandwidth_share", 0.6, 0.85}};
    m.chip = {.area_m2 = m.defaults.die.si, .n_arrays = 0, .power_W = 0, .source = published("the die")};
    m.run = run_gpu, m.uncoupled = uncoupled_gpu_choices();
    m.peak = {.op_per_J = 8.87e12 / 180,
              .op_per_s_m2 = 8.87e12 / 314e-6,
              .text = "board specification: 8.87 TFLOPS at a limit of 180 W on 314 mm2; here at the mean draw of 145 W"};
    registry.add("gtx1080", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
