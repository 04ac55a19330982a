#include "ganbar/experiment/experiment.h"
#include "ganbar/experiment/bind.h"

#include <fmt/format.h>

#include "ganbar/config/attribution.h"
#include "ganbar/experiment/accelerator_spec.h"

#include <cmath>
#include <limits>

namespace ganbar {
namespace {
constexpr std::int64_t many = 1'000'000'000;
constexpr const char* default_device = "nili2020";
}

Schema<ExperimentSpec> ExperimentSpec::schema() {
    using T = ExperimentSpec;
    return {
        param("name", &T::name, "short name of the experiment", assumed("ours")),
        param("doc", &T::doc, "what the experiment is, in a sentence", assumed("ours")),
        param("seed", &T::seed, std::int64_t{0}, std::numeric_limits<std::int64_t>::max(), "seed of every random stream", assumed("any")),
    };
}

Schema<DataSpec> DataSpec::schema() {
    using T = DataSpec;
    return {
        param("dataset", &T::dataset, "name of a data set, or path of a folder or NPY file", published("satyam2022, sec. II: MNIST")),
        param("classes", &T::classes, std::int64_t{0}, std::int64_t{999}, "classes to learn; empty = all", published("satyam2022, sec. III: digit 3")),
        param("limit", &T::limit, std::int64_t{0}, many, "use only the first images of these classes; 0 = all", assumed("all")),
        param("side", &T::side, std::int64_t{0}, std::int64_t{4096}, "make the images this high and wide, by averaging over area; 0 = as they are", assumed("as they are")),
        choice("fit", &T::fit, {"stretch", "crop", "pad"}, "images that are not square: each side scaled apart, cut to the middle square, or set into a square of the background", assumed("stretch: nothing is lost")),
        choice("background", &T::background, {"black", "white"}, "what lies under transparent pixels of PNG files, and around images under fit = pad", assumed("black, as nothing")),
        param("noise", &T::noise, 0.0, 10.0, "Gaussian noise of the sensor on every real image the discriminator sees: standard deviation over the range of pixels", assumed("off; krestinskaya2020 tolerates 10%")),
    };
}

Schema<NetworkSpec> NetworkSpec::schema() {
    using T = NetworkSpec;
    const std::vector<std::string> activations = {"identity", "relu", "leaky_relu", "tanh", "sigmoid"};
    return {
        param("layers", &T::layers, std::int64_t{1}, std::int64_t{1} << 20, "neurons from input to output, all layers dense; empty where layers are listed as tables", published("satyam2022, sec. II: G 100-128-784, D 784-128-1")),
        param("input", &T::input, "with a list of layers: shape of the input, values such as \"100\" or channels and sides such as \"1x28x28\"", assumed("ours")),
        choice("hidden", &T::hidden, activations, "activation of hidden layers", assumed("leaky ReLU, usual in GANs; satyam2022 gives none")),
        choice("output", &T::output, activations, "activation of the last layer (the discriminator's sigmoid belongs to the loss)", assumed("tanh for images in [-1, 1]")),
        param("slope", &T::slope, 0.0, 1.0, "slope of leaky ReLU below zero", assumed("0.2, usual in GANs")),
        param("w_max", &T::w_max, 1e-6, 1e6, "weight at the upper end of the window; weights are clipped there", published("satyam2022, sec. II: 0.4 (G), 0.15 (D)")),
        choice("init", &T::init, {"normal_fan_in", "glorot_normal", "uniform_fan_in", "normal"}, "distribution of the initial weights", assumed("not given in satyam2022")),
        param("init_scale", &T::init_scale, 0.0, 100.0, "factor on the initial weights", assumed("1")),
        param("spectral_norm", &T::spectral_norm, "divide every layer's weights by their largest singular value (power iteration through the layer's own reads)", published("Miyato et al. 2018, alg. 1, for discriminators; off, as in satyam2022")),
        choice("bias", &T::bias, {"none", "digital", "cells"}, "no biases, biases in digital memory, or as one more row of cells", assumed("satyam2022's 54 arrays hold its weights without biases")),
    };
}

Schema<LatentSpec> LatentSpec::schema() {
    using T = LatentSpec;
    return {
        choice("source", &T::source, {"gaussian", "uniform", "bits", "array"},
               "latent numbers: N(0,1) or U(-1,1) or fair bits from the pseudo-random generator, or bits from a simulated array", published("satyam2022, sec. II: N(0,1) by PRNG, or 100 bits by TRNG")),
        param("classes", &T::classes, std::int64_t{0}, std::int64_t{1000}, "conditional GAN: classes that both networks are told, as many as the training images have; 0 = unconditional", published("Mirza and Osindero 2014: conditional GANs")),
        choice("coding", &T::coding, {"01", "pm1"}, "what a bit feeds to the generator: 0 and 1, or -1 and +1", assumed("not given in satyam2022; 0/1 collapses in our runs")),
        choice("form", &T::form, {"bits", "uniform", "gaussian"}, "what the bits of sources bits and array become: latents of two values, or numbers in (-1, 1), or normal ones", published("satyam2022, sec. II: 100 bits for 100 latents")),
        choice("method", &T::method, {"binomial", "inverse_cdf", "box_muller"}, "form gaussian: (ones - zeros) / sqrt(k), the inverse normal law at k bits, or Box and Muller's from two numbers of k bits",
               assumed("binomial: a counter is the smallest circuit")),
        param("bits_per_sample", &T::bits_per_sample, std::int64_t{1}, std::int64_t{32}, "bits of a latent number (k) under form uniform and gaussian", assumed("8: as fine as the converters that feed the crossbars")),
    };
}

Schema<HardwareSpec> HardwareSpec::schema() {
    using T = HardwareSpec;
    return {
        choice("kind", &T::kind, {"crossbar", "software", "ex_situ"}, "weights as conductances in crossbars, float32 in memory, or trained in memory and written into crossbars at the end", published("satyam2022, sec. III: both")),
        param("clip_software", &T::clip_software, "clip software weights at w_max as the window clips conductances", assumed("off: the baseline is an ordinary GAN")),
        param("weight_noise", &T::weight_noise, 0.0, 1.0, "ex_situ: standard deviation of the noise that training adds to each weight, part of w_max", assumed("near the write error; Joshi et al. 2020 train with the noise of the cells to come")),
        param("fold_norm", &T::fold_norm, "after training, fold the generator's batch norms into its weights: the scale is written into the cells, clipped at their window, and the shift stays a digital bias", assumed("off: batch norms in digital memory")),
        param("write_tolerance", &T::write_tolerance, 1e-4, 1.0, "ex_situ, fold_norm: a cell is written when it shows its target to this part of the window", assumed("1%: satyam2022's group tunes to a few percent")),
        param("write_pulses", &T::write_pulses, std::int64_t{1}, std::int64_t{10000}, "ex_situ, fold_norm: most pulses a cell; amplitudes start at train.v_set, train.v_reset and grow by train.verify_ramp", assumed("bounds the time")),
    };
}

Schema<TrainSpec> TrainSpec::schema() {
    using T = TrainSpec;
    return {
        param("epochs", &T::epochs, std::int64_t{0}, many, "passes over the training images; the images left over after whole batches are skipped", derived("satyam2022, figs. 5 and 9: 20 epochs")),
        param("rounds", &T::rounds, std::int64_t{0}, many, "weight-update rounds; 0 = as many as the epochs have", assumed("by epochs")),
        param("batch", &T::batch, std::int64_t{1}, std::int64_t{1} << 20, "images per batch", published("satyam2022, sec. III: 608")),
        param("steps_d", &T::steps_d, std::int64_t{1}, std::int64_t{100}, "discriminator updates per generator update", published("satyam2022, sec. I.A: alternating")),
        param("checkpoint_every", &T::checkpoint_every, std::int64_t{0}, many, "rounds between checkpoints; 0 = only at the end", assumed("ours")),
        param("snapshot_every", &T::snapshot_every, std::int64_t{0}, many, "rounds between pictures; 0 = only at the end", assumed("ours")),
        choice("rule", &T::rule, {"manhattan", "sgd", "adam", "pulse_train", "mixed_precision", "tiki_taka", "tiki_taka_v2"}, "update rule (docs/training_rules.md); crossbars take all but sgd and adam, software only manhattan, sgd and adam", published("satyam2022, sec. II: Manhattan's rule")),
        choice("loss", &T::loss, {"non_saturating", "minimax", "wasserstein", "hinge", "least_squares"}, "what the players minimise", assumed("satyam2022 prints the minimax cost; under signs both act alike")),
        param("clip_d", &T::clip_d, 0.0, 1e3, "software: the discriminator's weights stay within +-clip_d, as wasserstein wants; 0 = free. Cells clip at their window: set discriminator.w_max instead", assumed("off; Arjovsky et al. 2017, alg. 1, use 0.01")),
        param("rate", &T::rate, 0.0, 1e3, "learning rate of every rule but manhattan", assumed("tuned for the baseline")),
        param("rate_d", &T::rate_d, 0.0, 1e3, "learning rate of the discriminator; 0 = rate", assumed("as the generator's")),
        param("momentum", &T::momentum, 0.0, 0.9999, "sgd: momentum; manhattan: average the gradient digitally before its sign is taken", assumed("off")),
        param("beta1", &T::beta1, 0.0, 0.9999, "adam, also accumulated: decay of the first moment", published("Radford et al. 2016: 0.5 for GANs")),
        param("beta2", &T::beta2, 0.0, 0.99999, "adam, also accumulated: decay of the second moment", published("Kingma and Ba 2015: 0.999")),
        param("v_set", &T::v_set, Volt{0}, Volt{5}, "amplitude of set pulses", published("satyam2022, sec. II: 0.8 V")),
        param("v_reset", &T::v_reset, Volt{-5}, Volt{0}, "amplitude of reset pulses", published("satyam2022, sec. II: -0.8 V")),
        param("v_set_end", &T::v_set_end, Volt{0}, Volt{5}, "amplitude of set pulses after annealing; 0 = constant", assumed("constant")),
        param("v_reset_end", &T::v_reset_end, Volt{-5}, Volt{0}, "amplitude of reset pulses after annealing; 0 = constant", assumed("constant")),
        param("t_pulse", &T::t_pulse, Second{1e-12}, Second{10}, "width of a programming pulse", published("satyam2022, sec. II: 100 ns")),
        param("anneal_from", &T::anneal_from, std::int64_t{0}, many, "round at which amplitudes begin to move", assumed("the first")),
        param("anneal_rounds", &T::anneal_rounds, std::int64_t{0}, many, "rounds over which amplitudes move to their end; 0 = constant", assumed("constant")),
        param("literal", &T::literal, "negative weights follow the printed labels: dW > 0 pairs with V_set", published("satyam2022, sec. II, update table")),
        param("fresh_latents", &T::fresh_latents, "the generator step draws its own latent vectors instead of using the discriminator step's", assumed("one batch of fakes serves both")),
        param("instance_noise", &T::instance_noise, 0.0, 10.0, "Gaussian noise on the discriminator's input, standard deviation, pixels in [-1, 1]", assumed("off; lin2018's device noise plays this part (patent US 11,574,199)")),
        param("noise_on_real", &T::noise_on_real, "instance noise on real images too; otherwise on generated ones alone, as a noisy generator array makes it", assumed("both, as instance noise is defined")),
        param("dead_zone", &T::dead_zone, 0.0, 100.0, "no pulse where |gradient| is below this multiple of the layer's mean |gradient|", assumed("off")),
        param("feedback", &T::feedback, 0.0, 7.0, "error feedback: every sign asks its cell for a move of verify_step; the cell is pulsed when it owes this many of them, and reads before and after the pulse settle the debt; 0 = off", assumed("off, as in satyam2022")),
        param("feedback_scale", &T::feedback_scale, 0.0, 100.0, "error feedback: a gradient of this many times its layer's root mean square asks for a move of one verify_step, others in proportion; 0 = every sign asks for one", assumed("signs only, as in satyam2022")),
        param("feedback_limit", &T::feedback_limit, 0.1, 7.0, "error feedback in proportion: most verify_steps that one gradient asks for", assumed("three root mean squares at feedback_scale 1")),
        param("feedback_d", &T::feedback_d, -1.0, 7.0, "feedback of the discriminator; -1 = feedback", assumed("as the generator's")),
        param("verify_pulses", &T::verify_pulses, std::int64_t{0}, std::int64_t{100}, "closed-loop writing: pulses of growing amplitude, at most this many, until reads show that the cell has moved by verify_step; 0 = one blind pulse", assumed("off, as in satyam2022")),
        param("verify_step", &T::verify_step, Siemens{0}, Siemens{1}, "closed-loop writing: change after which a cell's pulses stop; error feedback: move that one sign asks for (see feedback_scale)", assumed("near 1% of the window")),
        param("verify_step_end", &T::verify_step_end, Siemens{0}, Siemens{1}, "verify_step after annealing; 0 = constant", assumed("constant")),
        param("verify_step_d", &T::verify_step_d, Siemens{0}, Siemens{1}, "verify_step of the discriminator; 0 = verify_step", assumed("as the generator's")),
        param("verify_ramp", &T::verify_ramp, Volt{0}, Volt{1}, "closed-loop writing and error feedback: growth of the amplitude from pulse to pulse", assumed("write-verify with a voltage ramp, as used to tune such arrays (Fahimi 2021)")),
        param("digital_step", &T::digital_step, 0.0, 1.0, "manhattan: step of biases and weights in digital memory", assumed("near one set pulse of the generator")),
        param("amplitude_slope", &T::amplitude_slope, Volt{0}, Volt{1}, "manhattan with variable amplitude: volts more per e-fold of |gradient| over the layer's mean; 0 = one amplitude", derived("Kataeva et al. 2015 set the amplitude by the gradient; where steps grow exponentially with voltage the logarithm makes them proportional")),
        param("amplitude_span", &T::amplitude_span, Volt{0}, Volt{1}, "variable amplitude: farthest from v_set and v_reset", assumed("within what the device models cover")),
        param("pulse_step", &T::pulse_step, Siemens{0}, Siemens{1}, "change that one pulse is counted on to make, for pulse_train, mixed_precision and tiki_taka; 0 = measured at mid-window", assumed("measured, as a controller characterises its array")),
        param("pulse_length", &T::pulse_length, std::int64_t{1}, std::int64_t{32}, "pulse_train, tiki_taka: slots of a stochastic pulse train", published("Gokmen et al. 2017 and aihwkit: 31")),
        param("pulse_management", &T::pulse_management, "pulse_train, tiki_taka: share the probability evenly between rows and columns", published("Gokmen et al. 2017, eq. 5")),
        choice("accumulate", &T::accumulate, {"gradient", "adam"}, "mixed_precision: what digital memory sums until whole pulses are due: rate times the gradient, or Adam's steps (beta1, beta2)", published("Nandakumar et al. 2020: the gradient")),
        param("max_pulses", &T::max_pulses, std::int64_t{1}, std::int64_t{127}, "mixed_precision: most pulses a cell and update; what is left over waits", assumed("bounds the time of an update")),
        param("transfer_rate", &T::transfer_rate, 0.0, 1e3, "tiki_taka: part of what the fast array shows that moves the slow one", assumed("best of a scan on linear regression with soft-bounds cells")),
        param("transfer_every", &T::transfer_every, std::int64_t{1}, many, "tiki_taka: samples from one row's transfer to the next", published("Gokmen and Haensch 2020, alg. 1: ns = 1")),
        param("zero_pulses", &T::zero_pulses, std::int64_t{0}, std::int64_t{1'000'000}, "tiki_taka: pairs of set and reset that bring the fast array to its symmetry point before training", assumed("enough for cells of 1% steps; the technique: Kim et al. 2019, zero-shifting")),
        choice("stop_on", &T::stop_on, {"nothing", "divergence", "collapse", "both"}, "end the run early, whole and evaluated, when losses diverge, the generator collapses, or either; it warns in any case", assumed("runs go to their end")),
        param("stop_loss", &T::stop_loss, 0.0, 1e9, "divergence: a loss beyond this", assumed("a cross-entropy of 10 calls every image wrong at odds of 22,000 to 1; raise it for wasserstein")),
        param("stop_spread", &T::stop_spread, 0.0, 1.0, "collapse: images of a batch differ by less than this part of what real ones do", assumed("far below any trained generator seen; an evaluation that says collapsed counts too")),
        param("stop_patience", &T::stop_patience, std::int64_t{1}, many, "rounds in a row that divergence or collapse must last", assumed("ours")),
        param("stop_after", &T::stop_after, std::int64_t{0}, many, "rounds before collapse is looked for", assumed("untrained generators draw alike images")),
        param("label_real", &T::label_real, 0.5, 1.0, "target of real images; below 1 = one-sided label smoothing", assumed("1")),
    };
}

Schema<EvaluationSpec> EvaluationSpec::schema() {
    using T = EvaluationSpec;
    return {
        param("samples", &T::samples, std::int64_t{16}, std::int64_t{200000}, "images generated for an evaluation and for samples.npy", assumed("as many as there are test threes")),
        param("every", &T::every, std::int64_t{0}, many, "rounds between evaluations; 0 = only at the end", assumed("only at the end")),
        param("features", &T::features, "whose classifier sees the images: a labelled data set by name, \"untrained\" (random weights), or \"auto\": the data's own, and untrained where they have no labels", assumed("features of one's own data, docs/metrics.md")),
    };
}

UpdateRule TrainSpec::hardware_rule(double step) const {
    const PulseShape pulse{v_set, v_reset, t_pulse, pulse_step};
    const PulseTrain train{step, pulse, pulse_length, pulse_management};
    if (rule == RuleKind::pulse_train) return train;
    if (rule == RuleKind::mixed_precision) return MixedPrecision{step, accumulate == Accumulate::adam, beta1, beta2, pulse, max_pulses};
    return TikiTaka{train, transfer_rate, transfer_every, rule == RuleKind::tiki_taka_v2, zero_pulses};
}

UpdateRule TrainSpec::rule_at(std::int64_t round, bool discriminator) const {
    const double step = discriminator && rate_d > 0 ? rate_d : rate;
    if (rule == RuleKind::sgd) return Sgd{step, momentum};
    if (rule == RuleKind::adam) return Adam{step, beta1, beta2};
    if (rule != RuleKind::manhattan) return hardware_rule(step);
    const double progress = anneal_rounds == 0 ? 0.0 : std::clamp(static_cast<double>(round - anneal_from) / static_cast<double>(anneal_rounds), 0.0, 1.0);
    const auto mix = [&](auto from, auto to) { return to.si == 0 ? from : (1 - progress) * from + progress * to; };
    return Manhattan{mix(v_set, v_set_end), mix(v_reset, v_reset_end), t_pulse, literal, dead_zone, momentum, discriminator && feedback_d >= 0 ? feedback_d : feedback, feedback_scale, feedback_limit, verify_pulses, mix(discriminator && verify_step_d.si > 0 ? verify_step_d : verify_step, verify_step_end), verify_ramp, digital_step, amplitude_slope, amplitude_span};
}

static const config::Node* peek(const config::Node& root, const char* table) {
    const auto it = root.tables.find(table);
    return it == root.tables.end() ? nullptr : it->second.get();
}

static void check_rule(const Experiment& e, const Location& where) {
    const auto& t = e.train;
    const bool digital = t.rule == RuleKind::sgd || t.rule == RuleKind::adam, crossbar = e.hardware.kind == HardwareKind::crossbar;
    if (crossbar && digital)
        throw ConfigError("weights on crossbars are updated by pulses; expected train.rule = \"manhattan\", \"pulse_train\", \"mixed_precision\", \"tiki_taka\" or \"tiki_taka_v2\", or hardware.kind = \"software\"", where);
    if (!crossbar && !digital && t.rule != RuleKind::manhattan)
        throw ConfigError("this train.rule moves cells by pulses and weights in software have none; expected \"manhattan\", \"sgd\" or \"adam\", or hardware.kind = \"crossbar\"", where);
    if (crossbar && t.clip_d > 0) throw ConfigError("train.clip_d clips weights in software; cells clip at their window: expected discriminator.w_max = the clip instead", where);
    if (t.amplitude_slope.si > 0 && (t.rule != RuleKind::manhattan || t.literal || t.feedback > 0 || t.feedback_d > 0 || t.verify_pulses > 0))
        throw ConfigError("train.amplitude_slope varies the one blind pulse of train.rule = \"manhattan\"; expected train.literal, train.feedback and train.verify_pulses off", where);
}

static void check_fold(const Experiment& e, const Location& where) {
    if (!e.hardware.fold_norm) return;
    const auto& list = e.generator.list;
    const auto has = [&](nn::Norm norm) {
        return std::any_of(list.begin(), list.end(), [&](const nn::LayerSpec& s) { return s.norm == norm || (norm == nn::Norm::batch && s.type == nn::LayerType::batch_norm); });
    };
    if (has(nn::Norm::virtual_batch)) throw ConfigError("hardware.fold_norm needs fixed statistics, which virtual batch norm takes from samples that pass with every batch; expected norm = \"batch\"", where);
    if (!has(nn::Norm::batch) || e.periphery.normalise) throw ConfigError("hardware.fold_norm folds batch norms into the weights before them, and no layer of the generator has norm = \"batch\" in digital memory; expected one, or fold_norm = false", where);
    if (e.generator.spectral_norm) throw ConfigError("hardware.fold_norm writes weights that generator.spectral_norm would divide again; expected one of the two", where);
    if (is_tiki_taka(e.train.rule)) throw ConfigError("hardware.fold_norm writes one cell a weight, and train.rule = \"tiki_taka\" has two; expected another rule", where);
    if (e.wires.exact(e.wires.program)) throw ConfigError("folded weights are written without wires; expected wires.program = \"ideal\" with hardware.fold_norm", where);
}

/// Where a fault of several settings of a table is told: what the command line said of the table, else where the table begins.
static Location place_of(const config::Node& root, const std::string& table) {
    const auto it = root.tables.find(table);
    if (it == root.tables.end()) return {};
    std::vector<std::string> said;
    for (const auto& [name, leaf] : it->second->leaves)
        if (leaf.origin == "--set") said.push_back("--set " + table + "." + name);
    return said.empty() ? it->second->where : Location{join(said)};
}

static void check(const Experiment& e) {
    const auto place = [&](const char* table) { return place_of(*e.source, table); };
    const std::size_t made = e.n_pixels(), taken = e.discriminator_plan.shapes.front().size(), logits = e.discriminator_plan.shapes.back().size();
    if (made != taken)
        throw ConfigError(fmt::format("the generator makes {} values but the discriminator takes {}; expected the same number", made, taken), place("discriminator"));
    if (logits != 1) throw ConfigError(fmt::format("the discriminator ends in {} outputs; expected 1 (the logit of being real)", logits), place("discriminator"));
    if (!e.discriminator.list.empty() && e.discriminator.list.back().activation != nn::Activation::identity)
        throw ConfigError("the discriminator's last layer must have activation = \"identity\": the loss applies the sigmoid to its logit", e.discriminator.list.back().where);
    if (e.discriminator.output != nn::Activation::identity) throw ConfigError("discriminator.output must be \"identity\": the loss applies the sigmoid to its logit", place("discriminator"));
    check_rule(e, place("train"));
    check_fold(e, place("hardware"));
    if (e.wires.exact(e.wires.program) && e.train.literal)
        throw ConfigError("train.literal asks for another pulse's change, which no voltage gives; expected train.literal = false with wires.mode = \"exact\"", place("wires"));
    if (e.wires.mode == WirePhysics::exact && e.hardware.kind == HardwareKind::software)
        throw ConfigError("weights in memory have no wires; expected hardware.kind = \"crossbar\" with wires.mode = \"exact\"", place("wires"));
    if (e.wires.exact(e.wires.program) && e.wires.write.order == WriteOrder::rank_one && e.train.batch > 1)
        throw ConfigError("the signs of a batch are no rank-one matrix; expected wires.order = \"rows\" or \"cells\", or train.batch = 1", place("wires"));
    if (e.wires.exact(e.wires.program) && e.wires.write.compensation != WriteCompensation::none && e.wires.write.order != WriteOrder::rows)
        throw ConfigError("compensated drivers are calibrated for whole rows; expected wires.order = \"rows\"", place("wires"));
    if (e.wires.exact(e.wires.program) && e.wires.write.scheme == Scheme::floating && e.wires.lines.ends == Ends::both)
        throw ConfigError("the floating scheme needs lines with one terminal; expected wires.ends = \"single\"", place("wires"));
    if (e.wires.exact(e.wires.program) && (e.train.rule != RuleKind::manhattan || e.train.amplitude_slope.si > 0))
        throw ConfigError("pulses through wires are one amplitude a pass; expected train.rule = \"manhattan\" without train.amplitude_slope, or wires.program = \"ideal\"", place("wires"));
    if (e.train.epochs == 0 && e.train.rounds == 0) throw ConfigError("nothing to train: train.epochs and train.rounds are both 0", place("train"));
    const double activations = static_cast<double>(e.train.batch) * static_cast<double>(std::max(e.generator_plan.widest, e.n_pixels()));
    if (activations > 1e9) throw ConfigError(fmt::format("train.batch = {} of {} pixels does not fit in memory; use a smaller batch", e.train.batch, e.n_pixels()), place("train"));
}

std::string NetworkSpec::input_shape() const { return list.empty() ? std::to_string(layers.front()) : input; }

std::vector<nn::LayerSpec> NetworkSpec::layer_list() const {
    if (!list.empty()) return list;
    std::vector<nn::LayerSpec> out;
    for (std::size_t i = 1; i < layers.size(); ++i) {
        nn::LayerSpec dense;
        dense.units = layers[i];
        dense.activation = i + 1 == layers.size() ? output : hidden;
        dense.slope = slope;
        out.push_back(dense);
    }
    return out;
}

/// Reads [[table.layer]].
static void bind_layers(const config::Node& root, const std::string& table, NetworkSpec& spec, std::map<std::string, std::vector<std::string>>& known) {
    auto& names = known[table + ".layer"];
    for (const auto& p : nn::LayerSpec::schema()) names.push_back(p.info.name);
    const config::Node* node = peek(root, table.c_str());
    if (node == nullptr) return;
    for (const auto* item : node->list("layer")) {
        nn::LayerSpec layer;
        layer.where = item->where;
        config::bind(item, nn::LayerSpec::schema(), layer);
        spec.list.push_back(layer);
    }
}

/// Shapes and matrices of a network; what does not fit is told here, at the layer.
static nn::NetworkPlan plan_of(const config::Node& root, const std::string& table, const NetworkSpec& spec, std::int64_t n_classes) {
    const Location where = place_of(root, table);
    if (!spec.list.empty() && !spec.layers.empty()) throw ConfigError(fmt::format("{0}.layers and [[{0}.layer]] both describe the network; expected one of them", table), where);
    if (!spec.list.empty() && spec.input.empty()) throw ConfigError(fmt::format("[[{0}.layer]] needs {0}.input, the shape of the input, for example \"100\" or \"1x28x28\"", table), where);
    if (spec.list.empty() && !spec.input.empty()) throw ConfigError(fmt::format("{0}.input goes with a list [[{0}.layer]]; expected such a list, or {0}.layers alone", table), where);
    if (spec.list.empty()) {
        if (spec.layers.size() < 2) throw ConfigError(fmt::format("{}.layers needs at least an input and an output, for example [100, 128, 784]", table), where);
        double weights = 0;
        for (std::size_t i = 1; i < spec.layers.size(); ++i) weights += static_cast<double>(spec.layers[i - 1]) * static_cast<double>(spec.layers[i]);
        if (weights > 2e8) throw ConfigError(fmt::format("{}.layers asks for {:.3g} weights; expected at most 2e8", table, weights), where);
    }
    return nn::plan_network(table, {spec.input_shape(), static_cast<std::size_t>(n_classes)}, spec.layer_list(), spec.defaults(), where);
}

Experiment load_experiment(const std::string& name_or_path, const config::Presets& presets, std::span<const std::string> overrides,
                           const Registries& registries) {
    if (name_or_path.ends_with(".onnx"))
        throw ConfigError(fmt::format("is a network as ONNX, which says nothing of how it is trained: ganbar estimate {} --on all tells what it costs; expected an experiment, as TOML or by name", name_or_path), {name_or_path});
    return bind_experiment(config::load_input(name_or_path, presets, overrides), registries);
}

Experiment bind_experiment(config::Loaded loaded, const Registries& registries) {
    Experiment e;
    e.source = std::move(loaded.root);
    if (!e.source->child("experiment").leaves.contains("name")) {  // a file without a name is called as the file is
        auto& name = e.source->child("experiment").leaves["name"];
        name.value = loaded.name, name.origin = loaded.origin;
    }
    std::map<std::string, std::vector<std::string>> known;
    auto& top = known[""];
    const auto section = [&](const char* name, auto& target) {
        using T = std::decay_t<decltype(target)>;
        const config::Node* node = e.source->table(name);
        top.push_back(name);
        for (auto& key : config::bind(node, T::schema(), target)) known[name].push_back(key);
    };
    section("experiment", e.experiment);
    section("data", e.data);
    section("generator", e.generator);
    section("discriminator", e.discriminator);
    section("latent", e.latent);
    bind_layers(*e.source, "generator", e.generator, known);
    bind_layers(*e.source, "discriminator", e.discriminator, known);
    e.noise.bind(*e.source, known);
    section("hardware", e.hardware);
    section("nonideal", e.nonideal);
    section("periphery", e.periphery);
    section("tile", e.tile);
    section("wires", e.wires);
    section("train", e.train);
    section("evaluation", e.evaluation);
    section("quality", e.quality);
    // Device models declare their own keys; they bind here, so that a mistake shows now and not after minutes.
    for (const auto& [name, cells] : {std::pair{"device", &e.device}, std::pair{"noise_device", &e.noise_device}}) {
        top.push_back(name);
        *cells = bind_device(e.source->table(name), name, default_device, registries.devices, &known[name]);
    }
    for (auto& [path, names] : bind_accelerators(*e.source, registries.accelerators, e.accelerators)) known[path] = std::move(names);
    top.push_back("accelerators");
    top.push_back("set_by");
    resolved(e);  // reads [set_by]
    config::reject_unused(*e.source, known);
    e.generator_plan = plan_of(*e.source, "generator", e.generator, e.latent.classes);
    e.discriminator_plan = plan_of(*e.source, "discriminator", e.discriminator, e.latent.classes);
    check(e);
    return e;
}

std::vector<config::Section> resolved(const Experiment& e) {
    std::vector<config::Section> out;
    out.push_back({"experiment", param_rows(ExperimentSpec::schema(), e.experiment)});
    out.push_back({"data", param_rows(DataSpec::schema(), e.data)});
    for (const auto& [name, network] : {std::pair{"generator", &e.generator}, std::pair{"discriminator", &e.discriminator}}) {
        out.push_back({name, param_rows(NetworkSpec::schema(), *network)});
        for (const auto& layer : network->list) out.push_back({std::string(name) + ".layer", param_rows(nn::LayerSpec::schema(), layer), true});
    }
    out.push_back({"latent", param_rows(LatentSpec::schema(), e.latent)});
    for (auto& section : e.noise.sections()) out.push_back(std::move(section));
    out.push_back({"hardware", param_rows(HardwareSpec::schema(), e.hardware)});
    const auto device = [&](const char* name, const DeviceSpec& cells, const char* doc) {
        ParamInfo model;
        model.name = "model";
        model.type = ParamType::text;
        model.doc = doc;
        model.source = published("satyam2022, sec. II: the model of Nili et al. 2020");
        std::vector<ParamRow> rows = {{model, cells.model, Value{std::string(default_device)}, {}}};
        rows.insert(rows.end(), cells.params.begin(), cells.params.end());
        out.push_back({name, rows});
    };
    device("device", e.device, "device model of every cell that holds a weight");
    device("noise_device", e.noise_device, "device model of the array that makes random bits");
    out.push_back({"nonideal", param_rows(NonidealParams::schema(), e.nonideal)});
    out.push_back({"periphery", param_rows(periphery::PeripheryParams::schema(), e.periphery)});
    out.push_back({"tile", param_rows(TileParams::schema(), e.tile)});
    out.push_back({"wires", param_rows(WireParams::schema(), e.wires)});
    out.push_back({"train", param_rows(TrainSpec::schema(), e.train)});
    out.push_back({"evaluation", param_rows(EvaluationSpec::schema(), e.evaluation)});
    out.push_back({"quality", param_rows(gan::QualitySpec::schema(), e.quality)});
    for (auto& section : accelerator_sections(e.accelerators)) out.push_back(std::move(section));
    if (e.source) config::attribute(out, *e.source);
    return out;
}

std::string run_toml(const Experiment& e) {
    const auto sections = resolved(e);
    return config::to_toml(sections) + config::set_by_toml(sections);
}

}  // namespace ganbar
