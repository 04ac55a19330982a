// Turns the nodes of an ONNX graph, in order and with their shapes known, into the layers of a network. Counts are per sample: dimensions
// are divided by the batch.
#pragma once
#include <set>

#include "ganbar/arch/network.h"
#include "ganbar/arch/onnx_rules.h"

namespace ganbar::arch::onnx_file {

class Lowering {
public:
    Lowering(const std::string& name, Int batch) : batch_(batch) { net_.name = name; }

    /// Adds what the node costs, and writes into its results which layer they come from.
    void add(const Call& c, const Rule& rule, std::vector<Value>& results);
    /// The shape of one sample: without the batch; whatever has more than channels and three sides in fewer of them.
    Shape sample(const Dims& dims, const Call& c) const;
    Network& network() { return net_; }

private:
    Layer& layer(const Call& c, LayerKind kind, const std::vector<int>& inputs, const Shape& in, const Shape& out);
    Layer* producer(const Value& v) { return v.layer < 0 ? nullptr : &net_.layers[std::size_t(v.layer)]; }
    int convolution(const Call& c, bool transposed);
    int product(const Call& c, const Dims& result);
    int arithmetic(const Call& c, const Value& result);
    bool joins(const Call& c, const Rule& rule);

    Network net_;
    Int batch_;
    std::set<std::string> names_;
};

}  // namespace ganbar::arch::onnx_file
