"""Device models outside any network, and devices out of measured pulses."""
from __future__ import annotations

import csv
import io
import os
import pathlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _arrays, _core, _places
from ._errors import ConfigError, DataError
from ._log import hear
from ._table import table
from ._types import PathLike, Quantity, Reals
from .device_model import DeviceModel, _model_of

if TYPE_CHECKING:
    import numpy as np
else:
    from ._lazy import np


def _energy(rule: str) -> str:
    if rule not in ("ohmic", "nonlinear"):
        raise ConfigError(f"energy = {rule!r}; expected \"ohmic\" (V^2 G t) or \"nonlinear\" (V I(V) t)")
    return rule


def _start(value: Any) -> Any:
    """Conductances at first: float64 [1] or [n], or None."""
    if value is None or isinstance(value, str) or np.ndim(value) == 0:
        return value if value is None else np.array([_arrays.quantity("start", value, "S")])
    return _arrays.reals("start", value, "S", 1)


_MOST_V = 100.0  # what a cell may be given; currents beyond it overflow in laws that rise exponentially


def _volts(value: Quantity) -> float:
    volts = _arrays.quantity("v", value, "V")
    if abs(volts) > _MOST_V:
        raise ConfigError(f"v = {volts} V; expected a voltage up to {_MOST_V:g} V")
    return volts


def _width(value: Quantity) -> float:
    width = _arrays.quantity("width", value, "s")
    if width <= 0:
        raise ConfigError(f"width = {width} s; expected a time above 0")
    if width > (1e6 if isinstance(value, str) else 1):
        raise ConfigError(f"width = {width} s; expected a pulse of at most 1 s, or a text with its unit: \"100 ns\"")
    return width


