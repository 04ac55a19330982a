// Updates: the gradient of a batch goes to the rule, which programs the cells.
#include "ganbar/core/linalg.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/patches.h"
#include "ganbar/tile/analog_op.h"
#include "ganbar/tile/pulse_rule.h"

namespace ganbar {
namespace {

const PulseRule& rule_for_one_array(const UpdateRule& rule) {
    const auto* cells = dynamic_cast<const PulseRule*>(rule.cells.get());
    if (cells == nullptr)
        throw ConfigError(
            "weights in one set of cells are updated by pulses; expected train.rule = \"manhattan\", \"pulse_train\" or "
            "\"mixed_precision\"");
    return *cells;
}

}  // namespace

void AnalogOp::gradient(const Matrix& x, const Matrix& dy, Matrix& out) { multiply_at_b(x, dy, out); }
void AnalogOp::gradient(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, Matrix& out) {
    patch_gradient(map, x, dy, samples, out);
}

void AnalogOp::update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step& step) {
    if (!rule_for_one_array(rule).wants_pairs()) {
        gradient(x, dy, gradient_);
        return apply(gradient_, rule, step);
    }
    GANBAR_ASSERT(x.cols() == n_in() && dy.cols() == n_out() && x.rows() == dy.rows());
    for (const auto& plane : cells_.planes) plane->begin_update();
    refresh(true);
    cells_.lines.clear();
    for (const auto& tile : tiles_)
        for (const bool columns : {false, true})
            cells_.lines.push_back({columns ? tile.block.col0 : tile.block.row0, columns, tile.side[columns].line_S});
    rule_for_one_array(rule).program_pairs(cells_, x, dy, step);
    cells_moved();
}

void AnalogOp::update_patches(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, const UpdateRule& rule,
                              Step& step) {
    if (!rule_for_one_array(rule).wants_pairs()) {
        gradient(map, x, dy, samples, gradient_);
        return apply(gradient_, rule, step);
    }
    Matrix patches;
    gather_patches(map, x, samples, false, patches);
    const bool direct = map.in_order;
    if (!direct) rows_from_targets(map, dy, samples, errors_);
    update(patches, direct ? dy : errors_, rule, step);
}

void AnalogOp::apply(const Matrix& gradient, const UpdateRule& rule, Step& step) {
    GANBAR_ASSERT(gradient.rows() == n_in() && gradient.cols() == n_out());
    const PulseRule& pulses = rule_for_one_array(rule);
    if (pulses.wants_pairs())
        throw ConfigError(
            cells_.name +
            ": this rule pulses sample by sample and needs inputs and errors, not their product; expected an update with both");
    for (const auto& plane : cells_.planes) plane->begin_update();
    pulses.program(cells_, gradient, step);
    cells_moved();
}

void AnalogOp::pulse_rows(std::span<const std::size_t> rows, std::span<const std::int8_t> counts, const PulseShape& pulse, Step& step) {
    GANBAR_ASSERT(counts.size() == rows.size() * cells_.n_out);
    std::vector<UpdateBill> bills(rows.size());
    const Rng draws = step.rng.stream(cells_.name + "/rows");
    parallel_for(rows.size(), [&](std::size_t k) {
        bills[k] = cells_.program_row(rows[k], counts.subspan(k * cells_.n_out, cells_.n_out), pulse, draws.stream("row", rows[k]));
    });
    std::int64_t passes = 0;
    for (const auto& b : bills) passes += b.n_passes;
    cells_.book_pulses(bills, static_cast<double>(passes) * pulse.width.si, step);
    cells_moved();
}

void AnalogOp::alternate(std::int64_t n_pairs, const PulseShape& pulse, Step& step) {
    const std::size_t n = CellMatrix::n_items(cells_.n_in);
    std::vector<UpdateBill> bills(n * cells_.planes.size());
    const Rng draws = step.rng.stream(cells_.name + "/alternate");
    parallel_for(bills.size(), [&](std::size_t k) {
        const std::size_t p = k / n, r = k % n * CellMatrix::rows_per_item,
                          cells = std::min(CellMatrix::rows_per_item, cells_.n_in - r) * cells_.n_out;
        const std::vector<std::int8_t> up(cells, 1), down(cells, -1);
        for (std::int64_t pair = 0; pair < n_pairs; ++pair)
            for (const bool set : {true, false})
                bills[k].pulses += cells_.planes[p]->program(r * cells_.n_out, set ? up : down, {pulse.set, pulse.reset, pulse.width},
                                                             cells_.params.energy,
                                                             draws.stream("pulse", 4 * static_cast<std::uint64_t>(pair) + 2 * p + set));
    });
    cells_.book_pulses(bills, 2 * static_cast<double>(n_pairs) * static_cast<double>(cells_.n_in) * pulse.width.si, step);
    cells_moved();
}

}  // namespace ganbar
