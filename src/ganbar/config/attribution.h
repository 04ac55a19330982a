// Who said each value of a resolved configuration, and how run.toml carries that to a run that starts from it.
#pragma once
#include "ganbar/config/write.h"

namespace ganbar::config {

/// Fills ParamRow::said_by from the tree the values were read from; the items of a list by their order. A file that remembers what presets
/// said (its table [set_by], see set_by_toml) is believed as long as the value is still the one that it names.
/// Throws ConfigError where [set_by] is not lists of texts.
void attribute(std::vector<Section>& sections, const Node& root);

/// The end of run.toml: "[set_by]" with one list a preset, of the assignments "train.t_pulse = \"50 ns\"" that differ from their
/// default; "" when no preset said such a value.
std::string set_by_toml(const std::vector<Section>& sections);
/// run.toml without what set_by_toml added: the values alone.
std::string without_set_by(const std::string& run_toml);

}  // namespace ganbar::config
