// Roofline of a GPU: time = sum over kernels of max(FLOP / (eta P), bytes / (share x bandwidth)) + kernels x launch + steps x host;
// energy = mean board power x time. Transposed convolutions run as data gradients of convolutions, so no inserted zero is executed.
#pragma once
#include "ganbar/arch/accelerator.h"

namespace ganbar::arch {

struct GpuDesign {
    double peak_flop_per_s = 8.87e12, bandwidth_B_per_s = 320e9;
    double efficiency = 0.28;      ///< of the peak, convolutions at batch 64 and above
    double efficiency_fc = 0.28;   ///< matrix products of fully connected layers
    double batch_exponent = 0.43;  ///< efficiency below batch 64 falls as (B / 64)^this
    double bandwidth_share = 0.75;
    Second launch{7.5e-6}, host{0.5e-3};
    double kernels_per_pass = 3;  ///< the product, the batch norm, the activation
    Hertz clock{1733e6};          ///< of peak_flop_per_s
    Watt power{145};
    SquareMetre die{314e-6};
};

void run_gpu(const GpuDesign& d, const Workload& w, Estimate& out);

}  // namespace ganbar::arch
