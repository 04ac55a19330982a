// ZARA (DAC 2019; described in chen2019): standalone 3D ReRAM accelerator with zero-free transposed convolutions, a mapper and a scheduler.
#include "ganbar/arch/models/converter_params.h"
#include "ganbar/arch/models/stack_params.h"
#include "ganbar/arch/zara_engine.h"

namespace ganbar {

void ganbar_register_zara(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<CrossbarDesign> m;
    m.doc =
        "ZARA: nodes of PEs on a mesh, vector-matrix multipliers whose stacked crossbars share a driver so that one works at a time, "
        "transposed convolutions deformed into s^d dense sub-kernels in "
        "forward and backward passes, event-level mapper and scheduler. Source: chen2019, sec. 4.3 and 4.4; array and periphery values are "
        "ISAAC's, stack height and PE size assumed.";
    m.platform = "ReRAM";
    m.scope = "arrays, drivers, converters, registers, buffers, bus and mesh; without the links between nodes";
    m.defaults = converter_defaults();
    stack_defaults(m.defaults);
    m.schema = converter_schema(assumed("ISAAC's array; ZARA's own table is not available"),
                                assumed("ISAAC's periphery; ZARA's own table is not available"));
    add_stacks(m.schema);
    converter_machine(m);
    m.run = run_zara, m.arrays = crossbar_arrays;
    m.peak = {.text = "none is published; ISAAC's arrays stand in, and one crossbar of a stack of four works at a time"};
    registry.add("zara", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
