#include "ganbar/core/optimizer.h"

#include <cmath>

#include "ganbar/core/error.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/state.h"

namespace ganbar {
namespace {

constexpr std::size_t chunk = 16384;

template <class Body>
void over_chunks(std::size_t n, const Body& body) {
    parallel_for((n + chunk - 1) / chunk, [&](std::size_t item) {
        for (std::size_t k = item * chunk; k < std::min(n, (item + 1) * chunk); ++k) body(k);
    });
}

void sgd(std::span<float> w, std::span<const float> g, Moments& m, const Sgd& rule) {
    const auto rate = static_cast<float>(rule.rate), keep = static_cast<float>(rule.momentum);
    if (keep == 0) return over_chunks(w.size(), [&](std::size_t k) { w[k] -= rate * g[k]; });
    m.first.resize(w.size());
    over_chunks(w.size(), [&](std::size_t k) {
        m.first[k] = keep * m.first[k] + g[k];
        w[k] -= rate * m.first[k];
    });
}

void adam(std::span<float> w, std::span<const float> g, Moments& m, const Adam& rule) {
    m.first.resize(w.size());
    m.second.resize(w.size());
    ++m.steps;
    const auto b1 = static_cast<float>(rule.beta1), b2 = static_cast<float>(rule.beta2);
    const auto scale1 = static_cast<float>(rule.rate / (1 - std::pow(rule.beta1, m.steps)));
    const auto scale2 = static_cast<float>(1 / (1 - std::pow(rule.beta2, m.steps)));
    const auto epsilon = static_cast<float>(rule.epsilon);
    over_chunks(w.size(), [&](std::size_t k) {
        m.first[k] = b1 * m.first[k] + (1 - b1) * g[k];
        m.second[k] = b2 * m.second[k] + (1 - b2) * g[k] * g[k];
        w[k] -= scale1 * m.first[k] / (std::sqrt(scale2 * m.second[k]) + epsilon);
    });
}

void sign_step(std::span<float> w, std::span<const float> g, Moments& m, const SignStep& rule) {
    std::span<const float> slope = g;
    if (rule.momentum > 0) {
        m.first.resize(w.size());
        const auto keep = static_cast<float>(rule.momentum);
        over_chunks(w.size(), [&](std::size_t k) { m.first[k] = keep * m.first[k] + (1 - keep) * g[k]; });
        slope = m.first;
    }
    float threshold = 0;
    if (rule.dead_zone > 0) {
        double sum = 0;
        for (const float s : slope) sum += std::fabs(s);
        threshold = static_cast<float>(rule.dead_zone * sum / static_cast<double>(w.size()));
    }
    const auto step = static_cast<float>(rule.step);
    over_chunks(w.size(), [&](std::size_t k) { w[k] -= slope[k] > threshold ? step : slope[k] < -threshold ? -step : 0.0f; });
}

}  // namespace

void apply_rule(std::span<float> w, std::span<const float> g, Moments& moments, const DigitalRule& rule) {
    GANBAR_ASSERT(w.size() == g.size());
    struct Visitor {
        std::span<float> w;
        std::span<const float> g;
        Moments& moments;
        void operator()(const Sgd& r) const { sgd(w, g, moments, r); }
        void operator()(const Adam& r) const { adam(w, g, moments, r); }
        void operator()(const SignStep& r) const { sign_step(w, g, moments, r); }
    };
    std::visit(Visitor{w, g, moments}, rule);
}

void apply_rule(Matrix& w, const Matrix& g, Moments& moments, const DigitalRule& rule) {
    GANBAR_ASSERT(w.rows() == g.rows() && w.cols() == g.cols());
    const std::size_t n = w.rows() * w.cols();
    if (w.cols() == w.stride()) return apply_rule({w.row(0), n}, {g.row(0), n}, moments, rule);
    auto values = flatten(w);
    apply_rule(values, flatten(g), moments, rule);
    unflatten(values, w);
}

}  // namespace ganbar
