"""Keys of sections of an experiment: training. Made by tools/python_keys.py from the parameter declarations: do not edit."""
from __future__ import annotations

from typing import Literal, TypedDict


class TrainAdam(TypedDict, total=False):
    """[train.adam]

    beta1: decay of the first moment; 0 to 0.9999 (published: Radford et al. 2016: 0.5 for GANs)
    beta2: decay of the second moment; 0 to 0.99999 (published: Kingma and Ba 2015: 0.999)
    """

    beta1: float | None
    beta2: float | None


class TrainManhattan(TypedDict, total=False):
    """[train.manhattan]

    amplitude_slope: variable amplitude: volts more per e-fold of |gradient| over the layer's mean; 0 = one amplitude; a text with its unit, V; 0 to 1 (derived: Kataeva et al. 2015 set the amplitude by the gradient; where steps grow exponentially with voltage the logarithm makes them proportional)
    amplitude_span: variable amplitude: farthest from v_set and v_reset; a text with its unit, V; 0 to 1 (assumed: within what the device models cover)
    anneal_from: round at which amplitudes begin to move; 0 to 1e+09 (assumed: the first)
    anneal_rounds: rounds over which amplitudes move to their end; 0 = constant; 0 to 1e+09 (assumed: constant)
    dead_zone: no pulse where |gradient| is below this multiple of the layer's mean |gradient|; 0 to 100 (assumed: off)
    digital_step: step of biases and weights in digital memory; 0 to 1 (assumed: near one set pulse of the generator)
    feedback: error feedback: every sign asks its cell for a move of verify_step; the cell is pulsed when it owes this many of them, and reads before and after the pulse settle the debt; 0 = off; 0 to 7 (assumed: off, as in satyam2022)
    feedback_d: feedback of the discriminator; -1 = feedback; -1 to 7 (assumed: as the generator's)
    feedback_limit: error feedback in proportion: most verify_steps that one gradient asks for; 0.1 to 7 (assumed: three root mean squares at feedback_scale 1)
    feedback_scale: error feedback: a gradient of this many times its layer's root mean square asks for a move of one verify_step, others in proportion; 0 = every sign asks for one; 0 to 100 (assumed: signs only, as in satyam2022)
    literal: negative weights follow the printed labels: dW > 0 pairs with V_set (published: satyam2022, sec. II, update table)
    momentum: average the gradient digitally before its sign is taken; 0 to 0.9999 (assumed: off)
    t_pulse: width of a programming pulse; a text with its unit, s; 1e-12 to 10 (published: satyam2022, sec. II: 100 ns)
    v_reset: amplitude of reset pulses; a text with its unit, V; -5 to 0 (published: satyam2022, sec. II: -0.8 V)
    v_reset_end: amplitude of reset pulses after annealing; 0 = constant; a text with its unit, V; -5 to 0 (assumed: constant)
    v_set: amplitude of set pulses; a text with its unit, V; 0 to 5 (published: satyam2022, sec. II: 0.8 V)
    v_set_end: amplitude of set pulses after annealing; 0 = constant; a text with its unit, V; 0 to 5 (assumed: constant)
    verify_pulses: closed-loop writing: pulses of growing amplitude, at most this many, until reads show that the cell has moved by verify_step; 0 = one blind pulse; 0 to 100 (assumed: off, as in satyam2022)
    verify_ramp: closed-loop writing and error feedback: growth of the amplitude from pulse to pulse; a text with its unit, V; 0 to 1 (assumed: write-verify with a voltage ramp, as used to tune such arrays (Fahimi 2021))
    verify_step: closed-loop writing: change after which a cell's pulses stop; error feedback: move that one sign asks for (see feedback_scale); a text with its unit, S; 0 to 1 (assumed: near 1% of the window)
    verify_step_d: verify_step of the discriminator; 0 = verify_step; a text with its unit, S; 0 to 1 (assumed: as the generator's)
    verify_step_end: verify_step after annealing; 0 = constant; a text with its unit, S; 0 to 1 (assumed: constant)
    """

    amplitude_slope: str | None
    amplitude_span: str | None
    anneal_from: int | None
    anneal_rounds: int | None
    dead_zone: float | None
    digital_step: float | None
    feedback: float | None
    feedback_d: float | None
    feedback_limit: float | None
    feedback_scale: float | None
    literal: bool | None
    momentum: float | None
    t_pulse: str | None
    v_reset: str | None
    v_reset_end: str | None
    v_set: str | None
    v_set_end: str | None
    verify_pulses: int | None
    verify_ramp: str | None
    verify_step: str | None
    verify_step_d: str | None
    verify_step_end: str | None


