// LerGAN (Mao et al., MICRO 2018): zero-free data reshaping for every zero-inserting pass of training, replication, and links between banks
// that are rewired for each phase of training. Simple model: PRIME's mats, the deformation, single-hop links.
#include "ganbar/arch/models/converter_params.h"

namespace ganbar {
namespace arch {
CrossbarDesign prime_defaults();
}

void ganbar_register_lergan(AcceleratorRegistry& registry) {
    using namespace arch;
    AcceleratorModel<CrossbarDesign> m;
    m.doc =
        "LerGAN: ReRAM GAN training with zero-free reshaping of all zero-inserting passes, replication, and 3D-connected banks whose links "
        "follow the phase of training. "
        "Simple model: PRIME's mats and single-hop links. Source: LerGAN, MICRO 2018 (mechanism); its component table is not available.";
    m.platform = "ReRAM";
    m.scope = "mats with drivers and sense amplifiers, buffers, single-hop links; without the rest of the memory chip";
    m.defaults = prime_defaults();
    m.defaults.zeros = ZeroPolicy::phases;
    m.defaults.link_word = {0.3e-12};
    m.schema =
        converter_schema(assumed("PRIME's mats: LerGAN is compared with a PRIME-based machine"), assumed("PRIME's; links of one hop"));
    add_outer_products(m.schema);
    converter_machine(m);
    m.swings.push_back({"step", 20e-9, 200e-9});
    m.pipelined = true;
    m.run = run_crossbar, m.arrays = crossbar_arrays;
    m.peak = {.text = "none is published; PRIME's mats stand in"};
    registry.add("lergan", accelerator_entry(std::move(m)));
}

}  // namespace ganbar
