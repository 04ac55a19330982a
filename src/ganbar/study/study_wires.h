// The study of wires: what the founding GAN needs of its wires, by circuit and by training.
#pragma once
#include "ganbar/study/context.h"

namespace ganbar::study {

/// Trains every setting with seeds 1..options.seeds (3, with quick 1), a seed after the other; trainings that are there already are not
/// repeated. Leaves run folders, results.csv and report.html in options.out.
void study_wires(const StudyOptions& options, const Context& context);

/// Settings of a training of satyam2022-wires in `rounds` rounds: amplitudes fall as in the preset, over the same share of them.
std::vector<std::string> wires_training(std::int64_t rounds, std::int64_t seed);

}  // namespace ganbar::study
