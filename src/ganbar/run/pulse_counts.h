// Pulses per cell beside each checkpoint: pulses/NNNNNN.safetensors, for the lifetime of a run that is taken up again. Kept apart so that
// checkpoints hold what later bits depend on and nothing else.
#pragma once
#include <filesystem>

#include "ganbar/experiment/build.h"

namespace ganbar {

/// Writes the counts of all arrays after `round`, counted since round `since`, atomically; removes all but the newest two files.
void write_pulse_counts(const std::filesystem::path& folder, std::int64_t round, std::int64_t since, const Model& model);
/// Puts them back and returns since when they count; where there is no whole file of that round, counting begins there and `round` comes
/// back.
std::int64_t read_pulse_counts(const std::filesystem::path& folder, std::int64_t round, Model& model);

}  // namespace ganbar
