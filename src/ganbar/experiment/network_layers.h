// A network that an experiment names (generator.network = "dcgan"), as the list of layers that trains. What costs networks (arch/network.h)
// and what trains them (nn/layer_spec.h) is one description from here on.
#pragma once
#include "ganbar/arch/network.h"
#include "ganbar/config/preset.h"
#include "ganbar/nn/layer_spec.h"

namespace ganbar {

/// The layers of a network that is estimated, for training. The generator's or discriminator's last sigmoid is left out where
/// `ends_in_logit`: the loss applies it. ConfigError at `where` that names the layer for what training does not have: groups, dilation,
/// several inputs or outputs, operators of ONNX beside products, norms, activations, sums and resampling.
std::vector<nn::LayerSpec> layers_of(const arch::Network& network, bool ends_in_logit, const Location& where);

/// In an experiment's tree, replaces [table] `network` (a preset's name, a TOML file, an ONNX file; relative to the file that says it) and
/// `layers` written as texts by `input` and [[table.layer]], so that nothing depends on another file any more. Of a network and layers from
/// different files the later word counts: --set, then files[0], files[1], ... Two words of one file are a ConfigError.
void spell_out_network(config::Node& root, const std::string& table, const config::Presets& networks,
                       const std::vector<std::string>& files);

/// The network presets that lie beside these presets of experiments.
config::Presets networks_beside(const config::Presets& experiments);

}  // namespace ganbar
