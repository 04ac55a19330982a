// Layers without weights: dropout, pooling, activation, and changes of layout between vectors, images and feature maps.
#pragma once
#include "ganbar/core/patch_map.h"
#include "ganbar/nn/same_shape.h"

namespace ganbar::nn {

/// y = x m / (1 - p), every value kept (m = 1) with probability 1 - p (Srivastava et al. 2014, in its inverted form).
/// at_inference: values are dropped there too, as in "Analogue neuro-memristive convolutional dropout nets" (2020).
class Dropout final : public SameShape {
public:
    Dropout(std::string name, std::size_t n, std::size_t positions, double rate, bool at_inference)
        : SameShape(n, positions), name_(std::move(name)), rate_(rate), at_inference_(at_inference) {}
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;

private:
    std::string name_;
    double rate_;
    bool at_inference_, active_ = false;
    Matrix y_, mask_;
};

/// y = f(x).
class Activate final : public SameShape {
public:
    Activate(std::size_t n, std::size_t positions, Activation f, double slope)
        : SameShape(n, positions), f_(f), slope_(static_cast<float>(slope)) {}
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;

private:
    Activation f_;
    float slope_;
    Matrix y_;
};

/// Mean or maximum over windows of a PatchMap; taps outside the map do not count.
enum class PoolKind : std::uint8_t { average, maximum };
class Pool final : public Layer {
public:
    Pool(PatchMap map, std::size_t channels, PoolKind kind);
    std::size_t n_in() const override { return channels_ * map_.n_source; }
    std::size_t n_out() const override { return channels_ * map_.n_target; }
    std::size_t positions_in() const override { return map_.n_source; }
    std::size_t positions_out() const override { return map_.n_target; }
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;

private:
    PatchMap map_;
    std::size_t channels_;
    PoolKind kind_;
    std::vector<float> share_;           ///< of one tap, per window
    std::vector<std::int32_t> largest_;  ///< source position of every maximum
    Matrix y_, dx_;
};

/// vector: one row a sample, positions one after the other, each with its channels. planar: one row a sample, channel after channel, as
/// images are stored. map: one row a position.
enum class Layout : std::uint8_t { vector, planar, map };
class Rearrange final : public Layer {
public:
    Rearrange(std::size_t channels, std::size_t positions, Layout from, Layout to)
        : channels_(channels), positions_(positions), from_(from), to_(to) {}
    std::size_t n_in() const override { return channels_ * positions_; }
    std::size_t n_out() const override { return n_in(); }
    std::size_t positions_in() const override { return from_ == Layout::map ? positions_ : 1; }
    std::size_t positions_out() const override { return to_ == Layout::map ? positions_ : 1; }
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;
    bool keeps_channels() const override { return from_ == Layout::vector && to_ == Layout::map; }

private:
    void move(const Matrix& in, Layout from, Layout to, Matrix& out) const;
    std::size_t channels_, positions_;
    Layout from_, to_;
    Matrix y_, dx_;
};

/// y = f(main(x) + shortcut(x)) (He et al. 2016); an empty shortcut passes x on.
class Residual final : public Layer {
public:
    using Layers = std::vector<std::unique_ptr<Layer>>;
    Residual(Layers main, Layers shortcut, Activation f, double slope);
    std::size_t n_in() const override { return main_.front()->n_in(); }
    std::size_t n_out() const override { return main_.back()->n_out(); }
    std::size_t positions_in() const override { return main_.front()->positions_in(); }
    std::size_t positions_out() const override { return main_.back()->positions_out(); }
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;
    void update(const UpdateRule& rule, Step& step) override;
    std::size_t n_widest() const override;
    std::vector<LinearOp*> ops() override;
    FoldCount fold(Layer* before, const Rewrite& rewrite) override;
    State state() const override;
    void restore(const State& state) override;

private:
    Layers main_, shortcut_;
    Activation f_;
    float slope_;
    Matrix y_, d_shortcut_, dx_;
};

}  // namespace ganbar::nn
