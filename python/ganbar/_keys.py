"""Keys of every section of an experiment, for type checkers and completion. Made by tools/python_keys.py from the parameter declarations: do not edit."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from .device import Device as _Device
from .device_model import DeviceModel as _DeviceModel


_DiscriminatorLayerWords = TypedDict("_DiscriminatorLayerWords", {"from": "str | None", "with": "str | None"}, total=False)


class DiscriminatorLayer(_DiscriminatorLayerWords, total=False):
    """[[discriminator.layer]]

    activation: what follows the linear map and the normalisation; identity, relu, leaky_relu, tanh, sigmoid (assumed: identity)
    at_inference: dropout: drop in inference too (assumed: off; the analog convolutional nets of krestinskaya's group (2020) drop there)
    bias: biases of the linear map; inherit = the network's, and none before a normalisation; inherit, none, digital, cells (assumed: inherit)
    channels: conv, conv_transpose, residual: channels of its output; 0 to 1.04858e+06 (assumed: ours)
    factor: upsample, depth_to_space: how many times larger the sides become; 1 to 1024 (assumed: 2)
    form: conv_transpose: one matrix for each phase of the stride, or one matrix over the map with zeros inserted; same numbers; zero_free, zero_inserted (published: chen2019 (ZARA), sec. 4.3: the deformed, zero-free form)
    from: name of the layer whose output it takes, or input; empty = the layer before (assumed: the layer before)
    init_scale: factor on the initial weights; 0 = the network's; 0 to 100 (assumed: the network's)
    kernel: taps per axis, one number for all axes or one for each (assumed: 3)
    name: what from and with of later layers call it (assumed: none)
    norm: normalisation between the linear map and the activation; virtual: by the statistics of fixed reference samples; none, batch, virtual (published: Ioffe and Szegedy 2015; virtual: Salimans et al. 2016, sec. 3.4)
    output_padding: conv_transpose: outputs added behind each axis (assumed: 0)
    padding: zeros added before each axis (conv_transpose: outputs cut off there) (assumed: 0)
    padding_high: zeros added behind each axis; empty = as padding (assumed: as padding)
    rate: dropout: share of the values dropped; 0 to 0.99 (published: Srivastava et al. 2014: 0.5)
    shape: dense, reshape: feature map that the values become, channels and sides, for example "256x7x7" (assumed: ours)
    slope: slope of leaky ReLU below zero; 0 to 1 (assumed: 0.2, usual in GANs)
    stride: steps per axis; a conv_transpose enlarges by them (assumed: 1)
    type: what the layer does; residual: two convolutions with a shortcut; dense, conv, conv_transpose, residual, batch_norm, activation, dropout, avg_pool, max_pool, reshape, flatten, add, upsample, depth_to_space (assumed: ours)
    units: dense: values of its output; 0 = those of shape; 0 to 1.67772e+07 (assumed: ours)
    w_max: weight at the upper end of the window; 0 = the network's; 0 to 1e+06 (assumed: the network's)
    with: add: name of the layer whose output is added (assumed: none)
    """

    activation: Literal["identity", "relu", "leaky_relu", "tanh", "sigmoid"] | None
    at_inference: bool | None
    bias: Literal["inherit", "none", "digital", "cells"] | None
    channels: int | None
    factor: int | None
    form: Literal["zero_free", "zero_inserted"] | None
    init_scale: float | None
    kernel: Sequence[int] | int | None
    name: str | None
    norm: Literal["none", "batch", "virtual"] | None
    output_padding: Sequence[int] | int | None
    padding: Sequence[int] | int | None
    padding_high: Sequence[int] | int | None
    rate: float | None
    shape: str | None
    slope: float | None
    stride: Sequence[int] | int | None
    type: Literal["dense", "conv", "conv_transpose", "residual", "batch_norm", "activation", "dropout", "avg_pool", "max_pool", "reshape", "flatten", "add", "upsample", "depth_to_space"] | None
    units: int | None
    w_max: float | None


_GeneratorLayerWords = TypedDict("_GeneratorLayerWords", {"from": "str | None", "with": "str | None"}, total=False)


class GeneratorLayer(_GeneratorLayerWords, total=False):
    """[[generator.layer]]

    activation: what follows the linear map and the normalisation; identity, relu, leaky_relu, tanh, sigmoid (assumed: identity)
    at_inference: dropout: drop in inference too (assumed: off; the analog convolutional nets of krestinskaya's group (2020) drop there)
    bias: biases of the linear map; inherit = the network's, and none before a normalisation; inherit, none, digital, cells (assumed: inherit)
    channels: conv, conv_transpose, residual: channels of its output; 0 to 1.04858e+06 (assumed: ours)
    factor: upsample, depth_to_space: how many times larger the sides become; 1 to 1024 (assumed: 2)
    form: conv_transpose: one matrix for each phase of the stride, or one matrix over the map with zeros inserted; same numbers; zero_free, zero_inserted (published: chen2019 (ZARA), sec. 4.3: the deformed, zero-free form)
    from: name of the layer whose output it takes, or input; empty = the layer before (assumed: the layer before)
    init_scale: factor on the initial weights; 0 = the network's; 0 to 100 (assumed: the network's)
    kernel: taps per axis, one number for all axes or one for each (assumed: 3)
    name: what from and with of later layers call it (assumed: none)
    norm: normalisation between the linear map and the activation; virtual: by the statistics of fixed reference samples; none, batch, virtual (published: Ioffe and Szegedy 2015; virtual: Salimans et al. 2016, sec. 3.4)
    output_padding: conv_transpose: outputs added behind each axis (assumed: 0)
    padding: zeros added before each axis (conv_transpose: outputs cut off there) (assumed: 0)
    padding_high: zeros added behind each axis; empty = as padding (assumed: as padding)
    rate: dropout: share of the values dropped; 0 to 0.99 (published: Srivastava et al. 2014: 0.5)
    shape: dense, reshape: feature map that the values become, channels and sides, for example "256x7x7" (assumed: ours)
    slope: slope of leaky ReLU below zero; 0 to 1 (assumed: 0.2, usual in GANs)
    stride: steps per axis; a conv_transpose enlarges by them (assumed: 1)
    type: what the layer does; residual: two convolutions with a shortcut; dense, conv, conv_transpose, residual, batch_norm, activation, dropout, avg_pool, max_pool, reshape, flatten, add, upsample, depth_to_space (assumed: ours)
    units: dense: values of its output; 0 = those of shape; 0 to 1.67772e+07 (assumed: ours)
    w_max: weight at the upper end of the window; 0 = the network's; 0 to 1e+06 (assumed: the network's)
    with: add: name of the layer whose output is added (assumed: none)
    """

    activation: Literal["identity", "relu", "leaky_relu", "tanh", "sigmoid"] | None
    at_inference: bool | None
    bias: Literal["inherit", "none", "digital", "cells"] | None
    channels: int | None
    factor: int | None
    form: Literal["zero_free", "zero_inserted"] | None
    init_scale: float | None
    kernel: Sequence[int] | int | None
    name: str | None
    norm: Literal["none", "batch", "virtual"] | None
    output_padding: Sequence[int] | int | None
    padding: Sequence[int] | int | None
    padding_high: Sequence[int] | int | None
    rate: float | None
    shape: str | None
    slope: float | None
    stride: Sequence[int] | int | None
    type: Literal["dense", "conv", "conv_transpose", "residual", "batch_norm", "activation", "dropout", "avg_pool", "max_pool", "reshape", "flatten", "add", "upsample", "depth_to_space"] | None
    units: int | None
    w_max: float | None


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


class TrainTikiTakaV2(TypedDict, total=False):
    """[train.tiki_taka_v2]

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


class Accelerators(TypedDict, total=False):
    """[accelerators]

    estimate: accelerators whose cost of the run is estimated, or all (assumed: none)
    """

    estimate: str | None


class Data(TypedDict, total=False):
    """[data]

    background: what lies under transparent pixels of PNG files, and around images under fit = pad; black, white (assumed: black, as nothing)
    classes: classes to learn; empty = all (published: satyam2022, sec. III: digit 3)
    dataset: name of a data set, or path of a folder or NPY file (published: satyam2022, sec. II: MNIST)
    fit: images that are not square: each side scaled apart, cut to the middle square, or set into a square of the background; stretch, crop, pad (assumed: stretch: nothing is lost)
    limit: use only the first images of these classes; 0 = all; 0 to 1e+09 (assumed: all)
    noise: Gaussian noise of the sensor on every real image the discriminator sees: standard deviation over the range of pixels; 0 to 10 (assumed: off; krestinskaya2020 tolerates 10%)
    side: make the images this high and wide, by averaging over area; 0 = as they are; 0 to 4096 (assumed: as they are)
    """

    background: Literal["black", "white"] | None
    classes: Sequence[int] | int | None
    dataset: str | None
    fit: Literal["stretch", "crop", "pad"] | None
    limit: int | None
    noise: float | None
    side: int | None


