// The images an experiment trains on, and the batches its rounds see.
#pragma once
#include "ganbar/data/catalogue.h"
#include "ganbar/experiment/experiment.h"

namespace ganbar {

class TrainingImages {
public:
    /// Loads the data set, chosen and resized as the experiment says. ConfigError where images, classes or batch do not fit it.
    TrainingImages(const Experiment& e, const DataRoots& roots);
    const Dataset& data() const { return data_; }
    /// Rounds that pass over all images once; what is left over after whole batches is skipped.
    std::int64_t rounds_per_epoch() const { return rounds_per_epoch_; }
    /// Batch k of a round, one image a row; a conditional GAN's rows end in the image's class, one-hot. The same for equal root, whatever
    /// was asked before. Valid until the next call.
    const Matrix& batch(const Rng& root, std::int64_t round, std::int64_t k);

private:
    void number_classes();
    std::string other_side(std::size_t pixels) const;
    void shuffle(const Rng& root, std::int64_t epoch);
    void add_sensor_noise(Rng rng, Matrix& images) const;
    const Experiment& e_;
    Dataset data_;
    std::vector<std::size_t> class_of_;  // of every image of a conditional GAN
    std::vector<std::size_t> order_;     // of the images in epoch shuffled_
    std::int64_t shuffled_ = -1, rounds_per_epoch_ = 1;
    Matrix images_, with_class_;
};

}  // namespace ganbar