class TrainMixedPrecision(TypedDict, total=False):
    """[train.mixed_precision]

    accumulate: what digital memory sums until whole pulses are due: rate times the gradient, or Adam's steps (beta1, beta2); gradient, adam (published: Nandakumar et al. 2020: the gradient)
    beta1: decay of the first moment; 0 to 0.9999 (published: Radford et al. 2016: 0.5 for GANs)
    beta2: decay of the second moment; 0 to 0.99999 (published: Kingma and Ba 2015: 0.999)
    max_pulses: most pulses a cell and update; what is left over waits; 1 to 127 (assumed: bounds the time of an update)
    pulse_step: change that one pulse is counted on to make; 0 = measured at mid-window; a text with its unit, S; 0 to 1 (assumed: measured, as a controller characterises its array)
    t_pulse: width of a programming pulse; a text with its unit, s; 1e-12 to 10 (published: satyam2022, sec. II: 100 ns)
    v_reset: amplitude of reset pulses; a text with its unit, V; -5 to 0 (published: satyam2022, sec. II: -0.8 V)
    v_set: amplitude of set pulses; a text with its unit, V; 0 to 5 (published: satyam2022, sec. II: 0.8 V)
    """

    accumulate: Literal["gradient", "adam"] | None
    beta1: float | None
    beta2: float | None
    max_pulses: int | None
    pulse_step: str | None
    t_pulse: str | None
    v_reset: str | None
    v_set: str | None


class TrainPulseTrain(TypedDict, total=False):
    """[train.pulse_train]

    pulse_length: slots of a stochastic pulse train; 1 to 32 (published: Gokmen et al. 2017 and aihwkit: 31)
    pulse_management: share the probability evenly between rows and columns (published: Gokmen et al. 2017, eq. 5)
    pulse_step: change that one pulse is counted on to make; 0 = measured at mid-window; a text with its unit, S; 0 to 1 (assumed: measured, as a controller characterises its array)
    t_pulse: width of a programming pulse; a text with its unit, s; 1e-12 to 10 (published: satyam2022, sec. II: 100 ns)
    v_reset: amplitude of reset pulses; a text with its unit, V; -5 to 0 (published: satyam2022, sec. II: -0.8 V)
    v_set: amplitude of set pulses; a text with its unit, V; 0 to 5 (published: satyam2022, sec. II: 0.8 V)
    """

    pulse_length: int | None
    pulse_management: bool | None
    pulse_step: str | None
    t_pulse: str | None
    v_reset: str | None
    v_set: str | None


class TrainSgd(TypedDict, total=False):
    """[train.sgd]

    momentum: part of the last step that goes on; 0 to 0.9999 (assumed: off)
    """

    momentum: float | None


