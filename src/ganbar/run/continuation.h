// A run taken up with other settings than it began with: which of them leave what has been played as it is.
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "ganbar/config/write.h"

namespace ganbar {

/// What a resolved experiment (run.toml) says otherwise than another.
struct Changes {
    std::vector<std::string>
        harmless;                   ///< "train.rounds = 12 (was 6)": they decide only how long a run goes on and how often it is looked at
    std::vector<std::string> keys;  ///< "device.model": everything else
};
/// Both are TOML as to_toml() writes it. A key that only `now` has is no change where it is `at_default`: the version that wrote `before`
/// did not know it, and did what its default does.
Changes changes_between(const std::string& before, const std::string& now, const std::set<std::string>& at_default);
/// "train.rounds", "generator.layer[0].units": the values at their default.
std::set<std::string> keys_at_default(const std::vector<config::Section>& sections);

/// SHA-256 of a resolved experiment without the settings that are harmless to change: the same for all that may take up each other's
/// checkpoints.
std::string identity_of(const std::string& toml);

/// Rounds that a resolved experiment asks for; rounds_per_epoch of its data.
std::int64_t rounds_asked(const std::string& toml, std::int64_t rounds_per_epoch);

}  // namespace ganbar
