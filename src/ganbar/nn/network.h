// Layers in a row.
#pragma once
#include "ganbar/nn/layer.h"

namespace ganbar::nn {

class Network {
public:
    /// uses_reference: the network's virtual batch norms need reference samples. The first samples it ever sees (at most 64) become them
    /// and pass before those of every batch from then on.
    Network(std::string name, std::vector<std::unique_ptr<Layer>> layers, bool uses_reference = false);
    const std::string& name() const { return name_; }
    std::size_t n_in() const { return layers_.front()->n_in(); }
    std::size_t n_out() const { return layers_.back()->n_out(); }
    std::size_t n_layers() const { return layers_.size(); }
    Layer& layer(std::size_t i) { return *layers_.at(i); }
    std::size_t n_widest() const;  ///< most values that one sample takes in any layer
    /// Accounts are charged under step.account + "/" + name.
    const Matrix& forward(const Matrix& x, Step& step);
    /// dy is used up. Returns the gradient with respect to the input when need_dx, else an empty matrix.
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step);
    void update(const UpdateRule& rule, Step& step);
    FoldCount fold(const Rewrite& rewrite);  ///< its batch norms, for inference (fold.h)
    State state() const;
    void restore(const State& state);

private:
    Step named(Step& step) const {
        return {step.rng, step.ledger, step.account + "/" + name_, step.training, step.n_parts, reference_.rows()};
    }
    const Matrix& with_reference(const Matrix& x, std::size_t n_parts);
    std::string name_;
    std::vector<std::unique_ptr<Layer>> layers_;
    bool uses_reference_ = false;
    Matrix reference_, joined_, y_, d_joined_, dx_;  // of networks with virtual batch norm
};

}  // namespace ganbar::nn
