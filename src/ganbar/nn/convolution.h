// Convolution and transposed convolution: linear operators over patches of a feature map.
#pragma once
#include "ganbar/core/patch_map.h"
#include "ganbar/nn/bias.h"
#include "ganbar/nn/layer.h"

namespace ganbar::nn {

/// One weight matrix [n_taps * c_in (+ 1) x c_out], tap after tap, and the patches it reads. A convolution has one part, a zero-free
/// transposed convolution one per phase (map_shape.h).
struct MapPart {
    PatchMap map;
    std::unique_ptr<LinearOp> op;
};

/// y = f(patches(x) W + b) at every output position. Operators that can follow a patch table do so (PatchOperator); for the others, and
/// where biases live in cells, the patches are laid out as rows, one read each.
class Convolution final : public Layer {
public:
    Convolution(std::string name, std::vector<MapPart> parts, std::size_t channels_in, BiasKind bias, Activation activation, double slope);
    std::size_t n_in() const override { return channels_in_ * positions_in(); }
    std::size_t n_out() const override { return channels_out_ * positions_out(); }
    std::size_t positions_in() const override { return parts_[0].map.n_source; }
    std::size_t positions_out() const override { return parts_[0].map.n_target; }
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;
    void update(const UpdateRule& rule, Step& step) override;
    std::size_t n_widest() const override;
    std::vector<LinearOp*> ops() override;
    bool scale_channels(std::span<const float> scale, const Rewrite& rewrite) override;
    State state() const override;
    void restore(const State& state) override;

private:
    struct Scratch {
        Matrix patches, rows, d_rows, d_patches;  // rows of a part whose outputs are not all of the map's, in the part's order
    };
    PatchOperator* follower(std::size_t p);
    void forward_part(std::size_t p, Step& step);
    void backward_part(std::size_t p, Step& step);
    const Matrix& errors_of(std::size_t p);

    std::string name_;
    std::vector<MapPart> parts_;
    std::vector<Scratch> scratch_;
    std::size_t channels_in_, channels_out_;
    BiasKind bias_kind_;
    Activation activation_;
    float slope_;
    DigitalVector bias_;
    bool covered_ = false;  ///< every output position belongs to a part
    Matrix y_, dx_;
    const Matrix* x_ = nullptr;
    Matrix* dz_ = nullptr;
    std::size_t samples_ = 0;
};

}  // namespace ganbar::nn
