// A device out of its measured pulses: the numbers of the `table` model, and what they say for training.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "ganbar/fit/steps.h"

namespace ganbar::fit {

/// One polarity. Curves are by [width][amplitude][node], nodes innermost, as the table model's lists.
struct StepTable {
    std::vector<double> v_V, t_s;              ///< amplitudes as magnitudes
    std::vector<double> mean_S, noise_S;       ///< signed mean step; its standard deviation from pulse to pulse
    std::vector<double> spread;                ///< relative, between devices, by node
    std::vector<double> z;                     ///< of each device: its place in the spread; NaN where it has no step that counts
    std::vector<double> scales;                ///< of each device: its steps over the mean's, 1 + z times the spread's mean; NaN likewise
    std::vector<std::size_t> n;                ///< steps behind each amplitude of each width
    std::size_t main = 0;                      ///< position of the main amplitude (of the first width): most steps, then best balance
    std::vector<double> data_lo_S, data_hi_S;  ///< conductances that each curve rests on
};
/// I = G V, G sinh(b V)/b, or G V (1 + (|V|/scale)^power).
struct StaticIv {
    std::string kind = "linear";
    double b = 0, scale_V = 0, power = 0;
    double residual = 0;  ///< relative, root mean square
    std::string why = "no I-V was given";
};
struct FitOptions {
    std::size_t n_nodes = 0;        ///< of the table in conductance; 0: 33, and up to 97 where there are enough steps for them
    std::size_t n_bootstrap = 100;  ///< of the families' intervals
    std::uint64_t seed = 1;
};
struct DeviceFit {
    std::string name, file;
    double g_min_S = 0, g_max_S = 0, threshold_V = 0;
    std::vector<double> g_S;  ///< nodes
    StepTable set, reset;
    bool log_normal = false;  ///< form of the spread
    double spread_correlation = 0;
    double read_noise_S = 0;  ///< of one read; read_noise of the model is this over the mean conductance
    StaticIv iv;
    std::size_t n_devices = 0, n_steps = 0, n_outliers = 0;
    std::size_t n_wild = 0;  ///< reads that no read beside them supports, set aside (wild_reads.h)
    std::vector<std::string> notes;
};

/// Fits mean, noise and spread. `iv` as static_iv() gives it. Throws as steps_of.
DeviceFit fit_device(const PulseData& data, const FitOptions& options = {});

/// I-V sweeps: columns v_V and i_A (any units, device optional). Tries the three forms and takes the one with the least residual that a
/// simpler one does not reach within a fifth. DataError as parse_pulses.
StaticIv fit_iv(std::string_view text, const std::string& file);

/// The [device] table as TOML, with `preset`, [train] amplitudes and the origin of the numbers in comments: a file that `train` runs.
std::string device_toml(const DeviceFit& fit, const std::string& preset);

}  // namespace ganbar::fit
