// ISAAC (Shafiee et al., ISCA 2016): in-situ inference with 1-bit input steps and 8-bit converters; every component's power and area is
// published.
#include "ganbar/arch/models/converter_params.h"

namespace ganbar {

void ganbar_register_isaac(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<CrossbarDesign> m;
    m.doc =
        "ISAAC: 128x128 crossbars of 2-bit cells, 16-bit weights in 8 columns, 16 steps of 100 ns per product, 8 arrays with 8 converters "
        "per IMA, 12 IMAs and 64 KB eDRAM per tile. "
        "Published for inference; training passes, cell writes and gradients are our extension. Source: ISAAC, ISCA 2016, table 6.";
    m.platform = "ReRAM", m.trains = false;
    m.scope = "arrays, drivers, converters, registers, eDRAM, routers; without the links between chips";
    m.defaults = converter_defaults();
    m.schema = converter_schema(published("ISAAC, ISCA 2016"), derived("power and area table of ISAAC divided by actions"));
    set_source(m.schema, "zeros", assumed("transposed passes are our extension"));
    add_outer_products(m.schema);
    converter_machine(m);
    m.chip = {.area_m2 = 85.4e-6,
              .n_arrays = 168 * 12 * 8,
              .power_W = 65.8,
              .source = published("ISAAC, ISCA 2016: 168 tiles of 12 IMAs of 8 arrays, with the links between chips")};
    m.pipelined = true;
    m.run = run_crossbar, m.arrays = crossbar_arrays;
    m.peak = {.op_per_J = 0.627e12,
              .op_per_s_m2 = 0.479e18,
              .text =
                  "ISAAC, ISCA 2016: 41.3 TOPS on 65.8 W and 85.4 mm2. Buffers and links of its tiles are billed by the word here, so they "
                  "are not in the peak's power; "
                  "its links between chips are not in the area"};
    registry.add("isaac", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
