// One training, step by step: no files, no output, no clock. Whoever owns it decides when to look, what to keep and when to end.
#pragma once
#include <memory>

#include "ganbar/experiment/build.h"
#include "ganbar/experiment/evaluator.h"
#include "ganbar/experiment/session_records.h"
#include "ganbar/experiment/training_images.h"
#include "ganbar/gan/watch.h"

namespace ganbar {

class Session {
public:
    /// Loads the images, builds the networks on their hardware. ConfigError where images, classes or batch do not fit; DataError without
    /// images. `log` hears warnings and what takes time.
    Session(Experiment experiment, Places places, Log log = {});
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    /// Plays one round: train.steps_d updates of the discriminator, one of the generator. NumericError when a loss is not finite.
    const Round& step();
    std::int64_t round() const { return round_; }        ///< rounds done
    std::int64_t n_rounds() const { return n_rounds_; }  ///< of the whole training; what train.stop_on ended is shorter
    bool finished() const { return round_ >= n_rounds_; }
    const std::string& stop_reason() const { return stop_reason_; }  ///< "" unless train.stop_on ended it
    /// The trained weights become what inference uses (hardware.fold_norm, ex situ): true when that changed them. At the end, once.
    bool deploy();
    const Deployment& deployment() const { return deployment_; }
    /// Loads the reference and its feature net now rather than at the first evaluation.
    void prepare_evaluation();
    /// Quality of evaluation.samples images of the fixed latent vectors; booked as evaluation. The images stay in evaluated().
    gan::Quality evaluate();
    gan::Quality evaluate_unbooked();  ///< for a session whose evaluation of this round is in its ledger already
    const std::vector<std::uint8_t>& evaluated() const { return evaluated_; }
    /// Images of the same 64 latent vectors every time (conditional: ten of each class), planar bytes; booked as evaluation.
    std::vector<std::uint8_t> snapshot();
    std::size_t n_snapshot() const { return grid_latents_.rows(); }
    /// n images in [-1, 1], one a row, from latents of a seed's own; changes neither the training to come nor its ledger.
    Matrix sample(std::size_t n, std::uint64_t seed);

    const Experiment& experiment() const { return e_; }
    const Dataset& images() const { return images_.data(); }
    std::int64_t rounds_per_epoch() const { return images_.rounds_per_epoch(); }
    Model& model() { return model_; }
    const Model& model() const { return model_; }
    std::span<const WeightMatrix> matrices() const { return model_.analog; }  ///< on crossbars
    const Ledger& ledger() const { return ledger_; }
    SessionState state() const;
    void restore(const SessionState& state);  ///< DataError when it is another experiment's

private:
    std::vector<std::uint8_t> images_of(const Matrix& latents, const char* purpose, Ledger& ledger);
    gan::Quality measure(Ledger& ledger);
    void draw_fixed_latents(), settle_converters();
    void raise(gan::Trouble trouble, const std::string& measured);
    bool fold();
    void note_written(const TuneReport& report);
    ReferenceSpec reference() const;
    void say(const std::string& line) const;

    const Experiment e_;
    const Places places_;
    const Log log_;
    const Rng root_;
    TrainingImages images_;
    Model model_;
    Ledger ledger_;
    Matrix latents_, grid_latents_;
    std::int64_t round_ = 0, n_rounds_ = 0;
    Round last_;
    gan::Watch watch_;
    std::unique_ptr<Evaluator> evaluator_;
    std::string stop_reason_;
    Deployment deployment_;
    bool folded_ = false, settled_ = false;
    std::vector<std::uint8_t> evaluated_;
};

}  // namespace ganbar
