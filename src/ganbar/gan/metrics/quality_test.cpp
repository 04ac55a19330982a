#include "ganbar/gan/metrics/quality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ganbar/core/parallel.h"
#include "ganbar/core/rng.h"

namespace ganbar::gan {
namespace {

constexpr std::size_t n_pixels = 36;

/// Images of three classes: class c has a bright bar whose place and strength vary along three directions, under noise.
struct Bars {
    std::vector<std::uint8_t> pixels, labels;
    Bars(std::size_t n, std::uint64_t seed, const std::vector<std::uint64_t>& classes = {0, 1, 2}) {
        Rng rng(seed);
        for (std::size_t i = 0; i < n; ++i) {
            labels.push_back(static_cast<std::uint8_t>(classes[rng.below(classes.size())]));
            const double place = 2.5 + 0.8 * rng.normal(), width = 1 + 0.4 * rng.uniform(), strength = 200 + 20 * rng.normal();
            for (std::size_t p = 0; p < n_pixels; ++p) {
                const double row = static_cast<double>(p / 6), column = static_cast<double>(p % 6);
                const double across = labels.back() == 0 ? row : labels.back() == 1 ? column : (row + column) / 2;
                const double v = strength * std::exp(-0.5 * (across - place) * (across - place) / (width * width)) + 6 * rng.normal();
                pixels.push_back(static_cast<std::uint8_t>(std::clamp(v, 0.0, 255.0)));
            }
        }
    }
    ImageSet images() const { return {pixels, n_pixels}; }
    ImageSet only(std::size_t n) const { return {std::span(pixels).first(n * n_pixels), n_pixels}; }
};

/// n images that repeat the first m in turn.
std::vector<std::uint8_t> repeated(const Bars& bars, std::size_t n, std::size_t m) {
    std::vector<std::uint8_t> out;
    for (std::size_t i = 0; i < n; ++i) {
        const auto image = bars.images().image(i % m);
        out.insert(out.end(), image.begin(), image.end());
    }
    return out;
}

class QualityOfBars : public testing::Test {
protected:
    static const FeatureNet& net() {
        static const FeatureNet trained = [] {
            FeatureNetSpec spec;
            spec.hidden = {32, 16};
            spec.epochs = 10;
            spec.batch = 32;
            spec.rate = 3e-3;
            const Bars train(1500, 1);
            return FeatureNet::train(train.images(), train.labels, 3, spec);
        }();
        return trained;
    }
    static QualityReference reference(std::vector<int> classes = {0, 1, 2}) {
        std::vector<std::uint64_t> wanted(classes.begin(), classes.end());
        return QualityReference(net(), Bars(500, 2, wanted).images(), std::move(classes), "bars:test");
    }
};

TEST_F(QualityOfBars, RealDataAreGood) {
    const auto q = reference().evaluate(Bars(500, 3).images());
    EXPECT_FALSE(q.collapsed) << q.collapsed_reason;
    EXPECT_TRUE(std::isnan(q.classifier_accuracy)) << "every class is wanted, so it would be 1 whatever the samples show";
    EXPECT_EQ(headline(q).find("accuracy"), std::string::npos);
    EXPECT_GT(q.classifier_confidence, 0.9);
    EXPECT_NEAR(q.coverage, q.expected_coverage, 0.05);
    EXPECT_NEAR(q.density, 1, 0.15);
    EXPECT_GT(q.precision, 0.8);
    EXPECT_GT(q.recall, 0.8);
    EXPECT_NEAR(q.mean_pairwise_distance / q.mean_pairwise_distance_real, 1, 0.05);
    EXPECT_GT(q.inception_style_score, 2.5);
    EXPECT_LE(q.inception_style_score, 3);
    EXPECT_EQ(q.n_classes_present, 3);
    EXPECT_NEAR(q.label_entropy, std::log(3), 0.05);
    EXPECT_EQ(q.n_samples, 500u);
    EXPECT_EQ(q.reference, "bars:test");
    EXPECT_EQ(q.feature_net_sha256, net().sha256());
}

TEST_F(QualityOfBars, TheReferenceItselfIsAtDistanceZero) {
    const Bars real(500, 2);
    const auto q = QualityReference(net(), real.images(), {0, 1, 2}, "self").evaluate(real.images());
    EXPECT_LT(q.frechet_distance, 1e-8);
    EXPECT_EQ(q.precision, 1);
    EXPECT_EQ(q.recall, 1);
    EXPECT_EQ(q.coverage, 1);
    EXPECT_EQ(q.mean_pairwise_distance, q.mean_pairwise_distance_real);
}

TEST_F(QualityOfBars, OneImageRepeatedHasPerfectAccuracyAndIsCollapsed) {
    const auto q = reference({1}).evaluate({repeated(Bars(1, 4, {1}), 300, 1), n_pixels});
    EXPECT_EQ(q.classifier_accuracy, 1);
    EXPECT_EQ(q.mean_pairwise_distance, 0);
    EXPECT_LT(q.coverage, 0.1);
    EXPECT_EQ(q.recall, 0);
    EXPECT_EQ(q.inception_style_score, 1);
    EXPECT_TRUE(q.collapsed);
    EXPECT_NE(q.collapsed_reason.find("differ from one another by 0.00"), std::string::npos) << q.collapsed_reason;
}

TEST_F(QualityOfBars, AFewImagesRepeatedAreCollapsedAlthoughTheyDiffer) {
    const auto q = reference({1}).evaluate({repeated(Bars(6, 5, {1}), 300, 6), n_pixels});
    EXPECT_GT(q.mean_pairwise_distance, 0.5 * q.mean_pairwise_distance_real);  // distance alone would let it pass
    EXPECT_EQ(q.precision, 1);
    EXPECT_TRUE(q.collapsed);
    EXPECT_NE(q.collapsed_reason.find("coverage"), std::string::npos) << q.collapsed_reason;
}

TEST_F(QualityOfBars, OneClassOfThreeIsCollapsed) {
    const auto q = reference().evaluate(Bars(500, 6, {2}).images());
    EXPECT_TRUE(q.collapsed);
    EXPECT_NE(q.collapsed_reason.find("1 of 3 wanted classes"), std::string::npos) << q.collapsed_reason;
    EXPECT_NEAR(q.coverage / q.expected_coverage, 1.0 / 3, 0.1);
    EXPECT_LT(q.inception_style_score, 1.2);
}

TEST_F(QualityOfBars, NoiseIsBadButNotCollapsed) {
    std::vector<std::uint8_t> noise(300 * n_pixels);
    Rng rng(7);
    for (auto& v : noise) v = static_cast<std::uint8_t>(rng.below(256));
    const auto q = reference({1}).evaluate({noise, n_pixels});
    EXPECT_LT(q.coverage, 0.1);
    EXPECT_LT(q.precision, 0.05);
    EXPECT_FALSE(q.collapsed) << q.collapsed_reason;
    EXPECT_TRUE(q.collapsed_reason.starts_with("not learned: precision")) << q.collapsed_reason;
    EXPECT_NE(headline(q).find("NOT LEARNED"), std::string::npos);
    const auto all = reference({0, 1, 2}).evaluate({noise, n_pixels});  // the classes that noise misses are no collapse either
    EXPECT_FALSE(all.collapsed) << all.collapsed_reason;
}

/// Real images among noise: only a set that reaches the wanted share of the coverage may be called "not collapsed".
TEST_F(QualityOfBars, NotCollapsedIsSaidOnlyOfWhatReachesTheData) {
    for (const auto& [n_images, n_real] :
         std::vector<std::pair<std::size_t, std::size_t>>{{300, 0}, {300, 10}, {300, 30}, {300, 300}, {3, 60}, {3, 120}, {3, 300}}) {
        std::vector<std::uint8_t> pixels = repeated(Bars(n_images, 8, {1}), 300, n_images);
        Rng rng(9);
        for (std::size_t i = n_real * n_pixels; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(rng.below(256));
        const auto q = reference({1}).evaluate({pixels, n_pixels});
        const bool reaches =
            q.coverage >= QualitySpec{}.min_coverage_ratio * q.expected_coverage && q.precision >= QualitySpec{}.learned_precision;
        EXPECT_EQ(q.collapsed_reason.starts_with("not collapsed"), reaches && !q.collapsed) << n_real << ": " << q.collapsed_reason;
        EXPECT_EQ(q.collapsed_reason.starts_with("not learned"), !reaches && !q.collapsed) << n_real << ": " << q.collapsed_reason;
        if (n_images != 3 || n_real != 60) continue;
        EXPECT_TRUE(q.collapsed_reason.starts_with("not learned")) << q.collapsed_reason;
        EXPECT_GT(q.precision, QualitySpec{}.learned_precision);  // what was called "not collapsed" before
    }
}

TEST_F(QualityOfBars, OneNoiseImageRepeatedIsACollapseThatLearnedNothing) {
    std::vector<std::uint8_t> noise(300 * n_pixels);
    Rng rng(7);
    for (std::size_t k = 0; k < n_pixels; ++k) noise[k] = static_cast<std::uint8_t>(rng.below(256));
    for (std::size_t k = n_pixels; k < noise.size(); ++k) noise[k] = noise[k - n_pixels];
    const auto q = reference({1}).evaluate({noise, n_pixels});
    EXPECT_TRUE(q.collapsed);
    EXPECT_NE(q.collapsed_reason.find("unlike the real images"), std::string::npos) << q.collapsed_reason;
}

TEST_F(QualityOfBars, OrderDoesNotMatter) {
    const Bars bars(300, 8);
    std::vector<std::uint8_t> reversed;
    for (std::size_t i = 300; i-- > 0;) reversed.insert(reversed.end(), bars.images().image(i).begin(), bars.images().image(i).end());
    const auto ref = reference();
    const auto a = ref.evaluate(bars.images()), b = ref.evaluate({reversed, n_pixels});
    EXPECT_EQ(a.precision, b.precision);
    EXPECT_EQ(a.recall, b.recall);
    EXPECT_EQ(a.density, b.density);
    EXPECT_EQ(a.coverage, b.coverage);
    EXPECT_NEAR(a.frechet_distance, b.frechet_distance, 1e-9);
    EXPECT_NEAR(a.mean_pairwise_distance, b.mean_pairwise_distance, 1e-12);
}

TEST_F(QualityOfBars, SameBitsOnAnyNumberOfThreads) {
    QualitySpec thin;  // thinned everywhere, so that the choice of samples is part of what must repeat
    thin.max_precision_samples = 150;
    thin.max_density_samples = 200;
    thin.max_distance_samples = 60;
    const auto run = [&] {
        return fields(QualityReference(net(), Bars(500, 2).images(), {0, 1}, "bars", thin).evaluate(Bars(400, 3).images()));
    };
    const int n_before = max_threads();
    set_threads(1);
    const auto one = run();
    set_threads(3);
    const auto three = run();
    set_threads(n_before);
    EXPECT_EQ(one, three);
}

TEST_F(QualityOfBars, AccuracyNeverStandsAlone) {
    const auto line = headline(reference({1}).evaluate({repeated(Bars(1, 4, {1}), 300, 1), n_pixels}));
    for (const char* part : {"accuracy 1.000", "coverage", "pairwise distance 0.00", "COLLAPSED"})
        EXPECT_NE(line.find(part), std::string::npos) << line;
}

TEST_F(QualityOfBars, WithoutLabelsAnUntrainedNetworkTellsGoodFromBad) {
    FeatureNetSpec spec;
    const Bars train(1500, 1);
    const auto plain = FeatureNet::untrained(train.images(), spec);
    EXPECT_EQ(plain.sha256(), FeatureNet::untrained(train.images(), spec).sha256());
    const QualityReference ref(plain, Bars(500, 2).images(), "bars", {}, "untrained");
    const auto good = ref.evaluate(Bars(500, 3).images());
    EXPECT_NEAR(good.coverage, good.expected_coverage, 0.06);
    EXPECT_GT(good.precision, 0.8);
    EXPECT_GT(good.recall, 0.8);
    EXPECT_FALSE(good.collapsed) << good.collapsed_reason;
    EXPECT_EQ(good.collapsed_reason.find("wanted classes"), std::string::npos);
    Bars faint(500, 3);
    double worst = good.frechet_distance;
    for (int step = 0; step < 3; ++step) {  // fading and noisier images are further and further off
        Rng rng(static_cast<std::uint64_t>(step));
        for (auto& v : faint.pixels) v = static_cast<std::uint8_t>(std::clamp(0.8 * v + 12 * rng.normal(), 0.0, 255.0));
        const double next = ref.evaluate(faint.images()).frechet_distance;
        EXPECT_GT(next, 1.5 * worst);
        worst = next;
    }
    EXPECT_TRUE(ref.evaluate({repeated(Bars(1, 4), 300, 1), n_pixels}).collapsed);
    const auto one_class = ref.evaluate(Bars(500, 6, {2}).images());
    EXPECT_NEAR(one_class.coverage / one_class.expected_coverage, 1.0 / 3, 0.12);
    EXPECT_GT(one_class.frechet_distance, 10 * good.frechet_distance);
}

TEST_F(QualityOfBars, WithoutLabelsNothingIsSaidOfClasses) {
    const auto plain = FeatureNet::untrained(Bars(100, 1).images(), {});
    const auto q = QualityReference(plain, Bars(60, 2).images(), "bars", {}, "untrained").evaluate(Bars(60, 3).images());
    for (const auto& [key, value] : fields(q)) {
        const bool of_classes = key == "classifier_accuracy" || key == "classifier_confidence" || key == "inception_style_score" ||
                                key == "n_classes_present" || key == "label_entropy";
        const auto* number = std::get_if<double>(&value);
        EXPECT_EQ(number != nullptr && std::isnan(*number), of_classes) << key;
    }
    EXPECT_TRUE(q.class_share.empty());
    EXPECT_EQ(headline(q).find("accuracy"), std::string::npos);
    EXPECT_NE(headline(q).find("features untrained"), std::string::npos);
}

TEST_F(QualityOfBars, KeysOfTheInterface) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : fields(Quality{})) keys.push_back(key);
    for (const char* key : {"classifier_accuracy", "classifier_confidence", "frechet_distance", "precision", "recall", "density",
                            "coverage", "mean_pairwise_distance", "mean_pairwise_distance_real", "collapsed", "collapsed_reason",
                            "n_samples", "reference", "feature_net_sha256"})
        EXPECT_EQ(std::count(keys.begin(), keys.end(), key), 1) << key;
}

TEST_F(QualityOfBars, FaultsSayWhatWasExpected) {
    const Bars real(50, 2);
    EXPECT_THROW(QualityReference(net(), real.only(5), {0}, "x"), DataError);
    EXPECT_THROW(QualityReference(net(), real.images(), {}, "x"), ConfigError);
    EXPECT_THROW(QualityReference(net(), real.images(), {3}, "x"), ConfigError);
    const QualityReference ref(net(), real.images(), {0, 1, 2}, "x");
    EXPECT_THROW(ref.evaluate(real.only(5)), DataError);
    EXPECT_THROW(ref.evaluate({real.pixels, n_pixels / 2}), DataError);
    EXPECT_NO_THROW(ref.evaluate(real.only(6)));
}

}  // namespace
}  // namespace ganbar::gan
