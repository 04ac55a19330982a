// Prints what gan/loss.h and nn/spectral_norm.h compute, as one JSON object, for loss_check.py.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "ganbar/gan/loss.h"
#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/spectral_norm.h"

using namespace ganbar;
using json = nlohmann::json;

static Matrix random_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed) {
    Matrix m(rows, cols);
    Rng rng(seed);
    for (std::size_t r = 0; r < rows; ++r) rng.fill_normal(m.row_span(r));
    return m;
}
static json rows_of(const Matrix& m) {
    json out = json::array();
    for (std::size_t r = 0; r < m.rows(); ++r) out.push_back(std::vector<float>(m.row_span(r).begin(), m.row_span(r).end()));
    return out;
}

static json losses() {
    json out = json::array();
    const char* names[] = {"non_saturating", "minimax", "wasserstein", "hinge", "least_squares"};
    for (int k = 0; k < 5; ++k)
        for (double s = -7.31; s < 7.4; s += 0.173) {
            const auto loss = static_cast<gan::Loss>(k);
            const auto real = gan::loss_real(loss, s, 0.9), fake = gan::loss_fake(loss, s), generator = gan::loss_generator(loss, s);
            out.push_back({{"loss", names[k]},
                           {"score", s},
                           {"real", {real.value, real.slope}},
                           {"fake", {fake.value, fake.slope}},
                           {"generator", {generator.value, generator.slope}}});
        }
    return out;
}

// One normed layer, its power iteration converged: y, dL/dx and dL/dW of L = sum(y t).
static json norms() {
    json out = json::array();
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const std::size_t n_in = 2 + seed % 9, n_out = 1 + seed * 7 % 8, batch = 1 + seed % 5;
        const Matrix w = random_matrix(n_in, n_out, seed), x = random_matrix(batch, n_in, 100 + seed),
                     t = random_matrix(batch, n_out, 200 + seed);
        nn::SpectralNormOp op("a", std::make_unique<nn::DigitalOp>("a", w), Rng(seed), 3000);
        Ledger ledger;
        const Rng rng(1);
        Step step{rng, ledger, "oracle", true};
        Matrix y, dx;
        op.forward(x, y, step);
        op.backward(t, dx, step);
        const double sigma = op.sigma();
        op.update(x, t, Sgd{1, 0}, step);
        Matrix dw = op.weights();
        for (std::size_t r = 0; r < n_in; ++r)
            for (std::size_t c = 0; c < n_out; ++c) dw(r, c) = static_cast<float>(w(r, c) - dw(r, c) * sigma);
        out.push_back(
            {{"w", rows_of(w)}, {"x", rows_of(x)}, {"t", rows_of(t)}, {"y", rows_of(y)}, {"dx", rows_of(dx)}, {"dw", rows_of(dw)}});
    }
    return out;
}

int main() { std::puts(json{{"losses", losses()}, {"norms", norms()}}.dump().c_str()); }
