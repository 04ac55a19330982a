#include "ganbar/experiment/session.h"

#include <fmt/format.h>

#include "ganbar/core/error.h"
#include "ganbar/core/state.h"
#include "ganbar/experiment/advice.h"
#include "ganbar/experiment/idle_keys.h"
#include "ganbar/experiment/pulse_warnings.h"
#include "ganbar/experiment/sampling.h"
#include "ganbar/experiment/wire_warnings.h"

namespace ganbar {
namespace {

/// Images in a snapshot: 64, or ten of each class of a conditional GAN, a column a class.
std::size_t grid_size(std::size_t n_classes) { return n_classes > 0 ? 10 * n_classes : 64; }

}  // namespace

Session::Session(Experiment experiment, Places places, Log log)
    : e_(std::move(experiment)),
      places_(std::move(places)),
      log_(std::move(log)),
      root_(static_cast<std::uint64_t>(e_.experiment.seed)),
      images_(e_, places_.data),
      watch_(e_.train.watch()) {
    n_rounds_ = e_.train.rounds > 0 ? e_.train.rounds : e_.train.epochs * images_.rounds_per_epoch();
    for (const auto& line : image_warnings(images_.data())) say("warning: " + e_.data.dataset + ": " + line);
    for (const auto& line : e_.notes) say("note: " + line);
    for (const auto& line : idle_keys(e_)) say("note: " + line);
    if (e_.train.rate_rounds > 0 && e_.train.rate_from + 1 >= n_rounds_)
        say(fmt::format("warning: train.rate_from = {}: none of the {} rounds comes after it, so the learning rates stay constant",
                        e_.train.rate_from, n_rounds_));
    for (const auto& line : wire_warnings(e_)) say("warning: " + line);
    for (const auto& line : pulse_warnings(e_)) say("warning: " + line);
    model_ = build(e_);
    draw_fixed_latents();
}

Session::~Session() = default;

void Session::say(const std::string& line) const {
    if (log_) log_(line);
}

// The same latent vectors at every snapshot and evaluation, drawn before training so that looking changes nothing.
void Session::draw_fixed_latents() {
    const std::size_t n_grid = grid_size(model_.n_classes), n = std::max(static_cast<std::size_t>(e_.evaluation.samples), n_grid);
    const Rng rng = root_.stream("fixed latents");
    Step step{rng, ledger_, "evaluation", false};
    gan::Gan game = model_.gan();
    latents_ = gan::draw_latents(game, n, step);
    grid_latents_ = Matrix(n_grid, latents_.cols());
    for (std::size_t r = 0; r < grid_latents_.rows(); ++r) std::copy_n(latents_.row(r), latents_.cols(), grid_latents_.row(r));
}

// Converters take their range from the first read there is. It is always the snapshot's, whoever looks first, so that looking changes
// nothing.
void Session::settle_converters() {
    if (settled_) return;
    Ledger unbooked;
    images_of(grid_latents_, "snapshot", unbooked);
    settled_ = true;
}

const Round& Session::step() {
    GANBAR_ASSERT(!finished());
    settle_converters();
    last_.before = training_cost(ledger_);
    gan::Gan game = model_.gan();
    const gan::GameRules rules{e_.train.loss,           e_.train.steps_d,       e_.train.label_real,
                               e_.train.instance_noise, e_.train.noise_on_real, e_.train.fresh_latents};
    last_.record = gan::play_round(
        game, rules, [this](std::int64_t k) -> const Matrix& { return images_.batch(root_, round_, k); },
        e_.rule.at(e_.train.moment(round_, true)), e_.rule.at(e_.train.moment(round_, false)),
        root_.stream("round", static_cast<std::uint64_t>(round_)), ledger_);
    last_.epoch = round_ / images_.rounds_per_epoch();
    last_.round = ++round_;
    last_.after = training_cost(ledger_);
    if (const auto alarm = watch_.observe(round_, last_.record)) raise(alarm->trouble, alarm->measured);
    return last_;
}

// A warning; where the user asked for it, also the end of the training.
void Session::raise(gan::Trouble trouble, const std::string& measured) {
    const char* name = trouble == gan::Trouble::divergence ? "divergence" : "collapse";
    say(fmt::format("warning: round {}: {}: {}; {}", round_, name, measured, advice(e_, trouble)));
    if (!e_.train.watch().stops(trouble) || round_ == n_rounds_) return;
    say(fmt::format("stopped after {} of {} rounds, as train.stop_on asks", round_, n_rounds_));
    stop_reason_ = fmt::format("{} after {} of {} rounds: {}", name, round_, n_rounds_, measured);
    n_rounds_ = round_;
}

bool Session::fold() {
    if (!e_.hardware.fold_norm || folded_) return false;
    folded_ = true;
    const FoldReport r = model_.fold(e_, root_.stream("folding"), ledger_);
    deployment_.clipped = static_cast<float>(r.clipped());
    say(fmt::format("folded {} batch norm{} of the generator into {} weights, {:.2f}% of them clipped{}", r.norms.n_folded,
                    r.norms.n_folded == 1 ? "" : "s", r.n_weights, 100 * r.clipped(),
                    r.norms.n_left > 0 ? fmt::format("; {} left as no weights stand right before", r.norms.n_left) : ""));
    if (r.written.n_cells > 0) note_written(r.written);
    return true;
}

void Session::note_written(const TuneReport& r) {
    const double n = static_cast<double>(r.n_cells);
    Deployment& d = deployment_;
    d.error_rms = static_cast<float>(r.rms_error()), d.error_largest = static_cast<float>(r.largest_error);
    d.unreached = static_cast<float>(static_cast<double>(r.n_unreached) / n),
    d.pulses_per_cell = static_cast<float>(static_cast<double>(r.n_pulses) / n);
    say(
        fmt::format("wrote {} cells: error {:.2f}% of the window rms, {:.1f}% at most; {:.2f}% of cells not within {:g}%; {:.1f} pulses a "
                    "cell, {:.3g} J",
                    r.n_cells, 100 * d.error_rms, 100 * d.error_largest, 100 * d.unreached, 100 * e_.hardware.write_tolerance,
                    d.pulses_per_cell, r.energy_J));
}

bool Session::deploy() {
    const bool folded = fold();
    if (model_.ex_situ.empty() || model_.ex_situ.front().second->deployed()) return folded;
    note_written(model_.deploy(e_, root_.stream("programming"), ledger_));
    return true;
}

ReferenceSpec Session::reference() const {
    ReferenceSpec spec;
    spec.dataset = e_.data.dataset;
    spec.split = reference_split(e_.data.dataset, places_.data);
    if (spec.split != "test")
        say(fmt::format("{} has no test images here: quality is measured against its training images", e_.data.dataset));
    spec.classes = e_.data.classes;
    spec.read = e_.data.read();
    spec.features = e_.evaluation.features;
    spec.quality = e_.quality;
    return spec;
}

void Session::prepare_evaluation() {
    if (!evaluator_) evaluator_ = std::make_unique<Evaluator>(reference(), places_, [this](const std::string& line) { say(line); });
}

std::vector<std::uint8_t> Session::images_of(const Matrix& latents, const char* purpose, Ledger& ledger) {
    const Rng rng = root_.stream(purpose, static_cast<std::uint64_t>(round_));
    return to_pixels(gan::generate(*model_.generator, latents, rng, ledger, "evaluation"));
}

std::vector<std::uint8_t> Session::snapshot() {
    settled_ = true;  // this very read does it
    return images_of(grid_latents_, "snapshot", ledger_);
}

gan::Quality Session::measure(Ledger& ledger) {
    prepare_evaluation();
    settle_converters();
    evaluated_ = images_of(latents_, "evaluation", ledger);
    evaluated_.resize(static_cast<std::size_t>(e_.evaluation.samples) * images().image_size());
    return evaluator_->evaluate(evaluated_);
}

gan::Quality Session::evaluate() {
    const gan::Quality q = measure(ledger_);
    say(fmt::format("round {}: {}", round_, gan::headline(q)));
    if (q.collapsed && round_ > e_.train.stop_after && round_ < n_rounds_) raise(gan::Trouble::collapse, q.collapsed_reason);
    return q;
}

gan::Quality Session::evaluate_unbooked() {
    Ledger unbooked;
    return measure(unbooked);
}

Matrix Session::sample(std::size_t n, std::uint64_t seed) {
    settle_converters();
    return sample_images(model_, n, seed);
}

SessionState Session::state() const {
    SessionState s{round_, model_.state(), ledger_, stop_reason_};
    for (auto& t : watch_.state()) s.tensors.push_back(std::move(t));
    s.tensors.push_back({"programming", deployment_.values()});
    return s;
}

void Session::restore(const SessionState& s) {
    if (s.round < 0) throw DataError(fmt::format("a session cannot stand at round {}; expected 0 or more", s.round));
    model_.restore(s.tensors);
    settled_ = true;
    watch_.restore(s.tensors);
    deployment_ = Deployment::of(find_tensor(s.tensors, "programming", deployment_.values().size()));
    ledger_ = s.ledger;
    round_ = s.round;
    stop_reason_ = s.stop_reason;
    if (!stop_reason_.empty()) n_rounds_ = round_;
}

}  // namespace ganbar