class Device(TypedDict, total=False):
    """[device]

    a: scale of the weight in the exponent; -100 to 100 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    a1: A1: constant (S), per G (1), per T (S/degC) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    a2: current scale for V < 0, A; 1e-12 to 1000 (published: Yakopcic's model, the value of the chosen set; default set boise)
    a3: A3: per G (1/V2), per G^2 (1/(S V2)), per T^-1.33 (degC^1.33 S/V2) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    a_off: exponent of resetting; 0 to 100 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    a_on: exponent of setting; 0 to 100 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    alpha_n: decay of downward motion beyond 1 - x_n; 0 to 1000 (published: Yakopcic's model, the value of the chosen set; default set boise)
    alpha_p: decay of upward motion beyond x_p; 0 to 1000 (published: Yakopcic's model, the value of the chosen set; default set boise)
    amplitude_down: A of down steps; -10000 to 10000 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    amplitude_up: A of up steps; -10000 to 10000 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    b: offset in the exponent; -100 to 100 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    bandwidth: noise bandwidth f of a read; a text with its unit, Hz; 0 to 1e+12 (published: transcription, README: 1-1000 MHz, 100 MHz used)
    bins: step and spread by conductance bin, or linear in log10 G between bin centres; stepwise, interpolated (published: stepwise as fitted)
    boundary: f(x): 1 within 0..1; 1-(2x-1)^2p; 1-x^2p towards OFF and 1-(1-x)^2p towards ON; hard, joglekar, biolek (assumed: hard: the simplest window the paper admits)
    boundary_p: p of the window function; 1 to 20 (assumed: a common choice)
    c0_reset: amplitude of a reset step; a text with its unit, S; -1 to 0 (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c0_set: amplitude of a set step; a text with its unit, S; 0 to 1 (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c1_reset: time slope of a reset step (1/decade, with ns_ln 1/e-fold), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c1_set: time slope of a set step (1/decade, with ns_ln 1/e-fold), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2_reset: time midpoint of a reset step (logarithm as time_unit says), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2_set: time midpoint of a set step (logarithm as time_unit says), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2c: cycle-to-cycle standard deviation of a step, relative to |D|; 0 to 10 (assumed: off: the source has none)
    c2c_add: constant part of the cycle-to-cycle noise, in units of c2c; 0 to 100 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    c2c_slope: part of the cycle-to-cycle noise that grows with |w|, in units of c2c; 0 to 100 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    c3_reset: voltage slope of a reset step (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c3_set: voltage slope of a set step (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c4_reset: voltage offset of a reset step, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c4_set: voltage offset of a set step, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    clamp_nonneg: a cell's spread may stop a step but not reverse it (1 + z_d r >= 0) (assumed: off: as written in the source)
    d0_reset: relative spread of a reset step: constant, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d0_set: relative spread of a set step: constant, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d1_reset: relative spread of a reset step: per L'^2, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d1_set: relative spread of a set step: per L'^2, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2_reset: relative spread of a reset step: per V L' (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2_set: relative spread of a set step: per V L' (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2d: device-to-device variation: off (neither pulses nor I-V vary); L' = log10(t/s) (A), -log10(t/s) (B), log10(t/ns) (B_ns); threshold: V -> V - z_d threshold_sigma; off, A, B, B_ns, threshold (assumed: the time convention of the spread polynomial is open; A matches the threshold spread of measured arrays, B gives 0.5-1.5%)
    d2d_sigma: its standard deviation in ln(step); 0 to 3 (assumed: 30%, a usual figure for resistive arrays)
    d3_reset: relative spread of a reset step: per V^2 L' (1/V2), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d3_set: relative spread of a set step: per V^2 L' (1/V2), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d4_reset: relative spread of a reset step: per V^3 (1/V3), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d4_set: relative spread of a set step: per V^3 (1/V3), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    dg_reset: mean step of a reset pulse (S, negative), ordered as dg_set (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    dg_set: mean step of a set pulse (S): for each width and each amplitude one value a conductance, in that order (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    dw_min: mean step of one pulse at w = 0; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    dw_min_dtod: spread of the step between devices, relative; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    dw_min_log_normal: the step's spread is log-normal (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    g: conductances of the table (S), ascending (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    g_max: upper edge of the clipping window and of the weight mapping; a text with its unit, S; 1e-09 to 0.1 (published: satyam2022, sec. II: 150-300 uS)
    g_min: lower edge of the clipping window and of the weight mapping; a text with its unit, S; 1e-09 to 0.1 (published: satyam2022, sec. II: 150-300 uS)
    gamma_down: relative fall of down steps from w = 0 to the lower bound; 0 to 1 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    gamma_dtod: spread of both gammas between devices; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    gamma_up: relative fall of up steps from w = 0 to the upper bound; 0 to 1 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    gate: on: pulses with |V| < gate_voltage do nothing; off: the fit's tail is extrapolated; off, on (published: the transcription's crossbar writes, devices.py: |V| > 0.8 V; here >=, for satyam2022 writes with 0.8 V itself)
    gate_voltage: smallest magnitude that moves a cell while the gate is on; a text with its unit, V; 0 to 5 (published: lower end of the fitted voltages, 0.8 V (transcription, README))
    iv: static current: G V; G sinh(b V)/b; G V (1 + (|V|/scale)^power); linear, sinh, power (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    iv_b: b of iv = sinh (1/V); 1e-06 to 100 (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    iv_power: power of iv = power; 0.1 to 20 (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    iv_scale: voltage at which iv = power doubles the ohmic current; a text with its unit, V; 0.001 to 1e+06 (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    k_off: speed scale of resetting, m/s; 0 to 1e+12 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    k_on: speed scale of setting, m/s; -1e+12 to 0 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    length: length d over which the state moves; a text with its unit, m; 1e-12 to 1 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    max_step: longest integration step, in units of x at f = 1; 0.0001 to 0.25 (assumed: error below 1e-6 of the range for p <= 4)
    mean_bound_reference: slopes refer to the nominal bounds; otherwise to the cell's own (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    model: device model of every cell that holds a weight (published: satyam2022, sec. II: the model of Nili et al. 2020)
    mult_noise: c2c scales with the step at w; otherwise with the step at w = 0 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    n_levels: write pulses from g_min to g_max; 1 to 1e+06 (assumed: 6 bits)
    noise_reset: standard deviation of a reset pulse's step from cycle to cycle (S), ordered as dg_reset (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    noise_set: standard deviation of a set pulse's step from cycle to cycle (S), ordered as dg_set (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    preset: GokmenVlasov: the requirements of Gokmen and Vlasov 2016 (1200 states); Idealized: 10,000 symmetric states (Rasch et al. 2020); GokmenVlasov, Idealized (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    r_off: resistance at x = 1; a text with its unit, ohm; 0.001 to 1e+12 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    r_on: resistance at x = 0; a text with its unit, ohm; 0.001 to 1e+12 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    rate_n: speed scale A_n of negative pulses, 1/s; 0 to 1e+15 (published: Yakopcic's model, the value of the chosen set; default set boise)
    rate_p: speed scale A_p of positive pulses, 1/s; 0 to 1e+15 (published: Yakopcic's model, the value of the chosen set; default set boise)
    read_noise: standard deviation of a read relative to the current; 0 to 1 (assumed: off)
    reference_std: error of the reference, in weight; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    reset_fraction: part of the remaining way down that one reset pulse goes; 0 to 1 (assumed: as set_fraction)
    resistance: R(x): linear, or exponential as in the paper's second form; linear, exponential (published: Kvatinsky et al. 2015: form of the model)
    s1: s1: constant (S), per G (1), per T (S/degC), per G^2 (1/S) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    s3: s3: constant (S/V2), per G (1/V2), per T (S/(V2 degC)), per G^2 (1/(S V2)), per G T (1/(V2 degC)) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    set: parameter set: boise (Oblea's chalcogenide device; Xyce reference guide), aguirre (circuit decks of Aguirre et al., memristive_ANN_sim), michigan (Jo's Ag/Si device) and hp_sine (HP's TiO2 device), both as recalled from the TCAD 2013 paper; boise, aguirre, michigan, hp_sine (published: Yakopcic's model, the value of the chosen set; default set boise)
    set_fraction: part of the remaining way up that one set pulse goes; 0 to 1 (assumed: about 100 pulses across the window)
    spread: a device's factor on its steps: 1 + z r, or exp(z r); normal, log_normal (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    spread_correlation: correlation of z between set and reset; -1 to 1 (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    spread_floor: smallest relative spread of the I-V under static_spread = floored; 0 to 1 (assumed: 2%)
    spread_reset: r of reset pulses, one a conductance of the table (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    spread_set: r of set pulses, one a conductance of the table (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    static_spread: spread of the I-V: floored: max(|s1|, spread_floor A1), likewise s3, and the current keeps its sign; as_fitted: the parabolas, which change sign near 195 uS; off, floored, as_fitted (assumed: the parabolas were fitted at low G; their zero crossing is an artefact)
    step_reset: fall of one reset pulse; a text with its unit, S; 0 to 0.1 (assumed: as step_set)
    step_set: rise of one set pulse; a text with its unit, S; 0 to 0.1 (assumed: 1% of the window: the middle of the band in which this GAN learns)
    subtract_symmetry_point: the reference follows each cell's symmetry point (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    t_reset: widths of reset pulses (s), ascending (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    t_set: widths of set pulses (s), ascending (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    temperature: ambient temperature (the fit takes degC); a text with its unit, K; 298.15 to 373.15 (published: nili2020: 25 to 100 degC; default room temperature)
    threshold: pulses up to this magnitude do nothing; a text with its unit, V; 0 to 10 (published: krestinskaya2020: 0.8 V)
    threshold_sigma: spread of the voltage shift under d2d = threshold; a text with its unit, V; 0 to 1 (assumed: 0.1-0.25 V from the switching-voltage spreads of such arrays; 0.12 V equals mode A at the working point)
    time_unit: how the pulse width enters the step: log10 of seconds (s), log10 of nanoseconds (ns_log10), natural logarithm of nanoseconds (ns_ln); the spread has its own under d2d; s, ns_log10, ns_ln (assumed: log10 of seconds: only it puts c2 inside the measured widths and agrees with measured steps of 0.5 ms pulses; with nanoseconds a pulse moves a cell several times as far, which satyam2022's energies would fit)
    up_down: asymmetry: weakens down steps when positive, up steps when negative; -1 to 1 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    up_down_dtod: spread of the asymmetry between devices; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    v_n: threshold of negative pulses, as a magnitude; a text with its unit, V; 0 to 100 (published: Yakopcic's model, the value of the chosen set; default set boise)
    v_off: threshold of resetting in the paper's orientation; here pulses below -v_off reset; a text with its unit, V; 1e-06 to 100 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    v_on: threshold of setting in the paper's orientation; here pulses above -v_on set; a text with its unit, V; -100 to -1e-06 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    v_p: threshold of positive pulses; a text with its unit, V; 0 to 100 (published: Yakopcic's model, the value of the chosen set; default set boise)
    v_reset: amplitudes of reset pulses as magnitudes (V), ascending (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    v_set: amplitudes of set pulses (V), ascending (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    w_max: nominal upper bound; 0 to 100 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    w_max_dtod: spread of the upper bound between devices, relative; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    w_min: nominal lower bound; -100 to 0 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    w_min_dtod: spread of the lower bound between devices, relative; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    window: on: no pulse carries a cell out of (or further away from) g_min..g_max; off: only G >= 0 holds; off, on (published: satyam2022, sec. III.B: clipped at Gmin and Gmax)
    write_noise: noise of the weight seen after a pulse, in dw_min; it does not accumulate; 0 to 10000 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    write_voltage: magnitude at which a pulse of write_width moves one level; a text with its unit, V; 0 to 10 (published: krestinskaya2020: 1.0 V)
    write_width: pulse width that moves one level; a text with its unit, s; 1e-12 to 1 (assumed: the paper's width is not known to us; as satyam2022)
    x_max: highest state in use; 0 to 1 (assumed: upward motion stops at 1)
    x_min: lowest state in use; 0 to 1 (assumed: keeps a finite on/off ratio)
    x_n: 1 minus the state below which downward motion slows; 0 to 0.999 (published: Yakopcic's model, the value of the chosen set; default set boise)
    x_p: state above which upward motion slows; 0 to 0.999 (published: Yakopcic's model, the value of the chosen set; default set boise)
    """

    a: float | None
    a1: Sequence[float] | float | None
    a2: float | None
    a3: Sequence[float] | float | None
    a_off: float | None
    a_on: float | None
    alpha_n: float | None
    alpha_p: float | None
    amplitude_down: float | None
    amplitude_up: float | None
    b: float | None
    bandwidth: str | None
    bins: Literal["stepwise", "interpolated"] | None
    boundary: Literal["hard", "joglekar", "biolek"] | None
    boundary_p: int | None
    c0_reset: str | None
    c0_set: str | None
    c1_reset: Sequence[float] | float | None
    c1_set: Sequence[float] | float | None
    c2_reset: Sequence[float] | float | None
    c2_set: Sequence[float] | float | None
    c2c: float | None
    c2c_add: float | None
    c2c_slope: float | None
    c3_reset: Sequence[float] | float | None
    c3_set: Sequence[float] | float | None
    c4_reset: Sequence[float] | float | None
    c4_set: Sequence[float] | float | None
    clamp_nonneg: bool | None
    d0_reset: Sequence[float] | float | None
    d0_set: Sequence[float] | float | None
    d1_reset: Sequence[float] | float | None
    d1_set: Sequence[float] | float | None
    d2_reset: Sequence[float] | float | None
    d2_set: Sequence[float] | float | None
    d2d: Literal["off", "A", "B", "B_ns", "threshold"] | bool | Literal["off", "on"] | None
    d2d_sigma: float | None
    d3_reset: Sequence[float] | float | None
    d3_set: Sequence[float] | float | None
    d4_reset: Sequence[float] | float | None
    d4_set: Sequence[float] | float | None
    dg_reset: Sequence[float] | float | None
    dg_set: Sequence[float] | float | None
    dw_min: float | None
    dw_min_dtod: float | None
    dw_min_log_normal: bool | None
    g: Sequence[float] | float | None
    g_max: str | None
    g_min: str | None
    gamma_down: float | None
    gamma_dtod: float | None
    gamma_up: float | None
    gate: Literal["off", "on"] | bool | None
    gate_voltage: str | None
    iv: Literal["linear", "sinh", "power"] | None
    iv_b: float | None
    iv_power: float | None
    iv_scale: str | None
    k_off: float | None
    k_on: float | None
    length: str | None
    max_step: float | None
    mean_bound_reference: bool | None
    model: str | None
    mult_noise: bool | None
    n_levels: int | None
    noise_reset: Sequence[float] | float | None
    noise_set: Sequence[float] | float | None
    preset: Literal["GokmenVlasov", "Idealized"] | Literal["EcRam", "EcRamMO", "Capacitor"] | Literal["ReRamES", "PCM"] | Literal["ReRamSB", "ReRamArrayOM", "ReRamArrayHfO2"] | None
    r_off: str | None
    r_on: str | None
    rate_n: float | None
    rate_p: float | None
    read_noise: float | None
    reference_std: float | None
    reset_fraction: float | None
    resistance: Literal["linear", "exponential"] | None
    s1: Sequence[float] | float | None
    s3: Sequence[float] | float | None
    set: Literal["boise", "aguirre", "michigan", "hp_sine"] | None
    set_fraction: float | None
    spread: Literal["normal", "log_normal"] | None
    spread_correlation: float | None
    spread_floor: float | None
    spread_reset: Sequence[float] | float | None
    spread_set: Sequence[float] | float | None
    static_spread: Literal["off", "floored", "as_fitted"] | bool | None
    step_reset: str | None
    step_set: str | None
    subtract_symmetry_point: bool | None
    t_reset: Sequence[float] | float | None
    t_set: Sequence[float] | float | None
    temperature: str | None
    threshold: str | None
    threshold_sigma: str | None
    time_unit: Literal["s", "ns_log10", "ns_ln"] | None
    up_down: float | None
    up_down_dtod: float | None
    v_n: str | None
    v_off: str | None
    v_on: str | None
    v_p: str | None
    v_reset: Sequence[float] | float | None
    v_set: Sequence[float] | float | None
    w_max: float | None
    w_max_dtod: float | None
    w_min: float | None
    w_min_dtod: float | None
    window: Literal["off", "on"] | bool | None
    write_noise: float | None
    write_voltage: str | None
    write_width: str | None
    x_max: float | None
    x_min: float | None
    x_n: float | None
    x_p: float | None


