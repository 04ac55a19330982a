#include "ganbar/exports/acting_network.h"

#include <algorithm>

namespace ganbar::exports {

ActingNetwork::ActingNetwork(const Experiment& experiment, Model& model, bool generator) : e_(experiment), generator_(generator) {
    nn::Network& network = generator ? *model.generator : *model.discriminator;
    const bool written = model.ex_situ.empty() || model.ex_situ.front().second->deployed();
    for (std::size_t i = 0; i < network.n_layers(); ++i)
        for (LinearOp* op : network.layer(i).ops()) {
            ActingMatrix m;
            m.name = plan().matrices.at(matrices_.size()).name;
            const auto cells = std::find_if(model.analog.begin(), model.analog.end(),
                                            [&](const WeightMatrix& w) { return w.name == name() + "/" + m.name; });
            if (cells == model.analog.end() || !written) {
                m.weights = op->weights();
            } else {
                m.reads = cells->op->read_form();
                const auto* divided = dynamic_cast<const nn::SpectralNormOp*>(op);
                if (divided != nullptr) m.reads->weight_per_S /= divided->sigma();
                m.weights = m.reads->weights();
            }
            matrices_.push_back(std::move(m));
        }
    GANBAR_ASSERT(matrices_.size() == plan().matrices.size());
    for (auto& t : network.state())
        if (t.name.starts_with(name() + "/")) values_[t.name.substr(name().size() + 1)] = std::move(t.values);
}

const std::vector<float>& ActingNetwork::values(const std::string& name) const {
    const auto it = values_.find(name);
    if (it == values_.end()) throw DataError("the " + this->name() + " has no \"" + name + "\": its checkpoint belongs to another version");
    return it->second;
}

bool ActingNetwork::in_cells() const {
    return std::any_of(matrices_.begin(), matrices_.end(), [](const ActingMatrix& m) { return m.reads.has_value(); });
}

}  // namespace ganbar::exports
