// One description of network, hardware and training. Every key of an experiment file is declared here (device models declare theirs).
#pragma once
#include <memory>

#include "ganbar/bits/noise_tables.h"
#include "ganbar/arch/estimates.h"
#include "ganbar/config/preset.h"
#include "ganbar/config/write.h"
#include "ganbar/data/read_options.h"
#include "ganbar/experiment/registries.h"
#include "ganbar/device/nonideal.h"
#include "ganbar/gan/metrics/quality.h"
#include "ganbar/gan/trainer.h"
#include "ganbar/gan/watch.h"
#include "ganbar/nn/layer_spec.h"
#include "ganbar/noise/bit_samples.h"
#include "ganbar/periphery/periphery_params.h"
#include "ganbar/tile/tile_params.h"
#include "ganbar/tile/wire_params.h"

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
    std::string input_shape() const;               ///< of either form
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
    bool fold_norm = false;
    static Schema<HardwareSpec> schema();
};

enum class Accumulate : std::uint8_t { gradient, adam };
enum class RuleKind : std::uint8_t { manhattan, sgd, adam, pulse_train, mixed_precision, tiki_taka, tiki_taka_v2 };
inline bool is_tiki_taka(RuleKind k) { return k == RuleKind::tiki_taka || k == RuleKind::tiki_taka_v2; }
struct TrainSpec {
    std::int64_t epochs = 20, rounds = 0, batch = 608, steps_d = 1, checkpoint_every = 50, snapshot_every = 20;
    RuleKind rule = RuleKind::manhattan;
    gan::Loss loss = gan::Loss::non_saturating;
    double rate = 2e-4, rate_d = 0, momentum = 0, beta1 = 0.5, beta2 = 0.999;
    Volt v_set{0.8}, v_reset{-0.8}, v_set_end{0}, v_reset_end{0};
    Second t_pulse{100e-9};
    std::int64_t anneal_from = 0, anneal_rounds = 0;
    bool literal = false, fresh_latents = false;
    double instance_noise = 0;
    bool noise_on_real = true;
    double dead_zone = 0, digital_step = 1e-3, label_real = 1;
    std::int64_t verify_pulses = 0;
    double feedback = 0, feedback_d = -1, feedback_scale = 0, feedback_limit = 3;
    Siemens verify_step{1.2e-6}, verify_step_end{0}, verify_step_d{0};
    Volt verify_ramp{0.05};
    Volt amplitude_slope{0}, amplitude_span{0.3};
    Siemens pulse_step{0};
    std::int64_t pulse_length = 31, max_pulses = 10, transfer_every = 1, zero_pulses = 500;
    bool pulse_management = true;
    Accumulate accumulate = Accumulate::gradient;
    double transfer_rate = 0.01, clip_d = 0;
    gan::StopOn stop_on = gan::StopOn::nothing;
    double stop_loss = 10, stop_spread = 0.1;
    std::int64_t stop_patience = 20, stop_after = 100;
    gan::WatchSpec watch() const { return {stop_on, stop_loss, stop_spread, stop_patience, stop_after}; }
    static Schema<TrainSpec> schema();
    /// The rule in force at a round (amplitudes move linearly from v_* to v_*_end over anneal_rounds, starting at anneal_from).
    UpdateRule rule_at(std::int64_t round, bool discriminator) const;
    UpdateRule hardware_rule(double rate) const;  ///< pulse_train, mixed_precision, tiki_taka, tiki_taka_v2
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

struct Experiment {
    /// Cells that hold one weight: two for differential mapping, one more for the fast array of Tiki-Taka.
    std::int64_t cells_per_weight() const { return (tile.mapping == Mapping::differential ? 2 : 1) + (is_tiki_taka(train.rule) ? 1 : 0); }
    ExperimentSpec experiment;
    DataSpec data;
    NetworkSpec generator, discriminator;
    nn::NetworkPlan generator_plan, discriminator_plan;  ///< shapes and weight matrices that follow from them
    LatentSpec latent;
    NoiseTables noise;
    HardwareSpec hardware;
    DeviceSpec device;        ///< every cell that holds a weight
    DeviceSpec noise_device;  ///< cells of the array that makes random bits
    NonidealParams nonideal;
    periphery::PeripheryParams periphery;
    TileParams tile;
    WireParams wires;
    TrainSpec train;
    EvaluationSpec evaluation;
    gan::QualitySpec quality;
    AcceleratorSpec accelerators;
    std::shared_ptr<config::Node> source;  ///< everything the user and the presets said
    std::size_t n_latent() const { return generator_plan.shapes.front().size(); }
    std::size_t n_pixels() const { return generator_plan.shapes.back().size(); }
};

/// Reads an experiment file or preset, binds every key, rejects the unknown ones, checks what no single key can (shapes that fit).
Experiment load_experiment(const std::string& name_or_path, const config::Presets& presets, std::span<const std::string> overrides,
                           const Registries& registries);
/// All sections with all values, and who said each.
std::vector<config::Section> resolved(const Experiment& e);
/// The same as text, with what presets said: run.toml. Running it again gives the same bytes.
std::string run_toml(const Experiment& e);

}  // namespace ganbar
