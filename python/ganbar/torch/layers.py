"""Layers that live on crossbars. Each is torch's own class with its weight in cells: `weight` is a Parameter that shows what the network sees, `.grad`
is the ordinary gradient, computed by ganbar's kernels. Reads keep nothing of a call but a counter."""
import hashlib
import weakref

import numpy
import torch
from torch import nn

from .. import _core

_NO_COMPILE = getattr(getattr(torch, "compiler", None), "disable", None) or (lambda f: f)


_OWNERS = {}  # id of a Parameter -> its layer; parameters keep no attribute of ours, so that they copy and pickle as torch's do


def owner_of(parameter):
    """The layer in whose cells a parameter lives, or None."""
    layer = _OWNERS.get(id(parameter), lambda: None)()
    return layer if layer is not None and layer._parameters.get("weight") is parameter else None


def _array(t):
    return t.detach().numpy()


def _float32(x, what):
    if x.device.type != "cpu":
        raise RuntimeError(f"{what}: cells are simulated on the CPU, not on {x.device}; keep this layer and its input there")
    if x.dtype != torch.float32:
        raise TypeError(f"{what}: cells are simulated in float32, not in {x.dtype}; convert the input with .float()")


class _Read(torch.autograd.Function):
    """y = x W through the cells."""

    @staticmethod
    def forward(ctx, x, weight, layer, shape):
        ctx.layer, ctx.shape, ctx.call, ctx.training = layer, shape, layer._next_call(), layer.training
        ctx.save_for_backward(x, weight)
        return torch.from_numpy(layer._forward_rows(_array(x), shape, ctx.call, ctx.training))

    @staticmethod
    def backward(ctx, dy):
        x, weight = ctx.saved_tensors
        dx = dw = None
        if ctx.needs_input_grad[0]:
            dx = _Error.apply(dy, weight, ctx.layer, ctx.shape, ctx.call, ctx.training)
        if ctx.needs_input_grad[1]:
            dw = _Outer.apply(x, dy, ctx.layer, ctx.shape)
            ctx.layer._remember(x, dy, ctx.shape)
        return dx, dw, None, None


class _Error(torch.autograd.Function):
    """dx = dy W^T through the same cells; its own derivative is one more read and one more outer product (gradient penalties)."""

    @staticmethod
    def forward(ctx, dy, weight, layer, shape, call, training):
        ctx.layer, ctx.shape, ctx.training = layer, shape, training
        ctx.save_for_backward(dy, weight)
        return torch.from_numpy(layer._backward_rows(_array(dy), shape, call, training))

    @staticmethod
    def backward(ctx, ddx):
        dy, weight = ctx.saved_tensors
        d_dy = dw = None
        if ctx.needs_input_grad[0]:
            d_dy = _Read.apply(ddx, weight, ctx.layer, ctx.shape)
        if ctx.needs_input_grad[1]:
            dw = _Outer.apply(ddx, dy, ctx.layer, ctx.shape)
        return d_dy, dw, None, None, None, None


class _Outer(torch.autograd.Function):
    """The gradient of the weight in torch's layout."""

    @staticmethod
    def forward(ctx, x, dy, layer, shape):
        ctx.name = layer.name
        return layer._gradient(_array(x), _array(dy), shape)

    @staticmethod
    def backward(ctx, g):
        raise NotImplementedError(f"{ctx.name}: the gradient of a weight's gradient is not simulated; gradient penalties on inputs are")


class _Store:
    """The cells of a layer and what belongs to them; copied and pickled with the module."""

    def __init__(self, layer, plan, index):
        self.hardware, self.name, self.w_max, self.seed = layer.hardware, layer.name, layer.w_max, layer.seed
        self.plan_shapes, self.index = plan, index
        self.calls, self.looks, self.updates, self.seen = 0, 0, 0, None
        self.parts = []

    def make(self, matrices):
        where = _core.Plan(self.hardware._core, self.plan_shapes)
        single = len(matrices) == 1
        self.parts = [_core.WeightCells(self.hardware._core, self.name if single else f"{self.name}/phase{k}", m, self.w_max, self.seed, where, self.index + k) for k, m in enumerate(matrices)]

    def __getstate__(self):
        out = {k: v for k, v in self.__dict__.items() if k not in ("parts", "seen")}
        out["cells"] = [(p.weights().copy(), {k: v.copy() for k, v in p.state().items()}) for p in self.parts]
        return out

    def __setstate__(self, state):
        cells = state.pop("cells")
        self.__dict__.update(state, seen=None)
        self.make([numpy.ascontiguousarray(w) for w, _ in cells])
        for part, (_, tensors) in zip(self.parts, cells):
            part.restore(tensors)

    def __deepcopy__(self, memo):
        new = object.__new__(_Store)
        new.__setstate__(self.__getstate__())
        return new


