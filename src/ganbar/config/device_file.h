// A device by name: a model of ganbar's own, a measured device of presets/devices, or a file of the user's.
#pragma once
#include "ganbar/config/preset.h"

namespace ganbar::config {

/// The [device] table that `device` stands for: the model's name alone, or with the keys that a device file gives it (mine.toml, or NAME of
/// a folder `devices` beside the presets). ConfigError where the file is missing or holds no device; whether the model exists is not asked
/// here.
std::unique_ptr<Node> device_table(const std::string& device, const Presets& presets);

}  // namespace ganbar::config