class Device:
    """A device model with settings: the keys of its section, as texts with units. The expected cell: variation is off unless set.

    >>> cell = Device("nili2020")
    >>> cell.pulse("0.9 V", "100 ns", start="200 uS", count=2)["g_S"].size
    2
    """

    def __init__(self, model: str, **params: Any) -> None:
        if _model_of(model) is not None:
            raise ConfigError(f"{model!r} is a model in numpy; expected ganbar.Cells({model!r}, n) to pulse it, or a name as ganbar.list(\"devices\") has it")
        if not isinstance(model, str):
            raise ConfigError(f"{model!r} is no device model; expected a name as ganbar.list(\"devices\") has it")
        self.model, self.params = model, params
        self._ask([], None, 1, 1, "ohmic")  # so that a mistake shows here

    def _ask(self, pulses: list[tuple[float, float]], start: float | None, count: int, seed: int, energy: str) -> dict[str, Any]:
        return _core.pulse_expected(_places.library(), self.model, _arrays.settings(self.params), start, pulses, count, seed, energy)

    def pulse(self, v: Reals, width: Reals, *, start: Quantity | None = None, count: int = 1, seed: int = 1, energy: str = "ohmic") -> Any:
        """A table with one row a pulse: `v_V`, `t_s`, `g_S` after it, `delta_g_S`, `energy_J`.

        `v` and `width`: one pulse, or lists of equal length, a sequence applied `count` times; numbers in volts and seconds or texts with units.
        `start`: conductance before the first (default: the model's lowest). `seed`: of the draws, where the settings ask for variation.
        ConfigError: 0 V, widths of 0, a start below 0. A start outside the window and pulses beyond what the model was fitted on are logged
        as warnings.
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
        if start is not None and start < 0:
            raise ConfigError(f"start = {start} S; expected a conductance >= 0")
        out = self._ask(pulses, start, _arrays.whole("count", count, 1, 10**7), _arrays.whole("seed", seed, 0), _energy(energy))
        for line in out["warnings"]:
            hear("warning: " + line)
        return table({name: out[name] for name in ("v_V", "t_s", "g_S", "delta_g_S", "energy_J")})

    @property
    def window(self) -> tuple[float, float]:
        """(lowest, highest) conductance, siemens."""
        out = self._ask([], None, 1, 1, "ohmic")
        return out["g_min_S"], out["g_max_S"]

    def to_dict(self) -> dict[str, Any]:
        """The section [device]: ganbar.load(preset, device=cell) takes the Device itself, or this.

        >>> Device("nili2020", d2d="A").to_dict()
        {'model': 'nili2020', 'd2d': 'A'}
        """
        return {"model": self.model, **self.params}

    def to_toml(self) -> str:
        """The same as TOML text.

        >>> print(Device("nili2020", d2d="A").to_toml(), end="")
        [device]
        model = "nili2020"
        d2d = "A"
        """
        return "[device]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in self.to_dict().items())

    @classmethod
    def from_pulses(cls, data: Any, *, iv: Any = None, pulses: str | None = None, width: Quantity | None = None, read_voltage: Quantity | None = None, unit: str = "",
                    name: str | None = None, preset: str = "measured-device") -> MeasuredDevice:
        """A device out of its measured pulses, as `ganbar device fit` makes it: a MeasuredDevice, whose model is "table".

        `data`: a CSV's path, or a DataFrame or dict of columns: device, cycle, pulse, v_V, t_s, g_S (one row a pulse, conductance after it; units may stand in
        the names: g_uS, t_ns, r_kohm; device and cycle may be left out). `iv`: I-V sweeps, columns v_V and i_A, likewise. Where the data do not
        say it: `pulses`, amplitude and width of a cycle's pulses ("100 x 1.0 V,100 ns; 100 x -1.2 V,100 ns"); `width` of every pulse; `read_voltage` of currents;
        `unit` of conductance, resistance or current. `preset`: experiment that `to_toml()` starts from. Notes on how the data were read are
        logged. DataError with row and column for what cannot be read or fitted; ConfigError for what is asked wrongly.

        >>> pulses = [(+0.9, 150e-6 + 2e-6 * k) for k in range(1, 40)] + [(-0.9, 228e-6 - 2e-6 * k) for k in range(1, 40)]
        >>> cell = Device.from_pulses({"v_V": [v for v, _ in pulses], "t_s": [1e-7] * len(pulses), "g_S": [g for _, g in pulses]})
        >>> round(cell.verdict.balance, 2)
        1.0
        """
        text, file = _as_csv("data", data)
        iv_text, iv_file = ("", "") if iv is None else _as_csv("iv", iv)
        read_V = None if read_voltage is None else _arrays.quantity("read_voltage", read_voltage, "V")
        width_s = None if width is None else _width(width)
        if name is None:
            name = pathlib.Path(file).stem if file != "data" else "measured"
        fit = _core.fit_pulses(text, file, name, iv_text, iv_file, pulses or "", read_V, width_s, unit, preset)
        for line in fit["notes"]:
            hear(line)
        return MeasuredDevice(fit, name)

    def __repr__(self) -> str:
        said = "".join(f", {k}={v!r}" for k, v in self.params.items())
        return f"Device({self.model!r}{said})"


class Verdict(dict[str, Any]):
    """What a measured device means for training; the keys are attributes: `set_step_S`, `reset_step_S` (mean steps), `balance` (their ratio), `symmetric_S` (where
    they are equal; None: nowhere), `levels_set`, `levels_reset` (pulses across the window), `noise_to_step`, `spread` (between devices, relative), `v_set_V`,
    `v_reset_V`, `t_s` (the most balanced pulses) with their `best_balance`, `rule`, `feedback` (what suits), `why` (in sentences).

    >>> Verdict(rule="manhattan").rule
    'manhattan'
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __repr__(self) -> str:
        return f"Verdict(balance {self['balance']:.3g}, {self['levels_set']:.3g} and {self['levels_reset']:.3g} levels, rule {self['rule']!r}: {self['why']})"