class AnalogLayer:
    """What all layers share; mixed into torch's classes, so isinstance(m, nn.Linear) holds.

    hardware: ganbar.hardware(...). w_max: weight of a fully on cell; "auto" takes twice the largest initial weight. seed: of the cells and all their
    draws, torch.initial_seed() when None. name: in the ledger and of the streams; convert() takes the module's path.
    """

    def _place_on(self, hardware, w_max, seed, name):
        self.hardware, self.seed = hardware, (torch.initial_seed() if seed is None else seed) & (2**63 - 1)
        self.name, self._w_max, self._store, self._pairs, self._placed = name, w_max, None, [], None
        self._wants_pairs = False
        self._own()

    def _own(self):
        _OWNERS[id(self.weight)] = weakref.ref(self)

    def __setstate__(self, state):
        super().__setstate__(state)
        self._own()

    # What a kind of layer says of its matrix: [n_in x n_out] of each part, and rows of a tensor.
    def _matrices(self, weight):
        return [weight.detach().t().contiguous().numpy()]

    def _weight_from(self, matrices):
        return torch.from_numpy(numpy.array(matrices[0])).t()

    def _forward_rows(self, x, shape, call, training):
        return self._store.parts[0].forward(x, call, training)

    def _backward_rows(self, dy, shape, call, training):
        return self._store.parts[0].backward(dy, call, training)

    def _gradient(self, x, dy, shape):
        return torch.from_numpy(numpy.ascontiguousarray(_core.weight_gradient(x, dy))).t()

    def _part_gradients(self, gradient):
        return [gradient.t().contiguous().numpy()]

    @property
    def w_max(self):
        """Weight of a fully on cell."""
        if self._w_max == "auto":
            with torch.no_grad():
                self._w_max = 2 * float(self.weight.abs().max()) or 1.0
        return self._w_max

    def fabricate(self):
        """Makes the cells now, from the present weight; otherwise the first read does. Returns the layer."""
        _float32(self.weight, self.name)
        matrices = self._matrices(self.weight)
        shapes, index = self._placed or ([tuple(m.shape) for m in matrices], 0)
        store = _Store(self, shapes, index)
        store.make(matrices)
        self._store = store
        self._show()
        return self

    def refabricate(self, seed):
        """Another chip with the same weights: new cells, new draws. Returns the layer."""
        with torch.no_grad():
            kept = self.weight.clone()
        self.seed, self._store = seed & (2**63 - 1), None
        with torch.no_grad():
            self.weight.copy_(kept)
        return self.fabricate()

    @torch.no_grad()
    def write_(self, weight):
        """Sets the cells to `weight` (torch's shape) at once, without pulses, noise or a bill; what the window does not hold clips. Returns the layer."""
        self._ready()
        if tuple(weight.shape) != tuple(self.weight.shape):
            raise ValueError(f"{self.name}: weight has shape {tuple(weight.shape)}; expected {tuple(self.weight.shape)}")
        for part, matrix in zip(self._store.parts, self._matrices(weight.float())):
            part.write(matrix)
        self._show()
        return self

    @torch.no_grad()
    def _show(self):
        self.weight.copy_(self._weight_from([p.weights() for p in self._store.parts]))
        self._store.seen = self.weight._version

    def _ready(self):
        if self._store is None:
            self.fabricate()
        elif self._store.seen is None:  # a copy
            if not torch.equal(self.weight.detach(), self._weight_from([p.weights() for p in self._store.parts])):
                raise RuntimeError(self._changed())
            self._store.seen = self.weight._version
        elif self.weight._version != self._store.seen:
            raise RuntimeError(self._changed())
        self._own()

    def _changed(self):
        return f"{self.name}: its weight was changed in memory, which cells do not follow; they change by pulses (ganbar.torch.Pulses) or layer.write_(weight); average copies made by ganbar.torch.to_digital"

    def _next_call(self):
        if self.training:
            self._store.calls += 1
            return self._store.calls
        self._store.looks += 1
        return self._store.looks

    def _remember(self, x, dy, shape):
        """Inputs and errors for rules that want them; they live and die with .grad."""
        if not self._wants_pairs:
            return
        grad = self.weight.grad
        if grad is None or not bool(grad.any()):
            self._pairs = []
        self._pairs.append((x.detach(), dy.detach()))

    @property
    def conductance(self):
        """Siemens, a list with a float32 tensor [planes, n_in, n_out] for each part of the layer; a copy."""
        self._ready()
        return [torch.from_numpy(p.conductance()) for p in self._store.parts]

    @property
    def window(self):
        """Smallest and largest conductance of a cell, S."""
        self._ready()
        return self._store.parts[0].window

    @property
    def placement(self):
        """A list of dicts: crossbar, its row and column, rows and columns of the block, its place in the matrix."""
        self._ready()
        names = ("crossbar", "at_row", "at_col", "rows", "cols", "row0", "col0")
        return [dict(zip(names, b)) for p in self._store.parts for b in p.blocks()]

    @property
    def ledger(self):
        """Accounts of this layer: path -> (n, energy in J, busy time in s)."""
        out = {}
        if self._store is not None:
            for part in self._store.parts:
                for path, charge in part.ledger().items():
                    old = out.get(path, (0, 0.0, 0.0))
                    out[path] = tuple(a + b for a, b in zip(old, charge))
        return out

    def _fingerprint(self):
        text = "\n".join(line for line in self.hardware.toml.splitlines() if not line.startswith(("name", "doc", "seed")))
        return torch.tensor(list(hashlib.sha256(text.encode()).digest()), dtype=torch.uint8)

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        super()._save_to_state_dict(destination, prefix, keep_vars)
        if self._store is None:
            return
        s = self._store
        destination[prefix + "cells.spec"] = self._fingerprint()
        destination[prefix + "cells.counters"] = torch.tensor([s.calls, s.looks, s.updates, s.seed], dtype=torch.int64)
        destination[prefix + "cells.w_max"] = torch.tensor([self.w_max], dtype=torch.float64)
        for k, part in enumerate(s.parts):
            for name, values in part.state().items():
                destination[f"{prefix}cells.{k}.{name}"] = torch.from_numpy(values)

    def _load_from_state_dict(self, state_dict, prefix, *rest):
        head = prefix + "cells."
        own = {k: state_dict[k] for k in state_dict if k.startswith(head)}
        for k in own:
            del state_dict[k]
        super()._load_from_state_dict(state_dict, prefix, *rest)
        if not own:  # weights of a plain model: cells are made from them
            self._store = None
            return
        if not torch.equal(own[head + "spec"], self._fingerprint()):
            raise RuntimeError(f"{self.name}: these cells are of other hardware; expected the hardware that the state was saved with")
        calls, looks, updates, self.seed = own[head + "counters"].tolist()
        self._w_max = float(own[head + "w_max"])
        self.fabricate()
        self._store.calls, self._store.looks, self._store.updates = calls, looks, updates
        for k, part in enumerate(self._store.parts):
            start = f"{head}{k}."
            part.restore({n[len(start):]: numpy.ascontiguousarray(v.numpy()) for n, v in own.items() if n.startswith(start)})
        self._show()

    def _apply(self, fn, *rest, **named):
        probe = fn(torch.zeros(1))
        _float32(probe, self.name)
        return super()._apply(fn, *rest, **named) if self._store is None else self

    def extra_repr(self):
        return f"{super().extra_repr()}, hardware={self.hardware!r}"