class TrainTikiTaka(TypedDict, total=False):
    """[train.tiki_taka]

    pulse_length: slots of a stochastic pulse train; 1 to 32 (published: Gokmen et al. 2017 and aihwkit: 31)
    pulse_management: share the probability evenly between rows and columns (published: Gokmen et al. 2017, eq. 5)
    pulse_step: change that one pulse is counted on to make; 0 = measured at mid-window; a text with its unit, S; 0 to 1 (assumed: measured, as a controller characterises its array)
    t_pulse: width of a programming pulse; a text with its unit, s; 1e-12 to 10 (published: satyam2022, sec. II: 100 ns)
    transfer_every: samples from one row's transfer to the next; 1 to 1e+09 (published: Gokmen and Haensch 2020, alg. 1: ns = 1)
    transfer_rate: part of what the fast array shows that moves the slow one; 0 to 1000 (assumed: best of a scan on linear regression with soft-bounds cells)
    v_reset: amplitude of reset pulses; a text with its unit, V; -5 to 0 (published: satyam2022, sec. II: -0.8 V)
    v_set: amplitude of set pulses; a text with its unit, V; 0 to 5 (published: satyam2022, sec. II: 0.8 V)
    zero_pulses: pairs of set and reset that bring the fast array to its symmetry point before training; 0 to 1e+06 (assumed: enough for cells of 1% steps; the technique: Kim et al. 2019, zero-shifting)
    """

    pulse_length: int | None
    pulse_management: bool | None
    pulse_step: str | None
    t_pulse: str | None
    transfer_every: int | None
    transfer_rate: float | None
    v_reset: str | None
    v_set: str | None
    zero_pulses: int | None


class TrainTikiTakaV2(TrainTikiTaka, total=False):
    """[train.tiki_taka_v2]: the keys of [train.tiki_taka]."""


class Evaluation(TypedDict, total=False):
    """[evaluation]

    every: rounds between evaluations; 0 = only at the end; 0 to 1e+09 (assumed: only at the end)
    features: whose classifier sees the images: a labelled data set by name, "untrained" (random weights), or "auto": the data's own, and untrained where they have no labels (assumed: features of one's own data, docs/metrics.md)
    samples: images generated for an evaluation and for samples.npy; 16 to 200000 (assumed: as many as there are test threes)
    """

    every: int | None
    features: str | None
    samples: int | None


class Quality(TypedDict, total=False):
    """[quality]

    k_density: neighbours that span a ball, density and coverage; 1 to 100 (published: Naeem et al., arXiv 2002.09797: k = 5)
    k_precision: neighbours that span a ball, precision and recall; 1 to 100 (published: Kynkaanniemi et al., arXiv 1904.06991: k = 3)
    learned_precision: below this precision nothing was learnt: the samples are unlike the data, and what they lack says nothing of a collapse; 0 to 1 (assumed: our choice: real data and well-trained generators are clear of it, generators seen to collapse are not)
    max_density_samples: most images of each kind, density and coverage; 101 to 1e+06 (assumed: our choice: bounds the time; larger sets are thinned at random)
    max_distance_samples: most images, mean pairwise distance; 2 to 1e+06 (assumed: our choice: bounds the time; larger sets are thinned at random)
    max_precision_samples: most images of each kind, precision, recall and kernel distance; 101 to 1e+06 (assumed: our choice: bounds the time; larger sets are thinned at random)
    min_class_ratio: collapsed when fewer than this share of the wanted classes have more than 1 % of the samples; 0 to 1 (assumed: our choice: real data and well-trained generators are clear of it, generators seen to collapse are not)
    min_coverage_ratio: collapsed when coverage is below this share of the expected one while precision is high; 0 to 1 (assumed: our choice: real data and well-trained generators are clear of it, generators seen to collapse are not)
    min_distance_ratio: collapsed when samples differ by less than this share of what real images do; 0 to 1 (assumed: our choice: real data and well-trained generators are clear of it, generators seen to collapse are not)
    min_precision: the precision from which low coverage means collapse, not noise; 0 to 1 (assumed: our choice: real data and well-trained generators are clear of it, generators seen to collapse are not)
    seed: which images are kept when there are more; 0 to 1e+15 (assumed: our choice: bounds the time; larger sets are thinned at random)
    """

    k_density: int | None
    k_precision: int | None
    learned_precision: float | None
    max_density_samples: int | None
    max_distance_samples: int | None
    max_precision_samples: int | None
    min_class_ratio: float | None
    min_coverage_ratio: float | None
    min_distance_ratio: float | None
    min_precision: float | None
    seed: int | None


