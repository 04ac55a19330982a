#include "ganbar/gan/metrics/feature_net.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/core/parallel.h"
#include "ganbar/core/rng.h"

namespace ganbar::gan {
namespace {

/// Cross entropy of the same network, written for doubles and one image at a time.
double loss_in_double(const std::vector<std::vector<double>>& weight, const std::vector<std::vector<double>>& bias, const Matrix& x,
                      const std::vector<std::uint8_t>& labels) {
    double total = 0;
    for (std::size_t r = 0; r < x.rows(); ++r) {
        std::vector<double> a(x.row(r), x.row(r) + x.cols());
        for (std::size_t l = 0; l < weight.size(); ++l) {
            std::vector<double> y = bias[l];
            for (std::size_t i = 0; i < a.size(); ++i)
                for (std::size_t j = 0; j < y.size(); ++j) y[j] += a[i] * weight[l][i * y.size() + j];
            if (l + 1 < weight.size())
                for (auto& v : y) v = std::max(v, 0.0);
            a = y;
        }
        double sum = 0;
        for (const double v : a) sum += std::exp(v);
        total += std::log(sum) - a[labels[r]];
    }
    return total / static_cast<double>(x.rows());
}

FeatureNetSpec small_spec() {
    FeatureNetSpec spec;
    spec.hidden = {19, 11};
    spec.epochs = 8;
    spec.batch = 16;
    spec.rate = 5e-3;
    spec.seed = 5;
    return spec;
}

/// Two-pixel blobs: class c lights pixels around 3 c, under noise.
struct Blobs {
    std::vector<std::uint8_t> pixels, labels;
    explicit Blobs(std::size_t n) {
        Rng rng(11);
        for (std::size_t i = 0; i < n; ++i) {
            labels.push_back(static_cast<std::uint8_t>(rng.below(4)));
            for (std::size_t p = 0; p < 12; ++p) {
                const double centre = p / 3 == labels.back() ? 170 : 80;
                pixels.push_back(static_cast<std::uint8_t>(std::clamp(centre + 25 * rng.normal(), 0.0, 255.0)));
            }
        }
    }
    ImageSet images() const { return {pixels, 12}; }
};

TEST(FeatureNet, GradientIsTheSlopeOfTheLoss) {
    const FeatureNet net(13, 5, small_spec());
    Matrix x(37, 13);
    std::vector<std::uint8_t> labels;
    Rng rng(3);
    for (std::size_t r = 0; r < x.rows(); ++r) {
        rng.fill_normal(x.row_span(r));
        labels.push_back(static_cast<std::uint8_t>(rng.below(5)));
    }
    std::vector<FeatureNet::Layer> gradient;
    const double loss = net.loss(x, labels, &gradient);
    std::vector<std::vector<double>> weight, bias;
    for (const auto& l : net.layers()) {
        weight.emplace_back();
        for (std::size_t r = 0; r < l.weight.rows(); ++r)
            weight.back().insert(weight.back().end(), l.weight.row(r), l.weight.row(r) + l.weight.cols());
        bias.emplace_back(l.bias.begin(), l.bias.end());
    }
    EXPECT_NEAR(loss, loss_in_double(weight, bias, x, labels), 1e-6);
    const double h = 1e-7;  // small against the distance to any kink of a ReLU, large against double rounding
    const auto slope = [&](double& value) {
        const double old = value;
        value = old + h;
        const double above = loss_in_double(weight, bias, x, labels);
        value = old - h;
        const double below = loss_in_double(weight, bias, x, labels);
        value = old;
        return (above - below) / (2 * h);
    };
    for (std::size_t l = 0; l < weight.size(); ++l) {
        const std::size_t n_out = bias[l].size();
        for (std::size_t i = 0; i < weight[l].size(); ++i)
            ASSERT_NEAR(gradient[l].weight(i / n_out, i % n_out), slope(weight[l][i]), 2e-7) << "layer " << l << " weight " << i;
        for (std::size_t j = 0; j < n_out; ++j) ASSERT_NEAR(gradient[l].bias[j], slope(bias[l][j]), 2e-7) << "layer " << l << " bias " << j;
    }
}

TEST(FeatureNet, LearnsAndDoesNotDependOnThreads) {
    const Blobs data(600);
    const int n_before = max_threads();
    set_threads(1);
    const auto one = FeatureNet::train(data.images(), data.labels, 4, small_spec());
    set_threads(4);
    const auto four = FeatureNet::train(data.images(), data.labels, 4, small_spec());
    set_threads(n_before);
    EXPECT_EQ(one.sha256(), four.sha256());
    EXPECT_GT(one.accuracy(data.images(), data.labels), 0.97);
    auto spec = small_spec();
    spec.seed = 6;
    EXPECT_NE(one.sha256(), FeatureNet::train(data.images(), data.labels, 4, spec).sha256());
}

TEST(FeatureNet, BytesBringItBack) {
    const Blobs data(50);
    const FeatureNet net(12, 4, small_spec());
    const auto bytes = net.serialize();
    const auto back = FeatureNet::deserialize(bytes);
    EXPECT_EQ(back.sha256(), net.sha256());
    const auto a = net.evaluate(data.images()), b = back.evaluate(data.images());
    EXPECT_EQ(a.label, b.label);
    for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(a.features(i, 3), b.features(i, 3));
}

TEST(FeatureNet, DamagedBytesAreRefused) {
    const auto good = FeatureNet(12, 4, small_spec()).serialize();
    EXPECT_THROW(FeatureNet::deserialize({}), DataError);
    for (const std::size_t at : {std::size_t{0}, std::size_t{9}, std::size_t{13}, good.size() / 2, good.size() - 1}) {
        auto bad = good;
        bad[at] ^= 0x20;
        EXPECT_THROW(FeatureNet::deserialize(bad), DataError) << at;
    }
    for (const std::size_t n : {std::size_t{8}, std::size_t{71}, std::size_t{72}, good.size() - 1})
        EXPECT_THROW(FeatureNet::deserialize(std::span(good).first(n)), DataError) << n;
}

TEST(FeatureNet, OutputsAreProbabilities) {
    const Blobs data(700);  // more than one chunk of inference
    const auto out = FeatureNet(12, 4, small_spec()).evaluate(data.images());
    ASSERT_EQ(out.features.rows(), 700u);
    ASSERT_EQ(out.features.cols(), 11u);
    for (std::size_t i = 0; i < 700; ++i) {
        double sum = 0;
        for (const float p : out.probability.row_span(i)) sum += p;
        EXPECT_NEAR(sum, 1, 1e-6);
        for (const float f : out.features.row_span(i)) EXPECT_GE(f, 0);
    }
}

TEST(FeatureNet, FaultsSayWhatWasExpected) {
    const Blobs data(20);
    EXPECT_THROW(FeatureNet::train(data.images(), std::span(data.labels).first(19), 4, small_spec()), DataError);
    EXPECT_THROW(FeatureNet::train(data.images(), data.labels, 2, small_spec()), DataError);
    EXPECT_THROW(FeatureNet::train({}, {}, 4, small_spec()), DataError);
    auto spec = small_spec();
    spec.hidden = {};
    EXPECT_THROW(FeatureNet::train(data.images(), data.labels, 4, spec), ConfigError);
    EXPECT_THROW(FeatureNet(12, 4, small_spec()).evaluate({data.pixels, 10}), DataError);
}

}  // namespace
}  // namespace ganbar::gan
