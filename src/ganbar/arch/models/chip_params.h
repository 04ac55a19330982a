// Parameters of a crossbar machine's chip: its size, its buffers, its mesh and the memory beside it (arch/chip.h).
#pragma once
#include "ganbar/arch/chip.h"

namespace ganbar::arch {

/// The model's own error: what a cycle leaves out can only lengthen it.
inline void add_cycle_overhead(MachineSchema<CrossbarDesign>& schema) {
    schema.push_back(param("cycle_overhead", &CrossbarDesign::cycle_overhead, 1.0, 100.0,
                           "length of a logical cycle over its slowest layer's products or writes",
                           assumed("1: buffers, activations and results on their way are hidden behind the products, as in ISAAC's and "
                                   "PipeLayer's pipelines; up to 1.6 where they are not")));
}
inline Swing cycle_overhead_swing() { return {"cycle_overhead", 1.0, 1.6}; }

/// `buffer_source`: what the buffer that comes with an array rests on.
inline MachineSchema<CrossbarDesign> chip_schema(const Source& buffer_source) {
    using D = CrossbarDesign;
    const std::int64_t none = 0, one = 1, many = std::int64_t{1} << 40;
    return {
        decided(param(
            "chip_arrays", &D::chip_arrays, none, many,
            "crossbars of a chip of fixed size: what does not fit is reprogrammed (0: as many as the network needs; estimate --chip sets "
            "it)",
            assumed("the papers size their machines to the network"))),
        decided(param("buffer_bytes_per_array", &D::buffer_B_per_array, none, std::int64_t{1} << 30,
                      "buffer of a fixed chip, for each of its crossbars; what exceeds it goes to memory (0: no limit)", buffer_source)),
        decided(param("dram_bandwidth_B_per_s", &D::dram_B_per_s, 1e6, 1e15, "memory beside a fixed chip",
                      assumed("four links of 6.4 GB/s, the HyperTransport links that ISAAC's chip has and PIMCOMP's evaluation takes"))),
        param(
            "dram_bit_energy", &D::dram_bit, Joule{0}, Joule{1e-9}, "one bit to or from that memory",
            assumed("the low end of what Horowitz, ISSCC 2014, is cited for: 1.3 to 2.6 nJ for 64 bits; the paper was not read for this")),
        decided(param("arrays_per_router", &D::arrays_per_router, one, std::int64_t{1} << 20,
                      "crossbars of a fixed chip that share a router of its mesh", assumed("ISAAC's: four tiles of 96"))),
        decided(param("link_B_per_s", &D::link_B_per_s, 1e6, 1e15, "one direction of a link of that mesh",
                      assumed("flits of 32 bits, as ISAAC's, at 1 GHz"))),
        param("bandwidth_share", &D::bandwidth_share, 0.01, 1.0, "share of their bandwidth that memory and mesh of a fixed chip reach",
              assumed("1: no transfer waits for another; half of it where they meet")),
    };
}

/// Of a chip of fixed size.
inline std::vector<Swing> chip_swings() { return {{"dram_bit_energy", 4e-12, 40e-12}, {"bandwidth_share", 0.5, 1.0}}; }

inline void add_chip(MachineSchema<CrossbarDesign>& schema, const Source& buffer_source) {
    for (auto& p : chip_schema(buffer_source)) schema.push_back(std::move(p));
}

/// Gradients added in place instead of products with a rewritten operand: PANTHER's (Ankit and others, IEEE TC 2020), on this machine's
/// arrays.
inline void add_outer_products(MachineSchema<CrossbarDesign>& schema) {
    using D = CrossbarDesign;
    const Source panther = published(
        "PANTHER's simulator (puma-simulator, constants.py): 20 ns x 12.8 and 4.44 mW x 3.27 / 12.8 for a 128x128 array with its "
        "periphery");
    schema.push_back(decided(choice("gradient", &D::gradient, {"rewrite", "outer_product"},
                                    "weight gradients: an operand rewritten for every sample, or outer products added in place",
                                    assumed("rewritten, as in PipeLayer; outer_product is PANTHER's option on this machine's arrays"))));
    schema.push_back(
        param("outer_product_time", &D::outer_product_time, Second{1e-10}, Second{1e-3}, "an outer product added to an array", panther));
    schema.push_back(
        param("outer_product_energy", &D::outer_product_array, Joule{0}, Joule{1e-6}, "the same, of the whole array", panther));
}

}  // namespace ganbar::arch
