// The study of devices: the founding GAN on every device preset, by blind pulses and with error feedback, on one page.
#pragma once
#include "ganbar/study/study_wires.h"

namespace ganbar::study {

/// Device presets: NAME.toml in a folder `devices` beside a folder of experiments, in alphabetical order, with its opening comment.
std::vector<std::pair<std::string, std::string>> device_presets(const config::Presets& experiments);

/// Trains measured-device with each preset by Manhattan's rule, blind and with error feedback, for seeds 1..options.seeds (3), and leaves
/// run folders, results.csv and report.html in options.out; trainings that are there already are not repeated. options.rounds 0 = 300, with
/// quick 40.
void study_devices(const StudyOptions& options, const Context& context);

}  // namespace ganbar::study
