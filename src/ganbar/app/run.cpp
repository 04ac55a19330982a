#include "ganbar/app/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

#include "ganbar/app/advice.h"
#include "ganbar/app/checkpoint.h"
#include "ganbar/app/environment.h"
#include "ganbar/app/pictures.h"
#include "ganbar/app/pulse_warnings.h"
#include "ganbar/app/places.h"
#include "ganbar/app/run_tables.h"
#include "ganbar/app/training_images.h"
#include "ganbar/app/wire_warnings.h"
#include "ganbar/core/sha256.h"
#include "ganbar/core/state.h"
#include "ganbar/data/csv.h"
#include "ganbar/report/write_report.h"

namespace ganbar::app {
namespace fs = std::filesystem;
namespace {

/// Images in a snapshot: 64, or ten of each class of a conditional GAN, a column a class.
std::size_t grid_size(std::size_t n_classes) { return n_classes > 0 ? 10 * n_classes : 64; }

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

class Run {
public:
    Run(const Experiment& e, const DeviceRegistry& devices, const RunOptions& options)
        : e_(e), devices_(devices), options_(options), root_(static_cast<std::uint64_t>(e.experiment.seed)), images_(e), watch_(e.train.watch()) {}

    RunResult play() {
        toml_ = config::to_toml(resolved(e_, devices_));
        n_rounds_ = e_.train.rounds > 0 ? e_.train.rounds : e_.train.epochs * images_.rounds_per_epoch();
        prepare_folder();
        log_ = std::fopen((folder_ / "log.txt").c_str(), "a");
        if (log_ == nullptr) throw DataError("cannot write " + (folder_ / "log.txt").string());
        Evaluator evaluator(reference_spec(), data_roots(), cache_folder(), [this](const std::string& line) { say(line); });
        for (const auto& line : image_warnings(images_.data())) say("warning: " + e_.data.dataset + ": " + line);
        for (const auto& line : wire_warnings(e_, devices_)) say("warning: " + line);
        for (const auto& line : pulse_warnings(e_, devices_)) say("warning: " + line);
        model_ = build(e_, devices_);
        draw_fixed_latents();
        take_up();
        tables_.emplace(folder_, round_, !model_.analog.empty());
        fs::create_directories(folder_ / "samples");
        if (round_ == 0) picture();
        const double train_start = now_s();
        const std::int64_t first = round_;
        while (round_ < n_rounds_) {
            one_round();
            if (const auto alarm = watch_.observe(round_, record_)) raise(alarm->trouble, alarm->measured);
            if (round_ == n_rounds_) deploy();
            if (round_ == n_rounds_ || due(e_.evaluation.every)) judge(evaluate(evaluator));
            if (round_ == n_rounds_ && deploy()) judge(evaluate(evaluator));  // an evaluation has just ended the run
            const bool last = round_ == n_rounds_;
            if (last || due(e_.train.snapshot_every)) picture();
            if (last || due(e_.train.checkpoint_every)) checkpoint();
            progress(first, train_start);
        }
        if (first == n_rounds_) first == 0 ? judge(evaluate(evaluator)) : evaluate_again(evaluator);
        return finish();
    }
    ~Run() {
        if (log_ != nullptr) std::fclose(log_);
    }

private:
    // A warning; where the user asked for it, also the end of the run.
    void raise(gan::Trouble trouble, const std::string& measured) {
        const char* name = trouble == gan::Trouble::divergence ? "divergence" : "collapse";
        say(fmt::format("warning: round {}: {}: {}; {}", round_, name, measured, advice(e_, trouble)));
        if (!e_.train.watch().stops(trouble) || round_ == n_rounds_) return;
        say(fmt::format("stopped after {} of {} rounds, as train.stop_on asks", round_, n_rounds_));
        stop_reason_ = fmt::format("{} after {} of {} rounds: {}", name, round_, n_rounds_, measured);
        n_rounds_ = round_;
    }
    bool fold() {
        if (!e_.hardware.fold_norm || folded_) return false;
        folded_ = true;
        const FoldReport r = model_.fold(e_, root_.stream("folding"), ledger_);
        deployed_.clipped = static_cast<float>(r.clipped());
        say(fmt::format("folded {} batch norm{} of the generator into {} weights, {:.2f}% of them clipped{}", r.norms.n_folded, r.norms.n_folded == 1 ? "" : "s", r.n_weights, 100 * r.clipped(),
                        r.norms.n_left > 0 ? fmt::format("; {} left as no weights stand right before", r.norms.n_left) : ""));
        if (r.written.n_cells > 0) note_written(r.written);
        return true;
    }
    void note_written(const TuneReport& r) {
        const double n = static_cast<double>(r.n_cells);
        deployed_.error_rms = static_cast<float>(r.rms_error()), deployed_.error_largest = static_cast<float>(r.largest_error);
        deployed_.unreached = static_cast<float>(static_cast<double>(r.n_unreached) / n), deployed_.pulses_per_cell = static_cast<float>(static_cast<double>(r.n_pulses) / n);
        say(fmt::format("wrote {} cells: error {:.2f}% of the window rms, {:.1f}% at most; {:.2f}% of cells not within {:g}%; {:.1f} pulses a cell, {:.3g} J", r.n_cells, 100 * deployed_.error_rms,
                        100 * deployed_.error_largest, 100 * deployed_.unreached, 100 * e_.hardware.write_tolerance, deployed_.pulses_per_cell, r.energy_J));
    }
    // The trained weights become what inference uses: batch norms folded, ex situ written into cells. True when that changed them.
    bool deploy() {
        const bool folded = fold();
        if (model_.ex_situ.empty() || model_.ex_situ.front().second->deployed()) return folded;
        note_written(model_.deploy(e_, root_.stream("programming"), ledger_));
        return true;
    }
    void judge(const gan::Quality& q) {
        final_quality_ = q;
        if (q.collapsed && round_ > e_.train.stop_after && round_ < n_rounds_) raise(gan::Trouble::collapse, q.collapsed_reason);
    }

