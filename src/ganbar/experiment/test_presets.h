// For tests and benchmarks: everything that ships with ganbar, and experiments by the name of their preset.
#pragma once
#include "ganbar/data/test_files.h"
#include "ganbar/experiment/experiment.h"
#include "ganbar/experiment/places.h"

namespace ganbar::test {

inline const Registries& registries() {
    static const Registries all = builtin_registries();
    return all;
}
/// `tree`: the source tree, GANBAR_SOURCE_ROOT of the file that asks.
inline config::Presets presets(const std::string& tree, const std::string& kind = "experiments") {
    return config::Presets({tree + "/presets/" + kind});
}
inline Experiment preset(const std::string& tree, const std::string& name, const std::vector<std::string>& sets = {}) {
    return load_experiment(name, presets(tree), sets, registries());
}
/// Real images where this machine has them; no cache, so that nothing is left behind.
inline Places places(const std::string& tree) { return {{data_root(), "/usr/share/datasets"}, Cache(), {tree + "/presets"}}; }

}  // namespace ganbar::test
