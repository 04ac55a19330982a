// GTX 1080 as a roofline with measured efficiency; any other GPU by changing five numbers (peak, bandwidth, efficiency, launch, power).
#include "ganbar/arch/gpu_engine.h"

namespace ganbar {

void ganbar_register_gtx1080(AcceleratorRegistry& registry) {
    using namespace arch;
    using D = GpuDesign;
    AcceleratorModel<D> m;
    m.doc =
        "NVIDIA GTX 1080: roofline with the efficiency that published GAN training times show on the same GPU family. Any GPU: set "
        "peak_flop_per_s, bandwidth_B_per_s, efficiency, launch and power.";
    m.platform = "GPU";
    m.scope = "the board's mean power over kernels, launches and host steps; area is the die alone";
    m.schema = {
        param("peak_flop_per_s", &D::peak_flop_per_s, 1e9, 1e18, "single-precision operations per second",
              published("GTX 1080: 2560 cores at 1733 MHz boost, 8.87 TFLOPS")),
        param("bandwidth_B_per_s", &D::bandwidth_B_per_s, 1e8, 1e15, "memory bandwidth", published("GTX 1080: 320 GB/s")),
        param("efficiency", &D::efficiency, 1e-4, 1.0, "share of the peak in convolutions at batch 64 and above",
              derived("training times of four public DCGANs on a GTX 1080 Ti: 24 to 33 %")),
        param("efficiency_fc", &D::efficiency_fc, 1e-4, 1.0, "share of the peak in fully connected layers",
              assumed("as convolutions; small MLPs are bound by launches and host time, which are separate")),
        param("batch_exponent", &D::batch_exponent, 0.0, 1.0, "efficiency below batch 64 falls as (B/64)^this",
              assumed("below 5 % at batch 1")),
        param("bandwidth_share", &D::bandwidth_share, 0.01, 1.0, "share of the bandwidth that kernels reach",
              assumed("usual for streaming kernels")),
        param("launch", &D::launch, Second{0}, Second{1e-2}, "time to launch a kernel", assumed("5 to 10 us")),
        param("kernels_per_pass", &D::kernels_per_pass, 1.0, 100.0, "kernels of one pass through one layer",
              assumed("product, batch norm, activation")),
        param("host", &D::host, Second{0}, Second{1.0}, "framework time per step",
              assumed("4 ms fits one public MLP GAN under TensorFlow on Windows; compiled frameworks are far below")),
        param(
            "power", &D::power, Watt{1}, Watt{2000}, "mean board power while training",
            derived(
                "PipeLayer's speed over energy ratios against the same GPU: 42.45 / 7.17 of its implied 859 W, 145 W; the limit is 180 W")),
        param("die", &D::die, SquareMetre{1e-6}, SquareMetre{1e-2}, "area of the die", published("GP104: 314 mm2")),
    };
    m.swings = {{"efficiency", 0.15, 0.4}, {"efficiency_fc", 0.1, 0.5}, {"host", 0.05e-3, 4e-3},
                {"launch", 5e-6, 10e-6},   {"power", 100.0, 180.0},     {"bandwidth_share", 0.6, 0.85}};
    m.run = run_gpu;
    registry.add("gtx1080", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
