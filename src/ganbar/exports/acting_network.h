// A trained network as its reads act: weight matrices as the cells show them, and the vectors in digital memory.
#pragma once
#include <map>
#include <optional>

#include "ganbar/experiment/build.h"
#include "ganbar/nn/spectral_norm.h"

namespace ganbar::exports {

struct ActingMatrix {
    std::string name;                         ///< of the plan: "dense1", "conv_transpose3/phase2"
    Matrix weights;                           ///< [n_in x n_out], without noise and converters; signs, curves and wires included
    std::optional<AnalogOp::ReadForm> reads;  ///< where the weights are in cells
};

class ActingNetwork {
public:
    /// Reads out the model's networks once; `generator` or the discriminator.
    ActingNetwork(const Experiment& experiment, Model& model, bool generator);
    const ActingMatrix& matrix(std::size_t i) const { return matrices_.at(i); }
    std::size_t n_matrices() const { return matrices_.size(); }
    /// A vector of the network's state, "dense1/bias" or "dense1/norm/gamma"; DataError when there is none.
    const std::vector<float>& values(const std::string& name) const;
    const Experiment& experiment() const { return e_; }
    const NetworkSpec& spec() const { return generator_ ? e_.generator : e_.discriminator; }
    const nn::NetworkPlan& plan() const { return generator_ ? e_.generator_plan : e_.discriminator_plan; }
    std::string name() const { return generator_ ? "generator" : "discriminator"; }
    bool in_cells() const;  ///< some weights are

private:
    const Experiment& e_;
    const bool generator_;
    std::vector<ActingMatrix> matrices_;
    std::map<std::string, std::vector<float>> values_;
};

}  // namespace ganbar::exports
