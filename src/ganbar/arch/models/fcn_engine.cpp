// FCN-engine (Xu et al., ICCAD 2018): transposed convolution as input times kernel with overlap-add in the on-chip buffer.
#include "ganbar/arch/models/digital_params.h"

namespace ganbar {

void ganbar_register_fcn_engine(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<DigitalDesign> m;
    m.doc =
        "FCN-engine: one 2D array for convolution and deconvolution, every input times the whole kernel, overlapping outputs added in the "
        "buffer. Published for inference; training passes are our extension. Source: FCN-engine, ICCAD 2018.";
    m.platform = "CMOS", m.trains = false;
    m.scope = "units, registers, buffer, off-chip memory accesses, leakage; area of the chip alone";
    m.defaults = eyeriss_like();
    m.defaults.execution = Execution::scatter;
    m.schema = digital_schema(
        {assumed("the same 256 units as the baseline, so that only the data flow differs"),
         assumed("pJ per bit as remembered from GANAX: unit 0.36, registers 0.20, neighbour 0.40, buffer 1.20, DRAM 15; not checked"),
         assumed("overlap-add keeps the units busy less often")});
    m.swings = digital_swings();
    digital_machine(m);
    m.peak = {.text = "none is published that could be read: ratios alone"};
    registry.add("fcn_engine", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
