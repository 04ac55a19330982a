#include "ganbar/arch/substrates.h"

#include "ganbar/arch/models/converter_params.h"
#include "ganbar/arch/models/sharing_params.h"
#include "ganbar/arch/models/spike_params.h"
#include "ganbar/arch/models/stack_params.h"
#include "ganbar/arch/zara_engine.h"

namespace ganbar::arch {

const char* to_string(Substrate s) { return s == Substrate::pipelayer ? "PipeLayer's arrays" : "ISAAC's arrays"; }

AcceleratorEntry on_substrate(const std::string& machine, Substrate substrate) {
    AcceleratorModel<CrossbarDesign> m;
    m.doc = machine + " on " + to_string(substrate), m.platform = "ReRAM";
    m.scope = "arrays and what serves them; without memory outside and without the host";
    const bool spikes = substrate == Substrate::pipelayer;
    m.defaults = spikes ? spike_defaults() : converter_defaults();
    m.schema = spikes ? spike_schema(published("PipeLayer, HPCA 2017"))
                      : converter_schema(published("ISAAC, ISCA 2016"), derived("power and area table of ISAAC divided by actions"));
    spikes ? spike_machine(m) : converter_machine(m);
    m.run = run_crossbar, m.arrays = crossbar_arrays;
    if (machine == "zara") {
        stack_defaults(m.defaults), add_stacks(m.schema);
        m.schema.push_back(
            decided(param("deal_by_load", &CrossbarDesign::deal_by_load, "planes lie so that PEs work equally long in an iteration",
                          assumed("chen2019, sec. 4.4: mapper and scheduler \"eliminate the inconsistency\"; false: plane after "
                                  "plane, as the layers follow"))));
        m.run = run_zara;
    } else if (machine == "regan") {
        m.defaults.spatial_parallelism = m.defaults.computation_sharing = true;
        add_sharing(m.schema);
    } else if (machine != "pipelayer") throw ConfigError("unknown machine \"" + machine + "\"; expected zara, regan or pipelayer");
    return accelerator_entry(std::move(m));
}

}  // namespace ganbar::arch
