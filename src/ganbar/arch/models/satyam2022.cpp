// satyam2022 (Satyam, Nikam, Sahay): a fully connected GAN on 54 passive 64x64 crossbars; forward and backward products in the same cells,
// updates by one fixed pulse per cell. The paper bills the pulses and the cells' area; reads and converters are our assumption.
#include "ganbar/arch/components.h"
#include "ganbar/arch/coupling.h"

namespace ganbar {

void ganbar_register_satyam2022(AcceleratorRegistry& registry) {
    using namespace arch;
    using D = CrossbarDesign;
    AcceleratorModel<D> m;
    m.doc =
        "satyam2022: 54 passive 64x64 crossbars, one analog cell per weight with a frozen sign, pulses of +-0.8 V and 100 ns, 0.36 um2 per "
        "cell, fully connected networks only. "
        "The paper counts update pulses and cell area; read pulses and converters are assumed here and can be set to zero. Source: "
        "satyam2022, sec. II and III.";
    m.platform = "ReRAM";
    m.scope = "update pulses, read pulses, converters; area of the cells alone, as in the paper";
    D d;
    d.rows = d.cols = 64, d.cell_bits = d.weight_bits = 8, d.input_bits = d.dac_bits = 8;
    d.step = {100e-9}, d.write_row = {200e-9};
    d.row_step = {64 * 0.01 * 225e-6 * 100e-9}, d.input_density = 0.33;
    d.column_step = {adc_energy_J(8)};
    d.write = {0.64 * 225e-6 * 100e-9}, d.write_scope = WriteScope::cell, d.update_fraction = 0.8;
    d.alu = {component("salu_multiply").energy_J}, d.activation = {component("lut_sigmoid").energy_J};
    d.buffer_word = d.buffer_write_word = {component("sram_2KB").energy_J}, d.link_word = {0};
    d.array_area = {64 * 64 * 0.36e-12}, d.buffer_word_area = {0};
    d.gradient = GradientMode::digital, d.digital_lanes = 1024, d.digital_clock = {200e6},
    d.digital_mac = {component("salu_multiply").energy_J};
    d.schedule = Schedule::serial;
    d.bidirectional = d.only_fully_connected = true;
    d.packing = Packing::dense, d.arrays_available = 54, d.zeros = ZeroPolicy::phases;
    d.steps_per_cycle = d.gradient_steps_per_cycle = 1 << 30;
    d.cells_area = d.array_area, d.converter_bits = 8;
    m.defaults = d, m.couple = couple_converters, m.uncoupled = uncoupled_crossbar_choices();
    m.chip = {.area_m2 = 54 * 64 * 64 * 0.36e-12,
              .n_arrays = 54,
              .power_W = 0,
              .source = published("satyam2022: 54 arrays of 64 x 64 cells of 0.36 um2")};
    const Source paper = published("satyam2022, sec. II");
    m.schema = {
        decided(param("rows", &D::rows, std::int64_t{8}, std::int64_t{1024}, "word lines", paper)),
        decided(param("cols", &D::cols, std::int64_t{8}, std::int64_t{1024}, "bit lines", paper)),
        decided(param("arrays", &D::arrays_available, std::int64_t{0}, std::int64_t{1} << 30, "crossbars there are (0: as many as needed)",
                      published("satyam2022: 54"))),
        decided(choice("packing", &D::packing, {"blocks", "dense"}, "how weights fill the crossbars",
                       assumed("the paper's 54 lie between dense packing (53) and one tiling per layer (58)"))),
        param("write_energy", &D::write, Joule{0}, Joule{1e-9}, "one update pulse",
              derived("V^2 G t = 0.64 V2 x 225 uS (middle of the window) x 100 ns")),
        param("endurance", &D::endurance, 0.0, 1e18, "writes that a cell survives (0: not given, no lifetime is stated)",
              assumed("a property of the cells that the paper does not give")),
        param("update_fraction", &D::update_fraction, 0.0, 1.0, "cells pulsed in an update",
              derived("65 to 97 % in simulations of this network")),
        param("write_row", &D::write_row, Second{1e-9}, Second{1e-3}, "set and reset pulse of one word line",
              derived("two pulses of 100 ns")),
        param("read_row_energy", &D::row_step, Joule{0}, Joule{1e-6}, "a read pulse on one word line",
              assumed("0.1 V on 64 cells of 225 uS for 100 ns")),
        param("read_square", &D::input_density, 0.0, 1.0, "mean square of the inputs relative to full scale",
              assumed("uniform inputs: one third")),
        param("step", &D::step, Second{1e-10}, Second{1e-3}, "one read", assumed("as long as a write pulse")),
        param("conversion_energy", &D::column_step, Joule{0}, Joule{1e-9}, "one conversion",
              assumed("the library's 8-bit converter; the paper has none")),
        decided(param("digital_lanes", &D::digital_lanes, std::int64_t{1}, std::int64_t{1} << 24,
                      "multiply-accumulate lanes for the sign of the gradient",
                      assumed("the paper does not say where gradients are formed"))),
        decided(param("digital_clock", &D::digital_clock, Hertz{1e6}, Hertz{1e10}, "their clock", assumed("a modest standard-cell clock"))),
        param("digital_mac_energy", &D::digital_mac, Joule{0}, Joule{1e-9}, "one of their operations", assumed("PUMA's constants")),
        param("array_area", &D::array_area, SquareMetre{0}, SquareMetre{1e-6}, "a crossbar's cells",
              derived("64 x 64 x 0.36 um2, published for one cell")),
    };
    m.swings = {
        {"read_row_energy", 0.0, 5.8e-11}, {"conversion_energy", 0.0, 3e-12}, {"update_fraction", 0.65, 0.97}, {"step", 10e-9, 1e-6}};
    m.run = run_crossbar, m.arrays = crossbar_arrays;
    m.peak = {.text = "none is published: the paper bills update pulses and the cells' area alone"};
    registry.add("satyam2022", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
