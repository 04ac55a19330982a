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

/// Leaves run folders, results.csv, findings and report.html in options.out; trainings that are there already are not repeated.
void study_wires(const StudyOptions& options, const Context& context);

}  // namespace ganbar::study