class Discriminator(TypedDict, total=False):
    """[discriminator]

    bias: no biases, biases in digital memory, or as one more row of cells; none, digital, cells (assumed: satyam2022's 54 arrays hold its weights without biases)
    hidden: activation of hidden layers; identity, relu, leaky_relu, tanh, sigmoid (assumed: leaky ReLU, usual in GANs; satyam2022 gives none)
    init: distribution of the initial weights; normal_fan_in, glorot_normal, uniform_fan_in, normal (assumed: not given in satyam2022)
    init_scale: factor on the initial weights; 0 to 100 (assumed: 1)
    input: with a list of layers: shape of the input, values such as "100" or channels and sides such as "1x28x28" (assumed: ours)
    layers: neurons from input to output, all layers dense, or texts such as "conv 64 k4 s2 p1 leaky_relu"; empty where layers are listed as tables or network names a file (published: satyam2022, sec. II: G 100-128-784, D 784-128-1)
    output: activation of the last layer (the discriminator's sigmoid belongs to the loss); identity, relu, leaky_relu, tanh, sigmoid (assumed: tanh for images in [-1, 1])
    slope: slope of leaky ReLU below zero; 0 to 1 (assumed: 0.2, usual in GANs)
    spectral_norm: divide every layer's weights by their largest singular value (power iteration through the layer's own reads) (published: Miyato et al. 2018, alg. 1, for discriminators; off, as in satyam2022)
    w_max: weight at the upper end of the window; weights are clipped there; 1e-06 to 1e+06 (published: satyam2022, sec. II: 0.4 (G), 0.15 (D))
    """

    bias: Literal["none", "digital", "cells"] | None
    hidden: Literal["identity", "relu", "leaky_relu", "tanh", "sigmoid"] | None
    init: Literal["normal_fan_in", "glorot_normal", "uniform_fan_in", "normal"] | None
    init_scale: float | None
    input: str | None
    layers: Sequence[int] | int | None
    output: Literal["identity", "relu", "leaky_relu", "tanh", "sigmoid"] | None
    slope: float | None
    spectral_norm: bool | None
    w_max: float | None
    layer: Sequence[DiscriminatorLayer] | None


class Evaluation(TypedDict, total=False):
    """[evaluation]

    every: rounds between evaluations; 0 = only at the end; 0 to 1e+09 (assumed: only at the end)
    features: whose classifier sees the images: a labelled data set by name, "untrained" (random weights), or "auto": the data's own, and untrained where they have no labels (assumed: features of one's own data, docs/metrics.md)
    samples: images generated for an evaluation and for samples.npy; 16 to 200000 (assumed: as many as there are test threes)
    """

    every: int | None
    features: str | None
    samples: int | None


class Experiment(TypedDict, total=False):
    """[experiment]

    doc: what the experiment is, in a sentence (assumed: ours)
    name: short name of the experiment (assumed: ours)
    seed: seed of every random stream; from 0 (assumed: any)
    """

    doc: str | None
    name: str | None
    seed: int | None


