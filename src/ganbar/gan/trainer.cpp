#include "ganbar/gan/trainer.h"

#include <algorithm>
#include <cmath>

#include "ganbar/core/parallel.h"

namespace ganbar::gan {
namespace {

double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

void copy_rows(const Matrix& from, Matrix& to, std::size_t first) {
    constexpr std::size_t rows_per_item = 64;
    parallel_for((from.rows() + rows_per_item - 1) / rows_per_item, [&](std::size_t item) {
        const std::size_t r = item * rows_per_item, rows = std::min(rows_per_item, from.rows() - r);
        std::copy_n(from.row(r), rows * from.stride(), to.row(first + r));
    });
}

void discriminator_step(Gan& gan, const GameRules& rules, const Matrix& real, const Matrix& fake, const UpdateRule& rule, Step& step, RoundRecord& record) {
    const std::size_t n = real.rows(), m = fake.rows();
    Matrix& both = gan.workspace.both;
    both.resize(n + m, real.cols());
    copy_rows(real, both, 0);
    copy_rows(fake, both, n);
    GANBAR_ASSERT(n == m);
    step.n_parts = 2;
    const Matrix& logit = gan.discriminator.forward(both, step);
    Matrix& d = gan.workspace.d_logit;
    d.resize(n + m, 1);
    double loss_real = 0, loss_fake = 0, p_real = 0, p_fake = 0;
    for (std::size_t r = 0; r < n; ++r) {
        const double x = logit(r, 0), p = sigmoid(x), target = rules.label_real;
        loss_real += target * softplus(-x) + (1 - target) * softplus(x);
        p_real += p;
        d(r, 0) = static_cast<float>((p - target) / static_cast<double>(n));
    }
    for (std::size_t r = n; r < n + m; ++r) {
        const double x = logit(r, 0), p = sigmoid(x);
        loss_fake += softplus(x);
        p_fake += p;
        d(r, 0) = static_cast<float>(p / static_cast<double>(m));
    }
    record.loss_d = loss_real / static_cast<double>(n) + loss_fake / static_cast<double>(m);
    record.p_real = p_real / static_cast<double>(n);
    record.p_fake = p_fake / static_cast<double>(m);
    gan.discriminator.backward(d, false, step);
    gan.discriminator.update(rule, step);
    step.n_parts = 1;
}

}  // namespace

RoundRecord play_round(Gan& gan, const GameRules& rules, const RealBatch& real, const UpdateRule& rule_d, const UpdateRule& rule_g, const Rng& rng,
                       Ledger& ledger) {
    RoundRecord record;
    Matrix& z = gan.workspace.latents;
    const Matrix* fake = nullptr;
    for (std::int64_t k = 0; k < rules.steps_d; ++k) {
        const Rng own = rng.stream("discriminator", static_cast<std::uint64_t>(k));
        Step step{own, ledger, "training", true};
        const Matrix& x = real(k);
        z.resize(x.rows(), gan.generator.n_in());
        gan.latents.fill(z, step);
        fake = &gan.generator.forward(z, step);
        discriminator_step(gan, rules, x, *fake, rule_d, step, record);
    }
    const Rng own = rng.stream("generator");
    Step step{own, ledger, "training", true};
    if (rules.fresh_latents) {
        gan.latents.fill(z, step);
        fake = &gan.generator.forward(z, step);
    }
    const Matrix& logit = gan.discriminator.forward(*fake, step);
    const std::size_t n = fake->rows();
    Matrix& d = gan.workspace.d_logit;
    d.resize(n, 1);
    double loss = 0;
    for (std::size_t r = 0; r < n; ++r) {
        const double x = logit(r, 0), p = sigmoid(x);
        const bool saturating = rules.loss == Loss::minimax;
        loss += saturating ? -softplus(x) : softplus(-x);
        d(r, 0) = static_cast<float>((saturating ? -p : p - 1) / static_cast<double>(n));
    }
    record.loss_g = loss / static_cast<double>(n);
    if (!std::isfinite(record.loss_d) || !std::isfinite(record.loss_g))
        throw NumericError("a loss is no longer finite; lower the learning rate or the pulse amplitude");
    const Matrix& slope = gan.discriminator.backward(d, true, step);
    Matrix& dx = gan.workspace.d_image;
    dx.resize(slope.rows(), slope.cols());
    copy_rows(slope, dx, 0);
    gan.generator.backward(dx, false, step);
    gan.generator.update(rule_g, step);
    return record;
}

Matrix generate(nn::Network& generator, const Matrix& latents, const Rng& rng, Ledger& ledger, const std::string& account) {
    constexpr std::size_t most_values = std::size_t{1} << 25;  // of one layer at a time
    const std::size_t n = latents.rows(), per_piece = std::max<std::size_t>(16, most_values / std::max<std::size_t>(1, generator.n_widest()));
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

Matrix sample(Gan& gan, std::size_t n, const Rng& rng, Ledger& ledger, const std::string& account) {
    Matrix z(n, gan.generator.n_in());
    Step step{rng, ledger, account, false};
    gan.latents.fill(z, step);
    return generate(gan.generator, z, rng, ledger, account);
}

}  // namespace ganbar::gan
