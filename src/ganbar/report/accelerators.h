// Estimates of accelerators on pages: one table and the figures an architect compares machines by. Read from the JSON that `estimate`
// prints and hardware.json holds, so that a run's report and a comparison page show the same thing.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ganbar::report {

class Page;

struct Spanned {
    double value = 0, lo = 0, hi = 0;
};
using Parts = std::vector<std::pair<std::string, double>>;

struct SensitivityRow {
    std::string name, lo_text, hi_text;
    double latency_lo = 1, latency_hi = 1, energy_lo = 1, energy_hi = 1;  ///< ratios to the estimate
};
struct ParameterRow {
    std::string name, value, source, kind;
};
/// What a chip of fixed size adds to an iteration.
struct ChipRow {
    double arrays = 0, needed = 0, loads = 0, load_s = 0, load_J = 0, drain_s = 0, buffer_share = 0, memory_B = 0;
};
/// The machine within a common power instead of a common area; of an iteration.
struct EqualPowerRow {
    double latency_s = 0, energy_J = 0, area_m2 = 0, power_W = 0, limit_W = 0;
    std::string limit_of, unfit;
};
struct AcceleratorResult {
    std::string name, platform, scope;
    bool published_for_training = true, training = true;
    double batch = 1, cycles = 0, cycle_s = 0, power_W = 0, utilisation = 0, macs_useful = 0, macs_executed = 0, n_arrays = 0;
    Spanned latency_s, energy_J, area_m2;  ///< of one iteration
    /// Operations per joule, and per second and area: at full use, achieved. Watts per area. Zero in files of before.
    double peak_op_per_J = 0, achieved_op_per_J = 0, peak_op_per_s_m2 = 0, achieved_op_per_s_m2 = 0, power_density_W_m2 = 0;
    double published_op_per_J = 0, published_op_per_s_m2 = 0;  ///< the paper's for full use; 0: none
    std::optional<ChipRow> chip;
    std::optional<EqualPowerRow> equal_power;
    std::vector<std::string> warnings;
    Parts energy_by_component, energy_by_pass, area_by_component, cycles_by_phase;
    std::optional<double> assumed_efficiency;
    std::optional<std::vector<double>> zero_skipping;  ///< multiplications, time, energy: without skipping over with it
    std::vector<SensitivityRow> sensitivity;
    std::vector<ParameterRow> parameters;
    double rounds = 0, run_latency_s = 0, run_energy_J = 0;  ///< of a run; rounds 0: no run
    bool counts_of_the_run = false;
    Parts counts;
};
struct AcceleratorSet {
    std::vector<AcceleratorResult> machines;                       ///< fastest first
    std::vector<std::pair<std::string, std::string>> unfit;        ///< name and reason
    std::vector<std::string> warnings;                             ///< of no machine alone
    std::string baseline;                                          ///< what speed-ups compare with: gtx1080, else the slowest machine
    const AcceleratorResult* find(const std::string& name) const;  ///< nullptr when absent
};

/// A list as `ganbar estimate --json` prints it. Throws DataError naming what is missing.
AcceleratorSet read_accelerators(const std::string& json_text, const std::string& where);

/// An inline drawing made elsewhere (a pipeline timeline).
struct Drawing {
    std::string title, caption, svg;
};
struct AcceleratorPage {
    std::string title, intro;
    std::vector<std::pair<std::string, std::string>> facts;
    AcceleratorSet set;
    std::vector<Drawing> drawings;
    std::vector<std::string> commands;
};
/// A self-contained page that compares machines.
std::string render_accelerators(const AcceleratorPage& page);

/// The section of a run's report: what the named machines would need for this run. `run_energy_J`, `run_area_m2`: of the run's own
/// crossbars (0: none); `merit`: the run's accuracy in words.
void run_accelerator_section(Page& page, const AcceleratorSet& set, double run_energy_J, double run_area_m2, const std::string& merit);

}  // namespace ganbar::report
