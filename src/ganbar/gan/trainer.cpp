#include "ganbar/gan/trainer.h"

#include <algorithm>
#include <cmath>

#include "ganbar/core/parallel.h"

namespace ganbar::gan {
namespace {

double shown_probability(Loss loss, double score) { return loss == Loss::least_squares ? score : 1 / (1 + std::exp(-score)); }

/// Root mean square distance of a batch's first images from their mean, per pixel: how much the batch differs within itself.
double spread(const Matrix& images) {
    const std::size_t n = std::min<std::size_t>(images.rows(), 64);  // enough for a warning, and no time
    std::vector<double> sum(images.cols(), 0.0);
    double squares = 0;
    for (std::size_t r = 0; r < n; ++r) {
        const float* row = images.row(r);
        double own = 0;
        for (std::size_t c = 0; c < images.cols(); ++c) {
            sum[c] += row[c];
            own += double{row[c]} * row[c];
        }
        squares += own;
    }
    double of_mean = 0;
    for (const double s : sum) of_mean += s * s / static_cast<double>(n);
    return std::sqrt(std::max(0.0, squares - of_mean) / static_cast<double>(n * images.cols()));
}

// Instance noise (Sonderby et al., ICLR 2017; Arjovsky and Bottou, ICLR 2017): the first n_pixels of rows first, first + 1, ... get N(0,
// sigma^2).
void add_instance_noise(Matrix& images, std::size_t first, std::size_t n_pixels, double sigma, const Rng& rng) {
    if (sigma <= 0) return;
    Rng own = rng.stream("instance noise");
    std::vector<float> draw(n_pixels);
    for (std::size_t r = first; r < images.rows(); ++r) {
        own.fill_normal(draw);
        for (std::size_t c = 0; c < n_pixels; ++c) images(r, c) += static_cast<float>(sigma) * draw[c];
    }
}

void copy_rows(const Matrix& from, Matrix& to, std::size_t first) {
    constexpr std::size_t rows_per_item = 64;
    parallel_for((from.rows() + rows_per_item - 1) / rows_per_item, [&](std::size_t item) {
        const std::size_t r = item * rows_per_item, rows = std::min(rows_per_item, from.rows() - r);
        std::copy_n(from.row(r), rows * from.stride(), to.row(first + r));
    });
}

/// to = [from | the last n columns of classes], row by row.
void with_classes(const Matrix& from, const Matrix& classes, std::size_t n, Matrix& to, std::size_t first) {
    for (std::size_t r = 0; r < from.rows(); ++r) {
        float* out = std::copy_n(from.row(r), from.cols(), to.row(first + r));
        std::copy_n(classes.row(r) + classes.cols() - n, n, out);
    }
}

/// z gets fresh noise, and behind it the classes of the real images.
void fill_latents(Gan& gan, const Matrix& real, Matrix& z, Step& step) {
    z.resize(real.rows(), gan.generator.n_in());
    if (gan.n_classes == 0) return gan.latents.fill(z, step);
    Matrix& noise = gan.workspace.noise;
    noise.resize(z.rows(), z.cols() - gan.n_classes);
    gan.latents.fill(noise, step);
    with_classes(noise, real, gan.n_classes, z, 0);
}

void discriminator_step(Gan& gan, const GameRules& rules, const Matrix& real, const Matrix& fake, const UpdateRule& rule, Step& step,
                        RoundRecord& record) {
    const std::size_t n = real.rows(), m = fake.rows();
    Matrix& both = gan.workspace.both;
    both.resize(n + m, real.cols());
    copy_rows(real, both, 0);
    if (gan.n_classes == 0) copy_rows(fake, both, n);
    else with_classes(fake, real, gan.n_classes, both, n);
    add_instance_noise(both, rules.noise_on_real ? 0 : n, fake.cols(), rules.instance_noise, step.rng);
    GANBAR_ASSERT(n == m);
    step.n_parts = 2;
    const Matrix& logit = gan.discriminator.forward(both, step);
    Matrix& d = gan.workspace.d_logit;
    d.resize(n + m, 1);
    double total_real = 0, total_fake = 0, p_real = 0, p_fake = 0;
    for (std::size_t r = 0; r < n; ++r) {
        const auto [value, slope] = loss_real(rules.loss, logit(r, 0), rules.label_real);
        total_real += value;
        p_real += shown_probability(rules.loss, logit(r, 0));
        d(r, 0) = static_cast<float>(slope / static_cast<double>(n));
    }
    for (std::size_t r = n; r < n + m; ++r) {
        const auto [value, slope] = loss_fake(rules.loss, logit(r, 0));
        total_fake += value;
        p_fake += shown_probability(rules.loss, logit(r, 0));
        d(r, 0) = static_cast<float>(slope / static_cast<double>(m));
    }
    record.loss_d = total_real / static_cast<double>(n) + total_fake / static_cast<double>(m);
    record.p_real = p_real / static_cast<double>(n);
    record.p_fake = p_fake / static_cast<double>(m);
    record.spread_real = spread(real);
    record.spread_fake = spread(fake);
    gan.discriminator.backward(d, false, step);
    gan.discriminator.update(rule, step);
    step.n_parts = 1;
}

}  // namespace

RoundRecord play_round(Gan& gan, const GameRules& rules, const RealBatch& real, const UpdateRule& rule_d, const UpdateRule& rule_g,
                       const Rng& rng, Ledger& ledger) {
    RoundRecord record;
    Matrix& z = gan.workspace.latents;
    const Matrix *fake = nullptr, *last_real = nullptr;
    for (std::int64_t k = 0; k < rules.steps_d; ++k) {
        const Rng own = rng.stream("discriminator", static_cast<std::uint64_t>(k));
        Step step{own, ledger, "training", true};
        const Matrix& x = real(k);
        last_real = &x;
        fill_latents(gan, x, z, step);
        fake = &gan.generator.forward(z, step);
        discriminator_step(gan, rules, x, *fake, rule_d, step, record);
    }
    const Rng own = rng.stream("generator");
    Step step{own, ledger, "training", true};
    if (rules.fresh_latents) {
        fill_latents(gan, *last_real, z, step);
        fake = &gan.generator.forward(z, step);
    }
    const Matrix* judged = fake;
    if (gan.n_classes > 0) {
        judged = &gan.workspace.conditioned;
        gan.workspace.conditioned.resize(fake->rows(), gan.discriminator.n_in());
        with_classes(*fake, *last_real, gan.n_classes, gan.workspace.conditioned, 0);
    }
    if (rules.instance_noise > 0) {
        Matrix& noisy = gan.workspace.conditioned;
        if (judged != &noisy) noisy = *judged;
        add_instance_noise(noisy, 0, fake->cols(), rules.instance_noise, step.rng);
        judged = &noisy;
    }
    const Matrix& logit = gan.discriminator.forward(*judged, step);
    const std::size_t n = fake->rows();
    Matrix& d = gan.workspace.d_logit;
    d.resize(n, 1);
    double loss = 0;
    for (std::size_t r = 0; r < n; ++r) {
        const auto [value, slope] = loss_generator(rules.loss, logit(r, 0));
        loss += value;
        d(r, 0) = static_cast<float>(slope / static_cast<double>(n));
    }
    record.loss_g = loss / static_cast<double>(n);
    if (!std::isfinite(record.loss_d) || !std::isfinite(record.loss_g))
        throw NumericError("a loss is no longer finite; lower the learning rate or the pulse amplitude");
    const Matrix& slope = gan.discriminator.backward(d, true, step);
    Matrix& dx = gan.workspace.d_image;
    dx.resize(slope.rows(), slope.cols() - gan.n_classes);
    if (gan.n_classes == 0) copy_rows(slope, dx, 0);
    for (std::size_t r = 0; gan.n_classes > 0 && r < dx.rows(); ++r) std::copy_n(slope.row(r), dx.cols(), dx.row(r));
    gan.generator.backward(dx, false, step);
    gan.generator.update(rule_g, step);
    return record;
}

Matrix generate(nn::Network& generator, const Matrix& latents, const Rng& rng, Ledger& ledger, const std::string& account) {
    constexpr std::size_t most_values = std::size_t{1} << 25;  // of one layer at a time
    const std::size_t n = latents.rows(),
                      per_piece = std::max<std::size_t>(16, most_values / std::max<std::size_t>(1, generator.n_widest()));
    if (n <= per_piece) {
        Step step{rng, ledger, account, false};
        return generator.forward(latents, step);
    }
    Matrix out(n, generator.n_out()), piece;
    for (std::size_t first = 0; first < n; first += per_piece) {
        const std::size_t count = std::min(per_piece, n - first);
        piece.resize(count, latents.cols());
        for (std::size_t r = 0; r < count; ++r) std::copy_n(latents.row(first + r), latents.cols(), piece.row(r));
        const Rng own = rng.stream("piece", first);
        Step step{own, ledger, account, false};
        copy_rows(generator.forward(piece, step), out, first);
    }
    return out;
}

Matrix draw_latents(Gan& gan, std::size_t n, Step& step) {
    Matrix z(n, gan.generator.n_in());
    if (gan.n_classes == 0) {
        gan.latents.fill(z, step);
        return z;
    }
    Matrix noise(n, z.cols() - gan.n_classes), classes(n, gan.n_classes);
    gan.latents.fill(noise, step);
    for (std::size_t r = 0; r < n; ++r) classes(r, r % gan.n_classes) = 1;
    with_classes(noise, classes, gan.n_classes, z, 0);
    return z;
}

Matrix sample(Gan& gan, std::size_t n, const Rng& rng, Ledger& ledger, const std::string& account) {
    Step step{rng, ledger, account, false};
    const Matrix z = draw_latents(gan, n, step);
    return generate(gan.generator, z, rng, ledger, account);
}

}  // namespace ganbar::gan
