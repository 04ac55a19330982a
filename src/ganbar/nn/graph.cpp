#include "ganbar/nn/graph.h"

#include <algorithm>

#include "ganbar/nn/fold.h"
#include "ganbar/nn/row_items.h"

namespace ganbar::nn {
namespace {

void sum(const Matrix& a, const Matrix& b, Matrix& out) {
    GANBAR_ASSERT(a.rows() == b.rows() && a.cols() == b.cols());
    out.resize(a.rows(), a.cols());
    over_rows(out, [&](std::size_t r, std::size_t rows) {
        for (std::size_t k = r; k < r + rows; ++k)
            for (std::size_t c = 0; c < out.cols(); ++c) out(k, c) = a(k, c) + b(k, c);
    });
}

}  // namespace

Graph::Graph(std::vector<GraphNode> nodes, GraphEnds ends)
    : nodes_(std::move(nodes)), ends_(ends), sums_(nodes_.size()), gradients_(nodes_.size()) {
    GANBAR_ASSERT(!nodes_.empty() && nodes_.front().inputs.empty());
    for (std::size_t i = 1; i < nodes_.size(); ++i) {
        GANBAR_ASSERT(!nodes_[i].inputs.empty() && nodes_[i].inputs.size() <= 2);
        for (const std::size_t from : nodes_[i].inputs) GANBAR_ASSERT(from < i);
    }
    for (auto& layer : nodes_[0].layers) input_trains_ = input_trains_ || !layer->ops().empty();
}

const Matrix& Graph::forward(const Matrix& x, Step& step) {
    std::vector<const Matrix*> made;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const GraphNode& node = nodes_[i];
        const Matrix* y = node.inputs.empty() ? &x : made[node.inputs[0]];
        if (node.inputs.size() == 2) {
            sum(*y, *made[node.inputs[1]], sums_[i]);
            y = &sums_[i];
        }
        for (auto& layer : node.layers) y = &layer->forward(*y, step);
        made.push_back(y);
    }
    return *made.back();
}

const Matrix& Graph::backward(Matrix& dy, bool need_dx, Step& step) {
    std::vector<bool> asked(nodes_.size(), false);
    const bool first_needs = need_dx || input_trains_;
    Matrix* d = &dy;
    for (std::size_t i = nodes_.size(); i-- > 0;) {
        const GraphNode& node = nodes_[i];
        if (i == 0 && !first_needs) {
            gradients_[0].resize(0, gradients_[0].cols());
            return gradients_[0];
        }
        if (i + 1 < nodes_.size()) d = &gradients_[i];
        const bool wanted = i == 0 ? need_dx : first_needs || *std::max_element(node.inputs.begin(), node.inputs.end()) > 0;
        for (std::size_t k = node.layers.size(); k-- > 0;)
            d = const_cast<Matrix*>(&node.layers[k]->backward(*d, wanted || k > 0, step));  // layers own dx
        for (std::size_t n = 0; wanted && n < node.inputs.size(); ++n) {
            const std::size_t from = node.inputs[n];
            if (asked[from]) sum(gradients_[from], *d, gradients_[from]);
            else gradients_[from] = *d;
            asked[from] = true;
        }
    }
    return *d;
}

void Graph::update(const UpdateRule& rule, Step& step) {
    for (auto& node : nodes_)
        for (auto& layer : node.layers) layer->update(rule, step);
}

std::size_t Graph::n_widest() const {
    std::size_t n = n_out();
    for (const auto& node : nodes_)
        for (const auto& layer : node.layers) n = std::max(n, layer->n_widest());
    return n;
}

std::vector<LinearOp*> Graph::ops() {
    std::vector<LinearOp*> out;
    for (auto& node : nodes_)
        for (auto& layer : node.layers)
            for (auto* op : layer->ops()) out.push_back(op);
    return out;
}

FoldCount Graph::fold(Layer*, const Rewrite& rewrite) {
    FoldCount total;
    for (auto& node : nodes_) total += fold_norms(node.layers, rewrite);
    return total;
}

State Graph::state() const {
    State out;
    for (const auto& node : nodes_)
        for (const auto& layer : node.layers)
            for (auto& t : layer->state()) out.push_back(std::move(t));
    return out;
}

void Graph::restore(const State& state) {
    for (auto& node : nodes_)
        for (auto& layer : node.layers) layer->restore(state);
}

}  // namespace ganbar::nn
