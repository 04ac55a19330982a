"""What all layers in cells share: the cells, their state, what the user sees of them."""
import hashlib
import numbers
import warnings
import weakref

import numpy
import torch

from .. import _core
from .._arrays import quantity
from .._errors import ConfigError
from .._places import library
from ..hardware import Hardware
from . import ranks

_CELLS = ("hardware", "device", "nonideal", "periphery", "tile", "wires")  # the sections that decide what cells do
_OWNERS = {}  # id of a Parameter -> its layer; parameters keep no attribute of ours, so that they copy and pickle as torch's do


def owner_of(parameter):
    """The layer in whose cells a parameter lives, or None."""
    layer = _OWNERS.get(id(parameter), lambda: None)()
    return layer if layer is not None and layer._parameters.get("weight") is parameter else None


def need_float32(x, what):
    if x.device.type != "cpu":
        raise RuntimeError(f"{what}: cells are simulated on the CPU, not on {x.device}; keep this layer and its input there")
    if x.dtype != torch.float32:
        raise TypeError(f"{what}: cells are simulated in float32, not in {x.dtype}; convert the input with .float()")


def _two_arrays():
    return _core.Rule(library(), "tiki_taka", {})  # both versions join arrays alike; settings come with each step


def _autocast():
    try:
        return torch.is_autocast_enabled("cpu")
    except TypeError:  # torch before 2.4 has a function a device
        return torch.is_autocast_cpu_enabled()


def float32_of(x, what):
    """The input of a read; under autocast what other layers made of it is float32 again."""
    if x.dtype in (torch.bfloat16, torch.float16) and _autocast():
        x = x.float()
    need_float32(x, what)
    return x


def drawn_seed():
    """A seed from torch's global generator, which is one number further then: torch.manual_seed decides it, and two chips are not one."""
    return int(torch.randint(2**63 - 1, ()))


def seed_of(seed, what):
    if isinstance(seed, bool) or not isinstance(seed, numbers.Integral):
        raise TypeError(f"{what}: seed = {seed!r}; expected a whole number, or None")
    return int(seed) & (2**63 - 1)


def _mixed(seed, origin):
    """Of a chip made anew: layers of several models get chips of their own under one seed."""
    return int.from_bytes(hashlib.blake2b(f"{seed} {origin}".encode(), digest_size=8).digest(), "big") >> 1


class _Store:
    """The cells of a layer and what belongs to them; copied and pickled with the module."""

    def __init__(self, layer, plan, index):
        self.hardware, self.name, self.w_max, self.seed = layer.hardware, layer.name, layer.w_max, layer.seed
        self.plan_shapes, self.index = plan, index
        self.calls, self.looks, self.updates, self.writes, self.seen, self.shown = 0, 0, 0, 0, None, None
        self.joined, self.parts = False, []

    def make(self, matrices):
        where = _core.Plan(self.hardware._core, self.plan_shapes)
        single = len(matrices) == 1
        self.parts = [_core.WeightCells(self.hardware._core, self.name if single else f"{self.name}/phase{k}", m, self.w_max, self.seed, where, self.index + k) for k, m in enumerate(matrices)]

    def join(self, rule):
        """Second arrays for a rule of two; once."""
        for part in self.parts:
            part.join(rule)
        self.joined = True

    def __getstate__(self):
        out = {k: v for k, v in self.__dict__.items() if k not in ("parts", "seen", "shown")}
        out["cells"] = [(p.weights().copy(), {k: v.copy() for k, v in p.state().items()}) for p in self.parts]
        return out

    def __setstate__(self, state):
        cells = state.pop("cells")
        self.__dict__.update(state, seen=None, shown=None)
        self.make([numpy.ascontiguousarray(w) for w, _ in cells])
        if self.joined:
            self.join(_two_arrays())
        for part, (_, tensors) in zip(self.parts, cells):
            part.restore(tensors)

    def __deepcopy__(self, memo):
        new = object.__new__(_Store)
        new.__setstate__(self.__getstate__())
        return new


