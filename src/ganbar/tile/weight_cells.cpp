#include "ganbar/tile/weight_cells.h"

#include "ganbar/core/patches.h"

namespace ganbar {

WeightCells::WeightCells(std::unique_ptr<AnalogOp> op, const Rng& root) : own_(std::move(op)), op_(own_.get()), root_(root) {}

template <class F>
void WeightCells::read(std::uint64_t call, bool training, const F& f) {
    const Rng own = root_.stream(training ? "read" : "look", call);
    Step step{own, ledger_, training ? "training" : "evaluation", training};
    f(step);
}

template <class F>
UpdateCost WeightCells::booked(std::uint64_t update, const F& f) {
    const Rng own = root_.stream("update", update);
    Ledger one;
    Step step{own, one, "training", true};
    f(step);
    if (books_writes_) ledger_.merge(one);
    const Charge all = one.total();
    return {one.total("", "/update/set").n, one.total("", "/update/reset").n, one.total("", "/update/idle").n, all.energy_J, all.busy_s};
}

void WeightCells::forward(const Matrix& x, Matrix& y, std::uint64_t call, bool training) {
    read(call, training, [&](Step& step) { op_->forward(x, y, step); });
}
void WeightCells::backward(const Matrix& dy, Matrix& dx, std::uint64_t call, bool training) {
    read(call, training, [&](Step& step) { op_->backward(dy, dx, step); });
}
void WeightCells::forward(const PatchMap& map, const Matrix& x, std::size_t samples, Matrix& y, std::uint64_t call, bool training) {
    read(call, training, [&](Step& step) { op_->forward_patches(map, x, samples, y, step); });
}
void WeightCells::backward(const PatchMap& map, const Matrix& dy, std::size_t samples, Matrix& dx, std::uint64_t call, bool training,
                           bool accumulate) {
    read(call, training, [&](Step& step) { op_->backward_patches(map, dy, samples, dx, accumulate, step); });
}

UpdateCost WeightCells::apply(const Matrix& gradient, const UpdateRule& rule, std::uint64_t update) {
    return booked(update, [&](Step& step) { op_->apply(gradient, rule, step); });
}
UpdateCost WeightCells::apply(const Matrix& x, const Matrix& dy, const UpdateRule& rule, std::uint64_t update) {
    return booked(update, [&](Step& step) { updated().update(x, dy, rule, step); });
}
UpdateCost WeightCells::apply(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, const UpdateRule& rule,
                              std::uint64_t update) {
    if (!joined_) return booked(update, [&](Step& step) { op_->update_patches(map, x, dy, samples, rule, step); });
    Matrix patches, errors;
    gather_patches(map, x, samples, false, patches);
    if (!map.in_order) rows_from_targets(map, dy, samples, errors);
    return apply(patches, map.in_order ? dy : errors, rule, update);
}

void WeightCells::join(std::unique_ptr<AnalogOp> fast, const Join& join) {
    if (joined_) throw ConfigError("these cells have a second array already; expected cells of one");
    joined_ = join(std::move(fast), std::move(own_));
}

TuneReport WeightCells::tune(const Matrix& weights, const TuneSpec& spec, std::uint64_t number) {
    const Rng own = root_.stream("tune", number);
    Ledger one;
    Step step{own, one, "training", true};
    const TuneReport report = op_->tune(weights, spec, step);
    if (books_writes_) ledger_.merge(one);
    return report;
}

}  // namespace ganbar
