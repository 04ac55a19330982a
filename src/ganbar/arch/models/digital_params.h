// Parameters shared by the CMOS and FPGA accelerators.
#pragma once
#include "ganbar/arch/components.h"
#include "ganbar/arch/coupling.h"

namespace ganbar::arch {

/// GANAX's machine: 16x16 units of 16 bits derived from Eyeriss, 45 nm; energies per bit as remembered from the paper, not checked.
inline DigitalDesign eyeriss_like() {
    DigitalDesign d;
    d.units = 256, d.word_bits = 16, d.clock = {500e6};
    d.use_conv = 0.9, d.use_skipping = 0.85, d.use_fc = 0.25;
    d.mac = {16 * 0.36e-12}, d.register_file = {16 * 0.20e-12}, d.inter_pe = {16 * 0.40e-12}, d.buffer_access = {16 * 1.20e-12},
    d.dram_word = {16 * 15.0e-12};
    d.register_accesses = 3, d.inter_pe_accesses = 0.5, d.buffer_reuse = 64;
    d.bandwidth_B_per_s = 25.6e9, d.buffer_bytes = 108 * 1024;
    d.alu = {component("salu_add").energy_J};
    d.static_power = {0.02};
    d.area = {12.25e-6 * 256 / 168 * 0.45};
    return d;
}

struct DigitalSources {
    Source machine, energy, use;
};

inline MachineSchema<DigitalDesign> digital_schema(const DigitalSources& s) {
    using D = DigitalDesign;
    return {
        decided(param("units", &D::units, std::int64_t{1}, std::int64_t{1} << 24, "multiply-accumulate units", s.machine)),
        decided(param("word_bits", &D::word_bits, std::int64_t{1}, std::int64_t{64}, "bits of a word", s.machine)),
        decided(param("clock", &D::clock, Hertz{1e6}, Hertz{1e10}, "clock of the units", s.machine)),
        param("use_conv", &D::use_conv, 0.001, 1.0, "share of the units at work in dense convolutions", s.use),
        param("use_skipping", &D::use_skipping, 0.001, 1.0, "the same in passes where zeros are skipped", s.use),
        param("use_fc", &D::use_fc, 0.001, 1.0, "the same in fully connected layers", s.use),
        decided(choice("execution", &D::execution, {"zero_inserted", "phases", "scatter", "useful"},
                       "multiplications executed in passes with inserted zeros", s.machine)),
        param("zero_energy", &D::zero_energy, 0.0, 1.0, "energy of a multiplication by an inserted zero, relative to a real one",
              assumed("no gating")),
        param("mac_energy", &D::mac, Joule{0}, Joule{1e-6}, "one multiply-accumulate", s.energy),
        param("register_energy", &D::register_file, Joule{0}, Joule{1e-6}, "one register-file access of a word", s.energy),
        param("register_accesses", &D::register_accesses, 0.0, 16.0, "register-file accesses per multiplication",
              assumed("two operands and the sum, partly forwarded")),
        param("inter_pe_energy", &D::inter_pe, Joule{0}, Joule{1e-6}, "a word to the neighbouring unit", s.energy),
        param("inter_pe_accesses", &D::inter_pe_accesses, 0.0, 16.0, "such transfers per multiplication",
              assumed("partial sums move once per row of the kernel")),
        param("buffer_energy", &D::buffer_access, Joule{0}, Joule{1e-6}, "a word of the on-chip buffer", s.energy),
        param("buffer_reuse", &D::buffer_reuse, 1.0, 1e6, "multiplications per word fetched from the on-chip buffer",
              assumed("row-stationary reuse")),
        decided(param("buffer_bytes", &D::buffer_bytes, std::int64_t{0}, std::int64_t{1} << 40, "size of the on-chip buffer", s.machine)),
        param("dram_energy", &D::dram_word, Joule{0}, Joule{1e-3}, "a word of off-chip memory", s.energy),
        decided(param("bandwidth_B_per_s", &D::bandwidth_B_per_s, 1e6, 1e14, "off-chip bandwidth", assumed("two DDR4 channels"))),
        param("bandwidth_share", &D::bandwidth_share, 0.01, 1.0, "share of that bandwidth that transfers reach",
              assumed("1: long bursts of streamed operands; half of it where they are short")),
        param("alu_energy", &D::alu, Joule{0}, Joule{1e-6}, "one operation outside the units", assumed("PUMA's constants")),
        decided(param("node_nm", &D::node_nm, std::int64_t{32}, std::int64_t{65}, "technology: 32, 45 or 65 nm", s.machine)),
        param("static_power", &D::static_power, Watt{0}, Watt{1000}, "leakage and clock",
              assumed("small against the dynamic power, or the board's for an FPGA")),
        param("area", &D::area, SquareMetre{0}, SquareMetre{1e-2}, "the chip",
              assumed("Eyeriss' 12.25 mm2 at 65 nm scaled by units and node; an FPGA's die where it is one")),
    };
}

inline std::vector<Swing> digital_swings() {
    return {{"use_conv", 0.6, 1.0},        {"use_skipping", 0.5, 1.0},       {"zero_energy", 0.3, 1.0},
            {"mac_energy", 1e-12, 6e-12},  {"register_accesses", 1.0, 4.0},  {"buffer_reuse", 16.0, 256.0},
            {"bandwidth_share", 0.5, 1.0}, {"dram_energy", 160e-12, 320e-12}};
}

/// What every digital model has in common.
inline void digital_machine(AcceleratorModel<DigitalDesign>& m) {
    m.couple = couple_units, m.uncoupled = uncoupled_digital_choices();
    m.run = run_digital;
    m.chip = {.area_m2 = m.defaults.area.si,
              .n_arrays = double(m.defaults.units),
              .power_W = 0,
              .source = assumed("the machine is the chip; what its buffer does not hold is in DRAM")};
}

}  // namespace ganbar::arch
