// Parameters shared by the accelerators with DACs and ADCs in ISAAC's manner: ISAAC, ZARA, RED, LerGAN, PRIME.
#pragma once
#include "ganbar/arch/components.h"
#include "ganbar/arch/coupling.h"
#include "ganbar/arch/crossbar_engine.h"
#include "ganbar/arch/models/chip_params.h"

namespace ganbar::arch {

/// ISAAC, ISCA 2016, for the arrays and their periphery; writing after PUMA's whole-array figure, because ISAAC never writes.
inline CrossbarDesign converter_defaults() {
    CrossbarDesign d;
    d.rows = d.cols = 128, d.cell_bits = 2, d.weight_bits = d.input_bits = 16, d.dac_bits = 1;
    d.groups_in_own_arrays = false;
    d.step = {100e-9}, d.write_row = {10.97e-6 / 128};
    d.array_step = {30e-12}, d.row_step = {dac_energy_J(1)};
    d.column_step = {adc_energy_J(8) + component("sample_hold").energy_J}, d.accumulate_step = {component("shift_add_16bit").energy_J};
    d.write = {22.6e-9 / 16384}, d.write_scope = WriteScope::cell;
    d.activation = {component("lut_sigmoid").energy_J}, d.alu = {component("salu_multiply").energy_J};
    d.buffer_word = d.buffer_write_word = {component("edram_64KB_256bit").energy_J / 16};
    d.link_word = {component("router_256bit").energy_J / 16};
    d.static_per_array = {(1.24e-3 + 0.23e-3) / 8};
    d.array_area = {isaac_table().tile_total().area_m2 / 96};
    const auto part = [](const char* name) {
        for (const IsaacPart& p : isaac_table().ima)
            if (p.name == std::string(name)) return SquareMetre{p.area_m2 / isaac_table().arrays_per_ima};
        return SquareMetre{0};
    };
    d.converter_bits = 8, d.node_nm = 32;
    d.converter_area = part("adc"), d.driver_area = part("dac"), d.cells_area = part("crossbar"), d.accumulator_area = part("shift_add");
    d.buffer_word_area = {0.083e-6 / 32768};
    d.buffer_B_per_array = 65536 / 96;
    return d;
}

inline MachineSchema<CrossbarDesign> converter_schema(const Source& array_source, const Source& periphery_source) {
    using D = CrossbarDesign;
    const std::int64_t one = 1, many = 4096;
    MachineSchema<D> schema = {
        decided(param("rows", &D::rows, std::int64_t{8}, many, "word lines of a crossbar", array_source)),
        decided(param("cols", &D::cols, std::int64_t{8}, many, "bit lines of a crossbar", array_source)),
        decided(param("cell_bits", &D::cell_bits, one, std::int64_t{8}, "bits of a cell", array_source)),
        decided(param("weight_bits", &D::weight_bits, one, std::int64_t{32}, "bits of a weight", array_source)),
        decided(param("input_bits", &D::input_bits, one, std::int64_t{32}, "bits of an input", array_source)),
        decided(param("dac_bits", &D::dac_bits, one, std::int64_t{8}, "bits of an input applied in one step", array_source)),
        decided(param("adc_bits", &D::adc_bits, std::int64_t{0}, std::int64_t{16},
                      "bits of a converter; 0: as many as rows, cell_bits and dac_bits need (fewer lose bits of every sum)", array_source)),
        decided(
            param("columns_per_weight", &D::columns_per_weight, one, std::int64_t{2}, "2: positive and negative columns", array_source)),
        param("step", &D::step, Second{1e-10}, Second{1e-5}, "one input slice through an array, conversion included", array_source),
        param("write_row", &D::write_row, Second{1e-9}, Second{1e-3}, "time to program the cells of one word line",
              assumed("PUMA's constants: 10.97 us for 128 rows")),
        param("array_energy", &D::array_step, Joule{0}, Joule{1e-6}, "cells of a whole array in one step", periphery_source),
        param("row_energy", &D::row_step, Joule{0}, Joule{1e-6}, "driver of one word line in one step", periphery_source),
        param("conversion_energy", &D::column_step, Joule{0}, Joule{1e-9}, "sampling and conversion of one bit line in one step",
              periphery_source),
        param("accumulate_energy", &D::accumulate_step, Joule{0}, Joule{1e-9}, "shift and add per conversion", periphery_source),
        param("write_energy", &D::write, Joule{0}, Joule{1e-6}, "programming one cell",
              assumed("PUMA's constants: 22.6 nJ for a whole 128x128 array; NVSim's sample cell takes 0.6 pJ")),
        param("endurance", &D::endurance, 0.0, 1e18, "writes that a cell survives (0: not given, no lifetime is stated)",
              assumed("a property of the cells that none of these papers gives")),
        param("activation_energy", &D::activation, Joule{0}, Joule{1e-9}, "one activation", assumed("PUMA's look-up unit, 0.26 pJ")),
        param("alu_energy", &D::alu, Joule{0}, Joule{1e-9}, "one 16-bit operation beside the arrays", assumed("PUMA's constants, 0.57 pJ")),
        param("buffer_energy", &D::buffer_word, Joule{0}, Joule{1e-9}, "reading a 16-bit word from the buffer", periphery_source),
        param("buffer_write_energy", &D::buffer_write_word, Joule{0}, Joule{1e-9}, "writing a 16-bit word to the buffer", periphery_source),
        param("link_energy", &D::link_word, Joule{0}, Joule{1e-9}, "a 16-bit word from one layer to the next", periphery_source),
        param("static_power", &D::static_per_array, Watt{0}, Watt{1}, "registers, per array", periphery_source),
        decided(param("node_nm", &D::node_nm, std::int64_t{32}, std::int64_t{65}, "technology: 32, 45 or 65 nm", array_source)),
        param("array_area", &D::array_area, SquareMetre{0}, SquareMetre{1e-6}, "a crossbar with its share of a tile", periphery_source),
        param("buffer_area", &D::buffer_word_area, SquareMetre{0}, SquareMetre{1e-9}, "a 16-bit word of buffer",
              assumed("eDRAM of 64 KB in 0.083 mm2")),
        decided(param("steps_per_cycle", &D::steps_per_cycle, one, std::int64_t{1} << 30,
                      "products of the slowest layer in a logical cycle; layers are copied until they meet it",
                      assumed("as for the other ReRAM machines, so that they are compared at the same balance"))),
        decided(param("gradient_steps_per_cycle", &D::gradient_steps_per_cycle, one, std::int64_t{1} << 30, "the same for weight gradients",
                      assumed("balanced with the other passes"))),
        decided(choice("zeros", &D::zeros, {"inserted", "phases", "pixels"}, "how transposed passes are mapped", array_source)),
    };
    add_cycle_overhead(schema);
    add_chip(schema, assumed("ISAAC's: 64 KB of eDRAM for a tile of 96"));
    return schema;
}

/// Gives one parameter another source than its group has.
inline void set_source(MachineSchema<CrossbarDesign>& schema, const std::string& name, const Source& source) {
    for (auto& p : schema)
        if (p.info.name == name) p.info.source = source;
}

/// Around a machine's own values where ISAAC's would not hold them.
inline std::vector<Swing> converter_swings(const CrossbarDesign& d = converter_defaults()) {
    return {{"conversion_energy", 0.9e-12, 3.3e-12}, {"write_energy", 0.6e-12, std::max(30e-12, 2 * d.write.si)},
            {"link_energy", 0.3e-12, 5e-12},         {"array_area", 0.5 * d.array_area.si, 2 * d.array_area.si},
            {"write_row", 10e-9, 0.475e-6},          cycle_overhead_swing()};
}

/// What every model with drivers and converters has in common.
inline void converter_machine(AcceleratorModel<CrossbarDesign>& m) {
    m.couple = couple_converters, m.bits_lost = converter_bits_lost, m.uncoupled = uncoupled_crossbar_choices();
    m.swings = converter_swings(m.defaults), m.chip_swings = chip_swings();
    m.chip = {.area_m2 = 85.4e-6, .n_arrays = 0, .power_W = 0, .source = assumed("its own is not published: the area of ISAAC's")};
}

}  // namespace ganbar::arch
