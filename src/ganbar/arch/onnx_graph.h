// An ONNX file (onnx.ai, opset up to 17) as plain data: nodes, tensors' shapes, the few small constants that shapes depend on. Weights are
// not kept. Only onnx_graph.cpp knows protobuf.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ganbar/arch/tconv.h"

namespace ganbar::arch::onnx_file {

struct Node {
    std::string name, op;
    std::vector<std::string> inputs, outputs;
    std::map<std::string, std::vector<Int>> ints;      ///< whole-number attributes, single ones as lists of one
    std::map<std::string, std::vector<double>> reals;  ///< real attributes, single ones as lists of one
    std::map<std::string, std::string> texts;          ///< text attributes
    std::string label() const;                         ///< node "conv1" (Conv)
};

/// A stored tensor. Values only of small ones (shapes, scales, axes).
struct Tensor {
    std::vector<Int> dims;
    std::optional<std::vector<double>> values;
};

struct Graph {
    std::string file;
    std::vector<Node> nodes;
    std::map<std::string, Tensor> tensors;             ///< initialisers and Constant nodes
    std::vector<std::string> inputs, outputs;          ///< without the initialisers
    std::map<std::string, std::vector<Int>> declared;  ///< shapes the file states for values; -1 where it names a symbol or nothing
};

/// Throws ConfigError when the file cannot be read or holds no ONNX graph.
Graph read(const std::string& path);
/// The same from the bytes of a file; `name` stands in messages.
Graph parse(const std::string& bytes, const std::string& name);

}  // namespace ganbar::arch::onnx_file
