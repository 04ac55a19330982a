// The accelerators that ship, for tests.
#pragma once
#include "ganbar/arch/accelerator.h"

namespace ganbar::arch::test {

inline const AcceleratorRegistry& registry() {
    static const AcceleratorRegistry r = [] {
        AcceleratorRegistry made("accelerator");
        register_builtin_accelerators(made);
        return made;
    }();
    return r;
}

/// A network of presets/networks below the source tree; a training of it.
inline Gan preset(const std::string& root, const std::string& name) {
    return read_gan(*config::load_toml(root + "/presets/networks/" + name + ".toml"), name);
}
inline Workload training(const std::string& root, const std::string& name, Int batch = 16, Int steps_d = 1) {
    return lower(preset(root, name), Task::training, batch, steps_d);
}
inline Estimate estimate(const Accelerator& machine, const Workload& w) {
    Estimate e;
    machine.estimate(w, e);
    return e;
}

}  // namespace ganbar::arch::test