class Generator(TypedDict, total=False):
    """[generator]

    bias: no biases, biases in digital memory, or as one more row of cells; none, digital, cells (assumed: satyam2022's 54 arrays hold its weights without biases)
    hidden: activation of hidden layers; identity, relu, leaky_relu, tanh, sigmoid (assumed: leaky ReLU, usual in GANs; satyam2022 gives none)
    init: distribution of the initial weights; normal_fan_in, glorot_normal, uniform_fan_in, normal (assumed: not given in satyam2022)
    init_scale: factor on the initial weights; 0 to 100 (assumed: 1)
    input: with a list of layers: shape of the input, values such as "100" or channels and sides such as "1x28x28" (assumed: ours)
    layers: neurons from input to output, all layers dense, or texts such as "conv 64 k4 s2 p1 leaky_relu"; empty where layers are listed as tables or network names a file (published: satyam2022, sec. II: G 100-128-784, D 784-128-1)
    output: activation of the last layer (the discriminator's sigmoid belongs to the loss); identity, relu, leaky_relu, tanh, sigmoid (assumed: tanh for images in [-1, 1])
    slope: slope of leaky ReLU below zero; 0 to 1 (assumed: 0.2, usual in GANs)
    spectral_norm: divide every layer's weights by their largest singular value (power iteration through the layer's own reads) (published: Miyato et al. 2018, alg. 1, for discriminators; off, as in satyam2022)
    w_max: weight at the upper end of the window; weights are clipped there; 1e-06 to 1e+06 (published: satyam2022, sec. II: 0.4 (G), 0.15 (D))
    """

    bias: Literal["none", "digital", "cells"] | None
    hidden: Literal["identity", "relu", "leaky_relu", "tanh", "sigmoid"] | None
    init: Literal["normal_fan_in", "glorot_normal", "uniform_fan_in", "normal"] | None
    init_scale: float | None
    input: str | None
    layers: Sequence[int] | int | None
    output: Literal["identity", "relu", "leaky_relu", "tanh", "sigmoid"] | None
    slope: float | None
    spectral_norm: bool | None
    w_max: float | None
    layer: Sequence[GeneratorLayer] | None


class Hardware(TypedDict, total=False):
    """[hardware]

    clip_software: clip software weights at w_max as the window clips conductances (assumed: off: the baseline is an ordinary GAN)
    fold_norm: after training, fold the generator's batch norms into its weights: the scale is written into the cells, clipped at their window, and the shift stays a digital bias (assumed: off: batch norms in digital memory)
    kind: weights as conductances in crossbars, float32 in memory, or trained in memory and written into crossbars at the end; crossbar, software, ex_situ (published: satyam2022, sec. III: both)
    weight_noise: ex_situ: standard deviation of the noise that training adds to each weight, part of w_max; 0 to 1 (assumed: near the write error; Joshi et al. 2020 train with the noise of the cells to come)
    write_pulses: ex_situ, fold_norm: most pulses a cell; amplitudes start at write_v_set, write_v_reset and grow by write_ramp; 1 to 10000 (assumed: bounds the time)
    write_ramp: ex_situ, fold_norm: growth of the amplitude from pulse to pulse; 0 = the training rule's, 50 mV where it has none; a text with its unit, V; 0 to 1 (assumed: write-verify with a voltage ramp, as used to tune such arrays (Fahimi 2021))
    write_t_pulse: ex_situ, fold_norm: width of a pulse; 0 = as the training rule's, 100 ns where it has no pulses; a text with its unit, s; 0 to 10 (assumed: as in training)
    write_tolerance: ex_situ, fold_norm: a cell is written when it shows its target to this part of the window; 0.0001 to 1 (assumed: 1%: satyam2022's group tunes to a few percent)
    write_v_reset: ex_situ, fold_norm: amplitude of the first reset pulse; 0 = as the training rule's, -0.8 V where it has no pulses; a text with its unit, V; -5 to 0 (assumed: as in training)
    write_v_set: ex_situ, fold_norm: amplitude of the first set pulse; 0 = as the training rule's, 0.8 V where it has no pulses; a text with its unit, V; 0 to 5 (assumed: as in training)
    """

    clip_software: bool | None
    fold_norm: bool | None
    kind: Literal["crossbar", "software", "ex_situ"] | None
    weight_noise: float | None
    write_pulses: int | None
    write_ramp: str | None
    write_t_pulse: str | None
    write_tolerance: float | None
    write_v_reset: str | None
    write_v_set: str | None


class Latent(TypedDict, total=False):
    """[latent]

    bits_per_sample: bits of a latent number (k) under form uniform and gaussian; 1 to 32 (assumed: 8: as fine as the converters that feed the crossbars)
    classes: conditional GAN: classes that both networks are told, as many as the training images have; 0 = unconditional; 0 to 1000 (published: Mirza and Osindero 2014: conditional GANs)
    coding: what a bit feeds to the generator: 0 and 1, or -1 and +1; 01, pm1 (assumed: not given in satyam2022; 0/1 collapses in our runs)
    form: what the bits of sources bits and array become: latents of two values, or numbers in (-1, 1), or normal ones; bits, uniform, gaussian (published: satyam2022, sec. II: 100 bits for 100 latents)
    method: form gaussian: (ones - zeros) / sqrt(k), the inverse normal law at k bits, or Box and Muller's from two numbers of k bits; binomial, inverse_cdf, box_muller (assumed: binomial: a counter is the smallest circuit)
    source: latent numbers: N(0,1) or U(-1,1) or fair bits from the pseudo-random generator, or bits from a simulated array; gaussian, uniform, bits, array (published: satyam2022, sec. II: N(0,1) by PRNG, or 100 bits by TRNG)
    """

    bits_per_sample: int | None
    classes: int | None
    coding: Literal["01", "pm1"] | None
    form: Literal["bits", "uniform", "gaussian"] | None
    method: Literal["binomial", "inverse_cdf", "box_muller"] | None
    source: Literal["gaussian", "uniform", "bits", "array"] | None


class Noise(TypedDict, total=False):
    """[noise]

    generator: what makes random bits: groups of columns compared ([trng]), telegraph noise sampled, cells switched with probability 1/2, amplified thermal noise; columns, telegraph, switching, thermal (published: satyam2022, sec. II: groups of columns)
    post: post-processing of the bits; none, von_neumann, xor, sha256 (published: satyam2022 uses none)
    sha256_bits: raw bits of one SHA-256 block of 256 bits, a multiple of 8; 8 to 65536 (assumed: two raw bits for one)
    xor_bits: raw bits of one xor; 1 to 64 (assumed: pairs, the mildest)
    """

    generator: Literal["columns", "telegraph", "switching", "thermal"] | None
    post: Literal["none", "von_neumann", "xor", "sha256"] | None
    sha256_bits: int | None
    xor_bits: int | None


class NoiseDevice(TypedDict, total=False):
    """[noise_device]

    a1: A1: constant (S), per G (1), per T (S/degC) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    a3: A3: per G (1/V2), per G^2 (1/(S V2)), per T^-1.33 (degC^1.33 S/V2) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    bandwidth: noise bandwidth f of a read; a text with its unit, Hz; 0 to 1e+12 (published: transcription, README: 1-1000 MHz, 100 MHz used)
    bins: step and spread by conductance bin, or linear in log10 G between bin centres; stepwise, interpolated (published: stepwise as fitted)
    c0_reset: amplitude of a reset step; a text with its unit, S; -1 to 0 (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c0_set: amplitude of a set step; a text with its unit, S; 0 to 1 (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c1_reset: time slope of a reset step (1/decade, with ns_ln 1/e-fold), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c1_set: time slope of a set step (1/decade, with ns_ln 1/e-fold), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2_reset: time midpoint of a reset step (logarithm as time_unit says), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2_set: time midpoint of a set step (logarithm as time_unit says), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2c: cycle-to-cycle standard deviation of a step, relative to |D|; 0 to 10 (assumed: off: the source has none)
    c3_reset: voltage slope of a reset step (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c3_set: voltage slope of a set step (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c4_reset: voltage offset of a reset step, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c4_set: voltage offset of a set step, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    clamp_nonneg: a cell's spread may stop a step but not reverse it (1 + z_d r >= 0) (assumed: off: as written in the source)
    d0_reset: relative spread of a reset step: constant, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d0_set: relative spread of a set step: constant, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d1_reset: relative spread of a reset step: per L'^2, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d1_set: relative spread of a set step: per L'^2, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2_reset: relative spread of a reset step: per V L' (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2_set: relative spread of a set step: per V L' (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2d: device-to-device variation: off (neither pulses nor I-V vary); L' = log10(t/s) (A), -log10(t/s) (B), log10(t/ns) (B_ns); threshold: V -> V - z_d threshold_sigma; off, A, B, B_ns, threshold (assumed: the time convention of the spread polynomial is open; A matches the threshold spread of measured arrays, B gives 0.5-1.5%)
    d3_reset: relative spread of a reset step: per V^2 L' (1/V2), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d3_set: relative spread of a set step: per V^2 L' (1/V2), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d4_reset: relative spread of a reset step: per V^3 (1/V3), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d4_set: relative spread of a set step: per V^3 (1/V3), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    g_max: upper edge of the clipping window and of the weight mapping; a text with its unit, S; 1e-09 to 0.1 (published: satyam2022, sec. II: 150-300 uS)
    g_min: lower edge of the clipping window and of the weight mapping; a text with its unit, S; 1e-09 to 0.1 (published: satyam2022, sec. II: 150-300 uS)
    gate: on: pulses with |V| < gate_voltage do nothing; off: the fit's tail is extrapolated; off, on (published: the transcription's crossbar writes, devices.py: |V| > 0.8 V; here >=, for satyam2022 writes with 0.8 V itself)
    gate_voltage: smallest magnitude that moves a cell while the gate is on; a text with its unit, V; 0 to 5 (published: lower end of the fitted voltages, 0.8 V (transcription, README))
    model: device model of the array that makes random bits (published: satyam2022, sec. II: the model of Nili et al. 2020)
    s1: s1: constant (S), per G (1), per T (S/degC), per G^2 (1/S) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    s3: s3: constant (S/V2), per G (1/V2), per T (S/(V2 degC)), per G^2 (1/(S V2)), per G T (1/(V2 degC)) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    spread_floor: smallest relative spread of the I-V under static_spread = floored; 0 to 1 (assumed: 2%)
    static_spread: spread of the I-V: floored: max(|s1|, spread_floor A1), likewise s3, and the current keeps its sign; as_fitted: the parabolas, which change sign near 195 uS; off, floored, as_fitted (assumed: the parabolas were fitted at low G; their zero crossing is an artefact)
    temperature: ambient temperature (the fit takes degC); a text with its unit, K; 298.15 to 373.15 (published: nili2020: 25 to 100 degC; default room temperature)
    threshold_sigma: spread of the voltage shift under d2d = threshold; a text with its unit, V; 0 to 1 (assumed: 0.1-0.25 V from the switching-voltage spreads of such arrays; 0.12 V equals mode A at the working point)
    time_unit: how the pulse width enters the step: log10 of seconds (s), log10 of nanoseconds (ns_log10), natural logarithm of nanoseconds (ns_ln); the spread has its own under d2d; s, ns_log10, ns_ln (assumed: log10 of seconds: only it puts c2 inside the measured widths and agrees with measured steps of 0.5 ms pulses; with nanoseconds a pulse moves a cell several times as far, which satyam2022's energies would fit)
    window: on: no pulse carries a cell out of (or further away from) g_min..g_max; off: only G >= 0 holds; off, on (published: satyam2022, sec. III.B: clipped at Gmin and Gmax)
    """

    a1: Sequence[float] | float | None
    a3: Sequence[float] | float | None
    bandwidth: str | None
    bins: Literal["stepwise", "interpolated"] | None
    c0_reset: str | None
    c0_set: str | None
    c1_reset: Sequence[float] | float | None
    c1_set: Sequence[float] | float | None
    c2_reset: Sequence[float] | float | None
    c2_set: Sequence[float] | float | None
    c2c: float | None
    c3_reset: Sequence[float] | float | None
    c3_set: Sequence[float] | float | None
    c4_reset: Sequence[float] | float | None
    c4_set: Sequence[float] | float | None
    clamp_nonneg: bool | None
    d0_reset: Sequence[float] | float | None
    d0_set: Sequence[float] | float | None
    d1_reset: Sequence[float] | float | None
    d1_set: Sequence[float] | float | None
    d2_reset: Sequence[float] | float | None
    d2_set: Sequence[float] | float | None
    d2d: Literal["off", "A", "B", "B_ns", "threshold"] | bool | None
    d3_reset: Sequence[float] | float | None
    d3_set: Sequence[float] | float | None
    d4_reset: Sequence[float] | float | None
    d4_set: Sequence[float] | float | None
    g_max: str | None
    g_min: str | None
    gate: Literal["off", "on"] | bool | None
    gate_voltage: str | None
    model: str | None
    s1: Sequence[float] | float | None
    s3: Sequence[float] | float | None
    spread_floor: float | None
    static_spread: Literal["off", "floored", "as_fitted"] | bool | None
    temperature: str | None
    threshold_sigma: str | None
    time_unit: Literal["s", "ns_log10", "ns_ln"] | None
    window: Literal["off", "on"] | bool | None


