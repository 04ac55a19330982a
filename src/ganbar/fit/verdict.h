// What a fitted device means for training: balance, symmetric point, levels, and which update rule suits.
#pragma once
#include <optional>

#include "ganbar/fit/device_fit.h"

namespace ganbar::fit {

struct Verdict {
    double set_step_S = 0, reset_step_S = 0;  ///< means over the window at the main amplitudes, both positive
    double balance = 0;                       ///< set over reset
    std::optional<double> symmetric_S;        ///< where set and reset steps are equal, inside the window; none: one is larger everywhere
    double unevenness_set = 0, unevenness_reset = 0;  ///< largest over smallest step within the middle 80% of the window
    double levels_set = 0, levels_reset = 0;          ///< pulses across the window by the mean step
    double noise_to_step = 0;                         ///< noise of a pulse over its step, mid-window, mean of both polarities
    double spread = 0;                                ///< relative, between devices, mean of both
    double v_set_V = 0, v_reset_V = 0, t_s = 0;       ///< the most balanced pair of amplitudes inside the measured ones; v_reset negative
    double best_balance = 0;                          ///< set over reset there
    std::string rule;                                 ///< train.rule and, for error feedback, "manhattan" with feedback
    bool feedback = false;
    std::string why;  ///< sentences
};

/// Judges the device. Amplitudes are interpolated between measured ones, never beyond them.
Verdict judge(const DeviceFit& fit);

}  // namespace ganbar::fit
