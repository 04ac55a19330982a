// The adversarial game: alternating updates of discriminator and generator, on whatever hardware their operators stand for.
#pragma once
#include <functional>

#include "ganbar/nn/network.h"

namespace ganbar::gan {

/// Generator loss. non_saturating: -log D(G(z)); minimax: log(1 - D(G(z))) (Goodfellow et al. 2014; satyam2022, eq. 1).
enum class Loss : std::uint8_t { non_saturating, minimax };

struct GameRules {
    Loss loss = Loss::non_saturating;
    std::int64_t steps_d = 1;      ///< discriminator updates per generator update
    double label_real = 1;         ///< one-sided label smoothing when below 1
    bool fresh_latents = false;    ///< the generator step draws its own latent vectors and reads the generator anew
};

/// One weight-update round: steps_d discriminator updates, then one generator update. Losses are means over the batch.
struct RoundRecord {
    double loss_d = 0, loss_g = 0, p_real = 0, p_fake = 0;
};

/// Buffers that live from round to round; their contents mean nothing between rounds.
struct Workspace {
    Matrix latents, both, d_logit, d_image;
};

struct Gan {
    nn::Network& generator;
    nn::Network& discriminator;  ///< outputs one logit
    NoiseSource& latents;
    Workspace& workspace;
};

/// Returns real images [batch x pixels] for discriminator step k of this round.
using RealBatch = std::function<const Matrix&(std::int64_t k)>;

/// Plays one round. `rng` is this round's stream. Throws NumericError when a loss is no longer finite.
RoundRecord play_round(Gan& gan, const GameRules& rules, const RealBatch& real, const UpdateRule& rule_d, const UpdateRule& rule_g, const Rng& rng,
                       Ledger& ledger);

/// n images [n x pixels] from latent vectors drawn under `rng`; booked under `account`.
Matrix sample(Gan& gan, std::size_t n, const Rng& rng, Ledger& ledger, const std::string& account);
/// Images of given latent vectors.
Matrix generate(nn::Network& generator, const Matrix& latents, const Rng& rng, Ledger& ledger, const std::string& account);

}  // namespace ganbar::gan
