// An experiment's networks in the terms of arch/: the list of layers that trains, as layers with shapes that are estimated.
#pragma once
#include "ganbar/experiment/experiment.h"
#include "ganbar/arch/network.h"

namespace ganbar {

/// Compute layers are named as in the ledger ("dense1", "conv2", "residual3/conv1").
arch::Gan workload_network(const Experiment& e);

}  // namespace ganbar
