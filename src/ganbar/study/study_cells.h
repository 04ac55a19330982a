// The study of cells: the founding GAN on passive cells and on cells with transistors, at several segment resistances.
#pragma once
#include "ganbar/study/study_wires.h"

namespace ganbar::study {

/// Trains every case with seeds 1..options.seeds (3); trainings that are there already are not repeated. Leaves run folders, results.csv
/// and report.html in options.out.
void study_cells(const StudyOptions& options, const Context& context);

}  // namespace ganbar::study
