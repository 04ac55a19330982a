#include "ganbar/nn/network.h"

#include <algorithm>

#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/fold.h"

namespace ganbar::nn {

namespace {

/// Copies rows [first, first + n) of `from` to rows [to_first, ...) of `to`, both with the same columns.
void copy_rows(const Matrix& from, std::size_t first, std::size_t n, Matrix& to, std::size_t to_first) {
    for (std::size_t r = 0; r < n; ++r) std::copy_n(from.row(first + r), from.cols(), to.row(to_first + r));
}

}  // namespace

Network::Network(std::string name, std::vector<std::unique_ptr<Layer>> layers, bool uses_reference)
    : name_(std::move(name)), layers_(std::move(layers)), uses_reference_(uses_reference) {
    if (layers_.empty()) throw ConfigError(name_ + ": a network needs at least one layer");
    for (std::size_t i = 1; i < layers_.size(); ++i)
        if (layers_[i]->n_in() != layers_[i - 1]->n_out() || layers_[i]->positions_in() != layers_[i - 1]->positions_out())
            throw ConfigError(name_ + ": consecutive layers do not fit");
}

std::size_t Network::n_widest() const {
    std::size_t n = 0;
    for (const auto& layer : layers_) n = std::max(n, layer->n_widest());
    return n;
}

const Matrix& Network::with_reference(const Matrix& x, std::size_t n_parts) {
    if (reference_.empty()) {
        reference_.resize(std::min<std::size_t>(64, x.rows() / n_parts), x.cols());
        copy_rows(x, 0, reference_.rows(), reference_, 0);
    }
    joined_.resize(reference_.rows() + x.rows(), x.cols());
    copy_rows(reference_, 0, reference_.rows(), joined_, 0);
    copy_rows(x, 0, x.rows(), joined_, reference_.rows());
    return joined_;
}

const Matrix& Network::forward(const Matrix& x, Step& step) {
    const Matrix* y = uses_reference_ ? &with_reference(x, step.n_parts) : &x;
    Step own = named(step);
    for (auto& layer : layers_) y = &layer->forward(*y, own);
    if (!uses_reference_) return *y;
    const std::size_t lead = reference_.rows() * layers_.back()->positions_out();
    y_.resize(y->rows() - lead, y->cols());
    copy_rows(*y, lead, y_.rows(), y_, 0);
    return y_;
}

const Matrix& Network::backward(Matrix& dy, bool need_dx, Step& step) {
    Step own = named(step);
    Matrix* d = &dy;
    if (uses_reference_) {  // nothing is asked of the reference samples, but their statistics pass errors on to them
        const std::size_t lead = reference_.rows() * layers_.back()->positions_out();
        d_joined_.resize(lead + dy.rows(), dy.cols());
        d_joined_.fill(0);
        copy_rows(dy, 0, dy.rows(), d_joined_, lead);
        d = &d_joined_;
    }
    for (std::size_t i = layers_.size(); i-- > 0;)
        d = const_cast<Matrix*>(&layers_[i]->backward(*d, need_dx || i > 0, own));  // ours: layers own dx
    if (!uses_reference_ || !need_dx) return *d;
    const std::size_t lead = reference_.rows() * layers_.front()->positions_in();
    dx_.resize(d->rows() - lead, d->cols());
    copy_rows(*d, lead, dx_.rows(), dx_, 0);
    return dx_;
}

void Network::update(const UpdateRule& rule, Step& step) {
    Step own = named(step);
    for (auto& layer : layers_) layer->update(rule, own);
}

FoldCount Network::fold(const Rewrite& rewrite) { return fold_norms(layers_, rewrite); }

State Network::state() const {
    State out;
    for (const auto& layer : layers_)
        for (auto& t : layer->state()) out.push_back({name_ + "/" + t.name, std::move(t.values)});
    if (uses_reference_) out.push_back({name_ + "/reference", flatten(reference_)});
    return out;
}

void Network::restore(const State& state) {
    State own;
    for (const auto& t : state)
        if (t.name.starts_with(name_ + "/")) own.push_back({t.name.substr(name_.size() + 1), t.values});
    for (auto& layer : layers_) layer->restore(own);
    if (!uses_reference_) return;
    const std::size_t width = n_in() / layers_.front()->positions_in();
    const auto& values = find_tensor(own, "reference");
    if (values.size() % width != 0) throw DataError("the checkpoint's reference samples have another size: it belongs to another network");
    reference_.resize(values.size() / width, width);
    unflatten(values, reference_);
}

}  // namespace ganbar::nn