class AnalogLayer:
    """What all layers share; mixed into torch's classes, so isinstance(m, nn.Linear) holds.

    hardware: ganbar.hardware(...). w_max: weight of a fully on cell; "auto" takes twice the largest initial weight. seed: of the cells and all their
    draws; None: the number that torch's global generator would give next, so torch.manual_seed decides it and layers differ. name: in the ledger and of
    the streams; convert() takes the module's path.
    """

    def _place_on(self, hardware, w_max, seed, name):
        if not isinstance(hardware, Hardware):
            raise TypeError(f"{name}: hardware is a {type(hardware).__name__}; expected ganbar.hardware(...), for example ganbar.hardware(\"satyam2022-balanced\")")
        if w_max != "auto" and not (isinstance(w_max, numbers.Real) and 0 < w_max < float("inf")):
            raise ValueError(f"{name}: w_max = {w_max!r}; expected a weight above 0, or \"auto\"")
        if seed is None:
            with torch.random.fork_rng(devices=[]):  # weights that are drawn after this layer's are torch's
                seed = drawn_seed()
        self.hardware, self.seed = hardware, seed_of(seed, name)
        self._origin = self.seed
        self.name, self._w_max, self._store, self._pairs, self._placed = name, w_max, None, [], None
        self._collecting = False
        self._wants_pairs, self.written = False, None
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

    def _apply_pairs(self, x, dy, shape, rule, update, lr):
        return [self._store.parts[0].apply_pairs(x, dy, rule, update, lr)]

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
        need_float32(self.weight, self.name)
        self._must_be_finite(self.weight)
        self._warn_of_clipping(self.weight)
        matrices = self._matrices(self.weight)
        shapes, index = self._placed or ([tuple(m.shape) for m in matrices], 0)
        store = _Store(self, shapes, index)
        store.make(matrices)
        self._store = store
        self._show()
        return self

    def _must_be_finite(self, weight):
        bad = ~torch.isfinite(weight)
        if bool(bad.any()):
            raise ValueError(f"{self.name}: {int(bad.sum())} of its {bad.numel()} weights are NaN or infinite, which no cell can hold; expected finite weights")

    @torch.no_grad()
    def _warn_of_clipping(self, weight):
        beyond = float((weight.abs() > self.w_max * (1 + 1e-6)).float().mean())
        if beyond > 0:
            warnings.warn(f"{self.name}: {100 * beyond:.2g}% of the weights lie beyond w_max = {self.w_max:.4g}, which a fully on cell holds, and are clipped", stacklevel=3)

    def refabricate(self, seed):
        """Another chip with the same weights: new cells, new draws, the same for the same seed. Returns the layer."""
        chip = _mixed(seed_of(seed, self.name), self._origin)
        with torch.no_grad():
            kept = self.weight.clone()
        self.seed, self._store = chip, None
        with torch.no_grad():
            self.weight.copy_(kept)
        return self.fabricate()

    @torch.no_grad()
    def write_(self, weight, *, verify=False, tolerance=None, max_pulses=None):
        """Sets the cells to `weight` (torch's shape); what the window does not hold clips. Returns the layer.

        verify=False: at once, without pulses, noise or a bill. verify=True: cell by cell, pulses and reads in turn (Alibart et al. 2012) until each shows
        what it should within `tolerance` (part of the window) or after `max_pulses`; None: the hardware's hardware.write_* keys. Billed under
        programming/; `written` then says n_cells, n_pulses, n_unreached, rms_error and largest_error (parts of the window), energy_J.
        """
        self._make()
        if not verify and (tolerance is not None or max_pulses is not None):
            raise ValueError(f"{self.name}: tolerance and max_pulses are of a write with verification; expected verify=True with them")
        if (tolerance is not None and not 0 < tolerance < 1) or (max_pulses is not None and max_pulses < 1):
            raise ValueError(f"{self.name}: expected a tolerance between 0 and 1 and at least one pulse")
        if tuple(weight.shape) != tuple(self.weight.shape):
            raise ValueError(f"{self.name}: weight has shape {tuple(weight.shape)}; expected {tuple(self.weight.shape)}")
        self._must_be_finite(weight)
        self._warn_of_clipping(weight)
        for part, matrix in zip(self._store.parts, self._matrices(weight.float())):
            if verify:
                self._store.writes += 1
                self._note(part.tune(matrix, tolerance or 0.0, max_pulses or 0, self._store.writes, ranks.rank() == 0), part is self._store.parts[0])
            else:
                part.write(matrix)
        self._show()
        return self

    def _note(self, cost, first):
        cells, pulses, unreached, error2, largest, energy = cost
        old = {"n_cells": 0, "n_pulses": 0, "n_unreached": 0, "rms_error": 0.0, "largest_error": 0.0, "energy_J": 0.0} if first else self.written
        n = old["n_cells"] + cells
        self.written = {"n_cells": n, "n_pulses": old["n_pulses"] + pulses, "n_unreached": old["n_unreached"] + unreached,
                        "rms_error": ((old["rms_error"] ** 2 * old["n_cells"] + error2) / n) ** 0.5,
                        "largest_error": max(old["largest_error"], largest), "energy_J": old["energy_J"] + energy}

    @torch.no_grad()
    def rest(self, seconds):
        """This many seconds (or a text, "1 h") pass without a pulse: cells drift as the hardware's [nonideal] section says. Returns the layer.

        Time that the section itself lets pass (t_update, t_shelf) comes on top. ConfigError for hardware whose cells do not drift.
        """
        seconds = quantity("seconds", seconds, "s")
        if not seconds >= 0:
            raise ValueError(f"{self.name}: seconds is {seconds}; expected a number from 0")
        self._ready()
        if not all([part.rest(float(seconds)) for part in self._store.parts]):
            raise ConfigError(f"{self.name}: its cells do not drift; expected hardware with nonideal.drift or nonideal.drift_sigma")
        self._show()
        return self

    @torch.no_grad()
    def _show(self):
        self.weight.copy_(self._weight_from([p.weights() for p in self._store.parts]))
        self._seen()

    def _seen(self):
        self._store.seen, self._store.shown = self.weight._version, self.weight.detach().clone()

    def _make(self):
        """Cells, where there are none yet; whatever the weight in memory says by now."""
        if self._parameters.get("weight") is None:
            raise RuntimeError(f"{self.name}: its weight is computed from others (spectral norm, weight norm, a parametrization), which cells cannot follow; expected the plain "
                               "layer, or one that stays digital: convert(model, hardware, exclude=[...])")
        if self._store is None:
            self.fabricate()
        self._own()

    def _ready(self):
        self._make()
        self._must_show()

    def _must_show(self):
        """RuntimeError where the weight in memory is not what the cells show; `.data` changes it behind torch's counter of versions, and a copy has none."""
        s = self._store
        if (s.seen != self.weight._version or s.shown is None or not torch.equal(self.weight.detach(), s.shown)) and not self._still_shows():
            raise RuntimeError(self._changed())

    def _still_shows(self):
        """Whether a weight that was written in memory says what the cells show; then nothing has changed (replicas that are sent to all ranks)."""
        if not torch.equal(self.weight.detach(), self._weight_from([p.weights() for p in self._store.parts])):
            return False
        self._seen()
        return True

    def _changed(self):
        return f"{self.name}: its weight was changed in memory, which cells do not follow; they change by pulses (ganbar.torch.Pulses) or layer.write_(weight); average copies made by ganbar.torch.to_digital"

    def _next_call(self):
        if self.training:
            self._store.calls += 1
            return ranks.own_call(self._store.calls)
        self._store.looks += 1
        return ranks.own_call(self._store.looks)

    def _remember(self, x, dy, shape):
        """Inputs and errors for rules that want them; they live and die with .grad."""
        if not self._wants_pairs:
            return
        if not self._collecting:  # the first of this backward pass; those of other reads in it come before .grad changes
            grad = self.weight.grad
            if grad is None or not bool(grad.any()):
                self._pairs = []
            self._collecting = True
            torch.autograd.Variable._execution_engine.queue_callback(self._collected)
        self._pairs.append((x.detach(), dy.detach(), shape))

    def _collected(self):
        """A backward pass is over, or given up."""
        self._collecting = False

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
        text, own = [], self.hardware.model is not None  # a model in numpy stands above all sections
        for line in self.hardware.toml.splitlines():
            if line.startswith("["):
                own = line.strip("[]").split(".")[0] in _CELLS
            if own:
                text.append(line)
        text = "\n".join(text)
        return torch.tensor(list(hashlib.sha256(text.encode()).digest()), dtype=torch.uint8)

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        if self._store is not None:
            self._must_show()
        super()._save_to_state_dict(destination, prefix, keep_vars)
        if self._store is None:
            return
        s = self._store
        destination[prefix + "cells.spec"] = self._fingerprint()
        destination[prefix + "cells.counters"] = torch.tensor([s.calls, s.looks, s.updates, s.seed, s.writes, self._origin], dtype=torch.int64)
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
            raise RuntimeError(f"{self.name}: these cells are of other hardware; expected the hardware that the state was saved with: the same [{'], ['.join(_CELLS)}]")
        calls, looks, updates, self.seed, *later = own[head + "counters"].tolist()
        writes, self._origin = (*later, *(0, self.seed)[len(later):])  # states of earlier versions hold fewer
        self._w_max = float(own[head + "w_max"])
        self.fabricate()
        self._store.calls, self._store.looks, self._store.updates, self._store.writes = calls, looks, updates, writes
        if any(k.endswith("/transfer") for k in own):
            self._store.join(_two_arrays())
        for k, part in enumerate(self._store.parts):
            start = f"{head}{k}."
            part.restore({n[len(start):]: numpy.ascontiguousarray(v.numpy()) for n, v in own.items() if n.startswith(start)})
        self._show()

    def _apply(self, fn, *rest, **named):
        try:
            probe = fn(torch.zeros(1))
        except Exception as fault:  # a device that this torch does not have
            raise RuntimeError(f"{self.name}: cells are simulated on the CPU in float32; keep this layer there ({fault})") from fault
        need_float32(probe, self.name)
        return super()._apply(fn, *rest, **named) if self._store is None else self

    def extra_repr(self):
        return f"{super().extra_repr()}, hardware={self.hardware!r}"
