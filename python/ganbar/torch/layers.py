"""Layers that live on crossbars. Each is torch's own class with its weight in cells: `weight` is a Parameter that shows what the network sees, `.grad`
is the ordinary gradient, computed by ganbar's kernels. Reads keep nothing of a call but a counter."""
import math

import numpy
import torch
from torch import nn

from .. import _core
from .cells import AnalogLayer, drawn_seed, float32_of, seed_of
from .reads import Read

_NO_COMPILE = getattr(getattr(torch, "compiler", None), "disable", None) or (lambda f: f)


class AnalogLinear(AnalogLayer, nn.Linear):
    """nn.Linear on crossbars. The bias is digital."""

    def __init__(self, in_features, out_features, bias=True, *, hardware, w_max="auto", seed=None, name="linear"):
        nn.Linear.__init__(self, in_features, out_features, bias)
        self._place_on(hardware, w_max, seed, name)

    @_NO_COMPILE
    def forward(self, x):
        self._ready()
        x = float32_of(x, self.name)
        if x.shape[-1] != self.in_features:
            raise ValueError(f"{self.name}: input has {x.shape[-1]} features; expected {self.in_features}")
        y = Read.apply(x.reshape(-1, self.in_features), self.weight, self, None).reshape(*x.shape[:-1], self.out_features)
        return y if self.bias is None else y + self.bias


class _Convolution(AnalogLayer):
    transposed_form = False

    def _check(self):
        if self.groups != 1 or any(d != 1 for d in self.dilation):
            raise ValueError(f"{self.name}: groups and dilation other than 1 have no cells here; keep this layer digital (convert(..., exclude=[...]))")
        if self.padding_mode != "zeros" or isinstance(self.padding, str):
            raise ValueError(f"{self.name}: expected padding as numbers with padding_mode=\"zeros\"")

    @property
    def _n_axes(self):
        return len(self.kernel_size)

    def _windows_of(self, side, output_padding):
        key = (tuple(side), tuple(output_padding))
        if key not in self._known:
            self._known[key] = _core.Windows(self.transposed_form, list(side), list(self.kernel_size), list(self.stride), list(self.padding), list(output_padding), self.zero_free)
        return self._known[key]

    def _taps(self, weight):
        """[taps, c_in, c_out] of torch's weight."""
        axes = tuple(range(2, 2 + self._n_axes))
        order = (*axes, 0, 1) if self.transposed_form else (*axes, 1, 0)
        return weight.detach().permute(order).reshape(-1, self.in_channels, self.out_channels)

    def _from_taps(self, taps):
        n = self._n_axes
        t = taps.reshape(*self.kernel_size, self.in_channels, self.out_channels)
        order = (n, n + 1, *range(n)) if self.transposed_form else (n + 1, n, *range(n))
        return t.permute(order)

    def _lists(self):
        side = [k + s for k, s in zip(self.kernel_size, self.stride)]
        return self._windows_of(side, [0] * self._n_axes).taps

    def _used_parts(self, windows):
        """Index in `windows` and cells of each part that has outputs there: small maps leave phases of a transposed convolution out."""
        of_taps = {tuple(taps): part for taps, part in zip(self._lists(), self._store.parts)}
        return [(k, of_taps[tuple(taps)]) for k, taps in enumerate(windows.taps)]

    def _matrices(self, weight):
        taps = self._taps(weight)
        return [taps[part].reshape(-1, self.out_channels).contiguous().numpy() for part in self._lists()]

    def _part_gradients(self, gradient):
        return self._matrices(gradient)

    def _weight_from(self, matrices):
        n = 1
        for k in self.kernel_size:
            n *= k
        taps = torch.zeros(n, self.in_channels, self.out_channels)
        for part, m in zip(self._lists(), matrices):
            taps[part] = torch.from_numpy(numpy.array(m)).reshape(len(part), self.in_channels, self.out_channels)
        return self._from_taps(taps)

    def _forward_rows(self, x, shape, call, training):
        windows, samples = shape[:2]
        y = None
        for k, part in self._used_parts(windows):
            out = part.forward_windows(windows, k, x, samples, call, training)
            y = numpy.array(out) if y is None else y + out  # parts write different positions
        return y if y is not None else numpy.zeros((samples * math.prod(windows.out_side), self.out_channels), numpy.float32)  # no tap meets the map

    def _backward_rows(self, dy, shape, call, training):
        windows, samples = shape[:2]
        dx = None
        for k, part in self._used_parts(windows):
            dx = part.backward_windows(windows, k, dy, samples, call, training, dx)
        return dx if dx is not None else numpy.zeros((samples * math.prod(shape[2]), self.in_channels), numpy.float32)

    def _gradient(self, x, dy, shape):
        windows, samples = shape[:2]
        used = {id(part): k for k, part in self._used_parts(windows)}
        return self._weight_from([_core.weight_gradient_windows(windows, used[id(part)], x, dy, samples) if id(part) in used
                                  else numpy.zeros((len(taps) * self.in_channels, self.out_channels), numpy.float32) for part, taps in zip(self._store.parts, self._lists())])

    def _apply_pairs(self, x, dy, shape, rule, update, lr):
        windows, samples = shape[:2]
        return [part.apply_pairs_windows(windows, k, x, dy, samples, rule, update, lr) for k, part in self._used_parts(windows)]

    def _run(self, x, output_padding):
        self._ready()
        x = float32_of(x, self.name)
        n = self._n_axes
        if x.dim() not in (n + 1, n + 2) or x.shape[-n - 1] != self.in_channels:
            raise ValueError(f"{self.name}: input has shape {tuple(x.shape)}; expected [batch, {self.in_channels}, {', '.join(['side'] * n)}]")
        single = x.dim() == n + 1
        if single:
            x = x.unsqueeze(0)
        windows = self._windows_of(x.shape[2:], output_padding)
        rows = x.permute(0, *range(2, n + 2), 1).reshape(-1, self.in_channels)
        y = Read.apply(rows, self.weight, self, (windows, x.shape[0], tuple(x.shape[2:])))
        y = y.reshape(x.shape[0], *windows.out_side, self.out_channels).permute(0, n + 1, *range(1, n + 1))
        if self.bias is not None:
            y = y + self.bias.reshape(-1, *[1] * n)
        return y.squeeze(0) if single else y

    def __getstate__(self):
        return dict(self.__dict__, _known={})


