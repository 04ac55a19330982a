#include "ganbar/nn/map_layers.h"

#include "ganbar/nn/row_items.h"

namespace ganbar::nn {

const Matrix& Dropout::forward(const Matrix& x, Step& step) {
    active_ = rate_ > 0 && (step.training || at_inference_);
    if (!active_) return x;
    mask_.resize(x.rows(), x.cols());
    y_.resize(x.rows(), x.cols());
    const std::uint64_t key = step.rng.stream(name_).key();
    const auto limit = static_cast<std::uint32_t>(rate_ * 0x1p32);  // drop where a draw of 32 bits is below
    const auto keep = static_cast<float>(1 / (1 - rate_));
    over_rows(x, [&](std::size_t first, std::size_t rows) {
        for (std::size_t r = first; r < first + rows; ++r)
            for (std::size_t c = 0; c < x.cols(); c += 4) {
                const auto draws = philox(key, c / 4, r);
                for (std::size_t k = c; k < std::min(c + 4, x.cols()); ++k) {
                    mask_(r, k) = draws[k - c] < limit ? 0.0f : keep;
                    y_(r, k) = x(r, k) * mask_(r, k);
                }
            }
    });
    return y_;
}

const Matrix& Dropout::backward(Matrix& dy, bool, Step&) {
    if (active_)
        over_rows(dy, [&](std::size_t first, std::size_t rows) {
            for (std::size_t r = first; r < first + rows; ++r)
                for (std::size_t c = 0; c < dy.cols(); ++c) dy(r, c) *= mask_(r, c);
        });
    return dy;
}

const Matrix& Activate::forward(const Matrix& x, Step&) {
    y_.resize(x.rows(), x.cols());
    over_rows(x, [&](std::size_t r, std::size_t rows) { std::copy_n(x.row(r), rows * x.stride(), y_.row(r)); });
    activate(y_, nullptr, f_, slope_);
    return y_;
}

const Matrix& Activate::backward(Matrix& dy, bool, Step&) {
    activation_gradient(dy, y_, f_, slope_);
    return dy;
}

Pool::Pool(PatchMap map, std::size_t channels, PoolKind kind) : map_(std::move(map)), channels_(channels), kind_(kind) {
    GANBAR_ASSERT(map_.n_patches() == map_.n_target);
    for (std::size_t i = 0; i < map_.n_patches(); ++i) {
        int n = 0;
        for (std::size_t t = 0; t < map_.n_taps; ++t) n += map_.source[i * map_.n_taps + t] >= 0;
        if (n == 0) throw ConfigError("a pooling window lies wholly in the padding; expected less padding than kernel");
        share_.push_back(1.0f / static_cast<float>(n));
    }
}

const Matrix& Pool::forward(const Matrix& x, Step&) {
    GANBAR_ASSERT(x.cols() == channels_ && x.rows() % map_.n_source == 0);
    const std::size_t samples = x.rows() / map_.n_source, n = map_.n_patches();
    y_.resize(samples * n, channels_);
    if (kind_ == PoolKind::maximum) largest_.resize(samples * n * channels_);
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t i = 0; i < n; ++i) {
            float* y = y_.row(s * n + i);
            std::int32_t* at = kind_ == PoolKind::maximum ? &largest_[(s * n + i) * channels_] : nullptr;
            bool first = true;
            for (std::size_t t = 0; t < map_.n_taps; ++t) {
                const std::int32_t from = map_.source[i * map_.n_taps + t];
                if (from < 0) continue;
                const float* in = x.row(s * map_.n_source + static_cast<std::size_t>(from));
                for (std::size_t c = 0; c < channels_; ++c) {
                    if (at == nullptr) y[c] = first ? in[c] : y[c] + in[c];
                    else if (first || in[c] > y[c]) y[c] = in[c], at[c] = from;
                }
                first = false;
            }
            if (at == nullptr)
                for (std::size_t c = 0; c < channels_; ++c) y[c] *= share_[i];
        }
    });
    return y_;
}

const Matrix& Pool::backward(Matrix& dy, bool need_dx, Step&) {
    const std::size_t n = map_.n_patches(), samples = dy.rows() / n;
    dx_.resize(need_dx ? samples * map_.n_source : 0, channels_);
    if (!need_dx) return dx_;
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t p = 0; p < map_.n_source; ++p) std::fill_n(dx_.row(s * map_.n_source + p), channels_, 0.0f);
        for (std::size_t i = 0; i < n; ++i) {
            const float* d = dy.row(s * n + i);
            if (kind_ == PoolKind::maximum) {
                const std::int32_t* at = &largest_[(s * n + i) * channels_];
                for (std::size_t c = 0; c < channels_; ++c) dx_(s * map_.n_source + static_cast<std::size_t>(at[c]), c) += d[c];
                continue;
            }
            for (std::size_t t = 0; t < map_.n_taps; ++t) {
                const std::int32_t from = map_.source[i * map_.n_taps + t];
                if (from < 0) continue;
                float* out = dx_.row(s * map_.n_source + static_cast<std::size_t>(from));
                for (std::size_t c = 0; c < channels_; ++c) out[c] += d[c] * share_[i];
            }
        }
    });
    return dx_;
}

