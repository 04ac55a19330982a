// `ganbar array`: one array from a few words, its figures against a parameter, and their page.
#pragma once
#include <span>

#include "ganbar/circuit/array_bench.h"
#include "ganbar/config/write.h"
#include "ganbar/report/report_input.h"

namespace ganbar::study {

struct ArrayInput {
    ArrayQuestion question;
    std::vector<config::Section> sections;  ///< [array], [device], [wires] with the values in use
};
/// Reads [array], [device] and [wires] from `file` ("" = defaults) and the settings, as --set takes them, in order. ConfigError with the place.
ArrayInput load_array(const std::string& file, std::span<const std::string> settings, const DeviceRegistry& devices);

/// One array for each value of a setting; none: one array.
struct ArrayStudy {
    std::string key;                  ///< "wires.rw and wires.rb"; "" for a single array
    std::vector<std::string> values;
    std::vector<ArrayInput> inputs;
    std::vector<ArrayAnswer> answers;
};

/// Title, findings in words, maps of the first chip, curves against the values; `command`: what makes the page again.
report::ReportInput array_page(const ArrayStudy& study, const std::string& command);
/// A column for each figure: mean, and least and most where there are chips.
std::string array_csv(const ArrayStudy& study);

}  // namespace ganbar::study
