#include "ganbar/nn/depth_to_space.h"

#include <fmt/format.h>

#include <algorithm>

#include "ganbar/core/parallel.h"

namespace ganbar::nn {

MapShape depth_to_space_output(const MapShape& in, std::size_t factor, const Location& where) {
    MapShape out = in;
    std::size_t block = 1;
    for (auto& side : out.side) side *= factor, block *= factor;
    if (in.channels % block != 0)
        throw ConfigError(fmt::format("{} channels cannot be spread over blocks of {}; expected a multiple", in.channels, block), where);
    out.channels = in.channels / block;
    return out;
}

DepthToSpace::DepthToSpace(const MapShape& in, std::size_t factor) : n_source_(in.positions()) {
    const MapShape out = depth_to_space_output(in, factor, {});
    n_channels_ = out.channels;
    for (std::size_t o = 0; o < out.positions(); ++o) {
        std::size_t rest = o, from = 0, step = 1, block = 0, block_step = 1;
        for (std::size_t a = in.side.size(); a-- > 0;) {
            const std::size_t at = rest % out.side[a];
            rest /= out.side[a];
            from += at / factor * step, block += at % factor * block_step;
            step *= in.side[a], block_step *= factor;
        }
        source_.push_back(from), first_.push_back(block * n_channels_);
    }
}

const Matrix& DepthToSpace::forward(const Matrix& x, Step&) {
    const std::size_t samples = x.rows() / n_source_, n = source_.size();
    y_.resize(samples * n, n_channels_);
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t o = 0; o < n; ++o) std::copy_n(x.row(s * n_source_ + source_[o]) + first_[o], n_channels_, y_.row(s * n + o));
    });
    return y_;
}

const Matrix& DepthToSpace::backward(Matrix& dy, bool need_dx, Step&) {
    const std::size_t n = source_.size(), samples = dy.rows() / n;
    dx_.resize(need_dx ? samples * n_source_ : 0, n_channels_ * n / n_source_);
    if (!need_dx) return dx_;
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t o = 0; o < n; ++o) std::copy_n(dy.row(s * n + o), n_channels_, dx_.row(s * n_source_ + source_[o]) + first_[o]);
    });
    return dx_;
}

}  // namespace ganbar::nn
