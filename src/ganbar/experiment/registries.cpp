#include "ganbar/experiment/registries.h"

namespace ganbar {

Registries builtin_registries() {
    Registries out;
    register_builtin_devices(out.devices);
    register_builtin_accelerators(out.accelerators);
    register_builtin_converters(out.converters);
    register_builtin_rules(out.rules);
    return out;
}

}  // namespace ganbar