class MeasuredDevice(Device):
    """A device of the model "table", from Device.from_pulses. `verdict`: a Verdict. `families`: the parametric laws fitted beside it, best first: dicts with
    model, law, bic, rms (relative) and parameters, name -> (value, lo, hi, unit). `data`: the pulses as read, a table in SI. `name`, `notes`, `n_devices`, `n_pulses`,
    `n_outliers` (steps left out), `n_wild_reads` (reads set aside; the notes say where), `read_noise_S`. pulse() is the mean device; in an experiment it has its measured noise and spread.

    >>> up = [(0.9, 150e-6 + 2e-6 * k) for k in range(1, 40)]
    >>> cell = Device.from_pulses({"v_V": [v for v, _ in up] + [-0.9] * 39, "t_s": [1e-7] * 78, "g_S": [g for _, g in up] + [g - 2e-6 for _, g in up[::-1]]})
    >>> cell.pulse("0.9 V", "100 ns", start="180 uS")["delta_g_S"][0].round(8)
    2e-06
    """

    def __init__(self, fit: Mapping[str, Any], name: str) -> None:
        self.name = name
        self._toml: str = fit["toml"]
        self._section = _core.toml_dict(self._toml, name)["device"]
        self.verdict, self.families, self.data, self.notes = Verdict(fit["verdict"]), fit["families"], table(fit["data"]), fit["notes"]
        self.n_devices, self.n_pulses, self.n_outliers, self.n_wild_reads = (fit[k] for k in ("n_devices", "n_pulses", "n_outliers", "n_wild_reads"))
        self.read_noise_S: float = fit["read_noise_S"]
        super().__init__("table", **{k: v for k, v in self._section.items() if k not in ("model", "d2d", "c2c")})

    def to_dict(self) -> dict[str, Any]:
        """The section [device] with noise and spread."""
        return dict(self._section)

    def to_toml(self) -> str:
        """The text that `ganbar device fit -o` writes: an experiment that runs, and a device for device.model = "THIS.toml"."""
        return self._toml

    def save(self, path: PathLike) -> None:
        """Writes to_toml(); ConfigError where the file exists."""
        try:
            with open(path, "x", encoding="utf-8") as file:
                file.write(self._toml)
        except FileExistsError as fault:
            raise ConfigError(f"{os.fspath(path)} exists; expected another name") from fault

    def plot(self, ax: Any = None) -> Any:
        """The measured steps over conductance, and the table's (matplotlib); returns its axes."""
        from . import plot

        return plot.steps(self, ax=ax)

    def __repr__(self) -> str:
        return f"MeasuredDevice({self.name!r}, {self.n_pulses} pulses on {self.n_devices} device{'' if self.n_devices == 1 else 's'}, balance {self.verdict.balance:.3g})"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, np.ndarray)):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    plain: Any = value.item() if hasattr(value, "item") else value
    return repr(plain)


def _as_csv(name: str, data: Any) -> tuple[str, str]:
    """(text, what to call it) of a path, or of columns by name."""
    if isinstance(data, (str, os.PathLike)):
        try:
            return pathlib.Path(data).read_bytes().decode("utf-8", "surrogateescape"), os.fspath(data)
        except OSError as fault:
            raise DataError(f"{os.fspath(data)}: cannot read the file ({fault.strerror}); expected a CSV with a header") from fault
    if not hasattr(data, "columns") and not isinstance(data, dict):
        raise ConfigError(f"{name} is a {type(data).__name__}; expected a CSV's path, a DataFrame, or a dict of columns")
    columns = {str(c): list(data[c]) for c in (data if isinstance(data, dict) else data.columns)}
    lengths = {len(c) for c in columns.values()}
    if len(lengths) != 1:
        raise ConfigError(f"{name} has columns of different lengths; expected as many values in each")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*([_cell(v) for v in c] for c in columns.values())))
    return out.getvalue(), name


def _cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    return repr(float(value)) if isinstance(value, (float, np.floating)) else str(value)


