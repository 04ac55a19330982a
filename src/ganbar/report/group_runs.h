// Which runs are seeds of one experiment: those whose run.toml differs in nothing else.
#pragma once
#include <map>

#include "ganbar/report/run_folder.h"

namespace ganbar::report {

/// Settings of a run by "section.key", lists of tables as "section[0].key", from its run.toml (machine-written, one value a line), without
/// what makes no other experiment: seed, name, doc, and who said the values.
std::map<std::string, std::string> settings_of(const std::string& run_toml);

/// Sets RunData::group and tells variants apart by the settings that differ: "tile.adc_bits = 3". Runs of equal settings are one group, its
/// seeds are replicates; a run that is there twice stands apart by its folder. Runs without run.toml go by name.
void group_runs(std::vector<RunData>& runs);

}  // namespace ganbar::report