    bool due(std::int64_t every) const { return every > 0 && round_ % every == 0; }

    void say(const std::string& line) {
        if (log_ != nullptr) fmt::print(log_, "{}\n", line), std::fflush(log_);
        if (!options_.quiet) fmt::print(stderr, "{}{}\n", options_.bar ? "\r\033[K" : "", line);
    }

    ReferenceSpec reference_spec() {
        ReferenceSpec spec;
        spec.dataset = e_.data.dataset;
        spec.split = reference_split(e_.data.dataset, data_roots());
        if (spec.split != "test") say(fmt::format("{} has no test images here: quality is measured against its training images", e_.data.dataset));
        spec.classes = e_.data.classes;
        spec.read = e_.data.read();
        spec.features = e_.evaluation.features;
        spec.quality = e_.quality;
        return spec;
    }

    // A new folder appears whole, with run.toml and env.json, or not at all.
    void prepare_folder() {
        folder_ = options_.out;
        std::error_code ignored;
        if (fs::exists(folder_, ignored)) {
            if (!options_.resume) throw ConfigError(folder_.string() + " exists; expected a new folder (--out), or --resume to go on with the run in it");
            if (!fs::exists(folder_ / "run.toml", ignored)) throw ConfigError(folder_.string() + " is no run folder: it has no run.toml");
            if (read_text(folder_ / "run.toml") != toml_)
                throw ConfigError(folder_.string() + " holds another experiment; expected the same file, seed and --set as when it began");
            return;
        }
        const fs::path fresh = folder_.string() + ".new-" + std::to_string(::getpid());
        try {
            fs::create_directories(fresh);
            write_file(fresh / "run.toml", toml_);
            write_file(fresh / "env.json", environment_json(images_.data()).dump(2) + "\n");
            fs::rename(fresh, folder_);
        } catch (const fs::filesystem_error& error) {
            fs::remove_all(fresh, ignored);
            throw DataError(fmt::format("cannot make the run folder {}: {}; choose another with --out", folder_.string(), error.code().message()));
        }
    }