class Train(TypedDict, total=False):
    """[train]

    batch: images per batch; 1 to 1.04858e+06 (published: satyam2022, sec. III: 608)
    checkpoint_every: rounds between checkpoints; 0 = only at the end; 0 to 1e+09 (assumed: ours)
    clip_d: software: the discriminator's weights stay within +-clip_d, as wasserstein wants; 0 = free. Cells clip at their window: set discriminator.w_max instead; 0 to 1000 (assumed: off; Arjovsky et al. 2017, alg. 1, use 0.01)
    epochs: passes over the training images; the images left over after whole batches are skipped; 0 to 1e+09 (derived: satyam2022, figs. 5 and 9: 20 epochs)
    fresh_latents: the generator step draws its own latent vectors instead of using the discriminator step's (assumed: one batch of fakes serves both)
    instance_noise: Gaussian noise on the discriminator's input, standard deviation, pixels in [-1, 1]; 0 to 10 (assumed: off; lin2018's device noise plays this part (patent US 11,574,199))
    label_real: target of real images; below 1 = one-sided label smoothing; 0.5 to 1 (assumed: 1)
    loss: what the players minimise; non_saturating, minimax, wasserstein, hinge, least_squares (assumed: satyam2022 prints the minimax cost; under signs both act alike)
    noise_on_real: instance noise on real images too; otherwise on generated ones alone, as a noisy generator array makes it (assumed: both, as instance noise is defined)
    rate: learning rate of every rule but manhattan; 0 to 1000 (assumed: tuned for the baseline)
    rate_d: learning rate of the discriminator; 0 = rate; 0 to 1000 (assumed: as the generator's)
    rate_end: factor on rate and rate_d once they have fallen, linearly, over rate_rounds; 1 = constant; 0 to 1 (assumed: constant)
    rate_from: round at which rate and rate_d begin to fall; 0 to 1e+09 (assumed: the first)
    rate_rounds: rounds over which rate and rate_d fall to rate_end; 0 = constant; 0 to 1e+09 (assumed: constant)
    rounds: weight-update rounds; 0 = as many as the epochs have; 0 to 1e+09 (assumed: by epochs)
    rule: update rule (ganbar list rules); its own parameters are in [train.RULE] (published: satyam2022, sec. II: Manhattan's rule)
    snapshot_every: rounds between pictures; 0 = only at the end; 0 to 1e+09 (assumed: ours)
    steps_d: discriminator updates per generator update; 1 to 100 (published: satyam2022, sec. I.A: alternating)
    stop_after: rounds before collapse is looked for; 0 to 1e+09 (assumed: untrained generators draw alike images)
    stop_loss: divergence: a loss beyond this; 0 to 1e+09 (assumed: a cross-entropy of 10 calls every image wrong at odds of 22,000 to 1; raise it for wasserstein)
    stop_on: end the run early, whole and evaluated, when losses diverge, the generator collapses, or either; it warns in any case; nothing, divergence, collapse, both (assumed: runs go to their end)
    stop_patience: rounds in a row that divergence or collapse must last; 1 to 1e+09 (assumed: ours)
    stop_spread: collapse: images of a batch differ by less than this part of what real ones do; 0 to 1 (assumed: far below any trained generator seen; an evaluation that says collapsed counts too)
    """

    batch: int | None
    checkpoint_every: int | None
    clip_d: float | None
    epochs: int | None
    fresh_latents: bool | None
    instance_noise: float | None
    label_real: float | None
    loss: Literal["non_saturating", "minimax", "wasserstein", "hinge", "least_squares"] | None
    noise_on_real: bool | None
    rate: float | None
    rate_d: float | None
    rate_end: float | None
    rate_from: int | None
    rate_rounds: int | None
    rounds: int | None
    rule: str | None
    snapshot_every: int | None
    steps_d: int | None
    stop_after: int | None
    stop_loss: float | None
    stop_on: Literal["nothing", "divergence", "collapse", "both"] | None
    stop_patience: int | None
    stop_spread: float | None
    adam: TrainAdam | None
    manhattan: TrainManhattan | None
    mixed_precision: TrainMixedPrecision | None
    pulse_train: TrainPulseTrain | None
    sgd: TrainSgd | None
    tiki_taka: TrainTikiTaka | None
    tiki_taka_v2: TrainTikiTakaV2 | None
