#include "ganbar/tile/cell_matrix.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ganbar/core/account.h"
#include "ganbar/core/kernels/array_read.h"
#include "ganbar/core/parallel.h"
#include "ganbar/tile/pulse_rule.h"

namespace ganbar {
namespace {

/// How far one pulse moves a cell of `array` from mid-window, up and down averaged, over its first cells. Works on a copy.
double measured_step_S(const DeviceArray& array, const PulseShape& pulse, const Rng& rng) {
    const auto probe = array.clone();
    probe->suspend_wear();  // cells that the probe itself wears out would count as steps of half a window
    const std::size_t n = std::min<std::size_t>(probe->size(), 4096);
    const auto [g_min, g_max] = probe->window();
    std::vector<float> before(n), after(n);
    double sum = 0;
    for (const int direction : {1, -1}) {
        probe->set_conductance(0, std::vector<float>(n, static_cast<float>(0.5 * (g_min.si + g_max.si))));
        probe->conductance(0, before);
        probe->program(0, std::vector<std::int8_t>(n, static_cast<std::int8_t>(direction)), {pulse.set, pulse.reset, pulse.width},
                       EnergyRule::ohmic, rng.stream("probe", direction > 0));
        probe->conductance(0, after);
        for (std::size_t k = 0; k < n; ++k) sum += direction * (double{after[k]} - before[k]);
    }
    return sum / static_cast<double>(2 * n);
}

}  // namespace

void PulseRule::program(CellMatrix&, const Matrix&, Step&) const { GANBAR_ASSERT(false); }
void PulseRule::program_pairs(CellMatrix&, const Matrix&, const Matrix&, Step&) const { GANBAR_ASSERT(false); }

double CellMatrix::pulse_weight(const PulseShape& pulse) {
    if (pulse.step.si == 0 && memory.pulse_step_S == 0) {
        memory.pulse_step_S =
            static_cast<float>(measured_step_S(*planes[0], pulse, Rng(1).stream(name)));  // float: as a checkpoint keeps it
        if (!(memory.pulse_step_S > 0))
            throw ConfigError(name + ": a pulse does not move its cell; raise v_set and v_reset of [train.RULE], or give its pulse_step");
    }
    const auto [g_min, g_max] = window();
    const double step_S = pulse.step.si > 0 ? pulse.step.si : memory.pulse_step_S;
    return (params.mapping == Mapping::signed_cell ? 1 : 2) * w_max * step_S / (g_max.si - g_min.si);
}

// Cells between two that are pulsed closely are passed along: one call per run of cells, draws belong to cells and not to calls.
UpdateBill CellMatrix::program_counts(std::size_t plane, std::size_t first, std::span<const std::int8_t> counts, const PulseShape& pulse,
                                      const Rng& rng) {
    constexpr std::size_t gap = 16;
    UpdateBill bill;
    std::vector<std::int8_t> polarity;
    for (int pass = 0;; ++pass) {
        const auto due = [&](std::size_t c) { return std::abs(counts[c]) > pass; };
        bool any = false;
        for (std::size_t c = 0; c < counts.size();) {
            if (!due(c)) {
                ++c;
                continue;
            }
            std::size_t end = c + 1;
            for (std::size_t k = end; k < counts.size() && k < end + gap; ++k)
                if (due(k)) end = k + 1;
            polarity.resize(end - c);
            for (std::size_t k = c; k < end; ++k) polarity[k - c] = static_cast<std::int8_t>(!due(k) ? 0 : counts[k] > 0 ? 1 : -1);
            bill.pulses += planes[plane]->program(first + c, polarity, {pulse.set, pulse.reset, pulse.width}, params.energy,
                                                  rng.stream("pass", static_cast<std::uint64_t>(pass)));
            any = true;
            c = end;
        }
        if (!any) return bill;
        ++bill.n_passes;
    }
}

// One row of weights: counts in the weights' direction become moves of the cells that hold them.
UpdateBill CellMatrix::program_row(std::size_t row, std::span<const std::int8_t> counts, const PulseShape& pulse, const Rng& rng) {
    std::vector<std::int8_t> own(counts.begin(), counts.end());
    const std::size_t first = row * n_out;
    for (std::size_t j = 0; j < n_out; ++j) own[j] = static_cast<std::int8_t>(own[j] * sign[first + j]);
    UpdateBill bill;
    for (std::size_t p = 0; p < planes.size(); ++p) {
        const UpdateBill part = program_counts(p, first, own, pulse, rng.stream("plane", p));
        bill.pulses += part.pulses;
        bill.n_passes = std::max(bill.n_passes, part.n_passes);
        for (auto& c : own) c = static_cast<std::int8_t>(-c);  // G- moves against G+
    }
    return bill;
}

void CellMatrix::book_pulses(const std::vector<UpdateBill>& bills, double time_s, Step& step) const {
    PulseBill sum;
    for (const auto& b : bills) sum += b.pulses;
    const std::string where = account(step);
    charge(step.ledger, {where, Phase::update, Component::set}, sum.n_set, {sum.set_energy_J}, {time_s});
    charge(step.ledger, {where, Phase::update, Component::reset}, sum.n_reset, {sum.reset_energy_J}, {time_s});
    charge(step.ledger, {where, Phase::update, Component::idle}, sum.n_idle, {0});
}

// One cell after the other is read at v_read: what a controller sees of its conductance. Cells that nobody asks for are not looked at,
// unless pulses disturb them.
void CellMatrix::verify_read(CellGroup& cells, std::span<const std::int8_t> asked, const Rng& rng, std::vector<float>& g_S,
                             UpdateBill& bill) const {
    std::vector<std::uint32_t> listed(asked.size());
    std::size_t n_asked = 0;
    for (std::size_t k = 0; k < asked.size(); ++k) {
        listed[n_asked] = static_cast<std::uint32_t>(k);
        n_asked += asked[k] != 0;
    }
    listed.resize(n_asked);
    std::vector<float> variance(params.read_noise ? g_S.size() : 0);
    cells.look(listed, g_S, variance);
    double sum = 0;
    for (const std::uint32_t k : listed) sum += g_S[k];
    const double v = params.v_read.si;
    bill.n_verify += static_cast<std::int64_t>(n_asked);
    bill.verify_J += sum * v * v * params.t_read.si;
    if (!params.read_noise) return;
    if (cells.disturbs()) {
        listed.resize(g_S.size());
        std::iota(listed.begin(), listed.end(), std::uint32_t{0});
    }
    constexpr std::uint32_t n_block = 128;
    alignas(64) float draws[n_block];
    std::uint32_t drawn = std::numeric_limits<std::uint32_t>::max();
    for (const std::uint32_t k : listed) {
        if (k / n_block != drawn) kernels::normal_block(rng.key(), drawn = k / n_block, 0, 0, draws);
        g_S[k] += draws[k % n_block] * std::sqrt(variance[k]) / static_cast<float>(v);
    }
}

// A cell that shows zero weight, or less, and is asked for less still: its sign bit flips and the same pulse becomes a set.
// Weights are asked to move by `direction` times `demand`; what stays within the threshold asks for nothing.
void CellMatrix::flip_signs(const Matrix& demand, float direction, float threshold, Step& step) {
    const auto [g_min, g_max] = window();
    const auto bottom = static_cast<float>(g_min.si + 1e-3 * (g_max.si - g_min.si));
    std::vector<std::int64_t> flipped(n_items(n_in), 0);
    parallel_for(flipped.size(), [&](std::size_t item) {
        std::vector<float> g_S(n_out);
        for (std::size_t i = item * rows_per_item; i < std::min(n_in, (item + 1) * rows_per_item); ++i) {
            planes[0]->conductance(i * n_out, g_S);
            for (std::size_t j = 0; j < n_out; ++j) {
                if (g_S[j] > bottom) continue;
                const std::size_t k = i * n_out + j;
                const float more = direction * demand(i, j);
                const int wanted = (more > threshold) - (more < -threshold);
                if (wanted * sign[k] >= 0) continue;
                sign[k] = static_cast<std::int8_t>(-sign[k]);
                if (!memory.owed[0].empty()) memory.owed[0][k] = static_cast<std::int8_t>(-memory.owed[0][k]);
                ++flipped[item];
            }
        }
    });
    const std::int64_t n = std::accumulate(flipped.begin(), flipped.end(), std::int64_t{0});
    charge(step.ledger, {account(step), Phase::update, Component::sign}, n, static_cast<double>(n) * params.sign_energy);
}

}  // namespace ganbar
