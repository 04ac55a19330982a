// What the rules that ship ask of cells, as parameters of one update. How each does it is in rules/NAME.cpp.
#pragma once
#include "ganbar/core/update_rule.h"

namespace ganbar {

/// Sign of the batch gradient decides one fixed pulse a cell (satyam2022, sec. II, fig. 4). Digital weights move by `digital_step`.
struct Manhattan {
    Volt set{0.8}, reset{-0.8};
    Second width{100e-9};
    bool literal = false;       ///< the paper's printed table for negative weights: dW > 0 pairs with V_set, dW < 0 with V_reset
    double dead_zone = 0;       ///< no pulse where |gradient| is below this multiple of the layer's mean |gradient|
    double momentum = 0;        ///< the sign is taken of an exponential average of gradients, kept digitally
    double feedback = 0;        ///< > 0: error feedback; a cell is pulsed when the moves it owes reach this many verify_steps
    double feedback_scale = 0;  ///< error feedback: a gradient of this many times the layer's root mean square asks for one verify_step; 0:
                                ///< every sign asks for one
    double feedback_limit = 3;  ///< error feedback in proportion: most verify_steps that one gradient asks for
    std::int64_t verify_pulses = 0;  ///< > 0: closed loop, at most this many pulses a cell and update
    Siemens verify_step{0};          ///< closed loop: the change after which a cell's pulses stop; error feedback: the move a sign asks for
    Volt verify_ramp{0};             ///< closed loop: growth of the amplitude from pulse to pulse
    double digital_step = 1e-3;      ///< step of weights and biases that are not cells
    Volt amplitude_slope{0};   ///< variable amplitude: volts per e-fold of |gradient| over the layer's mean; 0 = one amplitude for all
    Volt amplitude_span{0.3};  ///< variable amplitude: farthest from set and reset
};
UpdateRule make_rule(const Manhattan& rule);

/// Stochastic pulse trains: rows carry Bernoulli streams of x, columns of dy; a cell moves where they coincide, so that the expected move
/// is -rate x dy (Gokmen and Vlasov, Front. Neurosci. 10 (2016) 333, eqs. 2-4). Digital weights take plain steps of `rate`.
struct PulseTrain {
    double rate = 0.01;
    PulseShape pulse;
    std::int64_t length = 31;  ///< slots per stream, at most 32
    bool management = true;    ///< rows and columns share the probability (Gokmen, Onen, Haensch, Front. Neurosci. 11 (2017) 538, eq. 5)
};
UpdateRule make_rule(const PulseTrain& rule);

/// Mixed precision: what an optimizer would do accumulates digitally; a cell gets its pulses when whole steps are due
/// (Nandakumar et al., Front. Neurosci. 14 (2020) 406, fig. 1, with plain steps of `rate`; Adam's steps are ours). Digital weights take the
/// same steps.
struct MixedPrecision {
    double rate = 0.01;
    bool adam = false;  ///< accumulate Adam's steps instead of rate times the gradient
    double beta1 = 0.5, beta2 = 0.999;
    PulseShape pulse;
    std::int64_t max_pulses = 10;  ///< a cell and update; what is left over waits
};
UpdateRule make_rule(const MixedPrecision& rule);

/// Tiki-Taka: pulse trains move a fast array A; rows of A are read in turn and move the slow array C, which is the weights.
/// v1: Gokmen and Haensch, Front. Neurosci. 14 (2020) 103, alg. 1. v2: Gokmen, Front. Artif. Intell. 4 (2021) 699148, alg. 1: what A shows
/// is summed in a digital matrix H, and C gets pulses when whole steps are due.
struct TikiTaka {
    PulseTrain fast;
    double transfer_rate = 0.01;      ///< part of what A shows that goes to C
    std::int64_t transfer_every = 1;  ///< samples between two rows
    bool hidden = false;              ///< v2
    std::int64_t zero_pulses = 500;   ///< pairs of set and reset that bring A to its symmetry point before the first update
};
UpdateRule make_rule(const TikiTaka& rule);

}  // namespace ganbar
