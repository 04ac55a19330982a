#include "ganbar/tile/weight_cells.h"

namespace ganbar {

WeightCells::WeightCells(std::unique_ptr<AnalogOp> op, const Rng& root) : op_(std::move(op)), root_(root) {}

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
    ledger_.merge(one);
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
void WeightCells::backward(const PatchMap& map, const Matrix& dy, std::size_t samples, Matrix& dx, std::uint64_t call, bool training) {
    read(call, training, [&](Step& step) { op_->backward_patches(map, dy, samples, dx, false, step); });
}

UpdateCost WeightCells::apply(const Matrix& gradient, const UpdateRule& rule, std::uint64_t update) {
    return booked(update, [&](Step& step) { op_->apply(gradient, rule, step); });
}
UpdateCost WeightCells::apply(const Matrix& x, const Matrix& dy, const UpdateRule& rule, std::uint64_t update) {
    return booked(update, [&](Step& step) { op_->update(x, dy, rule, step); });
}

}  // namespace ganbar
