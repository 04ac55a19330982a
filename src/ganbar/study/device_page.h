// The page of `ganbar device fit --report`: the data, the fit, what the device does under pulses, and what that means for training.
#pragma once
#include <filesystem>

#include <nlohmann/json_fwd.hpp>

#include "ganbar/fit/families.h"
#include "ganbar/fit/verdict.h"
#include "ganbar/report/report_input.h"
#include "ganbar/study/context.h"

namespace ganbar::study {

struct DeviceSheet {
    fit::PulseData data;
    fit::DeviceFit fit;
    std::vector<fit::FamilyFit> families;
    fit::Verdict verdict;
    std::string toml;                   ///< the written device file
    std::vector<report::RunData> runs;  ///< a short training on the device; may be empty
};

/// What stands before a key of Manhattan's rule in --set: the table's name, or, where `sets` choose another rule, that of [train], whose
/// keys say in one line that they change nothing.
std::string manhattan_keys(const std::vector<std::string>& sets);

/// The file's experiment for `rounds`, by Manhattan pulses at the verdict's amplitudes, with error feedback where the verdict asks for it
/// (also where it asks for another rule, whose rates are not tuned for GANs); then `sets`, as --set takes them. Throws as
/// load_experiment().
Experiment device_experiment(const DeviceSheet& sheet, const std::filesystem::path& toml, std::int64_t rounds,
                             const std::vector<std::string>& sets, const Context& context);
/// Trains device_experiment() in `folder`. Throws as Context::train.
report::RunData try_device(const DeviceSheet& sheet, const std::filesystem::path& toml, const std::filesystem::path& folder,
                           std::int64_t rounds, const std::vector<std::string>& sets, const Context& context);

/// Numbers of the fit, the verdict and the parametric laws, in SI.
nlohmann::ordered_json device_json(const DeviceSheet& sheet);

report::ReportInput compose_device_page(const DeviceSheet& sheet);

}  // namespace ganbar::study
