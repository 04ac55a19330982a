// Layers that branch: a layer takes the output of any earlier one, and sums of two.
#pragma once
#include "ganbar/nn/layer.h"

namespace ganbar::nn {

/// A step of a graph: layers in a row, fed by one earlier node or by the sum of two. Node 0 is fed by the network's input.
struct GraphNode {
    std::vector<std::unique_ptr<Layer>> layers;  ///< may be empty: passes its input on
    std::vector<std::size_t> inputs;             ///< one or two earlier nodes; none: the network's input
};

/// Values and positions of one sample at both ends of a graph, as Layer counts them.
struct GraphEnds {
    std::size_t n_in = 0, positions_in = 1, n_out = 0, positions_out = 1;
};

/// Nodes in an order in which inputs come first; the last one is the output, and every other one feeds one after it. The gradient of a
/// node that feeds several is the sum of theirs, the latest first.
class Graph final : public Layer {
public:
    Graph(std::vector<GraphNode> nodes, GraphEnds ends);
    std::size_t n_in() const override { return ends_.n_in; }
    std::size_t n_out() const override { return ends_.n_out; }
    std::size_t positions_in() const override { return ends_.positions_in; }
    std::size_t positions_out() const override { return ends_.positions_out; }
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;
    void update(const UpdateRule& rule, Step& step) override;
    std::size_t n_widest() const override;
    std::vector<LinearOp*> ops() override;
    FoldCount fold(Layer* before, const Rewrite& rewrite) override;
    State state() const override;
    void restore(const State& state) override;

private:
    std::vector<GraphNode> nodes_;
    GraphEnds ends_;
    bool input_trains_ = false;             // node 0 has weights of its own
    std::vector<Matrix> sums_, gradients_;  // of every node: its summed inputs, what its users ask of its output
};

}  // namespace ganbar::nn
