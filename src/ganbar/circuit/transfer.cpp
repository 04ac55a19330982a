#include "ganbar/circuit/transfer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "ganbar/circuit/reduction_plan.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/stop.h"

namespace ganbar {
namespace {

using namespace reduction;

/// Grows, never shrinks; one per thread, so that training does not pay for fresh pages at every weight update.
class Scratch {
public:
    double* get(std::size_t n) {
        if (n > size_) {
            data_.reset(static_cast<double*>(std::aligned_alloc(64, (n * sizeof(double) + 63) / 64 * 64)));
            if (!data_) throw std::bad_alloc();
            size_ = n;
        }
        return data_.get();
    }

private:
    struct Free {
        void operator()(double* p) const { std::free(p); }
    };
    std::unique_ptr<double[], Free> data_;
    std::size_t size_ = 0;
};

/// Conductances of all wires; a zero resistance becomes one that changes no entry of T by more than 1e-18 of itself.
struct WireConductances {
    double word, bit;
    std::vector<double> terminal;  ///< drivers (rows), then sense resistances (cols); 0 where floating
};

template <class Real>
WireConductances conductances(const Plan& plan, std::span<const Real> g_S, const Wires& wires, const Connected& connected) {
    double smallest = 0;
    if (!(wires.rw.si > 0 && wires.rb.si > 0 && wires.rdrv.si > 0 && wires.rsense.si > 0)) {
        const double n = static_cast<double>(std::max(plan.rows, plan.cols));
        const double g_max = static_cast<double>(*std::max_element(g_S.begin(), g_S.end()));
        smallest = 1e-18 / (n * n * std::max(g_max, 1e-15));  // a line's drop is below r n^2 g_max of its voltage
    }
    const auto conductance = [&](Ohm r) { return 1 / std::max(r.si, smallest); };
    WireConductances w{conductance(wires.rw), conductance(wires.rb), {}};
    for (std::size_t i = 0; i < plan.rows; ++i)
        w.terminal.push_back(connected.word.empty() || connected.word[i] ? conductance(wires.rdrv) : 0.0);
    for (std::size_t j = 0; j < plan.cols; ++j)
        w.terminal.push_back(connected.bit.empty() || connected.bit[j] ? conductance(wires.rsense) : 0.0);
    return w;
}

template <class Real>
void pack_inputs(const Plan& plan, const LeafGroup& group, const LeafProgram& program, std::span<const Real> g_S, const WireConductances& w,
                 double* inputs, std::size_t n_lanes) {
    const std::size_t m = program.m, n = program.n;
    for (std::size_t l = 0; l < n_lanes; ++l) {
        const auto& leaf = group.leaves[std::min(l, group.leaves.size() - 1)];  // idle lanes repeat the last leaf
        double* in = inputs + l;
        for (std::size_t i = 0; i < m; ++i)
            for (std::size_t j = 0; j < n; ++j, in += n_lanes) *in = static_cast<double>(g_S[(leaf.row + i) * plan.cols + leaf.col + j]);
        for (std::size_t i = 0; i < m; ++i, in += n_lanes) *in = leaf.col == 0 ? w.terminal[leaf.row + i] : w.word;
        for (std::size_t j = 0; j < n; ++j, in += n_lanes) *in = leaf.row + m == plan.rows ? w.terminal[plan.rows + leaf.col + j] : w.bit;
        in[0] = w.word, in[n_lanes] = w.bit;
    }
}

/// The result (groups in the order L, R, T, D) to the leaves' own matrices in their own orders; below the diagonal they hold anything.
void unpack_leaves(const LeafProgram& program, std::span<const LeafGroup::Leaf> leaves, const double* work, std::size_t n_lanes,
                   double* storage) {
    const std::size_t length[4] = {program.m, program.m, program.n, program.n};
    std::size_t row = 0;
    for (int a = 0; a < 4; row += length[a++]) {
        std::size_t col = row;
        for (int b = a; b < 4; col += length[b++])
            for (const bool as_is : {true, false}) {  // which group comes first differs from leaf to leaf
                double* to[8] = {};
                std::size_t strides[8] = {};
                bool any = false;
                for (std::size_t l = 0; l < leaves.size(); ++l) {
                    const auto& leaf = leaves[l];
                    if ((leaf.offset[a] <= leaf.offset[b]) != as_is) continue;
                    to[l] = storage + leaf.out + leaf.offset[as_is ? a : b] * leaf.stride + leaf.offset[as_is ? b : a];
                    strides[l] = leaf.stride, any = true;
                }
                const double* from = work + (program.out + row * program.stride + col) * n_lanes;
                if (!any) continue;
                if (as_is) unpack(from, program.stride, 1, length[a], length[b], a == b, to, strides, leaves.size());
                else unpack(from, 1, program.stride, length[b], length[a], a == b, to, strides, leaves.size());
            }
    }
}

/// The door: T of a passive array is finite, not negative, and with all inputs on no column passes more than its cells would without wires.
template <class Real>
void require_transfer(const Plan& plan, std::span<const Real> g_S, std::span<const double> t_S) {
    std::vector<double> limit(plan.cols, 0.0), sum(plan.cols, 0.0);
    std::vector<double> least(plan.cols, 0.0);  // one a column: vectors
    for (std::size_t i = 0; i < plan.rows; ++i) {
        const Real* g = g_S.data() + i * plan.cols;
        const double* t = t_S.data() + i * plan.cols;
        for (std::size_t j = 0; j < plan.cols; ++j) {
            limit[j] += static_cast<double>(g[j]), sum[j] += t[j];
            least[j] = std::min(least[j], t[j]);
        }
    }
    bool good = true;
    for (std::size_t j = 0; j < plan.cols; ++j) good = good && least[j] == 0 && sum[j] <= limit[j] * (1 + 1e-9) && std::isfinite(limit[j]);
    if (good) return;
    for (std::size_t k = 0; k < g_S.size(); ++k)
        if (!(std::isfinite(g_S[k]) && g_S[k] >= 0))
            throw NumericError(fmt::format("no transfer matrix: the conductance of cell [{}][{}] is {} S; expected a finite number >= 0",
                                           k / plan.cols, k % plan.cols, g_S[k]));
    throw NumericError("no transfer matrix: conductances of cells and wires exceed the range of numbers");
}

template <class Real>
void reduce(const TransferPlan& shape, std::span<const Real> g_S, const Wires& wires, std::span<double> t_S, const Connected& connected) {
    const Plan& plan = shape.steps();
    GANBAR_ASSERT(g_S.size() == plan.rows * plan.cols && t_S.size() == g_S.size() && wires.ends == plan.ends);
    const WireConductances w = conductances(plan, g_S, wires, connected);
    const std::size_t n_lanes = lanes();
    thread_local Scratch scratch;
    const auto rounded = [](std::size_t n) { return (n + 7) / 8 * 8; };
    double* storage = scratch.get(rounded(plan.storage) + rounded(plan.panel) + (plan.lane_work + plan.lane_inputs) * n_lanes);
    double* panel = storage + rounded(plan.storage);
    double* work = panel + rounded(plan.panel);
    double* inputs = work + plan.lane_work * n_lanes;
    for (const auto& step : plan.steps) {
        stop_point();
        if (const auto* merge = std::get_if<Merge>(&step)) {
            run_merge(*merge, storage, panel, w.terminal.data());
            continue;
        }
        const auto& group = std::get<LeafGroup>(step);
        const auto& program = plan.programs[group.program];
        pack_inputs(plan, group, program, g_S, w, inputs, n_lanes);
        run_leaves(program, inputs, work);
        unpack_leaves(program, group.leaves, work, n_lanes, storage);
    }
    const double* y = storage + plan.out;
    for (std::size_t i = 0; i < plan.rows; ++i)
        for (std::size_t j = 0; j < plan.cols; ++j) {
            double sum = 0;
            for (const std::size_t a : plan.word)
                for (const std::size_t b : plan.bit) sum += y[(a + i) * plan.stride + b + j];
            t_S[i * plan.cols + j] = sum;
        }
    require_transfer(plan, g_S, t_S);
}

}  // namespace

TransferPlan::TransferPlan(std::size_t rows, std::size_t cols, Ends ends) : plan_(std::make_unique<Plan>(make_plan(rows, cols, ends))) {}
TransferPlan::~TransferPlan() = default;
TransferPlan::TransferPlan(TransferPlan&&) noexcept = default;
TransferPlan& TransferPlan::operator=(TransferPlan&&) noexcept = default;
std::size_t TransferPlan::rows() const { return plan_->rows; }
std::size_t TransferPlan::cols() const { return plan_->cols; }
double TransferPlan::flops() const { return plan_->flops; }

void transfer_matrix(const TransferPlan& plan, std::span<const double> g_S, const Wires& wires, std::span<double> t_S,
                     const Connected& connected) {
    reduce(plan, g_S, wires, t_S, connected);
}
void transfer_matrix(const TransferPlan& plan, std::span<const float> g_S, const Wires& wires, std::span<double> t_S,
                     const Connected& connected) {
    reduce(plan, g_S, wires, t_S, connected);
}

void transfer_matrices(const TransferPlan& plan, std::size_t n, std::span<const float> g_S, const Wires& wires, std::span<double> t_S) {
    const std::size_t size = plan.rows() * plan.cols();
    GANBAR_ASSERT(g_S.size() == n * size && t_S.size() == n * size);
    parallel_for(n, [&](std::size_t k) { transfer_matrix(plan, g_S.subspan(k * size, size), wires, t_S.subspan(k * size, size)); });
}

}  // namespace ganbar
