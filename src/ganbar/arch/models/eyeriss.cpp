// Baseline without zero skipping: GANAX's machine with an Eyeriss-like row-stationary data flow over zero-inserted maps.
#include "ganbar/arch/models/digital_params.h"

namespace ganbar {

void ganbar_register_eyeriss(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<DigitalDesign> m;
    m.doc =
        "Eyeriss-like baseline: the 256 units of GANAX running every transposed pass over its zero-inserted map. Source: GANAX, ISCA 2018 "
        "(baseline); data flow after Eyeriss, JSSC 2017.";
    m.platform = "CMOS";
    m.scope = "units, registers, buffer, off-chip memory accesses, leakage; area of the chip alone";
    m.defaults = eyeriss_like();
    m.defaults.execution = Execution::zero_inserted;
    m.schema = digital_schema(
        {assumed("16x16 units of 16 bits after GANAX, as remembered; clock assumed"),
         assumed("pJ per bit as remembered from GANAX: unit 0.36, registers 0.20, neighbour 0.40, buffer 1.20, DRAM 15; not checked"),
         assumed("usual for a row-stationary array")});
    m.swings = digital_swings();
    digital_machine(m);
    m.peak = {.text =
                  "none of this machine: it is GANAX's baseline of 256 units at 45 nm, not the chip of JSSC 2017 with 168 units at 65 nm"};
    registry.add("eyeriss", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
