// PIM-TGAN (ICCD 2018): ternary weights and activations in SOT-MRAM; multiplications become additions and subtractions in memory.
#include "ganbar/arch/models/digital_params.h"

namespace ganbar {

void ganbar_register_pim_tgan(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<DigitalDesign> m;
    m.doc =
        "PIM-TGAN: ternary GAN in SOT-MRAM subarrays, additions and subtractions in memory. No component table could be read: bit-line "
        "lanes, energy and clock are assumed. Source: PIM-TGAN, ICCD 2018, abstract.";
    m.platform = "MRAM";
    m.scope = "in-memory additions, array buffers, off-chip memory; area of the memory assumed";
    m.defaults = eyeriss_like();
    m.defaults.execution = Execution::zero_inserted;
    m.defaults.units = 65536, m.defaults.word_bits = 8, m.defaults.clock = {100e6};
    m.defaults.use_conv = m.defaults.use_skipping = 0.5, m.defaults.use_fc = 0.25;
    m.defaults.mac = {1.0e-12}, m.defaults.register_file = {0}, m.defaults.inter_pe = {0}, m.defaults.buffer_access = {2e-12};
    m.defaults.static_power = {0.1}, m.defaults.area = {40e-6};
    m.schema = digital_schema({assumed("128 subarrays of 512 columns, one ternary addition per column and cycle"),
                               assumed("about ten bit-line operations of 0.1 pJ per accumulated ternary product"),
                               assumed("half of the columns at work")});
    m.swings = {{"mac_energy", 0.2e-12, 5e-12}, {"use_conv", 0.25, 1.0}, {"dram_energy", 60e-12, 320e-12}};
    digital_machine(m);
    m.peak = {.text = "none is published that could be read"};
    registry.add("pim_tgan", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
