// A whole ONNX graph: every value's shape, and the network. Internal to the import and its checks.
#pragma once
#include "ganbar/arch/network.h"
#include "ganbar/arch/onnx_call.h"

namespace ganbar::arch::onnx_file {

struct Imported {
    Network network;
    std::map<std::string, Value> values;  ///< by name: inputs, stored tensors, results of all nodes that an output depends on
    Int batch = 1;                        ///< samples that the shapes in `values` hold
};
/// `input`: the largest input's shape without the batch, for sides that the file leaves open. Throws ConfigError as read_onnx does.
Imported import_graph(const Graph& graph, const std::string& name, const std::optional<Dims>& input = {});

}  // namespace ganbar::arch::onnx_file
