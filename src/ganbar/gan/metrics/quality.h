// How good and how varied a set of generated images is, held against real ones. Definitions and their sources: docs/metrics.md.
// Accuracy alone misleads (a generator that draws one image of the wanted class scores 1), so the only text form of a
// Quality carries coverage and pairwise distance with it.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ganbar/gan/metrics/feature_net.h"
#include "ganbar/gan/metrics/frechet.h"

namespace ganbar::gan {

struct QualitySpec {
    std::int64_t k_precision = 3, k_density = 5;
    std::int64_t max_precision_samples = 2000, max_density_samples = 10000, max_distance_samples = 500;
    std::int64_t seed = 1;
    double min_distance_ratio = 0.5, min_coverage_ratio = 0.15, min_precision = 0.5, min_class_ratio = 0.5, learned_precision = 0.05;
    static Schema<QualitySpec> schema();
};

struct Quality {
    std::size_t n_samples = 0, n_reference = 0;
    std::string reference;
    double classifier_accuracy =
        0;  ///< share labelled with a wanted class; NaN where every class is wanted: it would be 1 whatever the samples show
    double classifier_confidence = 0;  ///< mean of the largest class probability
    double frechet_distance = 0, kernel_distance = 0;
    double precision = 0, recall = 0, density = 0, coverage = 0;
    double expected_coverage = 0;                                        ///< of a perfect generator with these counts
    double mean_pairwise_distance = 0, mean_pairwise_distance_real = 0;  ///< Euclidean, pixels in [-1, 1]
    std::vector<double> class_share;                                     ///< of the samples, per class of the feature net
    double inception_style_score = 0;
    std::int64_t n_classes_present = 0;  ///< classes with more than 1 % of the samples
    double label_entropy = 0;            ///< of class_share, nats
    bool collapsed = false;
    std::string collapsed_reason;
    std::string features, feature_net_sha256;  ///< what the features come from, for the record
    bool labelled = true;  ///< false: the feature net's classes are not the images', and all that speaks of classes is NaN or empty
};

/// One line: accuracy never without coverage and pairwise distance.
std::string headline(const Quality& quality);
/// The keys of summary.json and `evaluate`, in order.
std::vector<std::pair<std::string, Value>> fields(const Quality& quality);

/// Coverage that n_samples draws from the same distribution as n_real real points have on average, for k neighbours:
/// 1 - prod_{i=1..k} (n_real - i) / (n_real + n_samples - i).
double expected_coverage(std::size_t n_real, std::size_t n_samples, std::size_t k);

/// The real side of a comparison, prepared once and used for many evaluations.
class QualityReference {
public:
    /// `real`: the images to be like; `classes`: the classes wanted (at least one, each below net.n_classes()); `name`, `features`: for the
    /// record. `net` must outlive this. Throws DataError when there are too few images, ConfigError on a class that does not exist.
    QualityReference(const FeatureNet& net, const ImageSet& real, std::vector<int> classes, std::string name, const QualitySpec& spec = {},
                     std::string features = "");
    /// Where the net's classes are not those of the images: nothing is said of classes.
    QualityReference(const FeatureNet& net, const ImageSet& real, std::string name, const QualitySpec& spec, std::string features);
    /// Throws DataError when there are too few images or their size differs.
    Quality evaluate(const ImageSet& samples) const;

private:
    void judge_labels(const FeatureNet::Output& out, Quality& q) const;
    void judge_spread(const Matrix& features, Quality& q) const;
    void judge_collapse(Quality& q) const;

    const FeatureNet& net_;
    std::vector<int> classes_;  ///< empty: labels are not judged
    std::string name_, features_;
    QualitySpec spec_;
    std::size_t n_real_ = 0;
    GaussianFit fit_;
    Matrix precision_features_, density_features_;
    std::vector<double> precision_radius_, density_radius_;  // squared
    double mean_pairwise_distance_ = 0;
    std::string sha256_;
};

}  // namespace ganbar::gan
