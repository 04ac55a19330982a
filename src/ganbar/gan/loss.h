// What the two players minimise, per image, as functions of the discriminator's output (a logit or a score).
#pragma once
#include <cstdint>

namespace ganbar::gan {

/// non_saturating: binary cross-entropy, generator -log D (Goodfellow et al. 2014, sec. 3); minimax: the same with log(1 - D)
/// (ibid., eq. 1; satyam2022, eq. 1); wasserstein: mean scores apart (Arjovsky, Chintala, Bottou 2017, alg. 1; wants bounded weights);
/// hinge: max(0, 1 - s), max(0, 1 + s), generator -s (Miyato et al. 2018, eqs. 16-17); least_squares: (s - 1)^2 / 2, s^2 / 2, generator
/// (s - 1)^2 / 2 (Mao et al. 2017, eq. 9).
enum class Loss : std::uint8_t { non_saturating, minimax, wasserstein, hinge, least_squares };

/// A loss and its derivative with respect to the score.
struct LossTerm {
    double value = 0, slope = 0;
};
/// The discriminator's on one real image; `target` below 1 smooths the label of the two cross-entropies and of least_squares.
LossTerm loss_real(Loss loss, double score, double target = 1);
LossTerm loss_fake(Loss loss, double score);       ///< the discriminator's on one generated image
LossTerm loss_generator(Loss loss, double score);  ///< the generator's on one of its images

}  // namespace ganbar::gan