class Nonideal(TypedDict, total=False):
    """[nonideal]

    drift: exponent nu of drift: G falls as (1 + t/drift_start)^-nu after a write; 0 to 1 (assumed: off; power law as in phase-change cells (Karpov et al. 2007: nu 0.05 to 0.1))
    drift_sigma: spread of nu between cells (negative draws count as 0); 0 to 1 (assumed: off)
    drift_start: time after a write at which drift sets in; a text with its unit, s; 1e-12 to 1e+09 (assumed: 1 s)
    endurance: pulses after which 63% of the cells are worn out (scale of a Weibull distribution); 0 = none wears out; 0 to 1e+15 (assumed: off)
    endurance_shape: shape of that distribution; large = all fail together; 0.1 to 50 (assumed: 2: failures spread over the life, as usual for wear-out)
    levels: conductances a cell can hold, both ends included; 0 = any; 0 to 65536 (assumed: any)
    r_off_sigma: spread of R_OFF between cells: standard deviation of its logarithm; 0 to 3 (assumed: off; as r_on_sigma)
    r_on_sigma: spread of R_ON between cells: standard deviation of its logarithm; 0 to 3 (assumed: off; krestinskaya2020 varies its devices by amounts not known to us)
    read_noise: fluctuation of a cell while it is read: standard deviation of its conductance over the window, beside the model's own noise; 0 to 1 (assumed: off; lin2018 uses the array's own, its size not known to us)
    stuck_off: fraction of cells stuck at their lowest conductance; 0 to 1 (assumed: off)
    stuck_on: fraction of cells stuck at their highest conductance; 0 to 1 (assumed: off)
    t_shelf: time between the last write and reads outside training (pictures, evaluations); a text with its unit, s; 0 to 1e+12 (assumed: 0: read at once)
    t_update: time from one update of the weights to the next, for ageing during training; a text with its unit, s; 0 to 1e+09 (assumed: 0: training is short against drift)
    worn: where a worn-out cell stays: highest, lowest or present conductance; on, off, here (assumed: on: the window closes towards the low resistance)
    write_noise: error that a pulse leaves in the cell it moved: standard deviation over the window; 0 to 1 (assumed: off; lin2018 uses the array's own, its size not known to us)
    """

    drift: float | None
    drift_sigma: float | None
    drift_start: str | None
    endurance: float | None
    endurance_shape: float | None
    levels: int | None
    r_off_sigma: float | None
    r_on_sigma: float | None
    read_noise: float | None
    stuck_off: float | None
    stuck_on: float | None
    t_shelf: str | None
    t_update: str | None
    worn: Literal["on", "off", "here"] | bool | None
    write_noise: float | None


class Periphery(TypedDict, total=False):
    """[periphery]

    c_hold: hold capacitor; a text with its unit, F; 1e-18 to 0.001 (assumed: 1 pF: kT/C noise of 64 uV)
    capacitor_area: area of the hold capacitor; a text with its unit, m2; 0 to 1e-06 (assumed: 1 fF/um2, as metal-insulator-metal capacitors in 0.18 um)
    columns_per_amplifier: columns that one readout serves in turn; 0 = all of a layer; 0 to 1.04858e+06 (published: satyam2022, sec. I, on krestinskaya2020: sequential reading of the outputs)
    diode_drop: drop of a rectifier's diode at 1 uA; it takes this from the swing; a text with its unit, V; 0.001 to 0.7 (assumed: a transistor steered by a comparator; a junction would take 0.5 V of 0.8 V)
    dropout: share of hidden neurons whose gate is open in a pass of training; 0 to 0.99 (assumed: off; krestinskaya2020 uses dropout throughout, its rate not known to us)
    dropout_at_inference: gates work outside training too (assumed: off; the same group's dropout nets (Proc. R. Soc. A 476:20200210) keep them on)
    gain_max: largest gain of a normaliser, 1 over it the smallest; 1 to 1e+06 (derived: krestinskaya2020: R_OFF/R_ON = 6.25, the gain a programmed cell can set)
    gated_power: what a neuron takes whose gate is open, as a share of one that works; 0 to 1 (assumed: 0: its amplifiers are switched off; the abstract gives lower power as a purpose of dropout, not how)
    kind: activations in digital logic, or in the analog circuits below; digital, analog (assumed: digital, as in satyam2022; krestinskaya2020 is analog)
    logit_scale: voltage of 1 at the discriminator's output over v_unit; 0.001 to 1 (assumed: logits up to 10 fit into the swing: beyond it no error would come back)
    normalise: layers with batch norm pass a normaliser instead, whose mean and gain are set digitally from running statistics (assumed: off: batch norm stays digital)
    offset_sigma: spread of the output offset between readout circuits, standard deviation; a text with its unit, V; 0 to 1 (assumed: off)
    opamp_area: area of one amplifier; a text with its unit, m2; 0 to 1e-06 (assumed: the paper's circuits are not known to us)
    opamp_bandwidth: gain-bandwidth product; a text with its unit, Hz; 1 to 1e+12 (assumed: 10 MHz at about a microampere)
    opamp_current: supply current of one amplifier; a text with its unit, A; 1e-12 to 1 (assumed: the paper's circuits are not known to us)
    opamp_gain: open-loop gain; 1 to 1e+09 (assumed: 60 dB, one two-stage amplifier in 0.18 um)
    opamp_offset: input offset of every amplifier; a text with its unit, V; -1 to 1 (assumed: none: trimmed)
    r_feedback: resistor of the rectifiers, normalisers and summing amplifiers; a text with its unit, ohm; 1 to 1e+12 (assumed: R_OFF of the paper's cells: the same array can make it)
    r_leak: leakage resistance of the hold capacitor; a text with its unit, ohm; 1 to 1e+18 (assumed: picoamperes at a volt)
    r_readout: feedback resistor of the readout of a column; a text with its unit, ohm; 1 to 1e+12 (assumed: brings the current of a weight of 0.4 at 0.1 V to its voltage: v_unit 0.4/(21 uS 0.1 V))
    r_switch: resistance of a closed switch; a text with its unit, ohm; 0.001 to 1e+09 (assumed: a minimum transmission gate in 0.18 um)
    r_switch_off: resistance of an open switch; a text with its unit, ohm; 1 to 1e+18 (assumed: leakage of ten picoamperes at a volt)
    resistor_area: area of one resistor; a text with its unit, m2; 0 to 1e-06 (assumed: the paper's circuits are not known to us)
    slope_factor: subthreshold slope factor n of the pairs; 1 to 3 (assumed: 1.5, usual in 0.18 um)
    switch_area: area of one switch; a text with its unit, m2; 0 to 1e-06 (assumed: the paper's circuits are not known to us)
    t_hold: time a sample is held; a text with its unit, s; 0 to 1 (assumed: one pass over a hundred columns)
    t_slot: time for the read of one column; a text with its unit, s; 1e-12 to 1 (assumed: 12 time constants of the readout)
    tail_current: current of the differential pairs that make tanh and sigmoid; a text with its unit, A; 1e-12 to 1 (assumed: weak inversion, for low power)
    temperature: of the pairs; a text with its unit, K; 1 to 1000 (assumed: 27 degC)
    transistor_area: area of one transistor of a pair or mirror; a text with its unit, m2; 0 to 1e-06 (assumed: the paper's circuits are not known to us)
    v_supply: supply voltage; a text with its unit, V; 0.1 to 10 (derived: krestinskaya2020: 0.18 um CMOS, whose core supply is 1.8 V)
    v_swing: amplifiers reach this far above and below the middle of the supply; a text with its unit, V; 0.01 to 10 (assumed: 0.1 V of headroom at both rails)
    v_unit: voltage that stands for 1 in the networks; a text with its unit, V; 0.001 to 10 (assumed: as much as fits three units into the swing)
    """

    c_hold: str | None
    capacitor_area: str | None
    columns_per_amplifier: int | None
    diode_drop: str | None
    dropout: float | None
    dropout_at_inference: bool | None
    gain_max: float | None
    gated_power: float | None
    kind: Literal["digital", "analog"] | None
    logit_scale: float | None
    normalise: bool | None
    offset_sigma: str | None
    opamp_area: str | None
    opamp_bandwidth: str | None
    opamp_current: str | None
    opamp_gain: float | None
    opamp_offset: str | None
    r_feedback: str | None
    r_leak: str | None
    r_readout: str | None
    r_switch: str | None
    r_switch_off: str | None
    resistor_area: str | None
    slope_factor: float | None
    switch_area: str | None
    t_hold: str | None
    t_slot: str | None
    tail_current: str | None
    temperature: str | None
    transistor_area: str | None
    v_supply: str | None
    v_swing: str | None
    v_unit: str | None


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


