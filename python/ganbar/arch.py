"""Cycles, latency, energy and area of a GAN on accelerators."""
from __future__ import annotations

import json
import numbers
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from . import _arrays, _core, _places
from ._errors import ConfigError
from ._log import hear
from ._table import from_rows
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
             discriminator: PathLike = "", area_m2: float | None = None, power_W: float | None = None, arrays: float | None = None) -> Estimates:
    """What one training iteration costs. `network`: a network's or an experiment's name, a TOML or ONNX file, a run folder, an Experiment. `on`: a
    machine, a list of them, or "all". `set`: parameters, {"regan.steps_per_cycle": 64}. `task`: "training" or "generation". `area_m2` (m2), `power_W`
    (W), `arrays`: size every machine to what runs the network fastest within them. ConfigError for unknown names and keys.

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
                                            *limits)
    for line in warnings:
        hear("warning: " + line)
    found = json.loads(said)
    return Estimates(found if isinstance(found, list) else [found], unfit)
