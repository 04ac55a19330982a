#include "ganbar/gan/loss.h"

#include <algorithm>
#include <cmath>

namespace ganbar::gan {
namespace {

double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
LossTerm hinge(double margin, double slope) { return margin > 0 ? LossTerm{margin, slope} : LossTerm{}; }
LossTerm square(double error) { return {0.5 * error * error, error}; }

}  // namespace

LossTerm loss_real(Loss loss, double s, double target) {
    switch (loss) {
        case Loss::wasserstein: return {-s, -1};
        case Loss::hinge: return hinge(1 - s, -1);
        case Loss::least_squares: return square(s - target);
        default: return {target * softplus(-s) + (1 - target) * softplus(s), sigmoid(s) - target};
    }
}

LossTerm loss_fake(Loss loss, double s) {
    switch (loss) {
        case Loss::wasserstein: return {s, 1};
        case Loss::hinge: return hinge(1 + s, 1);
        case Loss::least_squares: return square(s);
        default: return {softplus(s), sigmoid(s)};
    }
}

LossTerm loss_generator(Loss loss, double s) {
    switch (loss) {
        case Loss::wasserstein:
        case Loss::hinge: return {-s, -1};
        case Loss::least_squares: return square(s - 1);
        case Loss::minimax: return {-softplus(s), -sigmoid(s)};
        default: return {softplus(-s), sigmoid(s) - 1};
    }
}

}  // namespace ganbar::gan
