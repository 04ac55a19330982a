// FlexiGAN (Yazdanbakhsh et al., FCCM 2018): an FPGA template of GANAX's idea.
#include "ganbar/arch/models/digital_params.h"

namespace ganbar {

void ganbar_register_flexigan(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<DigitalDesign> m;
    m.doc =
        "FlexiGAN: transposed convolutions reordered by zero pattern on an FPGA template. Source: FCCM 2018, abstract (ratios only); "
        "device and clock assumed.";
    m.platform = "FPGA", m.trains = false;
    m.scope = "board power of the FPGA and its memory; area of a large die";
    m.defaults = eyeriss_like();
    m.defaults.execution = Execution::phases;
    m.defaults.units = 2048, m.defaults.clock = {200e6};
    m.defaults.mac = {20e-12}, m.defaults.register_file = {4e-12}, m.defaults.inter_pe = {6e-12}, m.defaults.buffer_access = {40e-12};
    m.defaults.static_power = {4}, m.defaults.area = {600e-6};
    m.schema = digital_schema({assumed("2048 units at 200 MHz; not in the abstract"),
                               assumed("FPGA logic and memory at about ten times the 45 nm values"), assumed("as GANAX")});
    m.swings = {{"use_conv", 0.6, 1.0},
                {"use_skipping", 0.5, 1.0},
                {"mac_energy", 10e-12, 40e-12},
                {"static_power", 1.0, 10.0},
                {"bandwidth_share", 0.5, 1.0}};
    digital_machine(m);
    m.peak = {.text = "none is published that could be read: ratios alone"};
    registry.add("flexigan", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