class SwitchingTrng(TypedDict, total=False):
    """[switching_trng]

    cell_area: area of a cell; a text with its unit, m2; 0 to 1e-06 (published: satyam2022, sec. III.C: 0.36 um2)
    comparator_area: area of integrator and comparator; a text with its unit, m2; 0 to 1e-06 (assumed: 500 um2: a 0.5 pF capacitor and a small comparator)
    comparator_energy: energy of a decision; a text with its unit, J; 0 to 1e-06 (assumed: order of a dynamic comparator with small integrators)
    cycle_spread: standard deviation over cycles of ln tau; 0 to 10 (assumed: 0.1)
    g_off: conductance of a cell that is off; a text with its unit, S; 1e-12 to 1 (assumed: 100 kohm)
    g_on: conductance of a cell that is on; a text with its unit, S; 1e-12 to 1 (assumed: 5 kohm)
    memory: cycles over which ln tau forgets its shape; 0 = none; 0 to 1e+06 (assumed: 10 cycles)
    n_cells: cells that are pulsed at once and read in turn; 1 to 65536 (assumed: a row of a 64 x 64 array)
    spread: standard deviation over cells of ln tau_0; 0 to 10 (assumed: 0.5: 25 mV of switching voltage)
    t_int: time of a read; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns, as for the columns)
    t_reset: width of the reset pulse; a text with its unit, s; 1e-09 to 1 (assumed: as the set pulse)
    t_set: width of the set pulse; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns, the training pulse of satyam2022 sec. II)
    tau_0: waiting time extrapolated to 0 V, median over cells; a text with its unit, s; 1e-09 to 1e+12 (assumed: 1 s: half of the cells switch within 100 ns at 0.79 V)
    trim: one amplitude for all cells, at which the median cell switches in half of the pulses; or one for each; common, per_cell (assumed: per cell: the spread of tau_0 is far larger than a bias of 1% allows)
    trim_step: resolution of the trimmed amplitude; 0 = exact; a text with its unit, V; 0 to 1 (assumed: 1 mV, a 10-bit converter over 1 V)
    v_0: voltage by which tau falls to 1/e; a text with its unit, V; 0.001 to 10 (assumed: 50 mV; the exponential form is that of Jo, Kim, Lu 2009)
    v_read: read voltage; a text with its unit, V; 0.001 to 1 (assumed: 0.1 V, far below the switching voltage)
    v_reset: reset pulse of a cell that switched; a text with its unit, V; -10 to 0 (assumed: 1.2 V resets completely)
    """

    cell_area: str | None
    comparator_area: str | None
    comparator_energy: str | None
    cycle_spread: float | None
    g_off: str | None
    g_on: str | None
    memory: float | None
    n_cells: int | None
    spread: float | None
    t_int: str | None
    t_reset: str | None
    t_set: str | None
    tau_0: str | None
    trim: Literal["common", "per_cell"] | None
    trim_step: str | None
    v_0: str | None
    v_read: str | None
    v_reset: str | None


class TelegraphTrng(TypedDict, total=False):
    """[telegraph_trng]

    cell_area: area of a cell; a text with its unit, m2; 0 to 1e-06 (published: satyam2022, sec. III.C: 0.36 um2)
    comparator_area: area of integrator and comparator; a text with its unit, m2; 0 to 1e-06 (assumed: 500 um2: a 0.5 pF capacitor and a small comparator)
    comparator_energy: energy of a decision; a text with its unit, J; 0 to 1e-06 (assumed: order of a dynamic comparator with small integrators)
    comparator_noise: rms of a decision, referred to the current; a text with its unit, A; 0 to 1 (assumed: a tenth of the mean step's half)
    conductance: conductance of the cells while the trap is empty; a text with its unit, S; 1e-09 to 1 (assumed: middle of the window of satyam2022)
    depth_hi: largest relative loss of current of a filled trap; 1e-06 to 1 (assumed: as depth_lo)
    depth_lo: smallest relative loss of current of a filled trap; 1e-06 to 1 (assumed: 0.5-1% at 3-7 kohm, from the trend that dR/R grows with R)
    fano: Fano factor of shot noise; 0 to 10 (assumed: 1: uncorrelated carriers)
    n_cells: cells that are sampled in turn; 1 to 65536 (assumed: a row of a 64 x 64 array)
    reference_error: spread over cells of the reference about the middle, relative to the step; 0 to 1 (assumed: 5% of the step, a calibrated reference)
    screening: cells are used whose trap is filled for a share of the time within this of 1/2; 0.5 = every cell; 0.001 to 0.5 (assumed: cells are screened when the chip is tested)
    shot: shot noise of the cell (assumed: on: the upper limit)
    t_int: time over which a read averages; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns, as for the columns)
    t_sample: time between two samples of the same cell; a text with its unit, s; 1e-09 to 1 (assumed: the longest tau_c, so that the slowest trap's samples correlate by less than exp(-2))
    tau_hi: longest mean time to capture or emission; a text with its unit, s; 1e-09 to 1e+06 (assumed: 100 us: slower cells are not used)
    tau_lo: shortest mean time to capture or emission (log-uniform); a text with its unit, s; 1e-09 to 1e+06 (assumed: 1 us)
    temperature: temperature of the cells; a text with its unit, K; 1 to 1000 (assumed: room temperature)
    thermal: thermal noise of the cell (assumed: on: no cell is without it)
    v_read: read voltage; a text with its unit, V; 0.001 to 1 (assumed: 0.1 V as in tests of this technology)
    """

    cell_area: str | None
    comparator_area: str | None
    comparator_energy: str | None
    comparator_noise: str | None
    conductance: str | None
    depth_hi: float | None
    depth_lo: float | None
    fano: float | None
    n_cells: int | None
    reference_error: float | None
    screening: float | None
    shot: bool | None
    t_int: str | None
    t_sample: str | None
    tau_hi: str | None
    tau_lo: str | None
    temperature: str | None
    thermal: bool | None
    v_read: str | None


class ThermalTrng(TypedDict, total=False):
    """[thermal_trng]

    amplifier_area: area of an amplifier with its auto-zero; a text with its unit, m2; 0 to 1e-06 (assumed: 2000 um2)
    amplifier_noise_factor: noise power at the amplifier's input over that of the cell alone; 1 to 1e+06 (assumed: 2: the amplifier adds as much as the cell)
    amplifier_power: power of a channel's amplifier; a text with its unit, W; 0 to 1 (assumed: 20 uW, a 10 MHz transimpedance stage)
    bandwidth: corner frequency of the amplifier (one pole); a text with its unit, Hz; 1 to 1e+12 (assumed: 10 MHz, a small amplifier)
    cell_area: area of a cell; a text with its unit, m2; 0 to 1e-06 (published: satyam2022, sec. III.C: 0.36 um2)
    comparator_area: area of a comparator; a text with its unit, m2; 0 to 1e-06 (assumed: 100 um2)
    comparator_energy: energy of a decision; a text with its unit, J; 0 to 1e-06 (assumed: order of a dynamic comparator)
    comparator_noise: rms of a decision, referred to the current; a text with its unit, A; 0 to 1 (assumed: 1 nA)
    conductance: conductance of the cell; a text with its unit, S; 1e-12 to 1 (assumed: middle of the window of satyam2022)
    interference: amplitude of a sine from the supply, referred to the current; a text with its unit, A; 0 to 1 (assumed: none)
    interference_frequency: its frequency; a text with its unit, Hz; 0.001 to 1e+12 (assumed: mains)
    n_channels: cells with an amplifier and a comparator of their own, sampled in turn; 1 to 65536 (assumed: 1)
    offset: spread over channels of the offset that the auto-zero leaves, referred to the current; a text with its unit, A; 0 to 1 (assumed: 0.05 nA, about half a percent of the noise)
    t_sample: time between two samples of a channel; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns: neighbours correlate by exp(-6.3) at 10 MHz)
    temperature: temperature of the cell; a text with its unit, K; 1 to 1000 (assumed: room temperature)
    """

    amplifier_area: str | None
    amplifier_noise_factor: float | None
    amplifier_power: str | None
    bandwidth: str | None
    cell_area: str | None
    comparator_area: str | None
    comparator_energy: str | None
    comparator_noise: str | None
    conductance: str | None
    interference: str | None
    interference_frequency: str | None
    n_channels: int | None
    offset: str | None
    t_sample: str | None
    temperature: str | None