    // The same latent vectors at every snapshot and evaluation, drawn before training so that looking changes nothing.
    void draw_fixed_latents() {
        const auto n = static_cast<std::size_t>(std::max<std::int64_t>(e_.evaluation.samples, static_cast<std::int64_t>(grid_size(model_.n_classes))));
        const Rng rng = root_.stream("fixed latents");
        Step step{rng, ledger_, "evaluation", false};
        gan::Gan game = model_.gan();
        latents_ = gan::draw_latents(game, n, step);
        grid_latents_ = Matrix(grid_size(model_.n_classes), latents_.cols());
        for (std::size_t r = 0; r < grid_latents_.rows(); ++r) std::copy_n(latents_.row(r), latents_.cols(), grid_latents_.row(r));
    }

    void take_up() {
        sha256_ = sha256_hex({reinterpret_cast<const std::uint8_t*>(toml_.data()), toml_.size()});
        if (!options_.resume) return;
        std::vector<std::string> damaged;
        const auto found = newest_checkpoint(folder_ / "checkpoints", &damaged);
        for (const auto& text : damaged) say("passed over a damaged checkpoint: " + text);
        if (!found) return say("no checkpoint yet: starting from the first round");
        if (found->experiment_sha256 != sha256_) throw DataError("the checkpoints in " + folder_.string() + " belong to another experiment");
        model_.restore(found->state);
        watch_.restore(found->state);
        deployed_ = Deployment::of(find_tensor(found->state, "programming", deployed_.values().size()));
        ledger_ = found->ledger;
        round_ = found->round;
        stop_reason_ = found->stop_reason;
        if (!stop_reason_.empty()) n_rounds_ = round_;
        say(fmt::format("going on after round {}", round_));
    }

    void one_round() {
        const TrainingCost before = training_cost(ledger_);
        gan::Gan game = model_.gan();
        const gan::GameRules rules{e_.train.loss, e_.train.steps_d, e_.train.label_real, e_.train.instance_noise, e_.train.noise_on_real, e_.train.fresh_latents};
        record_ = gan::play_round(game, rules, [this](std::int64_t k) -> const Matrix& { return images_.batch(root_, round_, k); }, e_.train.rule_at(round_, true),
                                  e_.train.rule_at(round_, false), root_.stream("round", static_cast<std::uint64_t>(round_)), ledger_);
        const std::int64_t epoch = round_ / images_.rounds_per_epoch();
        ++round_;
        tables_->metrics(round_, epoch, record_, before, training_cost(ledger_));
    }

    std::vector<std::uint8_t> images(const Matrix& latents, const char* purpose, Ledger& ledger) {
        const Rng rng = root_.stream(purpose, static_cast<std::uint64_t>(round_));
        return to_pixels(gan::generate(*model_.generator, latents, rng, ledger, "evaluation"));
    }

    void picture() {
        const auto pixels = images(grid_latents_, "snapshot", ledger_);
        const std::string name = fmt::format("{:06d}.png", round_);
        write_png(folder_ / "samples" / name, sample_grid(pixels, grid_latents_.rows(), images_.data().channels, images_.data().height, images_.data().width, model_.n_classes), Replace::yes);
        if (model_.analog.empty()) return;
        // About eight maps a run: each is large, and conductances move slowly.
        const std::int64_t every = std::max<std::int64_t>(1, e_.train.snapshot_every) * std::max<std::int64_t>(1, n_rounds_ / std::max<std::int64_t>(1, 8 * e_.train.snapshot_every));
        if (round_ != 0 && round_ != n_rounds_ && round_ % every != 0) return;
        write_png(folder_ / "conductance" / name, conductance_map(model_), Replace::yes);
        tables_->histogram(round_, conductance_histogram(model_));
    }

    gan::Quality measure(const Evaluator& evaluator, Ledger& ledger) {
        samples_ = images(latents_, "evaluation", ledger);
        samples_.resize(static_cast<std::size_t>(e_.evaluation.samples) * images_.data().image_size());
        return evaluator.evaluate(samples_);
    }
    gan::Quality evaluate(const Evaluator& evaluator) {
        const gan::Quality q = measure(evaluator, ledger_);
        tables_->quality(round_, q);
        say(fmt::format("round {}: {}", round_, gan::headline(q)));
        return q;
    }
    // Taken up after the last round: its evaluation is booked and in the table already, but samples and quality were not kept.
    void evaluate_again(const Evaluator& evaluator) {
        Ledger unbooked = ledger_;
        judge(measure(evaluator, unbooked));
    }

