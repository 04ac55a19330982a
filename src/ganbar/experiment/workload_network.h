// An experiment's networks in the terms of arch/: the list of layers that trains, as layers with shapes that are estimated.
#pragma once
#include "ganbar/arch/network.h"
#include "ganbar/experiment/experiment.h"

namespace ganbar {

/// Compute layers are named as in the ledger ("dense1", "conv2", "residual3/conv1").
arch::Gan workload_network(const Experiment& e);

/// A GAN to estimate: a network (preset, TOML or ONNX file, as arch::load_gan takes it), an experiment (preset or file), or a run folder. A
/// name that is both is the network. `discriminator`: the ONNX file that goes with a generator's. ConfigError where none of them is meant.
arch::Gan load_workload(const std::string& name_or_path, const config::Presets& networks, const config::Presets& experiments,
                        const Registries& registries, const std::string& discriminator = "");

}  // namespace ganbar
