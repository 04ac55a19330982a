// The sections of an experiment file, one struct each; every key is declared in its schema (experiment.cpp). Device models declare theirs.
#pragma once
#include <algorithm>

#include "ganbar/arch/estimates.h"
#include "ganbar/data/read_options.h"
#include "ganbar/gan/loss.h"
#include "ganbar/gan/watch.h"
#include "ganbar/nn/layer_spec.h"
#include "ganbar/noise/bit_samples.h"
#include "ganbar/tile/training_rule.h"

namespace ganbar {

struct ExperimentSpec {
    std::string name = "experiment", doc;
    std::int64_t seed = 1;
    static Schema<ExperimentSpec> schema();
};

struct DataSpec {
    std::string dataset = "mnist";
    std::vector<std::int64_t> classes;
    std::int64_t limit = 0, side = 0;
    Fit fit = Fit::stretch;
    Background background = Background::black;
    double noise = 0;
    ReadOptions read() const { return {background, fit, static_cast<std::size_t>(side)}; }
    static Schema<DataSpec> schema();
};

/// Either `layers` (dense layers by their sizes), or `input` and a list of tables [[layer]].
struct NetworkSpec {
    std::vector<std::int64_t> layers;
    std::string input;
    std::vector<nn::LayerSpec> list;
    nn::Activation hidden = nn::Activation::leaky_relu, output = nn::Activation::identity;
    double slope = 0.2, w_max = 0.4, init_scale = 1;
    nn::Init init = nn::Init::normal_fan_in;
    nn::BiasKind bias = nn::BiasKind::none;
    bool spectral_norm = false;
    static Schema<NetworkSpec> schema();
    std::string input_shape() const;  ///< of either form
    std::vector<nn::LayerSpec> layer_list() const;
    nn::NetworkDefaults defaults() const { return {w_max, init_scale, init, bias, {}, false}; }
};

enum class LatentKind : std::uint8_t { gaussian, uniform, bits, array };
enum class BitCoding : std::uint8_t { zero_one, plus_minus_one };
struct LatentSpec {
    LatentKind source = LatentKind::gaussian;
    BitCoding coding = BitCoding::plus_minus_one;
    std::int64_t classes = 0;
    noise::SampleForm form = noise::SampleForm::bits;
    noise::GaussianMethod method = noise::GaussianMethod::binomial;
    std::int64_t bits_per_sample = 8;
    noise::SampleCode code() const { return {form, method, bits_per_sample, coding == BitCoding::zero_one}; }
    static Schema<LatentSpec> schema();
};

enum class HardwareKind : std::uint8_t { crossbar, software, ex_situ };
struct HardwareSpec {
    HardwareKind kind = HardwareKind::crossbar;
    bool clip_software = false;
    double weight_noise = 0.02, write_tolerance = 0.01;  // ex_situ
    std::int64_t write_pulses = 200;
    Volt write_v_set{0}, write_v_reset{0}, write_ramp{0};
    Second write_t_pulse{0};
    bool fold_norm = false;
    static Schema<HardwareSpec> schema();
};

/// What every rule shares; a rule's own parameters are in its table [train.RULE] (tile/training_rule.h).
struct TrainSpec {
    std::int64_t epochs = 20, rounds = 0, batch = 608, steps_d = 1, checkpoint_every = 50, snapshot_every = 20;
    std::string rule = "manhattan";
    gan::Loss loss = gan::Loss::non_saturating;
    double rate = 2e-4, rate_d = 0, rate_end = 1;
    std::int64_t rate_from = 0, rate_rounds = 0;
    bool fresh_latents = false;
    double instance_noise = 0;
    bool noise_on_real = true;
    double label_real = 1, clip_d = 0;
    gan::StopOn stop_on = gan::StopOn::nothing;
    double stop_loss = 10, stop_spread = 0.1;
    std::int64_t stop_patience = 20, stop_after = 100;
    gan::WatchSpec watch() const { return {stop_on, stop_loss, stop_spread, stop_patience, stop_after}; }
    static Schema<TrainSpec> schema();
    RuleMoment moment(std::int64_t round, bool discriminator) const {
        const double fallen =
            rate_rounds == 0 ? 0 : std::clamp(static_cast<double>(round - rate_from) / static_cast<double>(rate_rounds), 0.0, 1.0);
        return {round, discriminator, (discriminator && rate_d > 0 ? rate_d : rate) * (1 - fallen * (1 - rate_end))};
    }
};

struct EvaluationSpec {
    std::int64_t samples = 1010, every = 0;
    std::string features = "auto";
    static Schema<EvaluationSpec> schema();
};

/// Accelerators whose cost of the run is estimated; their parameters are tables [accelerators.NAME].
struct AcceleratorSpec {
    std::vector<arch::NamedMachine> machines;
};

}  // namespace ganbar
