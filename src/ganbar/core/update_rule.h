// How weights follow their gradient: what numbers in digital memory do, and what cells are asked for beside it.
#pragma once
#include <cstdint>
#include <memory>
#include <utility>
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
/// One fixed step against the sign of the gradient: what Manhattan's rule is for numbers.
struct SignStep {
    double step = 1e-3;
    double momentum = 0;   ///< the sign is taken of an exponential average of gradients
    double dead_zone = 0;  ///< no step where |gradient| is below this multiple of the mean |gradient|
};
/// A closed set, visited exhaustively.
using DigitalRule = std::variant<Sgd, Adam, SignStep>;

/// What a rule asks cells for. An open set: the layer that knows cells knows how (tile/pulse_rule.h).
class CellRule {
public:
    virtual ~CellRule() = default;
};

struct UpdateRule {
    DigitalRule digital;                    ///< of weights and biases in digital memory
    std::shared_ptr<const CellRule> cells;  ///< null: the rule moves no cells
    UpdateRule(DigitalRule of_numbers, std::shared_ptr<const CellRule> of_cells) : digital(of_numbers), cells(std::move(of_cells)) {}
    UpdateRule(const Sgd& rule) : digital(rule) {}
    UpdateRule(const Adam& rule) : digital(rule) {}
    UpdateRule(const SignStep& rule) : digital(rule) {}
    /// Of parameters that have a function `UpdateRule make_rule(const P&)` beside them.
    template <class P>
    requires requires(const P& p) { make_rule(p); }
    UpdateRule(const P& parameters) : UpdateRule(make_rule(parameters)) {}
};

/// The two programming pulses of rules that ask cells for moves of a certain size.
struct PulseShape {
    Volt set{0.8}, reset{-0.8};
    Second width{100e-9};
    Siemens step{0};  ///< conductance change of one pulse that the periphery counts on; 0 = measured at mid-window before the first update
};

}  // namespace ganbar
