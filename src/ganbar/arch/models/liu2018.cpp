// F. Liu, C. Liu, F. Bi, "A memristor based unsupervised neuromorphic system towards fast and energy-efficient GAN" (2018). Only the
// abstract is available: a co-designed mapping, a block that forms the difference for the loss, a data flow that overlaps what the networks
// share.
#include "ganbar/arch/models/spike_params.h"

namespace ganbar {

void ganbar_register_liu2018(AcceleratorRegistry& registry) {
    using namespace arch;
    using D = CrossbarDesign;
    AcceleratorModel<D> m;
    m.doc =
        "liu2018: memristor-based neuromorphic GAN system with differential crossbars, a diff-block for the loss and a parallel data flow. "
        "The abstract gives no array, cell, interface, precision or benchmark: spikes stand in, because the same two authors posted a "
        "spiking memristor system with 4-bit data a day earlier (arXiv 1805.03054) and C. Liu's earlier design codes by rate (DAC 2015); "
        "PipeLayer's values and 16 bits are our choice, and a static periphery is a parameter. Source: liu2018, abstract.";
    m.platform = "ReRAM";
    m.scope =
        "differential arrays with spike drivers and counters, diff-block, ReRAM buffers, activations, ALUs and an optional static "
        "periphery; without the host";
    m.defaults = spike_defaults();
    m.defaults.columns_per_weight = 2;
    m.defaults.computation_sharing = true;
    m.defaults.loss_sample = {2e-12};
    m.schema = spike_schema(assumed("not in the abstract; PipeLayer's, ours to choose"));
    m.schema.push_back(decided(param("columns_per_weight", &D::columns_per_weight, std::int64_t{1}, std::int64_t{2},
                                     "2: differential pairs", assumed("not in the abstract"))));
    m.schema.push_back(
        decided(param("computation_sharing", &D::computation_sharing, "one forward pass of the fake samples for both updates",
                      assumed("the abstract's data flow that exploits what the blocks share"))));
    m.schema.push_back(param("diff_block_energy", &D::loss_sample, Joule{0}, Joule{1e-6}, "the error at D's output, per sample",
                             assumed("a subtraction and a look-up")));
    m.schema.push_back(
        param("periphery_power", &D::static_per_array, Watt{0}, Watt{1}, "buffers, control and interface per array",
              assumed("off: the spike steps already carry PipeLayer's whole-chip energy; ISAAC's tile draws 3.4 mW per array")));
    add_outer_products(m.schema);
    spike_machine(m);
    m.swings.push_back({"periphery_power", 0.0, 3.4e-3});
    m.pipelined = true;
    m.run = run_crossbar, m.arrays = crossbar_arrays;
    m.peak = {.text = "none is published; PipeLayer's arrays as differential pairs stand in"};
    registry.add("liu2018", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
