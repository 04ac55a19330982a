// The open sets of components that an input may name: made once, handed to what reads inputs.
#pragma once
#include "ganbar/arch/accelerator.h"
#include "ganbar/device/device_registry.h"
#include "ganbar/tile/converter.h"
#include "ganbar/tile/training_rule.h"

namespace ganbar {

struct Registries {
    DeviceRegistry devices{"device"};
    AcceleratorRegistry accelerators{"accelerator"};
    ConverterRegistries converters;
    RuleRegistry rules{"rule"};
};
/// Everything that ships with ganbar; more can be added before use.
Registries builtin_registries();

}  // namespace ganbar
