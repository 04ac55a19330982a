// The nodes of an ONNX graph in an order in which every input comes first.
#pragma once
#include "ganbar/arch/onnx_graph.h"

namespace ganbar::arch::onnx_file {

/// Indices of the nodes that the outputs depend on; ties in the order of the file. Throws ConfigError for cycles, with the nodes on them,
/// and for values that two nodes compute.
std::vector<std::size_t> evaluation_order(const Graph& graph);

}  // namespace ganbar::arch::onnx_file
