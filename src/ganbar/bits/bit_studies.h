// What one string of bits cannot show: other chips, the same chip again, restarts, and what each cause of randomness contributes.
#pragma once
#include <nlohmann/json.hpp>

#include "ganbar/bits/bit_source.h"
#include "ganbar/noise/series.h"
#include "ganbar/noise/sp800_90b/estimators.h"

namespace ganbar {

/// Hamming distances: other chips with the same selection (inter-device), the same chip read again with the same selection (intra-device),
/// the same chip with other selections. A fingerprint has 1/2, 0, 1/2; a generator 1/2 each.
struct ChipStudy {
    std::size_t n_chips = 0, n_readings = 0, n_bits = 0;
    noise::Distances inter, intra, selection;
    std::vector<double> ones;  ///< share of ones, chip by chip
    double known_selection =
        1;  ///< at most so much min-entropy a bit remains to who knows chip and selection: that of the raw bits spent on it
    std::string verdict;
};
ChipStudy study_chips(const BitSource& source, std::size_t n_chips, std::size_t n_readings, std::size_t n_bits);

/// SP 800-90B section 3.1.4 on one chip that is switched off and on. What selects cells starts again with the same sequence (repeated,
/// as a generator with a fixed seed would) or goes on with fresh choices.
struct RestartStudy {
    std::size_t n_restarts = 0, n_bits = 0;
    bool repeated = true;
    double initial = 0;  ///< min-entropy per bit of a long sequence without restarts
    noise::sp800_90b::Restart result;
    double repeat_fraction = 0;  ///< of the bits of neighbouring restarts
};
RestartStudy study_restarts(const BitSource& source, std::size_t n_restarts, std::size_t n_bits, std::size_t n_initial, bool repeated);

/// One row of the entropy budget: a cause alone, or all of them.
struct BudgetRow {
    std::string cause, setting;  ///< all settings beside the source's own, as --set
    std::string on;              ///< those that switch the cause on
    std::size_t n_bits = 0;
    double outsider = 0;         ///< most-common-value estimate on the bits (SP 800-90B 6.3.1): who sees only the bits
    double known_selection = 0;  ///< average conditional min-entropy: who knows chip and selection
    double repeats = 0, bias = 0;
};
/// `assignments` as for BitSource; their values of a cause count, their defaults where it is off.
std::vector<BudgetRow> entropy_budget(const std::vector<std::string>& assignments, const DeviceRegistry& devices, std::size_t n_bits);

nlohmann::ordered_json to_json(const ChipStudy& study);
nlohmann::ordered_json to_json(const RestartStudy& study);
nlohmann::ordered_json to_json(const std::vector<BudgetRow>& budget);
std::string to_text(const ChipStudy& study);
std::string to_text(const RestartStudy& study);
std::string to_text(const std::vector<BudgetRow>& budget);

}  // namespace ganbar
