#include "ganbar/circuit/laplacian.h"

#include <algorithm>
#include <limits>
#include <string>

#include "ganbar/core/error.h"

namespace ganbar {

LaplacianFactor::LaplacianFactor(std::size_t n, std::span<const std::pair<std::size_t, std::size_t>> edges) : n_(n), start_(n + 1, 0) {
    std::vector<std::vector<std::size_t>> column(n), children(n);
    for (const auto& [a, b] : edges) column[std::min(a, b)].push_back(std::max(a, b));
    for (std::size_t k = 0; k < n; ++k) {  // column k = its own edges and what its children in the elimination tree leave
        auto& c = column[k];
        for (const std::size_t child : children[k]) c.insert(c.end(), column[child].begin() + 1, column[child].end());
        std::sort(c.begin(), c.end());
        c.erase(std::unique(c.begin(), c.end()), c.end());
        if (!c.empty()) children[c.front()].push_back(k);
        start_[k + 1] = start_[k] + c.size();
    }
    index_.reserve(start_[n]);
    for (const auto& c : column) index_.insert(index_.end(), c.begin(), c.end());
    for (const auto& [a, b] : edges) {
        const std::size_t k = std::min(a, b);
        const auto it = std::lower_bound(index_.begin() + start_[k], index_.begin() + start_[k + 1], std::max(a, b));
        edge_entry_.push_back(static_cast<std::size_t>(it - index_.begin()));
    }
    value_.resize(index_.size());
    pivot_.resize(n);
}

void LaplacianFactor::factor(std::span<const double> g_S, std::span<const double> ground_S) {
    initial_.assign(index_.size(), 0.0);
    for (std::size_t e = 0; e < edge_entry_.size(); ++e) initial_[edge_entry_[e]] += g_S[e];
    ground_.assign(ground_S.begin(), ground_S.end());
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::vector<std::size_t> head(n_, none), next(n_, none), position(start_.begin(), start_.end() - 1);
    std::vector<double> x(n_, 0.0);
    for (std::size_t k = 0; k < n_; ++k) {
        for (std::size_t q = start_[k]; q < start_[k + 1]; ++q) x[index_[q]] = initial_[q];
        for (std::size_t j = head[k]; j != none;) {  // the columns whose next row is k
            const std::size_t following = next[j], q = position[j];
            const double l = value_[q] / pivot_[j];
            for (std::size_t t = q + 1; t < start_[j + 1]; ++t) x[index_[t]] += l * value_[t];
            ground_[k] += l * ground_[j];
            if (++position[j] < start_[j + 1]) next[j] = head[index_[q + 1]], head[index_[q + 1]] = j;
            j = following;
        }
        double pivot = ground_[k];
        for (std::size_t q = start_[k]; q < start_[k + 1]; ++q) {
            value_[q] = x[index_[q]];
            pivot += value_[q];
            x[index_[q]] = 0;
        }
        if (!(pivot > 0))
            throw NumericError(
                "the conductances of the crossbar differ by more than the range of numbers holds: a node's own vanish beside its "
                "neighbours'");
        if (!(pivot < infinity)) throw NumericError("a conductance of the crossbar exceeds the range of numbers");
        pivot_[k] = pivot;
        if (start_[k] < start_[k + 1]) next[k] = head[index_[start_[k]]], head[index_[start_[k]]] = k;
    }
}

void LaplacianFactor::solve(std::span<double> x) const {
    GANBAR_ASSERT(x.size() == n_);
    for (std::size_t k = 0; k < n_; ++k) {
        const double share = x[k] / pivot_[k];
        for (std::size_t q = start_[k]; q < start_[k + 1]; ++q) x[index_[q]] += value_[q] * share;
    }
    for (std::size_t k = n_; k-- > 0;) {
        double current = x[k];
        for (std::size_t q = start_[k]; q < start_[k + 1]; ++q) current += value_[q] * x[index_[q]];
        x[k] = current / pivot_[k];
    }
}

namespace {

/// Cells [r0, r1) x [c0, c1). Its first word nodes (bit nodes) belong to the cut on its left (top) when there is one.
struct Dissection {
    std::size_t cols, n_cells;
    std::vector<std::size_t> order;
    void block(std::size_t r0, std::size_t r1, std::size_t c0, std::size_t c1, bool cut_left, bool cut_top) {
        const std::size_t m = r1 - r0, n = c1 - c0;
        if (m == 1 && n == 1) {
            if (!cut_left) order.push_back(r0 * cols + c0);
            if (!cut_top) order.push_back(n_cells + r0 * cols + c0);
        } else if (n >= m) {
            const std::size_t c = c0 + n / 2;
            block(r0, r1, c0, c, cut_left, cut_top);
            block(r0, r1, c, c1, true, cut_top);
            for (std::size_t i = r0; i < r1; ++i) order.push_back(i * cols + c);
        } else {
            const std::size_t r = r0 + m / 2;
            block(r0, r, c0, c1, cut_left, cut_top);
            block(r, r1, c0, c1, cut_left, true);
            for (std::size_t j = c0; j < c1; ++j) order.push_back(n_cells + r * cols + j);
        }
    }
};

}  // namespace

std::vector<std::size_t> nested_dissection(std::size_t rows, std::size_t cols) {
    Dissection d{cols, rows * cols, {}};
    d.block(0, rows, 0, cols, false, false);
    return std::move(d.order);
}

}  // namespace ganbar
