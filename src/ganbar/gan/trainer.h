// The adversarial game: alternating updates of discriminator and generator, on whatever hardware their operators stand for.
#pragma once
#include <functional>

#include "ganbar/gan/loss.h"
#include "ganbar/nn/network.h"

namespace ganbar::gan {

struct GameRules {
    Loss loss = Loss::non_saturating;
    std::int64_t steps_d = 1;    ///< discriminator updates per generator update
    double label_real = 1;       ///< one-sided label smoothing when below 1
    double instance_noise = 0;   ///< standard deviation of noise on the discriminator's input, pixels in [-1, 1]
    bool noise_on_real = true;   ///< instance noise on real images too, not only on generated ones
    bool fresh_latents = false;  ///< the generator step draws its own latent vectors and reads the generator anew
};

/// One weight-update round: steps_d discriminator updates, then one generator update. Losses are means over the batch.
struct RoundRecord {
    double loss_d = 0, loss_g = 0;
    double p_real = 0, p_fake = 0;            ///< mean sigmoid of the discriminator's output; least_squares: mean output
    double spread_real = 0, spread_fake = 0;  ///< root mean square distance of the first 64 images of a batch from their mean, per pixel
};

/// Buffers that live from round to round; their contents mean nothing between rounds.
struct Workspace {
    Matrix noise, latents, both, conditioned, d_logit, d_image;
};

struct Gan {
    nn::Network& generator;
    nn::Network& discriminator;  ///< outputs one logit
    NoiseSource& latents;
    Workspace& workspace;
    /// > 0: both networks take the class of an image behind their other values, as one 1 among n_classes - 1 zeros.
    std::size_t n_classes = 0;
};

/// Returns real images [batch x pixels (+ n_classes)] for discriminator step k of this round. Generated images get the classes of the
/// real ones they are held against.
using RealBatch = std::function<const Matrix&(std::int64_t k)>;

/// Plays one round. `rng` is this round's stream. Throws NumericError when a loss is no longer finite.
RoundRecord play_round(Gan& gan, const GameRules& rules, const RealBatch& real, const UpdateRule& rule_d, const UpdateRule& rule_g,
                       const Rng& rng, Ledger& ledger);

/// Latent vectors [n x generator.n_in()] from the source; row r of a conditional GAN asks for class r mod n_classes.
Matrix draw_latents(Gan& gan, std::size_t n, Step& step);
/// n images [n x pixels] from latent vectors drawn under `rng`; booked under `account`.
Matrix sample(Gan& gan, std::size_t n, const Rng& rng, Ledger& ledger, const std::string& account);
/// Images of given latent vectors.
Matrix generate(nn::Network& generator, const Matrix& latents, const Rng& rng, Ledger& ledger, const std::string& account);

}  // namespace ganbar::gan
