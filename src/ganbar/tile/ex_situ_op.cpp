#include "ganbar/tile/ex_situ_op.h"

#include "ganbar/core/linalg.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/state.h"

namespace ganbar {

ExSituOp::ExSituOp(std::string name, std::unique_ptr<LinearOp> digital, std::unique_ptr<AnalogOp> cells, double noise_std)
    : name_(std::move(name)), digital_(std::move(digital)), cells_(std::move(cells)), noise_std_(noise_std) {
    GANBAR_ASSERT(digital_->n_in() == cells_->n_in() && digital_->n_out() == cells_->n_out());
}

void ExSituOp::forward(const Matrix& x, Matrix& y, Step& step) {
    if (deployed_) return cells_->forward(x, y, step);
    noisy_read_ = step.training && noise_std_ > 0;
    if (!noisy_read_) return digital_->forward(x, y, step);
    noisy_ = digital_->weights();
    const Rng draws = step.rng.stream(name_ + "/weight_noise");
    parallel_for(noisy_.rows(), [&](std::size_t r) {
        std::vector<float> noise(noisy_.cols());
        Rng own = draws.stream("row", r);
        own.fill_normal(noise);
        for (std::size_t c = 0; c < noise.size(); ++c) noisy_(r, c) += static_cast<float>(noise_std_) * noise[c];
    });
    multiply(x, noisy_, y);
}

void ExSituOp::backward(const Matrix& dy, Matrix& dx, Step& step) {
    if (deployed_) return cells_->backward(dy, dx, step);
    if (!noisy_read_) return digital_->backward(dy, dx, step);
    transpose(noisy_, transposed_);
    multiply(dy, transposed_, dx);
}

void ExSituOp::update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step& step) {
    GANBAR_ASSERT(!deployed_);
    digital_->update(x, dy, rule, step);
}

TuneReport ExSituOp::deploy(const TuneSpec& spec, Step& step) {
    const TuneReport report = cells_->tune(digital_->weights(), spec, step);
    deployed_ = true;
    return report;
}

State ExSituOp::state() const {
    State out = digital_->state();
    for (auto& t : cells_->state()) out.push_back({"cells/" + t.name, std::move(t.values)});
    out.push_back({name_ + "/deployed", {deployed_ ? 1.0f : 0.0f}});
    return out;
}

void ExSituOp::restore(const State& state) {
    digital_->restore(state);
    deployed_ = find_tensor(state, name_ + "/deployed", 1)[0] != 0;
    State cells;
    for (const auto& t : state)
        if (t.name.starts_with("cells/")) cells.push_back({t.name.substr(6), t.values});
    cells_->restore(cells);
}

}  // namespace ganbar
