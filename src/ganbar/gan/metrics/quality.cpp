#include "ganbar/gan/metrics/quality.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ganbar/core/rng.h"
#include "ganbar/gan/metrics/distances.h"

namespace ganbar::gan {

namespace {

/// All of [0, n), or a random `limit` of them in ascending order. Random, so that sets sorted by class are not cut short.
std::vector<std::size_t> choose(std::size_t n, std::int64_t limit, std::int64_t seed, const char* purpose) {
    std::vector<std::size_t> index(n);
    std::iota(index.begin(), index.end(), std::size_t{0});
    const auto m = static_cast<std::size_t>(limit);
    if (n <= m) return index;
    Rng rng = Rng(static_cast<std::uint64_t>(seed)).stream(purpose, n);
    for (std::size_t i = 0; i < m; ++i) std::swap(index[i], index[i + rng.below(n - i)]);
    index.resize(m);
    std::sort(index.begin(), index.end());
    return index;
}

Matrix chosen_rows(const Matrix& from, const std::vector<std::size_t>& which) {
    Matrix out(which.size(), from.cols());
    for (std::size_t i = 0; i < which.size(); ++i) std::copy_n(from.row(which[i]), from.cols(), out.row(i));
    return out;
}

double pixel_spread(const ImageSet& images, const QualitySpec& spec) {
    Matrix x;
    to_floats(images, choose(images.size(), spec.max_distance_samples, spec.seed, "quality/distance"), x);
    return mean_pairwise_distance(x);
}

double share_positive(const std::vector<std::uint32_t>& counts) {
    const auto n = std::count_if(counts.begin(), counts.end(), [](std::uint32_t c) { return c > 0; });
    return static_cast<double>(n) / static_cast<double>(counts.size());
}

void need_images(std::size_t n, const char* what, const QualitySpec& spec) {
    const auto least = static_cast<std::size_t>(std::max(spec.k_precision, spec.k_density)) + 1;
    if (n < least) throw DataError(fmt::format("{} {} images; expected at least {}", n, what, least));
}

double entropy(const std::vector<double>& share) {
    double h = 0;
    for (const double p : share)
        if (p > 0) h -= p * std::log(p);
    return h;
}

}  // namespace

Schema<QualitySpec> QualitySpec::schema() {
    using S = QualitySpec;
    const auto limit = assumed("our choice: bounds the time; larger sets are thinned at random");
    const auto verdict = assumed("our choice: real data and well-trained generators are clear of it, generators seen to collapse are not");
    return {param("k_precision", &S::k_precision, 1, 100, "neighbours that span a ball, precision and recall",
                  published("Kynkaanniemi et al., arXiv 1904.06991: k = 3")),
            param("k_density", &S::k_density, 1, 100, "neighbours that span a ball, density and coverage",
                  published("Naeem et al., arXiv 2002.09797: k = 5")),
            param("max_precision_samples", &S::max_precision_samples, 101, 1000000,
                  "most images of each kind, precision, recall and kernel distance", limit),
            param("max_density_samples", &S::max_density_samples, 101, 1000000, "most images of each kind, density and coverage", limit),
            param("max_distance_samples", &S::max_distance_samples, 2, 1000000, "most images, mean pairwise distance", limit),
            param("seed", &S::seed, 0, 1e15, "which images are kept when there are more", limit),
            param("min_distance_ratio", &S::min_distance_ratio, 0, 1,
                  "collapsed when samples differ by less than this share of what real images do", verdict),
            param("min_coverage_ratio", &S::min_coverage_ratio, 0, 1,
                  "collapsed when coverage is below this share of the expected one while precision is high", verdict),
            param("min_precision", &S::min_precision, 0, 1, "the precision from which low coverage means collapse, not noise", verdict),
            param("min_class_ratio", &S::min_class_ratio, 0, 1,
                  "collapsed when fewer than this share of the wanted classes have more than 1 % of the samples", verdict),
            param("learned_precision", &S::learned_precision, 0, 1,
                  "below this precision nothing was learnt: the samples are unlike the data, and what they lack says nothing of a collapse",
                  verdict)};
}

double expected_coverage(std::size_t n_real, std::size_t n_samples, std::size_t k) {
    double missed = 1;  // the k nearest of all others are all real
    for (std::size_t i = 1; i <= k; ++i)
        missed *=
            (static_cast<double>(n_real) - static_cast<double>(i)) / (static_cast<double>(n_real + n_samples) - static_cast<double>(i));
    return 1 - missed;
}

QualityReference::QualityReference(const FeatureNet& net, const ImageSet& real, std::vector<int> classes, std::string name,
                                   const QualitySpec& spec, std::string features)
    : QualityReference(net, real, std::move(name), spec, std::move(features)) {
    classes_ = std::move(classes);
    if (classes_.empty()) throw ConfigError("no class wanted; expected at least one");
    std::sort(classes_.begin(), classes_.end());
    classes_.erase(std::unique(classes_.begin(), classes_.end()), classes_.end());
    if (classes_.front() < 0 || classes_.back() >= static_cast<int>(net.n_classes()))
        throw ConfigError(fmt::format("class {} does not exist; expected 0 to {}",
                                      classes_.front() < 0 ? classes_.front() : classes_.back(), net.n_classes() - 1));
}

QualityReference::QualityReference(const FeatureNet& net, const ImageSet& real, std::string name, const QualitySpec& spec,
                                   std::string features)
    : net_(net), name_(std::move(name)), features_(std::move(features)), spec_(spec), n_real_(real.size()), sha256_(net.sha256()) {
    need_images(n_real_, "real", spec_);
    const auto out = net.evaluate(real);
    fit_ = fit_gaussian(out.features);
    precision_features_ = chosen_rows(out.features, choose(n_real_, spec_.max_precision_samples, spec_.seed, "quality/precision"));
    density_features_ = chosen_rows(out.features, choose(n_real_, spec_.max_density_samples, spec_.seed, "quality/density"));
    precision_radius_ = kth_neighbour_squared(precision_features_, static_cast<std::size_t>(spec_.k_precision));
    density_radius_ = kth_neighbour_squared(density_features_, static_cast<std::size_t>(spec_.k_density));
    mean_pairwise_distance_ = pixel_spread(real, spec_);
}

Quality QualityReference::evaluate(const ImageSet& samples) const {
    need_images(samples.size(), "generated", spec_);
    const auto out = net_.evaluate(samples);
    Quality q;
    q.n_samples = samples.size();
    q.n_reference = n_real_;
    q.reference = name_;
    q.features = features_;
    q.feature_net_sha256 = sha256_;
    q.labelled = !classes_.empty();
    if (q.labelled) judge_labels(out, q);
    else q.classifier_confidence = q.inception_style_score = q.label_entropy = std::nan("");
    const bool all_wanted = classes_.size() == net_.n_classes();  // every label would count as right
    if (!q.labelled || all_wanted) q.classifier_accuracy = std::nan("");
    q.frechet_distance = frechet_distance(fit_gaussian(out.features), fit_);
    judge_spread(out.features, q);
    q.mean_pairwise_distance = pixel_spread(samples, spec_);
    q.mean_pairwise_distance_real = mean_pairwise_distance_;
    judge_collapse(q);
    return q;
}

void QualityReference::judge_labels(const FeatureNet::Output& out, Quality& q) const {
    const std::size_t n = out.label.size(), n_classes = net_.n_classes();
    std::vector<double> mean_p(n_classes, 0.0);
    q.class_share.assign(n_classes, 0.0);
    double confidence = 0, negative_entropy = 0;
    for (std::size_t i = 0; i < n; ++i) {
        q.class_share[out.label[i]] += 1;
        confidence += out.probability(i, out.label[i]);
        for (std::size_t c = 0; c < n_classes; ++c) {
            const double p = out.probability(i, c);
            mean_p[c] += p;
            if (p > 0) negative_entropy += p * std::log(p);
        }
    }
    const double count = static_cast<double>(n);
    for (auto& v : q.class_share) v /= count;
    for (auto& v : mean_p) v /= count;
    for (const int c : classes_) q.classifier_accuracy += q.class_share[static_cast<std::size_t>(c)];
    q.classifier_confidence = confidence / count;
    q.inception_style_score = std::exp(entropy(mean_p) + negative_entropy / count);
    q.n_classes_present = std::count_if(q.class_share.begin(), q.class_share.end(), [](double v) { return v > 0.01; });
    q.label_entropy = entropy(q.class_share);
}

void QualityReference::judge_spread(const Matrix& features, Quality& q) const {
    const Matrix few = chosen_rows(features, choose(features.rows(), spec_.max_precision_samples, spec_.seed, "quality/precision"));
    const Matrix many = chosen_rows(features, choose(features.rows(), spec_.max_density_samples, spec_.seed, "quality/density"));
    q.precision = share_positive(count_in_balls(precision_features_, precision_radius_, few, Boundary::closed).per_point);
    const auto radius = kth_neighbour_squared(few, static_cast<std::size_t>(spec_.k_precision));
    q.recall = share_positive(count_in_balls(few, radius, precision_features_, Boundary::closed).per_point);
    const auto inside = count_in_balls(density_features_, density_radius_, many, Boundary::open);
    double total = 0;
    for (const auto c : inside.per_point) total += c;
    q.density = total / (static_cast<double>(spec_.k_density) * static_cast<double>(many.rows()));
    q.coverage = share_positive(inside.per_ball);
    q.expected_coverage = expected_coverage(density_features_.rows(), many.rows(), static_cast<std::size_t>(spec_.k_density));
    q.kernel_distance = kernel_distance(few, precision_features_);
}

void QualityReference::judge_collapse(Quality& q) const {
    const double ratio = q.mean_pairwise_distance_real > 0 ? q.mean_pairwise_distance / q.mean_pairwise_distance_real : 1;
    const double reach = q.expected_coverage > 0 ? q.coverage / q.expected_coverage : 1;
    std::size_t n_present = 0;
    for (const int c : classes_) n_present += q.class_share[static_cast<std::size_t>(c)] > 0.01;
    const double classes = static_cast<double>(n_present) / static_cast<double>(std::max<std::size_t>(classes_.size(), 1));
    // Noise reaches few real images and few classes because it is noise; only alike samples are a collapse whatever they show.
    const bool learned = q.precision >= spec_.learned_precision;
    std::vector<std::string> reasons;
    if (ratio < spec_.min_distance_ratio)
        reasons.push_back(
            fmt::format("samples differ from one another by {:.2f} of what real images do (limit {:g})", ratio, spec_.min_distance_ratio));
    if (q.precision >= spec_.min_precision && reach < spec_.min_coverage_ratio)
        reasons.push_back(
            fmt::format("samples lie among the real images (precision {:.2f}) but reach {:.2f} of the coverage that as many of those would "
                        "(limit {:g})",
                        q.precision, reach, spec_.min_coverage_ratio));
    if (learned && classes_.size() > 1 && classes < spec_.min_class_ratio)
        reasons.push_back(fmt::format("{} of {} wanted classes have more than 1 % of the samples", n_present, classes_.size()));
    q.collapsed = !reasons.empty();
    const std::string unlike =
        fmt::format("precision {:.2f} (limit {:g}): the samples are unlike the real images", q.precision, spec_.learned_precision);
    if (q.collapsed) q.collapsed_reason = join(reasons, "; ") + (learned ? "" : "; " + unlike);
    else if (!learned)
        q.collapsed_reason = "not learned: " + unlike + fmt::format(", and differ from one another by {:.2f} of what those do", ratio);
    else if (reach < spec_.min_coverage_ratio)
        q.collapsed_reason = fmt::format(
            "not learned: precision {:.2f}, and {:.2f} of the coverage that as many real images would have (limit {:g}): few real images "
            "have a sample like them",
            q.precision, reach, spec_.min_coverage_ratio);
    else
        q.collapsed_reason = fmt::format("not collapsed: pairwise distance {:.2f} of real, coverage {:.2f} of expected{}", ratio, reach,
                                         q.labelled ? fmt::format(", {} of {} wanted classes", n_present, classes_.size()) : "");
}

std::string headline(const Quality& q) {
    const std::string accuracy = std::isfinite(q.classifier_accuracy) ? fmt::format("accuracy {:.3f}, ", q.classifier_accuracy) : "";
    const std::string score = q.labelled ? fmt::format("score {:.2f} over {} classes, ", q.inception_style_score, q.n_classes_present)
                                         : "features " + q.features + ", ";
    return fmt::format(
        "{}coverage {:.3f} (expected {:.3f}), pairwise distance {:.2f} (real {:.2f}), Frechet {:.1f}, precision {:.2f}, recall {:.2f}, "
        "{}{} samples{}",
        accuracy, q.coverage, q.expected_coverage, q.mean_pairwise_distance, q.mean_pairwise_distance_real, q.frechet_distance, q.precision,
        q.recall, score, q.n_samples,
        q.collapsed                                     ? ": COLLAPSED, " + q.collapsed_reason
        : q.collapsed_reason.starts_with("not learned") ? ": NOT LEARNED"
                                                        : "");
}

std::vector<std::pair<std::string, Value>> fields(const Quality& q) {
    return {{"classifier_accuracy", q.classifier_accuracy},
            {"classifier_confidence", q.classifier_confidence},
            {"frechet_distance", q.frechet_distance},
            {"kernel_distance", q.kernel_distance},
            {"precision", q.precision},
            {"recall", q.recall},
            {"density", q.density},
            {"coverage", q.coverage},
            {"expected_coverage", q.expected_coverage},
            {"mean_pairwise_distance", q.mean_pairwise_distance},
            {"mean_pairwise_distance_real", q.mean_pairwise_distance_real},
            {"class_share", q.class_share},
            {"inception_style_score", q.inception_style_score},
            {"n_classes_present", q.labelled ? Value(q.n_classes_present) : Value(std::nan(""))},
            {"label_entropy", q.label_entropy},
            {"collapsed", q.collapsed},
            {"collapsed_reason", q.collapsed_reason},
            {"n_samples", static_cast<std::int64_t>(q.n_samples)},
            {"n_reference", static_cast<std::int64_t>(q.n_reference)},
            {"reference", q.reference},
            {"features", q.features},
            {"feature_net_sha256", q.feature_net_sha256}};
}

}  // namespace ganbar::gan
