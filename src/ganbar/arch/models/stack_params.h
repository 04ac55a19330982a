// Parameters of ZARA's 3D stacks, bus and mesh, whatever arrays they are built of.
#pragma once
#include "ganbar/arch/crossbar_engine.h"

namespace ganbar::arch {

inline void stack_defaults(CrossbarDesign& d) {
    d.zeros = ZeroPolicy::phases;
    d.stack_layers = 4, d.vmms_per_pe = 8, d.n_pes = 0;
    d.clock = {1e-9}, d.bus_bits = 384;
}

inline void add_stacks(MachineSchema<CrossbarDesign>& schema) {
    using D = CrossbarDesign;
    const std::int64_t one = 1;
    schema.push_back(
        decided(param("stack_layers", &D::stack_layers, one, std::int64_t{64}, "crossbars of a multiplier, of which one works at a time",
                      assumed("that one works at a time is published, how many there are is not; 4 or 8"))));
    schema.push_back(decided(
        param("vmms_per_pe", &D::vmms_per_pe, one, std::int64_t{256}, "multipliers of a PE", assumed("ISAAC's eight arrays per IMA"))));
    schema.push_back(decided(param("n_pes", &D::n_pes, std::int64_t{0}, std::int64_t{1} << 24, "PEs (0: as many as the network fills)",
                                   assumed("not published"))));
    schema.push_back(decided(param("clock_period", &D::clock, Second{1e-11}, Second{1e-6}, "cycle of bus and mesh", assumed("1 GHz"))));
    schema.push_back(decided(
        param("bus_bits", &D::bus_bits, one, std::int64_t{65536}, "width of a PE's bus and of a mesh link", assumed("ISAAC's 384 wires"))));
}

}  // namespace ganbar::arch
