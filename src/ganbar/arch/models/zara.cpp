// ZARA (DAC 2019; described in chen2019): standalone 3D ReRAM accelerator with zero-free transposed convolutions, a mapper and a scheduler.
#include "ganbar/arch/models/converter_params.h"
#include "ganbar/arch/zara_engine.h"

namespace ganbar {

void ganbar_register_zara(AcceleratorRegistry& registry) {
    using namespace arch;
    using D = CrossbarDesign;
    AcceleratorModel<D> m;
    m.doc =
        "ZARA: nodes of PEs on a mesh, vector-matrix multipliers whose stacked crossbars share a driver so that one works at a time, "
        "transposed convolutions deformed into s^d dense sub-kernels in "
        "forward and backward passes, event-level mapper and scheduler. Source: chen2019, sec. 4.3 and 4.4; array and periphery values are "
        "ISAAC's, stack height and PE size assumed.";
    m.platform = "ReRAM";
    m.scope = "arrays, drivers, converters, registers, buffers, bus and mesh; without the links between nodes";
    m.defaults = converter_defaults();
    m.defaults.zeros = ZeroPolicy::phases;
    m.defaults.stack_layers = 4, m.defaults.vmms_per_pe = 8, m.defaults.n_pes = 0;
    m.defaults.clock = {1e-9}, m.defaults.bus_bits = 384;
    m.schema = converter_schema(assumed("ISAAC's array; ZARA's own table is not available"),
                                assumed("ISAAC's periphery; ZARA's own table is not available"));
    const std::int64_t one = 1;
    m.schema.push_back(param("stack_layers", &D::stack_layers, one, std::int64_t{64},
                             "crossbars of a multiplier, of which one works at a time",
                             assumed("that one works at a time is published, how many there are is not; 4 or 8")));
    m.schema.push_back(
        param("vmms_per_pe", &D::vmms_per_pe, one, std::int64_t{256}, "multipliers of a PE", assumed("ISAAC's eight arrays per IMA")));
    m.schema.push_back(param("n_pes", &D::n_pes, std::int64_t{0}, std::int64_t{1} << 24, "PEs (0: as many as the network fills)",
                             assumed("not published")));
    m.schema.push_back(param("clock_period", &D::clock, Second{1e-11}, Second{1e-6}, "cycle of bus and mesh", assumed("1 GHz")));
    m.schema.push_back(
        param("bus_bits", &D::bus_bits, one, std::int64_t{65536}, "width of a PE's bus and of a mesh link", assumed("ISAAC's 384 wires")));
    converter_machine(m);
    m.swings.push_back({"stack_layers", std::int64_t{1}, std::int64_t{8}});
    m.swings.push_back({"bus_bits", std::int64_t{64}, std::int64_t{1024}});
    m.run = run_zara, m.arrays = crossbar_arrays;
    m.peak = {.text = "none is published; ISAAC's arrays stand in, and one crossbar of a stack of four works at a time"};
    registry.add("zara", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