_TileWords = TypedDict("_TileWords", {"yield": "float | None"}, total=False)


class Tile(_TileWords, total=False):
    """[tile]

    adc: kind of the output converters (ganbar list converters); ideal = none (published: ISAAC, ISCA 2016: successive approximation)
    adc_area: area of one output converter, whatever its bits; 0 = by kind, bits, rate and node (8 bits: 1200 um2); a text with its unit, m2; 0 to 1e-06 (derived: ISAAC, ISCA 2016, table I: 0.0096 mm2 for 8, rescaled by bits as for accelerators)
    adc_bits: output converter resolution, sign included; 0 = ideal; 0 to 16 (assumed: 8 bits as usual in the field; satyam2022 models no converters)
    adc_energy: energy of one output conversion, whatever its bits; 0 = by kind, bits and node (8 bits: 1.67 pJ); a text with its unit, J; 0 to 1e-06 (derived: ISAAC, ISCA 2016, table I: 8 bits at 1.28 GS/s, 32 nm: 2 mW, rescaled by bits as for accelerators)
    adc_headroom: converter range over the largest current seen by each array; 0.1 to 10 (assumed: 20% against clipping)
    adc_noise_lsb: converter noise, rms, in steps of the converter; 0 to 16 (assumed: off)
    adc_range: fixed range of every converter; 0 = follow the largest current; a text with its unit, A; 0 to 1 (assumed: ranged by the programmable gain of each array)
    adc_time: time of one output conversion; one converter serves a crossbar, a faster one than published is several interleaved; 0 = by kind and bits (8 bits: 0.8 ns); a text with its unit, s; 0 to 0.001 (derived: ISAAC, ISCA 2016: 1.28 GS/s, one comparison per bit)
    cell: the memristor alone, or with a transistor on a gate line of its row: closed gates keep the other rows from half-selection (needs wires.mode = exact); passive, 1t1r (assumed: passive, as satyam2022's arrays)
    cell_active_area: 1t1r: footprint of a cell with its transistor; a text with its unit, m2; 0 to 1e-06 (assumed: 3 (W/L + 1) F2, the layout rule of NVSim (Dong, Xu, Xie, Jouppi, IEEE TCAD 31, 994, 2012; not looked up) with W/L = 10, F = 0.25 um)
    cell_area: footprint of one cell; a text with its unit, m2; 1e-18 to 1e-06 (published: satyam2022, sec. III.C: 0.6 um x 0.6 um)
    cell_c_gate: 1t1r: capacitance of one cell's gate with its part of the line; a text with its unit, F; 0 to 1e-09 (assumed: 4 fF: 3.75 of 2.5 um x 0.25 um under 5.8 nm of oxide, and the line)
    cell_g_off: leakage beside the element, whatever its state; a text with its unit, S; 0 to 1 (assumed: 0.1 nA at 1 V)
    cell_r_on: 1t1r, switch: resistance while the gate line is above vt; a text with its unit, ohm; 0 to 1e+09 (derived: 420 ohm: k and vt as here with a gate at 2.5 V, 1/(k (2.5 V - vt)))
    cell_v_gate: 1t1r: gate lines of the rows in use; the others lie at 0 V; a text with its unit, V; 0 to 10 (assumed: 2.5 V: usual supply of the 0.25 um process of vt)
    cols: bit lines of one crossbar; 1 to 4096 (published: satyam2022, sec. II: 64 x 64 arrays)
    dac: kind of the input converters (ganbar list converters); ideal = none (published: as used by MNSIM 2.0)
    dac_area: area of one input converter, whatever its bits; 0 = by kind, bits and node (8 bits: 438 um2); a text with its unit, m2; 0 to 1e-06 (derived: 8-bit DAC, 40 nm, as used by MNSIM 2.0; twice per bit as ISAAC's drivers)
    dac_bits: input converter resolution, sign included; 0 = ideal; 0 to 16 (assumed: 8 bits as usual in the field; satyam2022 models no converters)
    dac_energy: energy of one input conversion, whatever its bits; 0 = by kind, bits and node (8 bits: 0.291 pJ); a text with its unit, J; 0 to 1e-06 (derived: 8-bit DAC at 1 GS/s, 40 nm, as used by MNSIM 2.0; twice per bit as ISAAC's drivers)
    energy: energy of a pulse: V^2 G t, or V I(V) t with the static I-V; ohmic, nonlinear (published: satyam2022, sec. III.B: V^2 G t)
    errors: errors go back through the same cells, or through digital copies of the weights; arrays, digital (assumed: arrays; krestinskaya2020 is digital here (satyam2022, sec. I))
    mac_energy: energy of one digital multiplication and addition of an error; a text with its unit, J; 0 to 1e-06 (published: Horowitz, ISSCC 2014: 8 bits at 45 nm, 0.2 pJ and 0.03 pJ; memory traffic not in it)
    mapping: how cells encode signed weights; signed, differential, offset (published: satyam2022, eq. 3: signed single cell)
    node_nm: technology node of the converters, 32, 45 or 65 nm; 0 = each as published (ADC 32 nm, DAC 40 nm); 0 to 65 (assumed: as published)
    placement: how partial blocks share crossbars; blockwise, per_layer, per_layer_slack, dense (derived: per_layer_slack is the policy that gives the 54 arrays of satyam2022, sec. II)
    read_noise: add the device model's read noise to every column current (published: satyam2022, sec. II: static characteristics including noise)
    rows: word lines of one crossbar; 1 to 4096 (published: satyam2022, sec. II: 64 x 64 arrays)
    sign_energy: energy of writing one sign bit; a text with its unit, J; 0 to 1e-06 (assumed: a small static memory cell)
    sign_flips: signed mapping: the sign of a weight is a bit that flips when the weight passes through zero; otherwise it is frozen (assumed: frozen, as in satyam2022; krestinskaya2020 has an array of signs)
    start: initial conductances: the mapped initial weights, or uniform over the window; weights, uniform (assumed: not given in satyam2022)
    stuck_high: fraction of stuck cells that sit at the upper end of the window; 0 to 1 (assumed: half)
    t_read: integration time of one read; a text with its unit, s; 1e-12 to 0.001 (assumed: as long as a programming pulse)
    v_read: largest read voltage; a text with its unit, V; 0.001 to 1 (assumed: 0.1 V: facts on this stack read at 0.1 V (Prezioso 2015); satyam2022 gives none)
    yield: fraction of cells that switch; the others are stuck; 0 to 1 (assumed: 1; this stack reports about 0.99 (Kim 2021))
    """

    adc: str | None
    adc_area: str | None
    adc_bits: int | None
    adc_energy: str | None
    adc_headroom: float | None
    adc_noise_lsb: float | None
    adc_range: str | None
    adc_time: str | None
    cell: Literal["passive", "1t1r"] | None
    cell_active_area: str | None
    cell_area: str | None
    cell_c_gate: str | None
    cell_g_off: str | None
    cell_r_on: str | None
    cell_v_gate: str | None
    cols: int | None
    dac: str | None
    dac_area: str | None
    dac_bits: int | None
    dac_energy: str | None
    energy: Literal["ohmic", "nonlinear"] | None
    errors: Literal["arrays", "digital"] | None
    mac_energy: str | None
    mapping: Literal["signed", "differential", "offset"] | None
    node_nm: int | None
    placement: Literal["blockwise", "per_layer", "per_layer_slack", "dense"] | None
    read_noise: bool | None
    rows: int | None
    sign_energy: str | None
    sign_flips: bool | None
    start: Literal["weights", "uniform"] | None
    stuck_high: float | None
    t_read: str | None
    v_read: str | None


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


