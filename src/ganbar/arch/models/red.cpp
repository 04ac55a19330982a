// RED (Fan et al., DATE 2019): deconvolution with one sub-crossbar per kernel tap; the s^d output phases are computed in the same step.
#include "ganbar/arch/models/converter_params.h"

namespace ganbar {

void ganbar_register_red(AcceleratorRegistry& registry) {
    using namespace arch;
    using D = CrossbarDesign;
    AcceleratorModel<D> m;
    m.doc =
        "RED: pixel-wise mapping, K^2 sub-crossbars of C_in x C_out each fed with one input pixel, zero-skipping data flow of s^2 outputs "
        "per step; more than 128 taps take turns. "
        "Published for deconvolution inference; training passes are our extension. Source: RED, DATE 2019; array and periphery values are "
        "ISAAC's.";
    m.platform = "ReRAM", m.trains = false;
    m.scope = "arrays, drivers, converters, registers, eDRAM, routers; without the links between chips";
    m.defaults = converter_defaults();
    m.defaults.zeros = ZeroPolicy::pixels;
    m.defaults.max_sub_arrays = 128;
    m.schema = converter_schema(assumed("ISAAC's array; RED's own table is not available"),
                                assumed("ISAAC's periphery; RED's own table is not available"));
    m.schema.push_back(decided(param("max_sub_arrays", &D::max_sub_arrays, std::int64_t{0}, std::int64_t{1} << 20,
                                     "sub-crossbars side by side; more taps take turns (0: no limit)",
                                     derived("the published 31.15 at stride 8 fits 256 taps folded onto 128, whose bound is 32"))));
    add_outer_products(m.schema);
    converter_machine(m);
    m.pipelined = true;
    m.run = run_crossbar, m.arrays = crossbar_arrays;
    m.peak = {.text = "none is published; ISAAC's arrays stand in"};
    registry.add("red", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
