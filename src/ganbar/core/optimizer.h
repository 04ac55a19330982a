// Digital update rules on flat arrays of weights.
#pragma once
#include <span>
#include <vector>

#include "ganbar/core/matrix.h"
#include "ganbar/core/update_rule.h"

namespace ganbar {

/// First and second moments of the gradient and the number of steps, for Sgd with momentum and Adam.
struct Moments {
    std::vector<float> first, second;
    double steps = 0;
};

/// w moves against g. Adam: Kingma and Ba 2015, algorithm 1; SignStep: one step against the sign, with its momentum and its dead zone
/// relative to the mean |g|.
void apply_rule(std::span<float> w, std::span<const float> g, Moments& moments, const DigitalRule& rule);
/// The same for matrices, whose padding takes no part: moments hold rows * cols values.
void apply_rule(Matrix& w, const Matrix& g, Moments& moments, const DigitalRule& rule);

}  // namespace ganbar
