// The section [accelerators] of an experiment: which machines, with which parameters.
#pragma once
#include "ganbar/experiment/experiment.h"

namespace ganbar {

/// Reads accelerators.estimate (a list of names, or one text with commas) and checks the tables [accelerators.NAME]. Returns the names each
/// table knows, by path, for reject_unused. ConfigError at the place of an unknown name or a value out of range.
std::map<std::string, std::vector<std::string>> bind_accelerators(const config::Node& root, const AcceleratorRegistry& registry,
                                                                  AcceleratorSpec& spec);
/// The section with all parameters of the machines named, for run.toml.
std::vector<config::Section> accelerator_sections(const AcceleratorSpec& spec);

}  // namespace ganbar
