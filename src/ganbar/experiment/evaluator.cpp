#include "ganbar/experiment/evaluator.h"

#include <fmt/format.h>

#include <optional>

#include "ganbar/core/sha256.h"

namespace ganbar {

namespace {

gan::ImageSet images_of(const Dataset& data) { return {data.pixels, data.image_size()}; }

/// Everything the trained weights depend on; the leading word changes when the training procedure does.
std::string cache_key(const Dataset& train, const gan::FeatureNetSpec& spec) {
    std::string text = fmt::format("training 1\n{}\n{} classes\n", train.sha256, train.n_classes());
    for (const auto& row : param_rows(gan::FeatureNetSpec::schema(), spec))
        text += row.info.name + " = " + value_text(row.info, row.value) + "\n";
    return sha256_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::optional<gan::FeatureNet> from_cache(const Cache& cache, const std::string& name, const Dataset& train, const Log& log) {
    const std::string file = cache.where(name);
    try {
        const auto kept = cache.find(name);
        if (!kept) return std::nullopt;
        auto net = gan::FeatureNet::deserialize(*kept);
        if (net.n_inputs() == train.image_size() && net.n_classes() == train.n_classes()) return net;
        log(fmt::format("{}: a feature net of another shape; training it anew", file));
    } catch (const DataError& e) {
        log(fmt::format("{}: {}; training it anew", file, e.what()));
    }
    return std::nullopt;
}

void keep(const Cache& cache, const std::string& name, const gan::FeatureNet& net, const Log& log) {
    try {
        cache.keep(name, net.serialize());
    } catch (const DataError& e) {
        log(fmt::format("the feature net is not kept: {}", e.what()));
    }
}

bool has_classes(const Dataset& data) { return !data.labels.empty() && data.n_classes() > 1; }

Dataset images_of(const ReferenceSpec& spec, const std::string& split, const DataRoots& roots) {
    return load_dataset(spec.dataset, split, roots, {}, spec.read);
}

const Dataset& need_classes(const Dataset& data) {
    if (!has_classes(data))
        throw DataError(
            fmt::format("{} has no labels of two classes or more, so there is no classifier of it; expected a labelled data set, or "
                        "features = \"untrained\"",
                        data.name));
    return data;
}

/// The training images, and labels, of a data set that lends its classifier, as large as those of the reference.
Dataset lender(const std::string& name, const Dataset& like, const ReadOptions& read, const DataRoots& roots) {
    Dataset data = load_dataset(name, "train", roots, {}, read);
    need_classes(data);
    if (data.channels != like.channels)
        throw DataError(fmt::format("a classifier of {} sees {} channel{}, and the images of {} have {}; expected a data set with as many",
                                    name, data.channels, data.channels == 1 ? "" : "s", like.name, like.channels));
    if (data.height == like.height && data.width == like.width) return data;
    return resize_images(data, like.height, like.width);
}

Dataset reference_images(const ReferenceSpec& spec, const Dataset& train, const DataRoots& roots) {
    if (spec.split == "train") return train;
    Dataset data = images_of(spec, spec.split, roots);
    if (data.image_size() != train.image_size() || data.n_classes() > train.n_classes() || data.labels.empty() != train.labels.empty())
        throw DataError(fmt::format("{}: the splits differ in shape or classes; expected the {} split to be like the training split",
                                    spec.dataset, spec.split));
    return data;
}

std::string reference_name(const ReferenceSpec& spec) {
    std::string name = spec.dataset + ":" + spec.split;
    for (std::size_t i = 0; i < spec.classes.size(); ++i) name += fmt::format("{}{}", i == 0 ? ":" : ",", spec.classes[i]);
    return name;
}

}  // namespace

std::string reference_split(const std::string& dataset, const DataRoots& roots) {
    return !has_dataset(dataset, "test", roots) && has_dataset(dataset, "train", roots) ? "train" : "test";
}

gan::FeatureNet cached_feature_net(const Dataset& train, const gan::FeatureNetSpec& spec, const Cache& cache, const Log& log) {
    const std::string name = "features-" + cache_key(train, spec).substr(0, 32) + ".bin";
    if (auto net = from_cache(cache, name, train, log)) return std::move(*net);
    log(fmt::format("training the feature net on {}:{} ({} images){}", train.name, train.split, train.n, cache.keeps() ? ", once" : ""));
    auto net = gan::FeatureNet::train(images_of(train), train.labels, train.n_classes(), spec);
    keep(cache, name, net, log);
    return net;
}

Evaluator::Evaluator(const ReferenceSpec& spec, const Places& places, const Log& log) : name_(reference_name(spec)) {
    const DataRoots& roots = places.data;
    const Dataset train = images_of(spec, "train", roots);
    const Dataset all = reference_images(spec, train, roots), real = spec.classes.empty() ? all : select_classes(all, spec.classes);
    const bool own = spec.features == spec.dataset || (spec.features == "auto" && has_classes(train)),
               none = !own && (spec.features == "auto" || spec.features == "untrained");
    if (none && spec.features == "auto")
        log(fmt::format(
            "{} has no labels of two classes or more: quality is seen through an untrained network, and nothing is said of classes",
            spec.dataset));
    if (none) net_ = std::make_unique<gan::FeatureNet>(gan::FeatureNet::untrained(images_of(train), spec.feature_net));
    else
        net_ = std::make_unique<gan::FeatureNet>(cached_feature_net(
            own ? need_classes(train) : lender(spec.features, train, spec.read, roots), spec.feature_net, places.cache, log));
    std::vector<int> classes;
    for (const auto c : spec.classes) classes.push_back(static_cast<int>(c));
    for (std::size_t c = 0; spec.classes.empty() && c < train.n_classes(); ++c) classes.push_back(static_cast<int>(c));
    const std::string features = none ? "untrained" : own ? spec.dataset : spec.features;
    reference_ = own ? std::make_unique<gan::QualityReference>(*net_, images_of(real), std::move(classes), name_, spec.quality, features)
                     : std::make_unique<gan::QualityReference>(*net_, images_of(real), name_, spec.quality, features);
    channels_ = real.channels, height_ = real.height, width_ = real.width;
}

gan::Quality Evaluator::evaluate(std::span<const std::uint8_t> pixels) const {
    if (pixels.size() % image_size() != 0)
        throw DataError(fmt::format("{} bytes are no whole number of images of {}", pixels.size(), image_size()));
    return reference_->evaluate({pixels, image_size()});
}

gan::Quality Evaluator::evaluate(const Dataset& samples) const {
    if (samples.channels != channels_ || samples.height != height_ || samples.width != width_)
        throw DataError(fmt::format("samples of {} x {} x {} (channels x height x width); expected {} x {} x {} as in {}", samples.channels,
                                    samples.height, samples.width, channels_, height_, width_, name_),
                        {samples.origin});
    return evaluate(samples.pixels);
}

}  // namespace ganbar
