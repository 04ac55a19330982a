#include "sparse_baselines.h"

#include <suitesparse/cholmod.h>
#include <suitesparse/klu.h>

#include <Eigen/Dense>
#include <algorithm>
#include <map>
#include <vector>

#include "ganbar/circuit/laplacian.h"

namespace ganbar::bench {
namespace {

/// Nodal matrix of a crossbar in compressed columns, with the places of every cell's conductance kept, so that a new array is four adds a
/// cell.
struct NodalMatrix {
    std::vector<int> start, index;
    std::vector<double> wires, value;
    std::vector<std::array<int, 4>> cell;  // entries (w,w), (b,b), (w,b), (b,w); -1 when not stored
    int n;

    NodalMatrix(std::size_t rows, std::size_t cols, const Wires& w, const std::vector<int>& place, bool lower)
        : n(static_cast<int>(2 * rows * cols)) {
        std::map<std::pair<int, int>, double> entries;  // (column, row)
        const auto add = [&](int r, int c, double v) {
            if (!lower || r >= c) entries[{c, r}] += v;
        };
        const auto join = [&](std::size_t x, std::size_t y, double g) {
            const int a = place[x], b = place[y];
            add(a, a, g), add(b, b, g), add(a, b, -g), add(b, a, -g);
        };
        const std::size_t n_cells = rows * cols;
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t j = 0; j < cols; ++j) {
                const std::size_t k = i * cols + j;
                join(k, n_cells + k, 0.0);
                if (j + 1 < cols) join(k, k + 1, 1 / w.rw.si);
                if (i + 1 < rows) join(n_cells + k, n_cells + k + cols, 1 / w.rb.si);
                if (j == 0) add(place[k], place[k], 1 / w.rdrv.si);
                if (i + 1 == rows) add(place[n_cells + k], place[n_cells + k], 1 / w.rsense.si);
            }
        start.assign(static_cast<std::size_t>(n) + 1, 0);
        std::map<std::pair<int, int>, int> at;
        for (const auto& [where, v] : entries) {
            at[where] = static_cast<int>(index.size());
            index.push_back(where.second), wires.push_back(v);
            ++start[static_cast<std::size_t>(where.first) + 1];
        }
        for (std::size_t k = 0; k < static_cast<std::size_t>(n); ++k) start[k + 1] += start[k];
        const auto find = [&](int r, int c) { return at.contains({c, r}) ? at[{c, r}] : -1; };
        for (std::size_t k = 0; k < n_cells; ++k) {
            const int a = place[k], b = place[n_cells + k];
            cell.push_back({find(a, a), find(b, b), find(a, b), find(b, a)});
        }
        value = wires;
    }
    void load(std::span<const double> g_S) {
        value = wires;
        for (std::size_t k = 0; k < cell.size(); ++k)
            for (int q = 0; q < 4; ++q)
                if (cell[k][static_cast<std::size_t>(q)] >= 0)
                    value[static_cast<std::size_t>(cell[k][static_cast<std::size_t>(q)])] += q < 2 ? g_S[k] : -g_S[k];
    }
};

std::vector<int> identity(std::size_t n) {
    std::vector<int> p(n);
    for (std::size_t k = 0; k < n; ++k) p[k] = static_cast<int>(k);
    return p;
}

class Klu final : public SparseBaseline {
public:
    Klu(std::size_t rows, std::size_t cols, const Wires& w)
        : rows_(rows), cols_(cols), w_(w), a_(rows, cols, w, identity(2 * rows * cols), false), x_(2 * rows * cols * rows) {
        klu_defaults(&common_);
        a_.load(std::vector<double>(rows * cols, 2e-4));
        symbolic_ = klu_analyze(a_.n, a_.start.data(), a_.index.data(), &common_);
        numeric_ = klu_factor(a_.start.data(), a_.index.data(), a_.value.data(), symbolic_, &common_);
    }
    ~Klu() override { klu_free_numeric(&numeric_, &common_), klu_free_symbolic(&symbolic_, &common_); }
    void transfer(std::span<const double> g_S, std::span<double> t_S) override {
        a_.load(g_S);
        klu_refactor(a_.start.data(), a_.index.data(), a_.value.data(), symbolic_, numeric_, &common_);
        std::fill(x_.begin(), x_.end(), 0.0);
        const std::size_t n = 2 * rows_ * cols_;
        for (std::size_t i = 0; i < rows_; ++i) x_[i * n + i * cols_] = 1 / w_.rdrv.si;
        klu_solve(symbolic_, numeric_, a_.n, static_cast<int>(rows_), x_.data(), &common_);
        for (std::size_t i = 0; i < rows_; ++i)
            for (std::size_t j = 0; j < cols_; ++j) t_S[i * cols_ + j] = x_[i * n + rows_ * cols_ + (rows_ - 1) * cols_ + j] / w_.rsense.si;
    }

private:
    std::size_t rows_, cols_;
    Wires w_;
    NodalMatrix a_;
    std::vector<double> x_;
    klu_common common_;
    klu_symbolic* symbolic_;
    klu_numeric* numeric_;
};

/// Place of every node in nested dissection, the nodes next to terminals last (word lines, then bit lines).
std::vector<int> terminals_last(std::size_t rows, std::size_t cols) {
    const std::size_t n_cells = rows * cols;
    std::vector<int> place(2 * n_cells, -1);
    int next = 0;
    for (const std::size_t node : nested_dissection(rows, cols)) {
        const bool word_end = node < n_cells && node % cols == 0, bit_end = node >= n_cells && (node - n_cells) / cols + 1 == rows;
        if (!word_end && !bit_end) place[node] = next++;
    }
    for (std::size_t i = 0; i < rows; ++i) place[i * cols] = next++;
    for (std::size_t j = 0; j < cols; ++j) place[n_cells + (rows - 1) * cols + j] = next++;
    return place;
}

class Cholmod final : public SparseBaseline {
public:
    Cholmod(std::size_t rows, std::size_t cols, const Wires& w)
        : rows_(rows), cols_(cols), w_(w), a_(rows, cols, w, terminals_last(rows, cols), true) {
        cholmod_start(&common_);
        common_.nmethods = 1, common_.method[0].ordering = CHOLMOD_NATURAL, common_.postorder = 0;
        common_.supernodal = CHOLMOD_SIMPLICIAL, common_.final_ll = 1;
        sparse_ = {};
        sparse_.nrow = sparse_.ncol = static_cast<std::size_t>(a_.n), sparse_.nzmax = a_.index.size();
        sparse_.p = a_.start.data(), sparse_.i = a_.index.data(), sparse_.x = a_.value.data();
        sparse_.stype = -1, sparse_.itype = CHOLMOD_INT, sparse_.xtype = CHOLMOD_REAL, sparse_.dtype = CHOLMOD_DOUBLE,
        sparse_.sorted = sparse_.packed = 1;
        factor_ = cholmod_analyze(&sparse_, &common_);
    }
    ~Cholmod() override { cholmod_free_factor(&factor_, &common_), cholmod_finish(&common_); }
    void transfer(std::span<const double> g_S, std::span<double> t_S) override {
        a_.load(g_S);
        sparse_.x = a_.value.data();
        cholmod_factorize(&sparse_, factor_, &common_);
        const std::size_t n_ports = rows_ + cols_, first = static_cast<std::size_t>(a_.n) - n_ports;
        const int* start = static_cast<const int*>(factor_->p);
        const int* index = static_cast<const int*>(factor_->i);
        const int* count = static_cast<const int*>(factor_->nz);
        const double* value = static_cast<const double*>(factor_->x);
        Eigen::MatrixXd l = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(n_ports), static_cast<Eigen::Index>(n_ports));
        for (std::size_t c = 0; c < n_ports; ++c)
            for (int q = start[first + c]; q < start[first + c] + count[first + c]; ++q)
                l(index[q] - static_cast<int>(first), static_cast<Eigen::Index>(c)) = value[q];
        Eigen::MatrixXd x = Eigen::MatrixXd::Identity(static_cast<Eigen::Index>(n_ports), static_cast<Eigen::Index>(rows_));
        l.triangularView<Eigen::Lower>().solveInPlace(x);
        l.transpose().triangularView<Eigen::Upper>().solveInPlace(x);
        const double scale = 1 / (w_.rdrv.si * w_.rsense.si);
        for (std::size_t i = 0; i < rows_; ++i)
            for (std::size_t j = 0; j < cols_; ++j)
                t_S[i * cols_ + j] = scale * x(static_cast<Eigen::Index>(rows_ + j), static_cast<Eigen::Index>(i));
    }

private:
    std::size_t rows_, cols_;
    Wires w_;
    NodalMatrix a_;
    cholmod_common common_;
    cholmod_sparse sparse_;
    cholmod_factor* factor_;
};

}  // namespace

std::unique_ptr<SparseBaseline> klu_all_inputs(std::size_t rows, std::size_t cols, const Wires& wires) {
    return std::make_unique<Klu>(rows, cols, wires);
}
std::unique_ptr<SparseBaseline> cholmod_terminals_last(std::size_t rows, std::size_t cols, const Wires& wires) {
    return std::make_unique<Cholmod>(rows, cols, wires);
}

}  // namespace ganbar::bench
