"""Cycles, latency, energy and area of a GAN on accelerators."""
from __future__ import annotations

import json
import math
import numbers
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from . import _arrays, _core, _places
from ._errors import ConfigError
from ._log import hear
from ._table import from_rows, table
from ._types import Names, PathLike
from .experiment import Experiment


class Estimate(dict[str, Any]):
    """One accelerator's estimate: the object of `estimate --json`. `layers`: a table, one row a layer and phase.

    >>> len(estimate("dcgan", on="regan")["regan"].layers) > 8
    True
    """

    @property
    def layers(self) -> Any:
        """One row a layer and phase: cycles, energies in joules by component."""
        return from_rows(self["layers"])

    def __repr__(self) -> str:
        return f"Estimate({self['network']} on {self['accelerator']}: {self['iteration_latency_s']:.4g} s, {self['iteration_energy_J']:.4g} J an iteration)"


class Estimates:
    """Estimates by accelerator: `[name]` is one, `table` has a row each, `unfit` tells which machines cannot run the network, and why.

    >>> found = estimate("dcgan", on=["regan", "pipelayer"])
    >>> list(found), len(found.table)
    (['regan', 'pipelayer'], 2)
    """

    def __init__(self, found: Sequence[Mapping[str, Any]], unfit: Iterable[tuple[str, str]]) -> None:
        self._found = {one["accelerator"]: Estimate(one) for one in found}
        self.unfit = dict(unfit)

    @property
    def table(self) -> Any:
        """One row a machine; columns are the numbers of `estimate --json`."""
        return from_rows([{k: v for k, v in one.items() if not isinstance(v, (list, dict))} for one in self._found.values()])

    def __getitem__(self, name: str) -> Estimate:
        if name not in self._found:
            raise ConfigError(f"there is no estimate for \"{name}\"; expected one of {', '.join(self._found)}")
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return f"Estimates({', '.join(self._found)})"

    def _repr_html_(self) -> str:
        rows = [{name: one.get(name) for name in ("accelerator", "network", "batch", "iteration_latency_s", "iteration_energy_J", "area_m2", "power_W")} for one in self._found.values()]
        return str(from_rows(rows)._repr_html_())

    def plot(self, column: str = "iteration_energy_J", ax: Any = None) -> Any:
        """One number of each machine as a bar (matplotlib); returns its axes."""
        from . import plot

        return plot.estimates(self, column, ax=ax)