class Cells:
    """An array of `n` cells of one model outside any network, with the draws of `seed`: each cell its own, each pulse its own.

    `model`: a name as ganbar.list("devices") has it, or a model in numpy (ganbar.DeviceModel). `start`: conductance at first, of all cells or, as an
    array [n], of each (default: the lowest). Other keywords are settings of a named model, variation included. copy.deepcopy(cells) is the same cells again.

    >>> cells = Cells("nili2020", n=100, seed=1, start="200 uS")
    >>> cells.pulse("1 V", "100 ns")["n_set"] > 0
    True
    """

    def __init__(self, model: str | DeviceModel, n: int, *, seed: int = 1, start: Quantity | Reals | None = None, **params: Any) -> None:
        given, own = _start(start), _model_of(model)
        self._warned: set[str] = set()
        n, seed = _arrays.whole("n", n, 1, 10**8), _arrays.whole("seed", seed, 0)
        if own is not None:
            if params:
                raise ConfigError(f"{next(iter(params))} is no setting of {own!r}, a model in numpy; expected attributes of the object itself")
            self.model, self._core = type(own).__name__, _core.Cells(own, n, given, seed)
            return
        if not isinstance(model, str):
            raise ConfigError(f"{model!r} is no device model; expected a name as ganbar.list(\"devices\") has it, or a ganbar.DeviceModel")
        self.model, self._core = model, _core.Cells(_places.library(), model, params, n, given, seed)

    def pulse(self, v: Reals, width: Quantity, *, energy: str = "ohmic") -> dict[str, Any]:
        """One pulse: `v` for all cells, or an array with a voltage each (0: none). A dict: n_set, n_reset, n_idle (cells not moved), energy_J.

        ConfigError: voltages that are not finite or beyond 100 V, widths of 0, bare widths above 1 s. Pulses beyond what the model was fitted on are logged as
        warnings, once for each polarity and once for widths.
        """
        volts = _arrays.voltages("v", v, len(self), "cells")
        beyond = ~(np.abs(volts) <= _MOST_V)
        if beyond.any():
            raise ConfigError(f"v holds {volts[beyond][0]} V; expected finite voltages up to {_MOST_V:g} V")
        seconds = _width(width)
        bill = self._core.pulse(volts, seconds, _energy(energy))
        if bill["n_set"] + bill["n_reset"] > 0 and len(self._warned) < 3:
            for line in self._core.beyond(volts, seconds):
                kind = line.split(" of ", 1)[0]  # "a set pulse", "a reset pulse", "a pulse"
                if kind not in self._warned:
                    self._warned.add(kind)
                    hear("warning: " + line)
        return bill

    @property
    def g(self) -> np.ndarray[Any, Any]:
        """Conductances now, float32 [n], siemens; a copy."""
        return self._core.conductance()

    def current(self, v: Quantity) -> np.ndarray[Any, Any]:
        """Static current of each cell at this voltage, float64 [n], amperes. ConfigError beyond 100 V."""
        return self._core.current(_volts(v))

    @property
    def window(self) -> tuple[float, float]:
        """(lowest, highest) conductance, siemens."""
        return self._core.window

    def read_noise(self, v: Quantity) -> np.ndarray[Any, Any]:
        """Variance of one read of each cell's current at this voltage, float32 [n], A^2."""
        return self._core.read_noise(_volts(v))

    def plot(self, ax: Any = None) -> Any:
        """A histogram of the conductances (matplotlib); returns its axes."""
        from . import plot

        return plot.cells(self, ax=ax)

    def __len__(self) -> int:
        return self._core.size

    def __deepcopy__(self, memo: Any) -> Cells:
        new = object.__new__(Cells)
        new.model, new._core, new._warned = self.model, self._core.copy(), set(self._warned)
        return new

    __copy__ = __deepcopy__

    def __repr__(self) -> str:
        g = self.g
        return f"Cells({self.model!r}, n={len(self)}, {g.min() * 1e6:.4g} to {g.max() * 1e6:.4g} uS)"