    void checkpoint() {
        tables_->sync();
        State state = model_.state();
        for (auto& t : watch_.state()) state.push_back(std::move(t));
        state.push_back({"programming", deployed_.values()});
        write_checkpoint(folder_ / "checkpoints", {round_, std::move(state), ledger_, sha256_, stop_reason_});
    }

    void progress(std::int64_t first, double start) {
        if (!options_.bar) return;
        const double share = static_cast<double>(round_) / static_cast<double>(n_rounds_), spent = now_s() - start;
        const double left = spent / static_cast<double>(round_ - first) * static_cast<double>(n_rounds_ - round_);
        const int width = 24, filled = static_cast<int>(share * width);
        fmt::print(stderr, "\r\033[K[{:#<{}}{:.<{}}] {}/{}  loss D {:.3f} G {:.3f}  {:.0f} s left", "", filled, "", width - filled, round_, n_rounds_,
                   record_.loss_d, record_.loss_g, left);
        if (round_ == n_rounds_) fmt::print(stderr, "\n");
        std::fflush(stderr);
    }

    /// From the table of all rounds, because this process may have played none of them.
    RunEnd ended() const {
        RunEnd end{n_rounds_, stop_reason_, now_s() - start_, 0, 0, 0, deployed_, final_quality_};
        const auto table = read_csv(folder_ / "metrics.csv");
        const auto energy_J = table.numbers("update_energy_J");
        const auto epoch = static_cast<std::size_t>(images_.rounds_per_epoch());
        for (std::size_t i = epoch - 1; i < energy_J.size(); i += epoch) end.sampled_per_epoch_J += energy_J[i];
        if (!table.rows.empty()) end.loss_d = table.numbers("loss_d").back(), end.loss_g = table.numbers("loss_g").back();
        return end;
    }

    RunResult finish() {
        tables_->sync();
        const Dataset& d = images_.data();
        write_file(folder_ / "samples.npy", images_npy(samples_, d.channels, d.height, d.width), Replace::yes);
        const RunEnd end = ended();
        write_file(folder_ / "hardware.json", hardware_json(e_, devices_, model_.placement, ledger_, n_rounds_, end.sampled_per_epoch_J).dump(1) + "\n", Replace::yes);
        write_file(folder_ / "summary.json", summary_json(e_, model_, d, ledger_, end).dump(2) + "\n", Replace::yes);
        if (options_.report) {
            auto input = report::describe_runs({report::read_run(folder_.string())});
            report::write_report(input, (folder_ / "report.html").string(), true);
        }
        return {folder_, final_quality_, end.wall_s, gan::headline(final_quality_)};
    }

    const double start_ = now_s();
    const Experiment& e_;
    const DeviceRegistry& devices_;
    const RunOptions& options_;
    Rng root_;
    fs::path folder_;
    std::string toml_, sha256_;
    std::FILE* log_ = nullptr;
    TrainingImages images_;
    Model model_;
    Ledger ledger_;
    Matrix latents_, grid_latents_;
    std::int64_t round_ = 0, n_rounds_ = 0;
    std::optional<RunTables> tables_;
    gan::RoundRecord record_;
    gan::Quality final_quality_;
    gan::Watch watch_;
    std::string stop_reason_;
    Deployment deployed_;
    bool folded_ = false;
    std::vector<std::uint8_t> samples_;  // of the last evaluation
};

}  // namespace

RunResult run(const Experiment& experiment, const DeviceRegistry& devices, const RunOptions& options) {
    return Run(experiment, devices, options).play();
}

Trained load_run(const fs::path& folder, const DeviceRegistry& devices) {
    if (!fs::exists(folder / "run.toml")) throw DataError(folder.string() + " is no run folder: it has no run.toml");
    Trained t;
    t.experiment = load_experiment((folder / "run.toml").string(), config::Presets({}), {}, devices);
    t.model = build(t.experiment, devices);
    const auto found = newest_checkpoint(folder / "checkpoints", nullptr);
    if (!found) throw DataError(folder.string() + " has no checkpoint; train it first");
    t.model.restore(found->state);
    t.round = found->round;
    return t;
}

}  // namespace ganbar::app
