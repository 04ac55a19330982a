// The study of wires: what the founding GAN needs of its wires, by circuit and by training.
#pragma once
#include <filesystem>

#include "ganbar/study/context.h"

namespace ganbar::study {

struct StudyOptions {
    bool quick = false;
    std::int64_t rounds = 0;  ///< of each training; 0 = 200, with quick 60
    std::filesystem::path out;
    std::vector<std::string> sets;  ///< applied to every training
};

/// Trains every setting with seeds 1..n_seeds, a seed after the other; trainings that are there already are not repeated. Leaves run
/// folders, results.csv and report.html in options.out.
void study_wires(const StudyOptions& options, std::int64_t n_seeds, const Context& context);

/// Settings of a training of satyam2022-wires in `rounds` rounds: amplitudes fall as in the preset, over the same share of them.
std::vector<std::string> wires_training(std::int64_t rounds, std::int64_t seed);

}  // namespace ganbar::study
