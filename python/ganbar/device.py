"""Device models outside any network."""
import numpy as np

from . import _arrays, _core, _places
from ._errors import ConfigError
from ._log import hear
from ._table import table


def _energy(rule):
    if rule not in ("ohmic", "nonlinear"):
        raise ConfigError(f"energy = {rule!r}; expected \"ohmic\" (V^2 G t) or \"nonlinear\" (V I(V) t)")
    return rule


def _width(value):
    width = _arrays.quantity("width", value, "s")
    if width <= 0:
        raise ConfigError(f"width = {width} s; expected a time above 0")
    return width


class Device:
    """A device model with settings: the keys of its section, as texts with units. The expected cell: variation is off unless set.

    >>> cell = Device("nili2020")
    >>> cell.pulse("0.9 V", "100 ns", start="200 uS", count=2)["g_S"].size
    2
    """

    def __init__(self, model, **params):
        self.model, self.params = model, params
        self._ask([], None, 1, 1, "ohmic")  # so that a mistake shows here

    def _ask(self, pulses, start, count, seed, energy):
        return _core.pulse_expected(_places.library(), self.model, _arrays.settings(self.params), start, pulses, count, seed, energy)

    def pulse(self, v, width, *, start=None, count=1, seed=1, energy="ohmic"):
        """A table with one row a pulse: `v_V`, `t_s`, `g_S` after it, `delta_g_S`, `energy_J`.

        `v` and `width`: one pulse, or lists of equal length, a sequence applied `count` times; numbers in volts and seconds or texts with units.
        `start`: conductance before the first (default: the model's lowest). `seed`: of the draws, where the settings ask for variation.
        ConfigError: 0 V, widths of 0, a start the model cannot hold. Pulses beyond what the model was fitted on are logged as warnings.
        """
        volts = list(v) if isinstance(v, (list, tuple, np.ndarray)) else [v]
        widths = list(width) if isinstance(width, (list, tuple, np.ndarray)) else [width] * len(volts)
        if len(volts) != len(widths):
            raise ConfigError(f"width has {len(widths)} values for {len(volts)} voltages; expected as many, or one")
        pulses = [(_arrays.quantity("v", one, "V"), _width(t)) for one, t in zip(volts, widths)]
        for one, _ in pulses:
            if one == 0:
                raise ConfigError("v = 0 V is no pulse; expected another voltage")
        start = None if start is None else _arrays.quantity("start", start, "S")
        out = self._ask(pulses, start, _arrays.whole("count", count, 1), _arrays.whole("seed", seed, 0), _energy(energy))
        for line in out["warnings"]:
            hear("warning: " + line)
        return table({name: out[name] for name in ("v_V", "t_s", "g_S", "delta_g_S", "energy_J")})

    @property
    def window(self):
        """(lowest, highest) conductance, siemens."""
        out = self._ask([], None, 1, 1, "ohmic")
        return out["g_min_S"], out["g_max_S"]

    def __repr__(self):
        said = "".join(f", {k}={v!r}" for k, v in self.params.items())
        return f"Device({self.model!r}{said})"


class Cells:
    """An array of `n` cells of one model outside any network, with the draws of `seed`: each cell its own, each pulse its own.

    `start`: conductance of all cells at first (default: the lowest). Other keywords are settings of the model, variation included.

    >>> cells = Cells("nili2020", n=100, seed=1, start="200 uS")
    >>> cells.pulse("1 V", "100 ns")["n_set"] > 0
    True
    """

    def __init__(self, model, n, *, seed=1, start=None, **params):
        start = None if start is None else _arrays.quantity("start", start, "S")
        self.model = model
        self._core = _core.Cells(_places.library(), model, params, _arrays.whole("n", n, 1, 10**8), start, _arrays.whole("seed", seed, 0))

    def pulse(self, v, width, *, energy="ohmic"):
        """One pulse: `v` for all cells, or an array with a voltage each (0: none). A dict: n_set, n_reset, n_idle (cells not moved), energy_J."""
        return self._core.pulse(_arrays.voltages("v", v, len(self), "cells"), _width(width), _energy(energy))

    @property
    def g(self):
        """Conductances now, float32 [n], siemens; a copy."""
        return self._core.conductance()

    def current(self, v):
        """Static current of each cell at this voltage, float64 [n], amperes."""
        return self._core.current(_arrays.quantity("v", v, "V"))

    @property
    def window(self):
        """(lowest, highest) conductance, siemens."""
        return self._core.window

    def plot(self, ax=None):
        """A histogram of the conductances (matplotlib); returns its axes."""
        from . import plot

        return plot.cells(self, ax=ax)

    def __len__(self):
        return self._core.size

    def __repr__(self):
        g = self.g
        return f"Cells({self.model!r}, n={len(self)}, {g.min() * 1e6:.4g} to {g.max() * 1e6:.4g} uS)"