class Trng(TypedDict, total=False):
    """[trng]

    bandwidth: noise bandwidth of a read, for shot noise; a text with its unit, Hz; 1 to 1e+12 (assumed: 100 MHz, the bandwidth of the public nili2020 transcription)
    cell_area: area of a cell; a text with its unit, m2; 0 to 1e-06 (published: satyam2022, sec. III.C: 0.36 um2)
    comparator_energy: energy of integrators and comparator per decision; a text with its unit, J; 0 to 1e-06 (assumed: order of a dynamic comparator with small integrators)
    comparator_noise: rms noise of a decision; a text with its unit, V; 0 to 1 (assumed: input noise of a small dynamic comparator)
    comparator_offset: standard deviation over chips of the comparator's offset; a text with its unit, V; 0 to 1 (assumed: offset-cancelled comparator)
    energy: energy rule of write pulses; ohmic, nonlinear (published: satyam2022, sec. III.B: V^2 G t)
    fano: Fano factor of shot noise; 0 to 10 (assumed: 1: uncorrelated carriers, an upper limit for long filaments)
    fixed_selection: the same columns and rows for every bit, to see what the array alone contributes (assumed: off: the paper selects anew)
    flicker: 1/f noise of the cells, with memory from bit to bit (assumed: off: not published for this stack)
    flicker_hi: highest frequency of 1/f noise; a text with its unit, Hz; 1e-06 to 1e+12 (assumed: 10 MHz)
    flicker_lo: lowest frequency of 1/f noise; a text with its unit, Hz; 1e-06 to 1e+12 (assumed: 1 Hz)
    flicker_rms: rms of 1/f noise relative to the current, from flicker_lo to flicker_hi; 0 to 1 (assumed: 0.3%; aihwkit advises about 1% short-term read noise for ReRAM)
    full_scale: integrator output when a half reads at the top of the window; a text with its unit, V; 0.001 to 10 (assumed: refers the comparator's volts to amperes)
    n_columns: columns picked for a bit (n), two halves; 2 to 256 (assumed: n is not printed; half of N gives the most choices)
    n_reset: reset pulses of a write, before the set pulses; 0 to 10000 (assumed: 40 pulses bring most nili2020 cells back to 150 uS from anywhere in the window)
    n_rows: rows picked for a bit (m); 1 to 256 (assumed: m is not printed; half of N gives the most choices)
    n_set: set pulses of a write; 0 to 10000 (assumed: 8 pulses take a mean nili2020 cell from 150 uS to about 225 uS, mid-window)
    observer: what the observer of the conditional min-entropy knows besides chip and selection: the states of traps and 1/f noise, or only their statistics; states, chip (assumed: states: the cautious one)
    periphery_area: area of two integrators and a comparator; what selects lines is not in it; a text with its unit, m2; 0 to 1e-06 (assumed: 1100 um2: two 0.5 pF capacitors and a small comparator)
    read_noise_scale: factor on the device's read-noise variance; 0 = off; 0 to 1e+06 (assumed: 1: noise at the bandwidth the device model declares; ideal integration of white noise over t_int would give 1/(2 t_int bandwidth))
    rewrite: when cells are written again: selected columns before each bit, all columns before each vector, once; every_bit, every_vector, never (assumed: sec. II says "in each iteration" without saying what an iteration is)
    shot: shot noise of the cells, variance 2 q fano I bandwidth (assumed: off: nili2020's noise term is thermal only)
    size: rows and columns of the array (N); 2 to 256 (assumed: N is not printed; 64x64 is the array size of satyam2022 sec. II)
    t_int: integration time of a read; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns; not printed)
    t_pulse: width of a write pulse; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns, the training pulse of satyam2022 sec. II)
    telegraph: random telegraph noise of traps (assumed: off: satyam2022 names it (sec. II) but gives no number)
    trap_depth_hi: largest relative loss of current of a filled trap; 0 to 1 (assumed: as trap_depth_lo)
    trap_depth_lo: smallest relative loss of current of a filled trap; 0 to 1 (assumed: 0.5-1% at 3-7 kohm, from the trend that dR/R grows with R)
    trap_tau_hi: longest mean time to capture or emission; a text with its unit, s; 1e-09 to 1e+06 (assumed: as trap_tau_lo)
    trap_tau_lo: shortest mean time to capture or emission (log-uniform); a text with its unit, s; 1e-09 to 1e+06 (assumed: 1 us to 1 s)
    traps_per_cell: mean number of traps of a cell; 0 to 10 (assumed: one trap in ten cells at 150-300 uS)
    v_read: read voltage on the picked rows; a text with its unit, V; 0.001 to 1 (assumed: 0.1 V as in tests of this technology; not printed)
    v_reset: reset pulses of a write; a text with its unit, V; -5 to 0 (assumed: bottom of the fitted range of nili2020)
    v_set: set pulses of a write; a text with its unit, V; 0 to 5 (assumed: top of the fitted range of nili2020; the paper prints no write pulse for the generator)
    vector_bits: bits of a noise vector, between writes when rewrite = every_vector; 1 to 1e+06 (published: satyam2022, sec. II: noise input of 100 bits)
    write_model: simulation of writes that draw: mean and variance of each cell's written state, or every pulse; moments, pulses (assumed: a choice of simulation, not of hardware)
    """

    bandwidth: str | None
    cell_area: str | None
    comparator_energy: str | None
    comparator_noise: str | None
    comparator_offset: str | None
    energy: Literal["ohmic", "nonlinear"] | None
    fano: float | None
    fixed_selection: bool | None
    flicker: bool | None
    flicker_hi: str | None
    flicker_lo: str | None
    flicker_rms: float | None
    full_scale: str | None
    n_columns: int | None
    n_reset: int | None
    n_rows: int | None
    n_set: int | None
    observer: Literal["states", "chip"] | None
    periphery_area: str | None
    read_noise_scale: float | None
    rewrite: Literal["every_bit", "every_vector", "never"] | None
    shot: bool | None
    size: int | None
    t_int: str | None
    t_pulse: str | None
    telegraph: bool | None
    trap_depth_hi: float | None
    trap_depth_lo: float | None
    trap_tau_hi: str | None
    trap_tau_lo: str | None
    traps_per_cell: float | None
    v_read: str | None
    v_reset: str | None
    v_set: str | None
    vector_bits: int | None
    write_model: Literal["moments", "pulses"] | None


class Wires(TypedDict, total=False):
    """[wires]

    backward: transposed reads in training; ideal, exact (assumed: all reads through the wires)
    compensation: calibrated drivers: one amplitude for each row, or a bit-line amplitude for each cell; none, rows, cells (assumed: none, as in satyam2022)
    ends: lines meet their terminals at one end or at both; single, both (assumed: single: word lines from the first column, bit lines at the last row)
    forward: forward reads in training; ideal, exact (assumed: all reads through the wires)
    gap: pause between phases; a text with its unit, s; 0 to 1 (assumed: 0: satyam2022 gives none)
    mode: ideal: cells see the voltages meant for them; exact: IR drop, sneak paths and half-selected cells, as the keys below say; ideal, exact (published: satyam2022 models no wires)
    most_gain: limit of a compensated driver as a multiple of the nominal amplitude; 1 to 100 (assumed: 1.5)
    noise: reads of the array that makes random bits; ideal, exact (assumed: all reads through the wires)
    order: what one phase writes: one cell, one polarity of a row, or a quarter of a rank-one sign matrix; cells, rows, rank_one (published: rank_one: Zamanidoost et al. 2015, fully parallel stochastic Manhattan; rows: what a batch's sign matrix, not of rank one, needs)
    program: pulses: each cell, half-selected ones included, gets the voltage computed for it; ideal, exact (assumed: all pulses through the wires)
    programming: sequential: voltages of each phase on cells as the phases before left them; batched: of all phases of an update on cells at its start, rows that are written or moved by 1% renewed; sequential, batched (assumed: sequential is what a chip does; batched differs by a few 1e-4 of V and costs a fifth)
    rb: resistance of one bit-line segment; a text with its unit, ohm; 0 to 1e+09 (assumed: as rw)
    rdrv: resistance of a word-line driver with its lead; a text with its unit, ohm; 0 to 1e+09 (assumed: 10 ohm, the value of the public model of the Al2O3/TiO2-x arrays after Chen, IEEE TED 2013)
    read_gain: gain of each line's amplifier: none, or calibrated with all inputs on whenever transfer matrices are computed anew; none, lines (assumed: none, as in satyam2022)
    reference: current that stands for weight zero: of a replica array behind the same wires, or of a cell without wires; replica, constant (assumed: replica: reference cells lie in the array they serve)
    refresh: weight updates after which transfer matrices are computed anew; in between reads see the cells as they were; 1 to 1e+06 (assumed: 1: reads always see the cells as they are)
    rsense: resistance of a bit-line sense amplifier with its lead; a text with its unit, ohm; 0 to 1e+09 (assumed: as rdrv)
    rw: resistance of one word-line segment; a text with its unit, ohm; 0 to 1e+09 (assumed: 1 to 2 ohm for good metal at sub-micrometre pitch; 200 nm x 60 nm platinum at 600 nm pitch gives 8 ohm)
    sampling: forward reads outside of training: pictures, evaluation, ganbar sample; ideal, exact (assumed: all reads through the wires)
    scheme: voltages of the lines that are not selected: V/2, V/3, grounded, floating; inhibit: bit lines at the row's voltage, for 1t1r; half, third, grounded, floating, inhibit (assumed: V/2: the fewest cells under stress while one row is written)
    voltage_tolerance: accuracy of cell voltages relative to the amplitude; 1e-12 to 0.01 (assumed: 1e-5 changes a step of the founding device by 1e-4 of itself)
    """

    backward: Literal["ideal", "exact"] | None
    compensation: Literal["none", "rows", "cells"] | None
    ends: Literal["single", "both"] | None
    forward: Literal["ideal", "exact"] | None
    gap: str | None
    mode: Literal["ideal", "exact"] | None
    most_gain: float | None
    noise: Literal["ideal", "exact"] | None
    order: Literal["cells", "rows", "rank_one"] | None
    program: Literal["ideal", "exact"] | None
    programming: Literal["sequential", "batched"] | None
    rb: str | None
    rdrv: str | None
    read_gain: Literal["none", "lines"] | None
    reference: Literal["replica", "constant"] | None
    refresh: int | None
    rsense: str | None
    rw: str | None
    sampling: Literal["ideal", "exact"] | None
    scheme: Literal["half", "third", "grounded", "floating", "inhibit"] | None
    voltage_tolerance: float | None


class Sections(TypedDict, total=False):
    """The sections that ganbar.load takes as keywords."""

    accelerators: Accelerators | None
    data: Data | None
    device: Device | _Device | _DeviceModel | None
    discriminator: Discriminator | None
    evaluation: Evaluation | None
    experiment: Experiment | None
    generator: Generator | None
    hardware: Hardware | None
    latent: Latent | None
    noise: Noise | None
    noise_device: NoiseDevice | None
    nonideal: Nonideal | None
    periphery: Periphery | None
    quality: Quality | None
    switching_trng: SwitchingTrng | None
    telegraph_trng: TelegraphTrng | None
    thermal_trng: ThermalTrng | None
    tile: Tile | None
    train: Train | None
    trng: Trng | None
    wires: Wires | None
