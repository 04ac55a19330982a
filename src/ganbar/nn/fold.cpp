#include "ganbar/nn/fold.h"

#include "ganbar/nn/batch_norm.h"
#include "ganbar/nn/convolution.h"
#include "ganbar/nn/map_layers.h"

namespace ganbar::nn {

FoldCount Layer::fold(Layer*, const Rewrite&) { return {}; }

Matrix scaled_columns(const Matrix& weights, std::span<const float> scale) {
    GANBAR_ASSERT(!scale.empty() && weights.cols() % scale.size() == 0);
    Matrix out = weights;
    for (std::size_t r = 0; r < out.rows(); ++r)
        for (std::size_t c = 0; c < out.cols(); ++c) out(r, c) *= scale[c % scale.size()];
    return out;
}

FoldCount fold_norms(std::vector<std::unique_ptr<Layer>>& layers, const Rewrite& rewrite) {
    FoldCount sum;
    Layer* before = nullptr;
    for (auto& layer : layers) {
        sum += layer->fold(before, rewrite);
        if (!layer->keeps_channels()) before = layer.get();
    }
    return sum;
}

bool Dense::scale_channels(std::span<const float> scale, const Rewrite& rewrite) {
    if (activation_ != Activation::identity) return false;
    rewrite(*op_, scaled_columns(op_->weights(), scale));
    if (bias_kind_ == BiasKind::digital) bias_ = scaled_columns(bias_, scale);
    return true;
}

bool Convolution::scale_channels(std::span<const float> scale, const Rewrite& rewrite) {
    if (activation_ != Activation::identity) return false;
    for (auto& part : parts_) rewrite(*part.op, scaled_columns(part.op->weights(), scale));
    for (std::size_t c = 0; bias_kind_ == BiasKind::digital && c < scale.size(); ++c) bias_.span()[c] *= scale[c];
    return true;
}

FoldCount Residual::fold(Layer*, const Rewrite& rewrite) {
    FoldCount sum = fold_norms(main_, rewrite);
    sum += fold_norms(shortcut_, rewrite);
    return sum;
}

FoldCount BatchNorm::fold(Layer* before, const Rewrite& rewrite) {
    const Affine whole = folded();
    if (before == nullptr || spec_.statistics == Statistics::reference || !before->scale_channels(whole.scale, rewrite)) return {0, 1};
    for (std::size_t c = 0; c < channels_; ++c) {  // the affine that is left: scale 1
        gamma_.span()[c] = 1;
        beta_.span()[c] = whole.shift[c];
        running_mean_[c] = 0;
        running_variance_[c] = static_cast<float>(1 - spec_.epsilon);
    }
    return {1, 0};
}

}  // namespace ganbar::nn
