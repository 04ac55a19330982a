// Parameters shared by the accelerators with PipeLayer's weighted-spike interface (no converters): PipeLayer, ReGAN, liu2018.
#pragma once
#include "ganbar/arch/components.h"
#include "ganbar/arch/coupling.h"
#include "ganbar/arch/models/chip_params.h"

namespace ganbar::arch {

/// PipeLayer, HPCA 2017. Area: 1485 GOPS/s/mm2 x 82.63 mm2 = 122.7 TOPS; one array of 128x128 4-bit cells (a quarter of 16-bit weights)
/// makes 2 x 16384 / 4 operations in 16 x 29.31 ns, so 7024 arrays share 82.63 mm2.
inline CrossbarDesign spike_defaults() {
    CrossbarDesign d;
    d.rows = d.cols = 128, d.cell_bits = 4, d.weight_bits = d.input_bits = 16, d.dac_bits = 1;
    d.step = {29.31e-9}, d.write_row = {50.88e-9};
    d.row_step = {1.08e-12}, d.write = {3.91e-9};
    // 142.9 GOPS/s/W is 14 pJ a multiplication, so 57.3 nJ for the 4096 of one product and 3.58 nJ per spike step, of which the spikes are
    // 0.07 nJ
    d.array_step = {3.51e-9};
    d.read_scope = ReadScope::row, d.write_scope = WriteScope::row;
    d.input_density = 0.5;
    d.alu = {0.57e-12}, d.activation = {0.26e-12};
    d.buffer_word = {1.08e-12 / 32}, d.buffer_write_word = {3.91e-9 / 32};
    d.link_word = {1.0e-12};
    d.array_area = {0.011764e-6}, d.buffer_word_area = {4 * 0.011764e-6 / 16384};
    d.cells_area = {component("crossbar_128").area_m2};
    d.zeros = ZeroPolicy::inserted;
    d.steps_per_cycle = d.gradient_steps_per_cycle = 49;
    d.buffer_B_per_array = 128 * 128 * 4 / 8;
    return d;
}

/// `interface_source`: what the values of arrays, cells and spikes rest on in this accelerator.
inline MachineSchema<CrossbarDesign> spike_schema(const Source& interface_source) {
    using D = CrossbarDesign;
    const std::int64_t one = 1, many = 4096;
    MachineSchema<D> schema = {
        decided(param("rows", &D::rows, std::int64_t{8}, many, "word lines of a crossbar", interface_source)),
        decided(param("cols", &D::cols, std::int64_t{8}, many, "bit lines of a crossbar", interface_source)),
        decided(param("cell_bits", &D::cell_bits, one, std::int64_t{8}, "bits of a cell", interface_source)),
        decided(param("weight_bits", &D::weight_bits, one, std::int64_t{32}, "bits of a weight", interface_source)),
        decided(param("input_bits", &D::input_bits, one, std::int64_t{32}, "spikes (bits) of an input", interface_source)),
        param("step", &D::step, Second{1e-10}, Second{1e-5}, "time of one spike through an array", interface_source),
        param("write_row", &D::write_row, Second{1e-9}, Second{1e-3}, "time to program the cells of one word line", interface_source),
        param("read_energy", &D::row_step, Joule{0}, Joule{1e-6}, "energy of one read spike", interface_source),
        choice(
            "read_scope", &D::read_scope, {"row", "cell", "array"}, "what one read spike's energy covers",
            assumed("the paper says per spike; per word line is the reading that stays below its own total of 14 pJ per multiplication")),
        param("periphery_energy", &D::array_step, Joule{0}, Joule{1e-6}, "everything but the spikes, per array and spike step",
              derived("PipeLayer's whole-chip 142.9 GOPS/s/W: 57.3 nJ per product of an array less its spikes; 0 bills the published spike "
                      "energies alone")),
        param("write_energy", &D::write, Joule{0}, Joule{1e-3}, "energy of one write spike", interface_source),
        choice("write_scope", &D::write_scope, {"row", "cell"}, "what one write spike's energy covers",
               assumed("per word line: 31 pJ a cell, ten times other ReRAM tables; per cell would be 3.9 nJ, a thousand times")),
        param("input_density", &D::input_density, 0.01, 1.0, "share of input bits that are one", assumed("random bits")),
        param("endurance", &D::endurance, 0.0, 1e18, "writes that a cell survives (0: not given, no lifetime is stated)",
              assumed("a property of the cells that none of these papers gives")),
        param("activation_energy", &D::activation, Joule{0}, Joule{1e-9}, "one look-up",
              assumed("a table of PUMA's component library, 0.26 pJ")),
        param("alu_energy", &D::alu, Joule{0}, Joule{1e-9}, "one 16-bit operation beside the arrays",
              assumed("PUMA's component library at 32 nm: multiplication 0.57 pJ")),
        param("buffer_read_energy", &D::buffer_word, Joule{0}, Joule{1e-9}, "a 16-bit word from the ReRAM buffer",
              derived("one read spike for the 32 words of a word line")),
        param("buffer_write_energy", &D::buffer_write_word, Joule{0}, Joule{1e-6}, "a 16-bit word into the ReRAM buffer",
              derived("one write spike for the 32 words of a word line")),
        param("link_energy", &D::link_word, Joule{0}, Joule{1e-9}, "a 16-bit word from one layer to the next",
              assumed("private ports; a tenth of a mesh hop of 20.7 pJ per 256 bits, rounded up")),
        param("array_area", &D::array_area, SquareMetre{0}, SquareMetre{1e-6}, "a crossbar with its share of everything",
              derived("82.63 mm2 over the 7024 arrays that give 1485 GOPS/s/mm2")),
        param("buffer_area", &D::buffer_word_area, SquareMetre{0}, SquareMetre{1e-9}, "a 16-bit word of buffer",
              derived("four cells at the density of array_area")),
        decided(param("steps_per_cycle", &D::steps_per_cycle, one, std::int64_t{1} << 30,
                      "products of the slowest layer in a logical cycle; layers are copied until they meet it",
                      assumed("PipeLayer's example cuts 12544 windows to 49; a free choice that trades area for time"))),
        decided(param("gradient_steps_per_cycle", &D::gradient_steps_per_cycle, one, std::int64_t{1} << 30,
                      "the same for weight gradients; each copy must be written for every sample",
                      assumed("balanced with the other passes"))),
        decided(choice("zeros", &D::zeros, {"inserted", "phases", "pixels"}, "how transposed passes are mapped",
                       assumed("the paper of 2018 does not skip zeros; phases is ZARA's deformation"))),
    };
    add_cycle_overhead(schema);
    add_chip(schema, assumed("a memory array of 128x128 4-bit cells for each that computes"));
    return schema;
}

inline std::vector<Swing> spike_swings() {
    return {{"write_scope", std::string("row"), std::string("cell")},
            {"read_scope", std::string("array"), std::string("cell")},
            {"periphery_energy", 0.0, 3.51e-9},
            {"input_density", 0.25, 1.0},
            {"array_area", 0.0039e-6, 0.0236e-6},
            {"link_energy", 0.2e-12, 5e-12},
            {"buffer_write_energy", 5e-12, 15.6e-9},
            cycle_overhead_swing()};
}

/// What every model with spikes and counters has in common.
inline void spike_machine(AcceleratorModel<CrossbarDesign>& m) {
    m.couple = couple_spikes, m.uncoupled = uncoupled_crossbar_choices();
    m.swings = spike_swings(), m.chip_swings = chip_swings();
    m.chip = {.area_m2 = 82.63e-6, .n_arrays = 7024, .power_W = 0, .source = assumed("its own is not published: PipeLayer's")};
}

}  // namespace ganbar::arch
