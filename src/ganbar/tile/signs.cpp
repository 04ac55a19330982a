#include "ganbar/tile/signs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ganbar/core/account.h"
#include "ganbar/core/parallel.h"
#include "ganbar/tile/direct_cells.h"

namespace ganbar {
namespace {

constexpr int debt_unit = 16;  // of verify_step: what error feedback counts in

// How many units of debt a slope of 1 asks for; huge when every sign asks for a whole step.
float units_per_slope(const Matrix& g, const Manhattan& rule) {
    if (rule.feedback_scale == 0) return std::numeric_limits<float>::max();
    double sum = 0;
    for (std::size_t i = 0; i < g.rows(); ++i)
        for (std::size_t j = 0; j < g.cols(); ++j) sum += double{g(i, j)} * g(i, j);
    const double rms = std::sqrt(sum / static_cast<double>(g.rows() * g.cols()));
    return rms > 0 ? static_cast<float>(debt_unit / (rule.feedback_scale * rms)) : 0.0f;
}

}  // namespace

std::vector<std::int8_t> Signs::asked(const CellMatrix& cells, const Demand& demand, const Patch& patch) const {
    const float threshold = demand.threshold;
    std::vector<std::int8_t> polarity(patch.rows * patch.cols);
    for (std::size_t i = 0; i < patch.rows; ++i) {
        const float* slope = demand.gradient.row(patch.row0 + i) + patch.col0;
        const std::int8_t* sign = &cells.sign[(patch.row0 + i) * cells.n_out + patch.col0];
        std::int8_t* out = &polarity[i * patch.cols];
        if (rule.feedback > 0) {
            const auto most = static_cast<float>(rule.feedback_scale > 0 ? debt_unit * rule.feedback_limit : debt_unit);
            for (std::size_t j = 0; j < patch.cols; ++j)
                out[j] = std::fabs(slope[j]) <= threshold && threshold > 0
                             ? std::int8_t{0}
                             : static_cast<std::int8_t>(sign[j] * std::nearbyintf(std::clamp(-slope[j] * demand.per_unit, -most, most)));
            continue;
        }
        for (std::size_t j = 0; j < patch.cols; ++j) {
            const int wanted = (slope[j] < -threshold) - (slope[j] > threshold);  // against the gradient
            // The printed table gives negative weights the other pulse's magnitude: code 2 asks for it (device_array.h).
            out[j] = static_cast<std::int8_t>(wanted * sign[j] * (rule.literal && sign[j] < 0 ? 2 : 1));
        }
    }
    return polarity;
}

// The gradient, or its running average.
const Matrix& Signs::averaged(CellMatrix& cells, const Matrix& gradient) const {
    if (rule.momentum <= 0) return gradient;
    Matrix& average = cells.memory.average;
    average.resize(cells.n_in, cells.n_out);
    const auto keep = static_cast<float>(rule.momentum);
    parallel_for(CellMatrix::n_items(cells.n_in), [&](std::size_t item) {
        for (std::size_t i = item * CellMatrix::rows_per_item; i < std::min(cells.n_in, (item + 1) * CellMatrix::rows_per_item); ++i) {
            float* mean = average.row(i);
            const float* now = gradient.row(i);
#pragma omp simd
            for (std::size_t j = 0; j < cells.n_out; ++j) mean[j] = keep * mean[j] + (1 - keep) * now[j];
        }
    });
    return average;
}

Demand Signs::demand_of(const Matrix& g) const {
    Demand out{g};
    if (rule.dead_zone > 0 || rule.amplitude_slope.si > 0) {
        double sum = 0;
        for (std::size_t i = 0; i < g.rows(); ++i)
            for (std::size_t j = 0; j < g.cols(); ++j) sum += std::fabs(g(i, j));
        out.threshold = static_cast<float>(rule.dead_zone * sum / static_cast<double>(g.rows() * g.cols()));
        out.mean = static_cast<float>(sum / static_cast<double>(g.rows() * g.cols()));
    }
    out.per_unit = units_per_slope(g, rule);
    return out;
}

// Debts start at random: cells that see the same input would otherwise all be pulsed in the same round.
void Signs::start_debts(CellMatrix& cells, const Step& step) const {
    const Rng dither = step.rng.stream(cells.name + "/dither");
    for (std::size_t p = 0; p < cells.planes.size(); ++p) {
        Rng own = dither.stream("plane", p);
        auto& owed = cells.memory.owed[p];
        owed.resize(cells.n_in * cells.n_out);
        for (auto& o : owed) o = static_cast<std::int8_t>(std::clamp(debt_unit * rule.feedback * (2 * own.uniform() - 1), -127.0, 127.0));
    }
}

void Signs::program(CellMatrix& cells, const Matrix& gradient, Step& step) const {
    const Demand demand = demand_of(averaged(cells, gradient));
    if (rule.feedback > 0 && cells.memory.owed[0].empty()) start_debts(cells, step);
    if (cells.flips_signs()) cells.flip_signs(demand.gradient, -1, demand.threshold, step);
    if (cells.through_wires) program_through_wires(cells, demand, step);
    else program_directly(cells, demand, step);
}

void Signs::program_directly(CellMatrix& cells, const Demand& demand, Step& step) const {
    const std::size_t n = CellMatrix::n_items(cells.n_in), n_planes = cells.planes.size();
    std::vector<UpdateBill> bills(n * n_planes);
    const Rng draws = step.rng.stream(cells.name + "/pulses");
    parallel_for(n, [&](std::size_t item) { program_rows(cells, demand, item, {&bills[item * n_planes], n_planes}, draws); });
    book(cells, bills, step);
}

void Signs::program_rows(CellMatrix& cells, const Demand& demand, std::size_t item, std::span<UpdateBill> bills, const Rng& draws) const {
    const std::size_t n_out = cells.n_out, r = item * CellMatrix::rows_per_item, rows = std::min(CellMatrix::rows_per_item, cells.n_in - r);
    auto polarity = asked(cells, demand, {r, rows, 0, n_out});
    std::vector<float> log_slope(rule.amplitude_slope.si > 0 ? polarity.size() : 0);
    for (std::size_t i = 0; i < rows && !log_slope.empty(); ++i)
        for (std::size_t j = 0; j < n_out; ++j) log_slope[i * n_out + j] = std::log(std::fabs(demand.gradient(r + i, j)) / demand.mean);
    for (std::size_t p = 0; p < cells.planes.size(); ++p) {
        const Rng own = draws.stream("plane", p * CellMatrix::n_items(cells.n_in) + item);
        DirectCells group(*cells.planes[p], r * n_out, cells.params.v_read.si, cells.params.energy);
        if (!log_slope.empty()) bills[p] = pulse_scaled(cells, p, r * n_out, log_slope, polarity, own);
        else
            bills[p] = rule.feedback > 0
                           ? settle(cells, group, std::span(cells.memory.owed[p]).subspan(r * n_out, rows * n_out), polarity, own)
                           : pulse(cells, group, polarity, own);
        for (auto& s : polarity) s = static_cast<std::int8_t>(-s);  // G- moves against G+
    }
}

void Signs::book(const CellMatrix& cells, const std::vector<UpdateBill>& bills, Step& step) const {
    UpdateBill sum;
    for (const auto& b : bills) {
        sum.pulses += b.pulses;
        sum.n_verify += b.n_verify, sum.verify_J += b.verify_J;
        sum.n_passes = std::max(sum.n_passes, b.n_passes);
    }
    const std::string where = cells.account(step);
    // Row by row, one phase for sets and one for resets; the arrays work side by side. Closed loop: as many passes as the slowest cell
    // needs.
    const double rows = static_cast<double>(std::min<std::size_t>(cells.n_in, static_cast<std::size_t>(cells.params.rows)));
    const double time = rows * static_cast<double>(sum.n_passes) * rule.width.si;
    charge(step.ledger, {where, Phase::update, Component::set}, sum.pulses.n_set, {sum.pulses.set_energy_J}, {time});
    charge(step.ledger, {where, Phase::update, Component::reset}, sum.pulses.n_reset, {sum.pulses.reset_energy_J}, {time});
    charge(step.ledger, {where, Phase::update, Component::idle}, sum.pulses.n_idle,
           {rule.verify_pulses > 0 || rule.feedback > 0 ? sum.pulses.idle_energy_J : 0.0});
    if (sum.n_verify > 0)
        charge(step.ledger, {where, Phase::update, Component::verify}, sum.n_verify, {sum.verify_J},
               {rows * static_cast<double>(sum.n_passes + 1) * cells.params.t_read.si});
}

// One pulse a cell; or, in a closed loop, pulses of growing amplitude until the cell has moved by verify_step as far as reads tell.
UpdateBill Signs::pulse(const CellMatrix& cells, CellGroup& group, std::vector<std::int8_t> polarity, const Rng& rng) const {
    UpdateBill bill;
    const auto pulse = [&](std::int64_t k) {
        const Volt more = static_cast<double>(k) * rule.verify_ramp;
        bill.pulses +=
            group.pulse(polarity, {rule.set + more, rule.reset - more, rule.width}, rng.stream("pass", static_cast<std::uint64_t>(k)));
        ++bill.n_passes;
    };
    if (rule.verify_pulses == 0) return pulse(0), bill;
    std::vector<float> before(polarity.size()), now(polarity.size());
    cells.verify_read(group, polarity, rng.stream("before"), before, bill);
    const auto [g_min, g_max] = cells.window();
    const auto step = static_cast<float>(rule.verify_step.si);
    for (std::size_t c = 0; c < polarity.size(); ++c)  // a cell that shows an end of the window is not pushed beyond it
        if ((polarity[c] > 0 && before[c] >= g_max.si) || (polarity[c] < 0 && before[c] <= g_min.si)) polarity[c] = 0;
    for (std::int64_t k = 0; k < rule.verify_pulses; ++k) {
        pulse(k);
        cells.verify_read(group, polarity, rng.stream("after", static_cast<std::uint64_t>(k)), now, bill);
        bool open = false;
        for (std::size_t c = 0; c < polarity.size(); ++c) {
            const float moved = polarity[c] > 0 ? now[c] - before[c] : before[c] - now[c];
            if (moved >= step || (polarity[c] > 0 && now[c] >= g_max.si) || (polarity[c] < 0 && now[c] <= g_min.si)) polarity[c] = 0;
            open = open || polarity[c] != 0;
        }
        if (!open) break;
    }
    return bill;
}

// Error feedback: every gradient asks its cell for a move (of verify_step, or in proportion), and the cell owes it until reads before and
// after its pulses show that it has moved. It is pulsed only when it owes enough, harder from pulse to pulse, until the debt is settled;
// what it moved too far counts against later signs. So a cell moves as far as it was asked to whatever its own steps are, and signs that
// cancel cost no pulse. The periphery keeps 8 bits a cell for what is owed.
UpdateBill Signs::settle(const CellMatrix& cells, CellGroup& group, std::span<std::int8_t> owed, const std::vector<std::int8_t>& asked,
                         const Rng& rng) const {
    UpdateBill bill;
    const double threshold = rule.feedback * debt_unit, per_siemens = debt_unit / rule.verify_step.si;
    std::vector<std::int8_t> polarity(asked.size());
    const auto [g_min, g_max] = cells.window();
    for (std::size_t c = 0; c < polarity.size(); ++c) {
        owed[c] = static_cast<std::int8_t>(std::clamp(owed[c] + asked[c], -127, 127));
        polarity[c] = static_cast<std::int8_t>(std::abs(owed[c]) < threshold ? 0 : owed[c] > 0 ? 1 : -1);
    }
    std::vector<float> before(polarity.size()), after(polarity.size());
    cells.verify_read(group, polarity, rng.stream("before"), before, bill);
    for (std::int64_t pass = 0; pass < std::max<std::int64_t>(1, rule.verify_pulses); ++pass) {
        const Rng own = rng.stream("pass", static_cast<std::uint64_t>(pass));
        const Volt more = static_cast<double>(pass) * rule.verify_ramp;
        bill.pulses += group.pulse(polarity, {rule.set + more, rule.reset - more, rule.width}, own.stream("pulse"));
        ++bill.n_passes;
        cells.verify_read(group, polarity, own.stream("after"), after, bill);
        bool open = false;
        for (std::size_t c = 0; c < polarity.size(); ++c) {
            if (polarity[c] == 0 && !group.disturbs()) continue;
            const double left = std::clamp(std::nearbyint(owed[c] - per_siemens * (after[c] - before[c])), -127.0, 127.0);
            const bool at_end =
                polarity[c] > 0 ? after[c] >= g_max.si : polarity[c] < 0 && after[c] <= g_min.si;  // nothing beyond the window is owed
            owed[c] = at_end ? std::int8_t{0} : static_cast<std::int8_t>(left);
            if (at_end || left * polarity[c] < threshold) polarity[c] = 0;
            open = open || polarity[c] != 0;
        }
        std::swap(before, after);  // this read opens the next pass
        if (!open) break;
    }
    return bill;
}

// Kataeva et al., IJCNN 2015: amplitude by the logarithm of the gradient. Where a cell's change grows exponentially with voltage, one
// amplitude_slope an e-fold makes the change proportional to the gradient.
UpdateBill Signs::pulse_scaled(CellMatrix& cells, std::size_t plane, std::size_t first, std::span<const float> log_slope,
                               std::span<const std::int8_t> polarity, const Rng& rng) const {
    std::vector<float> volts(polarity.size(), 0.0f);
    for (std::size_t c = 0; c < polarity.size(); ++c) {
        if (polarity[c] == 0) continue;
        const double more = std::clamp(rule.amplitude_slope.si * log_slope[c], -rule.amplitude_span.si, rule.amplitude_span.si);
        volts[c] = static_cast<float>(polarity[c] > 0 ? std::max(0.0, rule.set.si + more) : std::min(0.0, rule.reset.si - more));
    }
    UpdateBill bill;
    bill.pulses = cells.planes[plane]->program_at(first, volts, rule.width, cells.params.energy, rng);
    bill.n_passes = 1;
    return bill;
}

void Signs::program_through_wires(CellMatrix& cells, const Demand& demand, Step& step) const {
    if (rule.literal)
        throw ConfigError(
            "train.manhattan.literal asks for one pulse's change in the other direction, which no voltage gives; expected literal = false "
            "with wires.program = \"exact\"");
    const std::size_t n_planes = cells.planes.size(), n = cells.blocks.size() * n_planes;
    std::vector<UpdateBill> bills(n);
    std::vector<WriteReport> reports(n);
    const Rng draws = step.rng.stream(cells.name + "/pulses");
    parallel_for(n, [&](std::size_t item) {
        const std::size_t t = item / n_planes, p = item % n_planes;
        const Block& b = cells.blocks[t];
        const std::size_t first = b.row0 * cells.n_out + b.col0;
        auto polarity = asked(cells, demand, {b.row0, b.rows, b.col0, b.cols});
        if (p == 1)
            for (auto& s : polarity) s = static_cast<std::int8_t>(-s);  // G- moves against G+
        const Rng own = draws.stream("array", item);
        reports[item] = cells.through_wires(cells, t, p, [&](CellGroup& group) {
            if (rule.feedback <= 0) return void(bills[item] = pulse(cells, group, polarity, own));
            auto& all = cells.memory.owed[p];
            std::vector<std::int8_t> owed(b.rows * b.cols);
            for (std::size_t r = 0; r < b.rows; ++r) std::copy_n(&all[first + r * cells.n_out], b.cols, &owed[r * b.cols]);
            bills[item] = settle(cells, group, owed, polarity, own);
            for (std::size_t r = 0; r < b.rows; ++r) std::copy_n(&owed[r * b.cols], b.cols, &all[first + r * cells.n_out]);
        });
    });
    book_wired(cells, bills, reports, step);
}

// All energy by static curves: what drivers deliver is what cells and wires burn. Arrays work side by side, so the slowest gives the time.
void Signs::book_wired(const CellMatrix& cells, const std::vector<UpdateBill>& bills, const std::vector<WriteReport>& reports,
                       Step& step) const {
    UpdateBill sum;
    WriteReport all;
    double set_s = 0, reset_s = 0, verify_s = 0;
    std::int64_t exposures = 0;
    for (std::size_t k = 0; k < bills.size(); ++k) {
        const WriteReport& r = reports[k];
        const Block& b = cells.blocks[k / cells.planes.size()];
        sum.pulses += bills[k].pulses;
        sum.n_verify += bills[k].n_verify, sum.verify_J += bills[k].verify_J;
        all += r;
        const double one_s = r.n_phases > 0 ? r.time_s / static_cast<double>(r.n_phases) : 0;
        set_s = std::max(set_s, one_s * static_cast<double>(r.n_set_phases));
        reset_s = std::max(reset_s, one_s * static_cast<double>(r.n_phases - r.n_set_phases));
        verify_s = std::max(verify_s, static_cast<double>(b.rows) * static_cast<double>(bills[k].n_passes + 1) * cells.params.t_read.si);
        exposures += r.n_phases * static_cast<std::int64_t>(cells.params.cell.selector.has_gate() ? b.cols : b.rows * b.cols) -
                     r.n_selected;  // closed rows are not exposed
    }
    const std::string where = cells.account(step);
    charge(step.ledger, {where, Phase::update, Component::set}, sum.pulses.n_set, {all.selected_set_J}, {set_s});
    charge(step.ledger, {where, Phase::update, Component::reset}, sum.pulses.n_reset, {all.selected_J - all.selected_set_J}, {reset_s});
    charge(step.ledger, {where, Phase::update, Component::half_selected}, exposures, {all.half_selected_J});
    charge(step.ledger, {where, Phase::update, Component::wires}, all.n_phases, {all.wires_J + all.gate_J});
    if (rule.verify_pulses > 0 || rule.feedback > 0)
        charge(step.ledger, {where, Phase::update, Component::verify}, sum.n_verify, {sum.verify_J}, {verify_s});
}

}  // namespace ganbar
