#include "ganbar/experiment/training_images.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ganbar {

TrainingImages::TrainingImages(const Experiment& e, const DataRoots& roots) : e_(e) {
    const Dataset all = load_dataset(e_.data.dataset, "train", roots, {}, e_.data.read());
    data_ = e_.data.classes.empty() ? all : select_classes(all, e_.data.classes);
    if (e_.data.limit > 0 && static_cast<std::size_t>(e_.data.limit) < data_.n) {
        std::vector<std::size_t> first(static_cast<std::size_t>(e_.data.limit));
        std::iota(first.begin(), first.end(), std::size_t{0});
        data_ = take(data_, first);
    }
    const auto pixels = e_.n_pixels();
    if (data_.image_size() != pixels)
        throw ConfigError(fmt::format("the images of {} have {} values but the generator makes {}; expected the generator to end in {}{}",
                                      data_.name, data_.image_size(), pixels, data_.image_size(), other_side(pixels)));
    if (e_.latent.classes > 0) number_classes();
    if (const auto& name = e_.evaluation.features; name != "auto" && name != "untrained")
        has_dataset(name, "train", roots);  // an unknown name shows now
    const auto per_round = static_cast<std::size_t>(e_.train.batch * e_.train.steps_d);
    if (per_round > data_.n)
        throw ConfigError(
            fmt::format("train.batch x train.steps_d = {} images a round, but there are only {}; use a smaller batch", per_round, data_.n));
    rounds_per_epoch_ = static_cast<std::int64_t>(data_.n / per_round);
}

// What makes the images fit, where their sides can.
std::string TrainingImages::other_side(std::size_t pixels) const {
    const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(pixels) / static_cast<double>(data_.channels))));
    return side > 0 && data_.channels * side * side == pixels ? fmt::format(", or data.side = {}", side) : "";
}

// Class numbers 0, 1, ... of a conditional GAN, in the order of data.classes, else the data set's own.
void TrainingImages::number_classes() {
    if (data_.labels.empty())
        throw ConfigError(
            fmt::format("latent.classes = {} but {} has no labels; expected latent.classes = 0, or images in a folder for each class",
                        e_.latent.classes, data_.name));
    const std::size_t n = e_.data.classes.empty() ? data_.n_classes() : e_.data.classes.size();
    if (n != static_cast<std::size_t>(e_.latent.classes))
        throw ConfigError(fmt::format("latent.classes = {} but the training images have {} classes; expected latent.classes = {}",
                                      e_.latent.classes, n, n));
    for (const std::uint8_t label : data_.labels) {
        const auto at = std::find(e_.data.classes.begin(), e_.data.classes.end(), std::int64_t{label});
        class_of_.push_back(e_.data.classes.empty() ? label : static_cast<std::size_t>(at - e_.data.classes.begin()));
    }
}

void TrainingImages::shuffle(const Rng& root, std::int64_t epoch) {
    if (epoch == shuffled_) return;
    order_.resize(data_.n);
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    Rng rng = root.stream("shuffle", static_cast<std::uint64_t>(epoch));
    for (std::size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[rng.below(i)]);
    shuffled_ = epoch;
}

// Pixels span [-1, 1], and a sensor's output ends there.
void TrainingImages::add_sensor_noise(Rng rng, Matrix& images) const {
    const auto sigma = 2 * static_cast<float>(e_.data.noise);
    std::vector<float> draw(images.cols());
    for (std::size_t r = 0; r < images.rows(); ++r) {
        rng.fill_normal(draw);
        for (std::size_t c = 0; c < draw.size(); ++c) images(r, c) = std::clamp(images(r, c) + sigma * draw[c], -1.0f, 1.0f);
    }
}

const Matrix& TrainingImages::batch(const Rng& root, std::int64_t round, std::int64_t k) {
    shuffle(root, round / rounds_per_epoch_);
    const auto n = static_cast<std::size_t>(e_.train.batch);
    const auto first = static_cast<std::size_t>((round % rounds_per_epoch_) * e_.train.steps_d + k) * n;
    const auto chosen = std::span<const std::size_t>(order_).subspan(first, n);
    gather(data_, chosen, images_);
    if (e_.data.noise > 0) add_sensor_noise(root.stream("sensor noise", static_cast<std::uint64_t>(round * e_.train.steps_d + k)), images_);
    if (class_of_.empty()) return images_;
    with_class_.resize(n, images_.cols() + static_cast<std::size_t>(e_.latent.classes));
    with_class_.fill(0);
    for (std::size_t r = 0; r < n; ++r) {
        std::copy_n(images_.row(r), images_.cols(), with_class_.row(r));
        with_class_(r, images_.cols() + class_of_[chosen[r]]) = 1;
    }
    return with_class_;
}

}  // namespace ganbar
