// PipeLayer (Song, Qian, Li, Chen, HPCA 2017), taken over to GANs as chen2019 sec. 3 describes: no sharing, no second discriminator, zeros
// inserted.
#include "ganbar/arch/models/spike_params.h"

namespace ganbar {

void ganbar_register_pipelayer(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<CrossbarDesign> m;
    m.doc =
        "PipeLayer: pipelined ReRAM training of convolutional networks, weighted spikes in, integrate-and-fire and counters out, 16-bit "
        "weights in four 4-bit cells. "
        "Applied to GANs directly, with zero-inserted transposed convolutions. Source: PipeLayer, HPCA 2017.";
    m.platform = "ReRAM";
    m.scope =
        "arrays with spike drivers and counters, ReRAM buffers, activations and ALUs; without main memory outside the subarrays and "
        "without the host";
    m.defaults = spike_defaults();
    m.schema = spike_schema(
        published("PipeLayer, HPCA 2017: 128x128 arrays, 4-bit cells, 29.31/50.88 ns and 1.08 pJ/3.91 nJ per read/write spike"));
    add_outer_products(m.schema);
    spike_machine(m);
    m.chip = {.area_m2 = 82.63e-6,
              .n_arrays = 7024,
              .power_W = 1485e9 * 82.63 / 142.9e9,
              .source = published("PipeLayer, HPCA 2017: 82.63 mm2; arrays and power derived from 1485 GOPS/s/mm2 and 142.9 GOPS/s/W")};
    m.pipelined = true;
    m.run = run_crossbar, m.arrays = crossbar_arrays;
    m.peak = {
        .op_per_J = 0.1429e12,
        .op_per_s_m2 = 1.485e18,
        .text =
            "PipeLayer, HPCA 2017: 142.9 GOPS/s/W and 1485 GOPS/s/mm2; energy per array step and area of an array are derived from them"};
    registry.add("pipelayer", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
