// Quality of images against a data set by name: loads the data, trains the feature net on its training split or takes it
// from the cache, prepares the reference once. The run loop and `ganbar evaluate` share it, so both give the same numbers.
#pragma once
#include <functional>
#include <memory>

#include "ganbar/experiment/places.h"
#include "ganbar/gan/metrics/quality.h"

namespace ganbar {

struct ReferenceSpec {
    std::string dataset = "mnist", split = "test";
    std::vector<std::int64_t> classes;  ///< empty: all
    ReadOptions read;                   ///< what becomes of the data set's pictures
    /// Whose classifier sees the images: a data set, "untrained" (no data set's), or "auto": the reference's own, or where its images
    /// have no two classes, untrained.
    std::string features = "auto";
    gan::QualitySpec quality;
    gan::FeatureNetSpec feature_net;
};

/// Told, one line each, what takes time or went wrong without stopping the work.
using Log = std::function<void(const std::string&)>;

/// The net for a training set: features-<key>.bin of the cache when it is there and undamaged, else trained and kept there. The key covers
/// the data's hash, the number of classes and every parameter of `spec`. A cache that cannot be written keeps nothing.
gan::FeatureNet cached_feature_net(const Dataset& train, const gan::FeatureNetSpec& spec, const Cache& cache, const Log& log);

/// "test" where the data set has it, else "train": what samples are held against unless the user says otherwise.
std::string reference_split(const std::string& dataset, const DataRoots& roots);

class Evaluator {
public:
    /// DataError when the data are missing, or labels that are asked for; ConfigError on an unknown data set or class.
    Evaluator(const ReferenceSpec& spec, const Places& places, const Log& log);
    /// n images of image_size() bytes, in the data set's pixel order. DataError when they are too few.
    gan::Quality evaluate(std::span<const std::uint8_t> pixels) const;
    /// DataError when the shape is another than the reference's.
    gan::Quality evaluate(const Dataset& samples) const;
    std::size_t image_size() const { return channels_ * height_ * width_; }

private:
    std::unique_ptr<const gan::FeatureNet> net_;
    std::unique_ptr<const gan::QualityReference> reference_;
    std::string name_;
    std::size_t channels_ = 0, height_ = 0, width_ = 0;
};

}  // namespace ganbar
