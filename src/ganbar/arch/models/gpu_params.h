// Parameters of a GPU as a roofline; a GPU is its five published numbers (peak, bandwidth, power, die) and what the GTX 1080 taught us.
#pragma once
#include "ganbar/arch/gpu_engine.h"

namespace ganbar::arch {

/// Sources of the numbers that differ from GPU to GPU.
struct GpuSources {
    Source peak, bandwidth, efficiency, power, die;
};

inline MachineSchema<GpuDesign> gpu_schema(const GpuSources& from) {
    using D = GpuDesign;
    return {
        decided(param("peak_flop_per_s", &D::peak_flop_per_s, 1e9, 1e18, "single-precision operations per second", from.peak)),
        decided(param("clock", &D::clock, Hertz{1e6}, Hertz{1e11}, "clock of that peak: the cycle of cycle counts", from.peak)),
        decided(param("bandwidth_B_per_s", &D::bandwidth_B_per_s, 1e8, 1e15, "memory bandwidth", from.bandwidth)),
        param("efficiency", &D::efficiency, 1e-4, 1.0, "share of the peak in convolutions at batch 64 and above", from.efficiency),
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
        param("power", &D::power, Watt{1}, Watt{2000}, "mean board power while training", from.power),
        param("die", &D::die, SquareMetre{1e-6}, SquareMetre{1e-2}, "area of the die", from.die),
    };
}

/// Numbers of one board that go together.
inline std::vector<Uncoupled> uncoupled_gpu_choices() {
    return {{"peak_flop_per_s", {"power", "die"}, "another GPU has its own board power and die"},
            {"bandwidth_B_per_s", {"power"}, "another memory draws another power"}};
}

}  // namespace ganbar::arch