void Rearrange::move(const Matrix& in, Layout from, Layout to, Matrix& out) const {
    const std::size_t samples = from == Layout::map ? in.rows() / positions_ : in.rows();
    if (to == Layout::map) out.resize(samples * positions_, channels_);
    else out.resize(samples, channels_ * positions_);
    // Where value (position, channel) of a sample lies: at position * by_position + channel * by_channel.
    struct Steps {
        std::size_t by_position, by_channel;
    };
    const auto steps = [&](Layout layout, const Matrix& m) -> Steps {
        return layout == Layout::map ? Steps{m.stride(), 1} : layout == Layout::planar ? Steps{1, positions_} : Steps{channels_, 1};
    };
    const Steps a = steps(from, in), b = steps(to, out);
    parallel_for(samples, [&](std::size_t s) {
        const float* source = in.row(from == Layout::map ? s * positions_ : s);
        float* target = out.row(to == Layout::map ? s * positions_ : s);
        if (channels_ == 1) {
            for (std::size_t p = 0; p < positions_; ++p) target[p * b.by_position] = source[p * a.by_position];
            return;
        }
        for (std::size_t p = 0; p < positions_; ++p) {
            const float* x = source + p * a.by_position;
            float* y = target + p * b.by_position;
            if (a.by_channel == 1 && b.by_channel == 1) std::copy_n(x, channels_, y);
            else
                for (std::size_t c = 0; c < channels_; ++c) y[c * b.by_channel] = x[c * a.by_channel];
        }
    });
}

const Matrix& Rearrange::forward(const Matrix& x, Step&) {
    move(x, from_, to_, y_);
    return y_;
}

const Matrix& Rearrange::backward(Matrix& dy, bool need_dx, Step&) {
    if (need_dx) move(dy, to_, from_, dx_);
    else dx_.resize(0, dx_.cols());
    return dx_;
}

Residual::Residual(Layers main, Layers shortcut, Activation f, double slope)
    : main_(std::move(main)), shortcut_(std::move(shortcut)), f_(f), slope_(static_cast<float>(slope)) {
    GANBAR_ASSERT(!main_.empty());
}

const Matrix& Residual::forward(const Matrix& x, Step& step) {
    const Matrix* a = &x;
    for (auto& layer : main_) a = &layer->forward(*a, step);
    const Matrix* b = &x;
    for (auto& layer : shortcut_) b = &layer->forward(*b, step);
    GANBAR_ASSERT(a->rows() == b->rows() && a->cols() == b->cols());
    y_.resize(a->rows(), a->cols());
    over_rows(y_, [&](std::size_t r, std::size_t rows) {
        for (std::size_t k = r; k < r + rows; ++k)
            for (std::size_t c = 0; c < y_.cols(); ++c) y_(k, c) = (*a)(k, c) + (*b)(k, c);
    });
    activate(y_, nullptr, f_, slope_);
    return y_;
}

const Matrix& Residual::backward(Matrix& dy, bool need_dx, Step& step) {
    activation_gradient(dy, y_, f_, slope_);
    d_shortcut_ = dy;
    const auto through = [&](Layers& layers, Matrix* d) {
        for (std::size_t i = layers.size(); i-- > 0;)
            d = const_cast<Matrix*>(&layers[i]->backward(*d, need_dx || i > 0, step));  // layers own dx
        return d;
    };
    const Matrix* a = through(main_, &dy);
    const Matrix* b = through(shortcut_, &d_shortcut_);
    dx_.resize(need_dx ? a->rows() : 0, need_dx ? a->cols() : dx_.cols());
    if (!need_dx) return dx_;
    over_rows(dx_, [&](std::size_t r, std::size_t rows) {
        for (std::size_t k = r; k < r + rows; ++k)
            for (std::size_t c = 0; c < dx_.cols(); ++c) dx_(k, c) = (*a)(k, c) + (*b)(k, c);
    });
    return dx_;
}

void Residual::update(const UpdateRule& rule, Step& step) {
    for (auto* layers : {&main_, &shortcut_})
        for (auto& layer : *layers) layer->update(rule, step);
}

std::size_t Residual::n_widest() const {
    std::size_t n = n_out();
    for (const auto* layers : {&main_, &shortcut_})
        for (const auto& layer : *layers) n = std::max(n, layer->n_widest());
    return n;
}

std::vector<LinearOp*> Residual::ops() {
    std::vector<LinearOp*> out;
    for (auto* layers : {&main_, &shortcut_})
        for (auto& layer : *layers)
            for (auto* op : layer->ops()) out.push_back(op);
    return out;
}

State Residual::state() const {
    State out;
    for (const auto* layers : {&main_, &shortcut_})
        for (const auto& layer : *layers)
            for (auto& t : layer->state()) out.push_back(std::move(t));
    return out;
}

void Residual::restore(const State& state) {
    for (auto* layers : {&main_, &shortcut_})
        for (auto& layer : *layers) layer->restore(state);
}

}  // namespace ganbar::nn
