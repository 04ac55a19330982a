// The feature network behind every quality number: a small classifier trained on the spot on the real data.
// ReLU layers, linear classes; features are the activations of the last hidden layer. Inputs are bytes scaled to [-1, 1].
// Training: Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1) on the softmax cross entropy, its rate falling linearly to zero;
// weights start uniform with variance 2/fan-in (He et al., arXiv 1502.01852), biases at zero; each pixel's mean is taken off
// during training and folded into the first bias at the end (without that, MNIST's dark ground costs 1 % of accuracy). Only additions,
// products, quotients and square roots in a fixed order, so the weights, and therefore sha256(), depend on spec and data alone, not on the
// number of threads. Features made by other networks (such as ImageNet's) give other Frechet distances: compare numbers only under the same
// sha256().
#pragma once
#include <functional>
#include <string>

#include "ganbar/core/param.h"
#include "ganbar/gan/metrics/images.h"

namespace ganbar::gan {

struct FeatureNetSpec {
    std::vector<std::int64_t> hidden{256, 128};
    std::int64_t epochs = 0, batch = 128, seed = 1;
    double rate = 1e-3;
    std::size_t n_epochs(std::size_t n_images) const;  ///< epochs, or what 0 stands for
    static Schema<FeatureNetSpec> schema();
};

class FeatureNet {
public:
    struct Layer {
        Matrix weight;            ///< inputs x outputs
        std::vector<float> bias;  ///< outputs
    };
    /// What the net says about images. features: n x last hidden; probability: n x classes, rows sum to 1.
    struct Output {
        Matrix features, probability;
        std::vector<std::uint8_t> label;  ///< most probable class, the lowest when equal
    };
    /// Called after each batch; may throw to stop.
    using Progress = std::function<void(std::size_t batches_done, std::size_t batches_total)>;

    /// Untrained, drawn from spec.seed. Throws ConfigError on an impossible shape.
    FeatureNet(std::size_t n_inputs, std::size_t n_classes, const FeatureNetSpec& spec);
    /// Throws DataError when labels and images do not fit together, NumericError when the loss is not finite.
    static FeatureNet train(const ImageSet& images, std::span<const std::uint8_t> labels, std::size_t n_classes, const FeatureNetSpec& spec,
                            const Progress& progress = {});

    /// For images that nobody has labelled: weights as drawn, which mix pixels at random. Its two classes mean nothing. (Naeem et al.,
    /// arXiv 2002.09797, embed images far from ImageNet with an untrained VGG16 for precision, recall, density and coverage.)
    static FeatureNet untrained(const ImageSet& images, const FeatureNetSpec& spec);

    Output evaluate(const ImageSet& images) const;
    /// Share of images given their own label.
    double accuracy(const ImageSet& images, std::span<const std::uint8_t> labels) const;
    /// Mean cross entropy of a batch (rows in [-1, 1]) in nats; gradient gets the shape of layers().
    double loss(const Matrix& x, std::span<const std::uint8_t> labels, std::vector<Layer>* gradient = nullptr) const;

    std::size_t n_inputs() const { return layers_.front().weight.rows(); }
    std::size_t n_classes() const { return layers_.back().weight.cols(); }
    std::size_t n_features() const { return layers_.back().weight.rows(); }
    const std::vector<Layer>& layers() const { return layers_; }
    /// Of the serialized shape and weights.
    std::string sha256() const;

    /// "GBFEAT01", number of layers, (inputs, outputs, weights, biases) per layer, little-endian; then the SHA-256 of all that in hex.
    std::vector<std::uint8_t> serialize() const;
    /// Throws DataError when the bytes are not a feature net or are damaged.
    static FeatureNet deserialize(std::span<const std::uint8_t> bytes);

private:
    FeatureNet() = default;
    void fold_in(std::span<const float> mean);  ///< from inputs less `mean` to plain inputs
    void forward(const Matrix& x, std::vector<Matrix>& activations) const;
    std::vector<std::uint8_t> payload() const;
    std::vector<Layer> layers_;
};

}  // namespace ganbar::gan
