// For tests: every device model there is.
#pragma once
#include "ganbar/device/device_registry.h"

namespace ganbar::test {

inline const DeviceRegistry& devices() {
    static const DeviceRegistry registry = [] {
        DeviceRegistry r("device");
        register_builtin_devices(r);
        return r;
    }();
    return registry;
}

}  // namespace ganbar::test