def _make_conv(base, transposed):
    class Layer(_Convolution, base):
        transposed_form = transposed

        def __init__(self, *arguments, hardware, w_max="auto", seed=None, name=base.__name__.lower(), form="zero_free", **named):
            if form not in ("zero_free", "zero_inserted"):
                raise ValueError(f"form=\"{form}\" is not known; expected \"zero_free\" or \"zero_inserted\"")
            base.__init__(self, *arguments, **named)
            self._place_on(hardware, w_max, seed, name)
            self.zero_free, self._known = form == "zero_free", {}
            self._check()

        if transposed:
            @_NO_COMPILE
            def forward(self, x, output_size=None):
                if output_size is not None:
                    raise ValueError(f"{self.name}: expected output_padding when the layer is made, not output_size")
                return self._run(x, self.output_padding)
        else:
            @_NO_COMPILE
            def forward(self, x):
                return self._run(x, [0] * self._n_axes)

    return Layer


def _named(layer, name, text):
    layer.__name__ = layer.__qualname__ = name
    layer.__module__, layer.__doc__ = __name__, text
    return layer


_CONV = "torch's nn.{0} on crossbars: torch's arguments, then hardware=, w_max=, seed=, name=. The bias is digital."
_TCONV = _CONV + " form: \"zero_free\" (a matrix for each phase, no inserted zeros) or \"zero_inserted\"."
AnalogConv1d = _named(_make_conv(nn.Conv1d, False), "AnalogConv1d", _CONV.format("Conv1d"))
AnalogConv2d = _named(_make_conv(nn.Conv2d, False), "AnalogConv2d", _CONV.format("Conv2d"))
AnalogConv3d = _named(_make_conv(nn.Conv3d, False), "AnalogConv3d", _CONV.format("Conv3d"))
AnalogConvTranspose1d = _named(_make_conv(nn.ConvTranspose1d, True), "AnalogConvTranspose1d", _TCONV.format("ConvTranspose1d"))
AnalogConvTranspose2d = _named(_make_conv(nn.ConvTranspose2d, True), "AnalogConvTranspose2d", _TCONV.format("ConvTranspose2d"))
AnalogConvTranspose3d = _named(_make_conv(nn.ConvTranspose3d, True), "AnalogConvTranspose3d", _TCONV.format("ConvTranspose3d"))