def _above_0(name: str, value: float | None, unit: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 < value < 1e12:
        raise ConfigError(f"{name} = {value!r}; expected a number of {unit} above 0")
    return float(value)


def estimate(network: PathLike | Experiment, on: Names, batch: int | None = None, steps_d: int | None = None, set: Mapping[str, Any] | None = None, *, task: str = "",
             discriminator: PathLike = "", area_m2: float | None = None, power_W: float | None = None, arrays: float | None = None, chip: bool = False, as_published: bool = False) -> Estimates:
    """What one training iteration costs. `network`: a network's or an experiment's name, a TOML or ONNX file, a run folder, an Experiment. `on`: a
    machine, a list of them, or "all". `set`: parameters, {"regan.steps_per_cycle": 64}. `task`: "training" or "generation". `area_m2` (m2), `power_W`
    (W), `arrays`: size every machine to what runs the network fastest within them. `chip`: crossbar machines on one chip (of `arrays`
    or `area_m2`, else the published or stated one), loaded in turn with what does not fit. "all" with none of these compares at equal area, the largest of the machines that are bought
    whole, and under "equal_power" at equal power; `as_published`: each at its own size. ConfigError for unknown names and keys.

    >>> estimate("dcgan", on="regan")["regan"]["iteration_latency_s"] > 0
    True
    """
    if not isinstance(on, (str, Iterable)) or (set is not None and not isinstance(set, Mapping)):
        raise ConfigError(f"on = {on!r}, set = {set!r}; expected a machine's name, a list of names or \"all\", and parameters as a dict")
    machines = [on] if isinstance(on, str) else [str(one) for one in on]
    if not machines:
        raise ConfigError("on names no machine; expected one, a list of them, or \"all\"")
    batch, steps_d = (None if v is None else _arrays.whole(n, v, 1) for n, v in (("batch", batch), ("steps_d", steps_d)))
    toml = network.to_toml() if isinstance(network, Experiment) else ""
    limits = (_above_0("area_m2", area_m2, "m2"), _above_0("power_W", power_W, "W"), _above_0("arrays", arrays, "arrays"))
    said, unfit, warnings = _core.estimate(_places.library(), "" if isinstance(network, Experiment) else os.fspath(network), os.fspath(discriminator), machines, batch, steps_d, task, _arrays.settings(set), toml,
                                            *limits, bool(chip), bool(as_published))
    for line in warnings:
        hear("warning: " + line)
    found = json.loads(said)
    return Estimates(found if isinstance(found, list) else [found], unfit)


class Exploration:
    """Designs of one machine: `table` has a row each, `front` those that no other beats, `settings(point)` one as estimate() takes it.

    >>> found = explore("dcgan", on="isaac", axes={"rows+cols": [64, 128], "cell_bits": [1, 2]})
    >>> len(found), len(found.front) > 0
    (4, True)
    """

    def __init__(self, said: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
        self.summary = dict(said)
        self._columns = dict(columns)

    @property
    def table(self) -> Any:
        """One row a design: its parameters, then figures in SI by the keys of `explore --json`, and whether it fits the limits and is on the front. NaN: it
        does not run the network."""
        return table({"point": list(range(len(self))), **self._columns})

    @property
    def front(self) -> Any:
        """The rows of `table` on the front, fastest first."""
        order = [one["point"] for one in self.summary["front"]]
        return table({"point": order, **{name: [column[k] for k in order] for name, column in self._columns.items()}})

    @property
    def as_set(self) -> dict[str, Any] | None:
        """The machine as published or set; None where it does not run the network."""
        found: dict[str, Any] | None = self.summary.get("as_set")
        return found

    def settings(self, point: int) -> dict[str, Any]:
        """The parameters of one design, as `set` of estimate() takes them."""
        k = _arrays.whole("point", point, 0, len(self) - 1)
        machine = self.summary["accelerator"]
        return {f"{machine}.{name}": self._columns[name][k] for axis in self.summary["axes"] for name in axis["params"]}

    def __len__(self) -> int:
        return int(self.summary["n_points"])

    def __repr__(self) -> str:
        return f"Exploration({self.summary['network']} on {self.summary['accelerator']}: {len(self)} designs, {len(self.summary['front'])} on the front)"

    def _repr_html_(self) -> str:
        return str(self.front._repr_html_())


def _axis(name: str, values: Any) -> str:
    if isinstance(values, str):
        return f"{name}={values}"
    if not isinstance(values, Iterable) or not (listed := [v for v in values]):
        raise ConfigError(f"axis {name} = {values!r}; expected a list of values, or a text like \"64:1024:5:log\"")
    for v in listed:
        if isinstance(v, float) and not math.isfinite(v):
            raise ConfigError(f"axis {name} holds {v}; expected finite numbers")
    return f"{name}=" + ",".join(str(v).lower() if isinstance(v, bool) else str(v) for v in listed)


def explore(network: PathLike | Experiment, on: str, axes: Mapping[str, Any] | None = None, batch: int | None = None, steps_d: int | None = None, set: Mapping[str, Any] | None = None, *, task: str = "",
            discriminator: PathLike = "", max_area_m2: float | None = None, max_power_W: float | None = None, max_latency_s: float | None = None, points: int = 20_000, seed: int = 1) -> Exploration:
    """Thousands of designs of the machine `on`, each a whole estimate, and those that no other beats in time, energy and area, as `ganbar explore` finds them.

    `axes`: {"rows+cols": [64, 128], "steps_per_cycle": "16:400:5:log"}: lists of values, or ranges as texts; None: the machine's usual axes. `network`,
    `batch`, `steps_d`, `set`, `task`, `discriminator`: as estimate() takes them. A design beyond a limit (area in m2, mean power in W, time of an iteration in s)
    is in the table, not on the front. Above `points` combinations a Latin hypercube under `seed` draws so many. ConfigError: unknown names, values out of range.

    >>> sides = explore("dcgan", on="isaac", axes={"rows+cols": [64, 128, 256]})
    >>> list(sides.table["rows"])
    [64, 128, 256]
    """
    if not isinstance(on, str) or (axes is not None and not isinstance(axes, Mapping)) or (set is not None and not isinstance(set, Mapping)):
        raise ConfigError(f"on = {on!r}, axes = {axes!r}, set = {set!r}; expected the name of one machine, and axes and parameters as dicts")
    batch, steps_d = (None if v is None else _arrays.whole(n, v, 1) for n, v in (("batch", batch), ("steps_d", steps_d)))
    limits = (_above_0("max_latency_s", max_latency_s, "s"), _above_0("max_area_m2", max_area_m2, "m2"), _above_0("max_power_W", max_power_W, "W"))
    said, levels, figures = _core.explore(_places.library(), "" if isinstance(network, Experiment) else os.fspath(network), os.fspath(discriminator), network.to_toml() if isinstance(network, Experiment) else "",
                                           on, [_axis(str(name), values) for name, values in (axes or {}).items()], _arrays.settings(set), batch, steps_d, task, limits,
                                           _arrays.whole("points", points, 1, 1_000_000), _arrays.whole("seed", seed, 0))
    summary = json.loads(said)
    for line in summary.get("warnings", []):
        hear(f"warning: {on}.{line}")
    columns: dict[str, Any] = {name: [axis["values"][k] for k in level] for axis, level in zip(summary["axes"], levels) for name in axis["params"]}
    for name, column in figures:
        columns[name] = [bool(v) for v in column] if name in ("fits", "on_front") else column
    return Exploration(summary, columns)
