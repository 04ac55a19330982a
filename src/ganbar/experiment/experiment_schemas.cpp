// The keys of an experiment's sections: unit, range, source and kind of each.
#include "ganbar/core/layer_words.h"
#include "ganbar/experiment/experiment.h"

namespace ganbar {
namespace {
constexpr std::int64_t many = 1'000'000'000;
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
        param("classes", &T::classes, std::int64_t{0}, std::int64_t{999}, "classes to learn; empty = all",
              published("satyam2022, sec. III: digit 3")),
        param("limit", &T::limit, std::int64_t{0}, many, "use only the first images of these classes; 0 = all", assumed("all")),
        param("side", &T::side, std::int64_t{0}, std::int64_t{4096},
              "make the images this high and wide, by averaging over area; 0 = as they are", assumed("as they are")),
        choice("fit", &T::fit, {"stretch", "crop", "pad"},
               "images that are not square: each side scaled apart, cut to the middle square, or set into a square of the background",
               assumed("stretch: nothing is lost")),
        choice("background", &T::background, {"black", "white"},
               "what lies under transparent pixels of PNG files, and around images under fit = pad", assumed("black, as nothing")),
        param("noise", &T::noise, 0.0, 10.0,
              "Gaussian noise of the sensor on every real image the discriminator sees: standard deviation over the range of pixels",
              assumed("off; krestinskaya2020 tolerates 10%")),
    };
}

Schema<NetworkSpec> NetworkSpec::schema() {
    using T = NetworkSpec;
    const auto& activations = activation_names();
    return {
        param("layers", &T::layers, std::int64_t{1}, std::int64_t{1} << 20,
              "neurons from input to output, all layers dense, or texts such as \"conv 64 k4 s2 p1 leaky_relu\"; empty where layers are "
              "listed as tables or network names a file",
              published("satyam2022, sec. II: G 100-128-784, D 784-128-1")),
        param("input", &T::input,
              "with a list of layers: shape of the input, values such as \"100\" or channels and sides such as \"1x28x28\"",
              assumed("ours")),
        choice("hidden", &T::hidden, activations, "activation of hidden layers",
               assumed("leaky ReLU, usual in GANs; satyam2022 gives none")),
        choice("output", &T::output, activations, "activation of the last layer (the discriminator's sigmoid belongs to the loss)",
               assumed("tanh for images in [-1, 1]")),
        param("slope", &T::slope, 0.0, 1.0, "slope of leaky ReLU below zero", assumed("0.2, usual in GANs")),
        param("w_max", &T::w_max, 1e-6, 1e6, "weight at the upper end of the window; weights are clipped there",
              published("satyam2022, sec. II: 0.4 (G), 0.15 (D)")),
        choice("init", &T::init, {"normal_fan_in", "glorot_normal", "uniform_fan_in", "normal"}, "distribution of the initial weights",
               assumed("not given in satyam2022")),
        param("init_scale", &T::init_scale, 0.0, 100.0, "factor on the initial weights", assumed("1")),
        param("spectral_norm", &T::spectral_norm,
              "divide every layer's weights by their largest singular value (power iteration through the layer's own reads)",
              published("Miyato et al. 2018, alg. 1, for discriminators; off, as in satyam2022")),
        choice("bias", &T::bias, {"none", "digital", "cells"}, "no biases, biases in digital memory, or as one more row of cells",
               assumed("satyam2022's 54 arrays hold its weights without biases")),
    };
}

