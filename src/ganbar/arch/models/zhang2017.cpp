// Zhang et al. 2017 (arXiv 1705.02583): deconvolution on a Zynq-7000 with reverse looping and stride-hole skipping.
#include "ganbar/arch/models/digital_params.h"

namespace ganbar {

void ganbar_register_zhang2017(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<DigitalDesign> m;
    m.doc =
        "Zhang 2017: loops over outputs that visit valid taps only, on the 220 multipliers of a Zynq-7020. Published for inference; "
        "training passes are our extension. Source: arXiv 1705.02583.";
    m.platform = "FPGA", m.trains = false;
    m.scope = "board power of a small FPGA and its memory; area of its die";
    m.defaults = eyeriss_like();
    m.defaults.execution = Execution::useful;
    m.defaults.units = 220, m.defaults.clock = {100e6};
    m.defaults.mac = {20e-12}, m.defaults.register_file = {4e-12}, m.defaults.inter_pe = {6e-12}, m.defaults.buffer_access = {40e-12};
    m.defaults.use_conv = m.defaults.use_skipping = m.defaults.use_fc = 0.06;
    m.defaults.bandwidth_B_per_s = 4.2e9, m.defaults.static_power = {1.5}, m.defaults.area = {100e-6};
    m.schema = digital_schema({derived("0.012 GOPS per multiplier published; 220 multipliers of a Zynq-7020, 100 MHz assumed"),
                               assumed("FPGA logic and memory at about ten times the 45 nm values"),
                               derived("0.012 GOPS over 2 x 100 MHz per multiplier is 6 %")});
    m.swings = {{"use_skipping", 0.03, 0.12}, {"use_conv", 0.03, 0.12}, {"mac_energy", 10e-12, 40e-12}, {"static_power", 0.5, 3.0}};
    digital_machine(m);
    m.peak = {.text =
                  "0.012 GOPS per multiplier in use, 2.6 GOPS for 220, are published; power and die of the board are assumed here, so "
                  "densities are not compared"};
    registry.add("zhang2017", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
