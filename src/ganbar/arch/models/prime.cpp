// PRIME (Chi et al., ISCA 2016): ReRAM main memory whose mats compute; drivers serve as DACs, sense amplifiers as converters.
#include "ganbar/arch/models/converter_params.h"

namespace ganbar::arch {

/// Converters of the library that turn 256 columns into bits within a step.
static double prime_converters(const CrossbarDesign& d) { return double(d.cols) * component("adc_8bit").time_s / d.step.si; }

CrossbarDesign prime_defaults() {
    CrossbarDesign d = converter_defaults();
    d.rows = d.cols = 256, d.cell_bits = 4, d.weight_bits = 8, d.input_bits = 6, d.dac_bits = 3, d.columns_per_weight = 2;
    d.step = {50e-9}, d.write_row = {40e-9};
    // 0.2 V on 256 cells between 1 and 20 kohm for 10 ns
    d.array_step = {0}, d.row_step = {256 * 0.04 * 0.525e-3 * 10e-9};
    d.column_step = {adc_energy_J(6)};
    // 2 V on the mean conductance for 40 ns
    d.write = {4 * 0.525e-3 * 40e-9};
    d.static_per_array = {0};
    // a bare memory subarray of that size and node, and 60 % more for computing; the converters and drivers must fit into those 60 %
    d.array_area = {1.6 * 21900e-12};
    d.node_nm = 65, d.converter_bits = 6;
    d.cells_area = {256 * 256 * 4 * 65e-9 * 65e-9};
    d.converter_area = {prime_converters(d) * adc_area_m2(6) * area_scale(32, 65)};
    d.driver_area = {256 * 4 * component("dac_1bit").area_m2 * area_scale(32, 65)}, d.accumulator_area = {0};
    return d;
}

}  // namespace ganbar::arch

namespace ganbar {

void ganbar_register_prime(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<CrossbarDesign> m;
    m.doc =
        "PRIME: 256x256 mats of 4-bit cells, 3-bit inputs, 6-bit inputs in two steps, 8-bit weights in two cells and two signs, sense "
        "amplifiers as 6-bit converters, 65 nm. "
        "Published for inference without programming cost; training passes and cell writes are our extension. Source: PRIME, ISCA 2016.";
    m.platform = "ReRAM", m.trains = false;
    m.scope =
        "full-function mats with drivers and sense amplifiers, buffer subarrays, links inside the bank; without the rest of the memory "
        "chip";
    m.defaults = prime_defaults();
    m.schema = converter_schema(published("PRIME, ISCA 2016 (256x256, 4-bit cells, 3-bit inputs, pairs)"),
                                assumed("cells of 1 and 20 kohm at 0.2 V for 10 ns; 6-bit converter of the library; area: NVSim's bare "
                                        "256x256 subarray at 65 nm, 21900 um2 (1T1R), and PRIME's 60 % for computing"));
    set_source(m.schema, "step", assumed("50 ns: the paper gives no time of one product"));
    set_source(m.schema, "zeros", assumed("transposed passes are our extension"));
    add_outer_products(m.schema);
    converter_machine(m);
    m.swings.push_back({"step", 20e-9, 200e-9});
    m.pipelined = true;
    m.run = run_crossbar, m.arrays = crossbar_arrays;
    m.peak = {.text =
                  "none is published: the paper gives speed-ups alone, and the review of Aguirre and others (Nature Communications 15, "
                  "2024, table 3) leaves its throughput, density and "
                  "efficiency open"};
    registry.add("prime", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