class Latents(nn.Module):
    """Latent vectors of a generator. source: "array" (bits of simulated crossbars as `hardware` describes them, coded -1 and +1) or "gaussian". seed: None
    draws one from torch's global generator, from which normal latents without a seed come themselves. How far the source has gone is in the state.

    >>> import ganbar
    >>> z = Latents(8, source="array", hardware=ganbar.hardware("satyam2022-balanced"), seed=1)
    >>> z(2).abs().min().item()
    1.0
    """

    def __init__(self, size, *, source="array", hardware=None, seed=None):
        super().__init__()
        if source not in ("array", "gaussian"):
            raise ValueError(f"source=\"{source}\" is not known; expected \"array\" or \"gaussian\"")
        if source == "array" and hardware is None:
            raise ValueError("source=\"array\" needs hardware=ganbar.hardware(...)")
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise ValueError(f"size = {size!r}; expected a whole number of at least 1")
        self.size, self.source, self.hardware = size, source, hardware
        self.seed = seed_of(seed, "Latents") if seed is not None else drawn_seed() if source == "array" else None
        self._start(0)

    def _start(self, taken):
        """The source from its seed, `taken` numbers further."""
        self._taken, self._begun, self._energy_before_J = taken, taken, 0.0
        self._bits, self._normal = None, None
        if self.source == "array":
            self._bits = _core.ArrayBits(self.hardware._core, self.seed, self.size)
            if taken:
                self._bits.take(taken)
            self._energy_before_J = self._bits.energy_J  # a bill begins with the bits that are given here
        elif self.seed is not None:
            self._normal = torch.Generator().manual_seed(self.seed)
            for _ in range(taken // self.size):
                torch.randn(self.size, generator=self._normal)

    def __getstate__(self):
        return dict(self.__dict__, _bits=None, _normal=None)

    def __setstate__(self, state):
        super().__setstate__(state)
        self._start(self._taken)  # a copy goes on where the source stands

    def __deepcopy__(self, memo):
        new = object.__new__(type(self))
        new.__setstate__(self.__getstate__())
        return new

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        super()._save_to_state_dict(destination, prefix, keep_vars)
        if self.seed is not None:
            destination[prefix + "bits"] = torch.tensor([self.seed, self._taken], dtype=torch.int64)

    def _load_from_state_dict(self, state_dict, prefix, *rest):
        bits = state_dict.pop(prefix + "bits", None)
        super()._load_from_state_dict(state_dict, prefix, *rest)
        if bits is not None:
            self.seed, taken = bits.tolist()
            self._start(taken)

    def forward(self, n):
        """float32 [n, size]"""
        if isinstance(n, bool) or not isinstance(n, int) or n < 0:
            raise ValueError(f"{n!r} latent vectors; expected a whole number from 0")
        self._taken += n * self.size
        if self._bits is None:
            return torch.stack([torch.randn(self.size, generator=self._normal) for _ in range(n)]) if self._normal and n else torch.randn(n, self.size)
        return torch.from_numpy(self._bits.take(n * self.size)).float().mul_(2).sub_(1).reshape(n, self.size)

    @property
    def energy_J(self):
        """Energy of the bits so far, J; of a copy or a loaded state, since then."""
        return self._bits.energy_J - self._energy_before_J if self._bits is not None else 0.0