class AnalogLinear(AnalogLayer, nn.Linear):
    """nn.Linear on crossbars. The bias is digital."""

    def __init__(self, in_features, out_features, bias=True, *, hardware, w_max="auto", seed=None, name="linear"):
        nn.Linear.__init__(self, in_features, out_features, bias)
        self._place_on(hardware, w_max, seed, name)

    @_NO_COMPILE
    def forward(self, x):
        self._ready()
        x = x.float() if torch.is_autocast_enabled() or x.dtype == torch.bfloat16 and torch.is_autocast_cpu_enabled() else x
        _float32(x, self.name)
        if x.shape[-1] != self.in_features:
            raise ValueError(f"{self.name}: input has {x.shape[-1]} features; expected {self.in_features}")
        y = _Read.apply(x.reshape(-1, self.in_features), self.weight, self, None).reshape(*x.shape[:-1], self.out_features)
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
        windows, samples = shape
        y = None
        for k, part in enumerate(self._store.parts):
            out = part.forward_windows(windows, k, x, samples, call, training)
            y = numpy.array(out) if y is None else y + out  # parts write different positions
        return y

    def _backward_rows(self, dy, shape, call, training):
        windows, samples = shape
        dx = None
        for k, part in enumerate(self._store.parts):
            out = part.backward_windows(windows, k, dy, samples, call, training)
            dx = numpy.array(out) if dx is None else dx + out
        return dx

    def _gradient(self, x, dy, shape):
        windows, samples = shape
        return self._weight_from([_core.weight_gradient_windows(windows, k, x, dy, samples) for k in range(len(self._store.parts))])

    def _run(self, x, output_padding):
        self._ready()
        _float32(x, self.name)
        n = self._n_axes
        if x.dim() not in (n + 1, n + 2) or x.shape[-n - 1] != self.in_channels:
            raise ValueError(f"{self.name}: input has shape {tuple(x.shape)}; expected [batch, {self.in_channels}, {', '.join(['side'] * n)}]")
        single = x.dim() == n + 1
        if single:
            x = x.unsqueeze(0)
        windows = self._windows_of(x.shape[2:], output_padding)
        rows = x.permute(0, *range(2, n + 2), 1).reshape(-1, self.in_channels)
        y = _Read.apply(rows, self.weight, self, (windows, x.shape[0]))
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
    """Latent vectors of a generator. source: "array" (bits of simulated crossbars as `hardware` describes them, coded -1 and +1) or "gaussian".

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
        self.size, self.source, self.hardware = size, source, hardware
        self.seed = (torch.initial_seed() if seed is None else seed) & (2**63 - 1)
        self._bits = _core.ArrayBits(hardware._core, self.seed, size) if source == "array" else None

    def forward(self, n):
        """float32 [n, size]"""
        if self._bits is None:
            return torch.randn(n, self.size)
        return torch.from_numpy(self._bits.take(n * self.size)).float().mul_(2).sub_(1).reshape(n, self.size)

    @property
    def energy_J(self):
        """Energy of the bits so far, J."""
        return self._bits.energy_J if self._bits is not None else 0.0