Schema<LatentSpec> LatentSpec::schema() {
    using T = LatentSpec;
    return {
        choice("source", &T::source, {"gaussian", "uniform", "bits", "array"},
               "latent numbers: N(0,1) or U(-1,1) or fair bits from the pseudo-random generator, or bits from a simulated array",
               published("satyam2022, sec. II: N(0,1) by PRNG, or 100 bits by TRNG")),
        param("classes", &T::classes, std::int64_t{0}, std::int64_t{1000},
              "conditional GAN: classes that both networks are told, as many as the training images have; 0 = unconditional",
              published("Mirza and Osindero 2014: conditional GANs")),
        choice("coding", &T::coding, {"01", "pm1"}, "what a bit feeds to the generator: 0 and 1, or -1 and +1",
               assumed("not given in satyam2022; 0/1 collapses in our runs")),
        choice("form", &T::form, {"bits", "uniform", "gaussian"},
               "what the bits of sources bits and array become: latents of two values, or numbers in (-1, 1), or normal ones",
               published("satyam2022, sec. II: 100 bits for 100 latents")),
        choice("method", &T::method, {"binomial", "inverse_cdf", "box_muller"},
               "form gaussian: (ones - zeros) / sqrt(k), the inverse normal law at k bits, or Box and Muller's from two numbers of k bits",
               assumed("binomial: a counter is the smallest circuit")),
        param("bits_per_sample", &T::bits_per_sample, std::int64_t{1}, std::int64_t{32},
              "bits of a latent number (k) under form uniform and gaussian",
              assumed("8: as fine as the converters that feed the crossbars")),
    };
}

Schema<HardwareSpec> HardwareSpec::schema() {
    using T = HardwareSpec;
    return {
        choice("kind", &T::kind, {"crossbar", "software", "ex_situ"},
               "weights as conductances in crossbars, float32 in memory, or trained in memory and written into crossbars at the end",
               published("satyam2022, sec. III: both")),
        param("clip_software", &T::clip_software, "clip software weights at w_max as the window clips conductances",
              assumed("off: the baseline is an ordinary GAN")),
        param("weight_noise", &T::weight_noise, 0.0, 1.0,
              "ex_situ: standard deviation of the noise that training adds to each weight, part of w_max",
              assumed("near the write error; Joshi et al. 2020 train with the noise of the cells to come")),
        param("fold_norm", &T::fold_norm,
              "after training, fold the generator's batch norms into its weights: the scale is written into the cells, clipped at their "
              "window, and the shift stays a digital bias",
              assumed("off: batch norms in digital memory")),
        param("write_tolerance", &T::write_tolerance, 1e-4, 1.0,
              "ex_situ, fold_norm: a cell is written when it shows its target to this part of the window",
              assumed("1%: satyam2022's group tunes to a few percent")),
        param("write_pulses", &T::write_pulses, std::int64_t{1}, std::int64_t{10000},
              "ex_situ, fold_norm: most pulses a cell; amplitudes start at write_v_set, write_v_reset and grow by write_ramp",
              assumed("bounds the time")),
        param("write_v_set", &T::write_v_set, Volt{0}, Volt{5},
              "ex_situ, fold_norm: amplitude of the first set pulse; 0 = as the training rule's, 0.8 V where it has no pulses",
              assumed("as in training")),
        param("write_v_reset", &T::write_v_reset, Volt{-5}, Volt{0},
              "ex_situ, fold_norm: amplitude of the first reset pulse; 0 = as the training rule's, -0.8 V where it has no pulses",
              assumed("as in training")),
        param("write_ramp", &T::write_ramp, Volt{0}, Volt{1},
              "ex_situ, fold_norm: growth of the amplitude from pulse to pulse; 0 = the training rule's, 50 mV where it has none",
              assumed("write-verify with a voltage ramp, as used to tune such arrays (Fahimi 2021)")),
        param("write_t_pulse", &T::write_t_pulse, Second{0}, Second{10},
              "ex_situ, fold_norm: width of a pulse; 0 = as the training rule's, 100 ns where it has no pulses", assumed("as in training")),
    };
}

