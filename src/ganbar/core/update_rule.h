// How weights follow their gradient. A closed set, visited exhaustively.
#pragma once
#include <cstdint>
#include <variant>

#include "ganbar/core/units.h"

namespace ganbar {

/// w -= rate * (momentum buffer of the gradient).
struct Sgd {
    double rate = 0.1, momentum = 0;
};
/// Kingma and Ba, ICLR 2015, algorithm 1.
struct Adam {
    double rate = 1e-3, beta1 = 0.5, beta2 = 0.999, epsilon = 1e-8;
};
/// Sign of the batch gradient decides one fixed pulse a cell (satyam2022, sec. II, fig. 4). Digital weights move by `digital_step`.
struct Manhattan {
    Volt set{0.8}, reset{-0.8};
    Second width{100e-9};
    bool literal = false;       ///< the paper's printed table for negative weights: dW > 0 pairs with V_set, dW < 0 with V_reset
    double dead_zone = 0;       ///< no pulse where |gradient| is below this multiple of the layer's mean |gradient|
    double momentum = 0;        ///< the sign is taken of an exponential average of gradients, kept digitally
    double feedback = 0;             ///< > 0: error feedback; a cell is pulsed when the moves it owes reach this many verify_steps
    double feedback_scale = 0;       ///< error feedback: a gradient of this many times the layer's root mean square asks for one verify_step; 0: every sign asks for one
    double feedback_limit = 3;       ///< error feedback in proportion: most verify_steps that one gradient asks for
    std::int64_t verify_pulses = 0;  ///< > 0: closed loop, at most this many pulses a cell and update
    Siemens verify_step{0};          ///< closed loop: the change after which a cell's pulses stop; error feedback: the move a sign asks for
    Volt verify_ramp{0};             ///< closed loop: growth of the amplitude from pulse to pulse
    double digital_step = 1e-3; ///< step of weights and biases that are not cells
};
using UpdateRule = std::variant<Sgd, Adam, Manhattan>;

}  // namespace ganbar
