// ReGAN (Chen, Song, Chen, ASP-DAC 2018; described in chen2019): a pipelined ReRAM main memory that trains GANs. Its schedule is published;
// its array, cell and area tables are not, so PipeLayer's stand in (same group, same spike interface).
#include "ganbar/arch/models/sharing_params.h"
#include "ganbar/arch/models/spike_params.h"

namespace ganbar {

void ganbar_register_regan(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<CrossbarDesign> m;
    m.doc =
        "ReGAN: ReRAM memory, full-function and buffer subarrays, spike interface, look-up-table activations, pipelined training with "
        "spatial parallelism and computation sharing. "
        "Transposed convolutions run over zero-inserted maps. Source: chen2019, sec. 4.2 and 4.4; component values from PipeLayer (HPCA "
        "2017) where the paper gives none.";
    m.platform = "ReRAM";
    m.scope =
        "arrays with spike drivers and counters, ReRAM buffers, activation tables and ALUs; without main memory outside the subarrays and "
        "without the host";
    m.defaults = spike_defaults();
    m.defaults.spatial_parallelism = m.defaults.computation_sharing = true;
    m.defaults.activation = {0.26e-12};
    m.schema = spike_schema(assumed("not stated for ReGAN; PipeLayer's, same group and interface"));
    add_sharing(m.schema);
    add_outer_products(m.schema);
    spike_machine(m);
    m.pipelined = true;
    m.run = run_crossbar, m.arrays = crossbar_arrays;
    m.peak = {.text = "none is published; PipeLayer's arrays, whose figures these are"};
    registry.add("regan", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
