// Batch normalisation (Ioffe and Szegedy 2015, algorithms 1 and 2), in digital memory, with the activation that follows it.
#pragma once
#include "ganbar/nn/bias.h"
#include "ganbar/nn/same_shape.h"

namespace ganbar::nn {

/// exact: the batch's own statistics in training, running ones in inference. reference: always those of the reference samples that lead
/// the batch (virtual batch normalisation: Salimans et al. 2016, sec. 3.4, without the sample's own share of 1 / (n + 1)).
enum class Statistics : std::uint8_t { exact, reference };

struct BatchNormSpec {
    double epsilon = 1e-5, momentum = 0.1;  ///< momentum: weight of the newest batch in the running statistics
    Statistics statistics = Statistics::exact;
};

/// y = f(gamma (x - mean) / sqrt(variance + epsilon) + beta), per channel over samples and positions. Training normalises by the batch:
/// a step of several parts (real and fake images) by each part's own statistics. Inference normalises by running statistics; the layer is
/// then one scale and shift per channel, which folded() gives.
class BatchNorm final : public SameShape {
public:
    BatchNorm(std::string name, std::size_t channels, std::size_t positions, const BatchNormSpec& spec, Activation activation,
              double slope);
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;
    void update(const UpdateRule& rule, Step& step) override;
    FoldCount fold(Layer* before, const Rewrite& rewrite) override;
    State state() const override;
    void restore(const State& state) override;

    /// Scale and shift of inference: y = f(scale x + shift).
    struct Affine {
        std::vector<float> scale, shift;
    };
    Affine folded() const;
    const std::vector<float>& running_mean() const { return running_mean_; }
    const std::vector<float>& running_variance() const { return running_variance_; }

private:
    struct Part {  // rows that share statistics, and the first n_measured of them, which these come from
        std::size_t first = 0, rows = 0, n_measured = 0;
        std::vector<double> mean, deviation;
    };
    void measure(const Matrix& x, Part& part);
    std::string name_;
    std::size_t channels_;
    BatchNormSpec spec_;
    Activation activation_;
    float slope_;
    DigitalVector gamma_, beta_;
    std::vector<float> running_mean_, running_variance_;
    std::vector<Part> parts_;
    std::vector<float> d_gamma_, d_beta_;
    Matrix y_;
    const Matrix* x_ = nullptr;
};

}  // namespace ganbar::nn
