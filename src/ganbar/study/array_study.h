// `ganbar array`: one array from a few words, its figures against a parameter, and their page.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <span>

#include "ganbar/circuit/array_bench.h"
#include "ganbar/config/preset.h"
#include "ganbar/config/write.h"
#include "ganbar/experiment/registries.h"
#include "ganbar/report/report_input.h"

namespace ganbar::study {

struct ArrayInput {
    ArrayQuestion question;
    std::vector<config::Section> sections;  ///< [array], [device], [cell], [wires] with the values in use
};
/// `presets`: of experiments, beside which device files lie. Reads [array], [device], [cell] and [wires] from `file` ("" = defaults) and
/// the settings, as --set takes them, in order; `base`: what stands below both. ConfigError with the place.
ArrayInput load_array(const std::string& file, std::span<const std::string> settings, const config::Presets& presets,
                      const DeviceRegistry& devices, const config::Node* base = nullptr);

/// An array in a few words, as the command line and a script say it; "" = not said.
struct ArrayRequest {
    std::string file, size, device, cell, wire, driver, sense, scheme, compensation, ends, conductances, run, against;
    std::int64_t chips = 0, array = 0;  ///< array: of the run, as run_array counts
    std::vector<std::string> sets;
};

/// One array for each value of a setting; none: one array.
struct ArrayStudy {
    std::string key;  ///< "wires.rw and wires.rb"; "" for a single array
    std::vector<std::string> values;
    std::vector<ArrayInput> inputs;
    std::vector<ArrayAnswer> answers;
    std::vector<std::string> warnings;  ///< of write pulses beyond what a device was fitted on
};

/// The line that asks the same: "ganbar array --size 16 ...".
std::string command_of(const ArrayRequest& request);
/// Reads everything that is asked, then measures. ConfigError for words, values and files that do not fit; DataError for files that cannot
/// be read.
ArrayStudy measure_arrays(const ArrayRequest& request, const config::Presets& presets, const Registries& registries);
/// Figures and maps in SI: one object, or a list with one for each value.
nlohmann::ordered_json array_json(const ArrayStudy& study);

/// Title, findings in words, maps of the first chip, curves against the values; `command`: what makes the page again.
report::ReportInput array_page(const ArrayStudy& study, const std::string& command);
/// A column for each figure: mean, and least, most and half of the mean's 95% interval where there are chips.
std::string array_csv(const ArrayStudy& study);
/// Of the first array: array_problem() as a SPICE deck.
std::string array_deck(const ArrayStudy& study);

}  // namespace ganbar::study
