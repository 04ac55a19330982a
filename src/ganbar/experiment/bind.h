// From an input that is read already to an experiment.
#pragma once
#include "ganbar/experiment/experiment.h"

namespace ganbar {

/// What load_experiment() does after reading: binds every key, rejects the unknown ones, checks what no single key can. The tree is kept as
/// the experiment's source.
Experiment bind_experiment(config::Loaded input, const Registries& registries);

}  // namespace ganbar