Schema<TrainSpec> TrainSpec::schema() {
    using T = TrainSpec;
    return {
        param("epochs", &T::epochs, std::int64_t{0}, many,
              "passes over the training images; the images left over after whole batches are skipped",
              derived("satyam2022, figs. 5 and 9: 20 epochs")),
        param("rounds", &T::rounds, std::int64_t{0}, many, "weight-update rounds; 0 = as many as the epochs have", assumed("by epochs")),
        param("batch", &T::batch, std::int64_t{1}, std::int64_t{1} << 20, "images per batch", published("satyam2022, sec. III: 608")),
        param("steps_d", &T::steps_d, std::int64_t{1}, std::int64_t{100}, "discriminator updates per generator update",
              published("satyam2022, sec. I.A: alternating")),
        param("checkpoint_every", &T::checkpoint_every, std::int64_t{0}, many, "rounds between checkpoints; 0 = only at the end",
              assumed("ours")),
        param("snapshot_every", &T::snapshot_every, std::int64_t{0}, many, "rounds between pictures; 0 = only at the end", assumed("ours")),
        param("rule", &T::rule, "update rule (ganbar list rules); its own parameters are in [train.RULE]",
              published("satyam2022, sec. II: Manhattan's rule")),
        choice("loss", &T::loss, {"non_saturating", "minimax", "wasserstein", "hinge", "least_squares"}, "what the players minimise",
               assumed("satyam2022 prints the minimax cost; under signs both act alike")),
        param("clip_d", &T::clip_d, 0.0, 1e3,
              "software: the discriminator's weights stay within +-clip_d, as wasserstein wants; 0 = free. Cells clip at their window: set "
              "discriminator.w_max instead",
              assumed("off; Arjovsky et al. 2017, alg. 1, use 0.01")),
        param("rate", &T::rate, 0.0, 1e3, "learning rate of every rule but manhattan", assumed("tuned for the baseline")),
        param("rate_d", &T::rate_d, 0.0, 1e3, "learning rate of the discriminator; 0 = rate", assumed("as the generator's")),
        param("rate_end", &T::rate_end, 0.0, 1.0,
              "factor on rate and rate_d once they have fallen, linearly, over rate_rounds; 1 = constant", assumed("constant")),
        param("rate_from", &T::rate_from, std::int64_t{0}, many, "round at which rate and rate_d begin to fall", assumed("the first")),
        param("rate_rounds", &T::rate_rounds, std::int64_t{0}, many, "rounds over which rate and rate_d fall to rate_end; 0 = constant",
              assumed("constant")),
        param("fresh_latents", &T::fresh_latents,
              "the generator step draws its own latent vectors instead of using the discriminator step's",
              assumed("one batch of fakes serves both")),
        param("instance_noise", &T::instance_noise, 0.0, 10.0,
              "Gaussian noise on the discriminator's input, standard deviation, pixels in [-1, 1]",
              assumed("off; lin2018's device noise plays this part (patent US 11,574,199)")),
        param("noise_on_real", &T::noise_on_real,
              "instance noise on real images too; otherwise on generated ones alone, as a noisy generator array makes it",
              assumed("both, as instance noise is defined")),
        choice("stop_on", &T::stop_on, {"nothing", "divergence", "collapse", "both"},
               "end the run early, whole and evaluated, when losses diverge, the generator collapses, or either; it warns in any case",
               assumed("runs go to their end")),
        param("stop_loss", &T::stop_loss, 0.0, 1e9, "divergence: a loss beyond this",
              assumed("a cross-entropy of 10 calls every image wrong at odds of 22,000 to 1; raise it for wasserstein")),
        param("stop_spread", &T::stop_spread, 0.0, 1.0, "collapse: images of a batch differ by less than this part of what real ones do",
              assumed("far below any trained generator seen; an evaluation that says collapsed counts too")),
        param("stop_patience", &T::stop_patience, std::int64_t{1}, many, "rounds in a row that divergence or collapse must last",
              assumed("ours")),
        param("stop_after", &T::stop_after, std::int64_t{0}, many, "rounds before collapse is looked for",
              assumed("untrained generators draw alike images")),
        param("label_real", &T::label_real, 0.5, 1.0, "target of real images; below 1 = one-sided label smoothing", assumed("1")),
    };
}

Schema<EvaluationSpec> EvaluationSpec::schema() {
    using T = EvaluationSpec;
    return {
        param("samples", &T::samples, std::int64_t{16}, std::int64_t{200000}, "images generated for an evaluation and for samples.npy",
              assumed("as many as there are test threes")),
        param("every", &T::every, std::int64_t{0}, many, "rounds between evaluations; 0 = only at the end", assumed("only at the end")),
        param("features", &T::features,
              "whose classifier sees the images: a labelled data set by name, \"untrained\" (random weights), or \"auto\": the data's own, "
              "and untrained where they have no labels",
              assumed("features of one's own data, docs/metrics.md")),
    };
}

}  // namespace ganbar
