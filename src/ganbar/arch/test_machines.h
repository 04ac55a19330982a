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

}  // namespace ganbar::arch::test
