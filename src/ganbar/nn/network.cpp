#include "ganbar/nn/network.h"

#include <algorithm>

namespace ganbar::nn {

Network::Network(std::string name, std::vector<std::unique_ptr<Layer>> layers) : name_(std::move(name)), layers_(std::move(layers)) {
    if (layers_.empty()) throw ConfigError(name_ + ": a network needs at least one layer");
    for (std::size_t i = 1; i < layers_.size(); ++i)
        if (layers_[i]->n_in() != layers_[i - 1]->n_out() || layers_[i]->positions_in() != layers_[i - 1]->positions_out()) throw ConfigError(name_ + ": consecutive layers do not fit");
}

std::size_t Network::n_widest() const {
    std::size_t n = 0;
    for (const auto& layer : layers_) n = std::max(n, layer->n_widest());
    return n;
}

const Matrix& Network::forward(const Matrix& x, Step& step) {
    Step own = named(step);
    const Matrix* y = &x;
    for (auto& layer : layers_) y = &layer->forward(*y, own);
    return *y;
}

const Matrix& Network::backward(Matrix& dy, bool need_dx, Step& step) {
    Step own = named(step);
    Matrix* d = &dy;
    for (std::size_t i = layers_.size(); i-- > 0;) d = const_cast<Matrix*>(&layers_[i]->backward(*d, need_dx || i > 0, own));  // ours: layers own dx
    return *d;
}

void Network::update(const UpdateRule& rule, Step& step) {
    Step own = named(step);
    for (auto& layer : layers_) layer->update(rule, own);
}

State Network::state() const {
    State out;
    for (const auto& layer : layers_)
        for (auto& t : layer->state()) out.push_back({name_ + "/" + t.name, std::move(t.values)});
    return out;
}

void Network::restore(const State& state) {
    State own;
    for (const auto& t : state)
        if (t.name.starts_with(name_ + "/")) own.push_back({t.name.substr(name_.size() + 1), t.values});
    for (auto& layer : layers_) layer->restore(own);
}

}  // namespace ganbar::nn
