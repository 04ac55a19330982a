// Steps out of measured pulses: change of conductance by each pulse, grouped by amplitude and width.
#pragma once
#include "ganbar/fit/pulse_data.h"

namespace ganbar::fit {

/// One pulse with reads on both sides.
struct Step {
    std::int32_t device = 0;
    float weight = 1;          ///< 0: an outlier, left out
    double g_S = 0, dg_S = 0;  ///< before the pulse (freed of read noise where that matters), and what it changed
};
/// All pulses of one amplitude and width.
struct StepGroup {
    double v_V = 0, t_s = 0;  ///< v > 0 set, v < 0 reset
    std::vector<Step> steps;
};
struct StepData {
    std::vector<StepGroup> groups;  ///< by width, then by amplitude
    std::size_t n_devices = 0, n_steps = 0, n_cut = 0;
    double read_noise_S = 0;        ///< standard deviation of one read, from neighbouring steps that undo each other; 0: none seen
    double g_lo_S = 0, g_hi_S = 0;  ///< where the steps lie
    double window_lo_S = 0, window_hi_S = 0;  ///< median over devices of the lowest and highest conductance they showed
    std::size_t n_wild = 0;                   ///< reads set aside (wild_reads.h)
    std::vector<std::string> notes;
};

/// The value below which a share `q` of `x` lies; 0 of none.
double quantile(std::vector<double> x, double q);

/// Amplitudes and widths within 1% count as equal. Groups of fewer than `least` steps are left out, with a note; a jump between cycles (the
/// device was brought back by other means) is no step. DataError where no group is left or the conductance never changes.
StepData steps_of(const PulseData& measured, std::size_t least = 20);

}  // namespace ganbar::fit
