// The analog system of an experiment as JSON: the keys of `inspect analog --json` and analog_system.json.
#pragma once
#include <nlohmann/json.hpp>

#include "ganbar/experiment/analog_power.h"

namespace ganbar {

nlohmann::ordered_json analog_system_json(const AnalogSystem& s);

}  // namespace ganbar
