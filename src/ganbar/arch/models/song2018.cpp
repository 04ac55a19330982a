// Song et al., HPCA 2018: CMOS GAN training with time-multiplexed units and zero skipping.
#include "ganbar/arch/models/digital_params.h"

namespace ganbar {

void ganbar_register_song2018(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<DigitalDesign> m;
    m.doc =
        "Song 2018: CMOS training accelerator, time-multiplexed units, zero skipping in all passes, less memory for synchronisation; G and "
        "D must share shape limits. Source: HPCA 2018, abstract.";
    m.platform = "CMOS";
    m.scope = "units, registers, buffer, off-chip memory accesses, leakage; area of the chip alone";
    m.defaults = eyeriss_like();
    m.defaults.execution = Execution::phases;
    m.defaults.units = 1024;
    m.defaults.area = {m.defaults.area.si * 4};
    m.defaults.use_skipping = m.defaults.use_conv;
    m.schema = digital_schema(
        {assumed("not in the abstract: four times the baseline's units"),
         assumed("pJ per bit as remembered from GANAX: unit 0.36, registers 0.20, neighbour 0.40, buffer 1.20, DRAM 15; not checked"),
         assumed("zero skipping at the use of dense passes")});
    m.swings = digital_swings();
    digital_machine(m);
    m.peak = {.text = "none is published that could be read: ratios alone"};
    registry.add("song2018", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
