// GANAX (Yazdanbakhsh et al., ISCA 2018): output rows of equal zero pattern run together on an Eyeriss-derived array, MIMD-SIMD.
#include "ganbar/arch/models/digital_params.h"

namespace ganbar {

void ganbar_register_ganax(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<DigitalDesign> m;
    m.doc =
        "GANAX: unified MIMD-SIMD array, output rows of equal zero pattern on the same row of units, decoupled access and execution; 7.8 % "
        "more area than its baseline. Training passes are mapped the same way. Source: GANAX, ISCA 2018.";
    m.platform = "CMOS", m.trains = false;
    m.scope = "units, registers, buffer, off-chip memory accesses, leakage; area of the chip alone";
    m.defaults = eyeriss_like();
    m.defaults.execution = Execution::phases;
    m.defaults.area = {m.defaults.area.si * 1.078};
    m.schema = digital_schema(
        {assumed("16x16 units of 16 bits, as remembered; clock assumed; area +7.8 % over the baseline is published"),
         assumed("pJ per bit as remembered from GANAX: unit 0.36, registers 0.20, neighbour 0.40, buffer 1.20, DRAM 15; not checked"),
         assumed("a little below dense rows")});
    m.swings = digital_swings();
    digital_machine(m);
    m.peak = {.text = "none is published: the paper gives ratios to its Eyeriss; energies per bit as remembered from it"};
    registry.add("ganax", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
