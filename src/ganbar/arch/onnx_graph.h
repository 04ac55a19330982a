// An ONNX file (onnx.ai, any operator set) as plain data: nodes, tensors' shapes, the small constants that shapes depend on. Weights are
// not kept. Only onnx_graph.cpp knows protobuf.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ganbar/arch/tconv.h"

namespace ganbar::arch::onnx_file {

using Dims = std::vector<Int>;

/// A stored tensor. Values only of small ones (shapes, scales, axes).
struct Tensor {
    Dims dims;
    std::optional<std::vector<double>> values;
    bool whole = false;  ///< of a type without fractions
};

struct Node {
    std::string name, op, domain;  ///< domain: empty for ONNX's own operators
    std::vector<std::string> inputs, outputs;
    std::map<std::string, std::vector<Int>> ints;      ///< whole-number attributes, single ones as lists of one
    std::map<std::string, std::vector<double>> reals;  ///< real attributes, single ones as lists of one
    std::map<std::string, std::string> texts;          ///< text attributes
    std::map<std::string, Tensor> tensors;             ///< tensors as attributes
    std::string label() const;                         ///< node "conv1" (Conv)
};

struct Graph {
    std::string file;
    Int opset = 1;  ///< version of ONNX's own operators
    std::vector<Node> nodes;
    std::map<std::string, Tensor> tensors;     ///< initialisers and Constant nodes
    std::vector<std::string> inputs, outputs;  ///< without the initialisers
    std::map<std::string, Dims> declared;      ///< shapes the file states for values; -1 where it names a symbol or nothing
    std::map<std::string, bool> whole;         ///< of `inputs`: a type without fractions
};

/// Throws ConfigError when the file cannot be read or holds no ONNX graph.
Graph read(const std::string& path);
/// The same from the bytes of a file; `name` stands in messages.
Graph parse(const std::string& bytes, const std::string& name);

}  // namespace ganbar::arch::onnx_file
