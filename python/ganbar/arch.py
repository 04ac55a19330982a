"""Cycles, latency, energy and area of a GAN on accelerators."""
import json
import os

from . import _arrays, _core, _places
from ._log import hear
from ._table import from_rows


class Estimate(dict):
    """One accelerator's estimate: the object of `estimate --json`. `layers`: a table, one row a layer and phase."""

    @property
    def layers(self):
        return from_rows(self["layers"])

    def __repr__(self):
        return f"Estimate({self['network']} on {self['accelerator']}: {self['iteration_latency_s']:.4g} s, {self['iteration_energy_J']:.4g} J an iteration)"


class Estimates:
    """Estimates by accelerator: `[name]` is one, `table` has a row each, `unfit` tells which machines cannot run the network, and why."""

    def __init__(self, found, unfit):
        self._found = {one["accelerator"]: Estimate(one) for one in found}
        self.unfit = dict(unfit)

    @property
    def table(self):
        """One row a machine; columns are the numbers of `estimate --json`."""
        return from_rows([{k: v for k, v in one.items() if not isinstance(v, (list, dict))} for one in self._found.values()])

    def __getitem__(self, name):
        return self._found[name]

    def __iter__(self):
        return iter(self._found)

    def __len__(self):
        return len(self._found)

    def __repr__(self):
        return f"Estimates({', '.join(self._found)})"


def estimate(network, on, batch=None, steps_d=None, set=None, *, task="", discriminator=""):
    """What one training iteration costs. `network`: a preset's name, a TOML or ONNX file. `on`: a machine, a list of them, or "all".
    `set`: parameters, {"regan.steps_per_cycle": 64}. `task`: "training" or "generation". ConfigError for unknown names and keys.

    >>> estimate("dcgan", on="regan")["regan"]["iteration_latency_s"] > 0
    True
    """
    machines = [on] if isinstance(on, str) else [str(one) for one in on]
    batch, steps_d = (None if v is None else _arrays.whole(n, v, 1) for n, v in (("batch", batch), ("steps_d", steps_d)))
    said, unfit, warnings = _core.estimate(_places.library(), os.fspath(network), os.fspath(discriminator), machines, batch, steps_d, task, _arrays.settings(set))
    for line in warnings:
        hear("warning: " + line)
    found = json.loads(said)
    return Estimates(found if isinstance(found, list) else [found], unfit)
