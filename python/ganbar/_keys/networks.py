"""Keys of sections of an experiment: networks. Made by tools/python_keys.py from the parameter declarations: do not edit."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict


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


class GeneratorLayer(DiscriminatorLayer, total=False):
    """[[generator.layer]]: the keys of [[discriminator.layer]]."""


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
