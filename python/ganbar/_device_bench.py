"""Where a device model stands while testing.check_device asks its laws: the pulses and bounds that are its own, and arrays of its cells."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _arrays
from .catalogue import describe
from .device import Cells
from .device_model import DeviceModel, _model_of
from .experiment import load

if TYPE_CHECKING:
    import numpy as np
else:
    from ._lazy import np

Array = Any


def own_pulses(model: Any, params: dict[str, Any]) -> tuple[float, float, float]:
    """Volts of set and reset and seconds, as the device's file or its fit has them."""
    v_set, v_reset, width = 1.0, -1.2, 1e-7
    if not isinstance(model, str):
        return v_set, v_reset, width
    if "file" in describe("device", model).facts:
        said = load("measured-device", device={"model": model})["train"]["manhattan"]
        return _arrays.quantity("v_set", said["v_set"], "V"), _arrays.quantity("v_reset", said["v_reset"], "V"), _arrays.quantity("t_pulse", said["t_pulse"], "s")
    covered = Cells(model, 1, **params)._core.covered
    if covered is None:
        return v_set, v_reset, width
    set_lo, set_hi, reset_lo, reset_hi, width_lo, width_hi = covered
    return min(max(v_set, set_lo), set_hi), -min(max(-v_reset, reset_lo), reset_hi), min(max(width, width_lo), width_hi)


def own_bounds(model: Any, params: dict[str, Any]) -> bool:
    """Whether each cell of a model has bounds of its own, or shows noise about them."""
    if _model_of(model) is not None:
        return False
    said = describe("device", model).parameters
    settings = dict(zip(said["name"], said["value"])) | params
    return "w_max_dtod" in settings and not (settings["d2d"] in ("off", False) and float(settings["write_noise"]) == 0)


class Bench:
    """What the laws ask of a model."""

    def __init__(self, model: Any, params: dict[str, Any], v_set: float, v_reset: float, width: float, n: int, seed: int, beyond_window: bool) -> None:
        self.model, self.params, self.v_set, self.v_reset, self.width, self.n, self.seed, self.beyond = model, params, v_set, v_reset, width, n, seed, beyond_window
        self.window = Cells(model, 1, **params).window

    @property
    def span(self) -> float:
        return self.window[1] - self.window[0]

    @property
    def devices_differ(self) -> bool:
        if isinstance(self.model, DeviceModel):
            return self.model.n_device_draws > 0
        return "d2d" in set(describe("device", self.model).parameters["name"]) and self.params.get("d2d", "on") not in ("off", False)

    def start(self, margin: float = 0.0) -> Array:
        """Conductances over the window, in no order of their cells."""
        ramp = np.linspace(margin, 1 - margin, self.n)[np.random.default_rng(3).permutation(self.n)]
        return np.clip(self.window[0] + self.span * ramp, *self.window)

    def cells(self, margin: float = 0.0, seed: int | None = None) -> Cells:
        cells = Cells(self.model, self.n, seed=self.seed if seed is None else seed, start=self.start(margin), **self.params)
        cells._warned = {"a set pulse", "a reset pulse", "a pulse"}  # the laws ask beyond every fit
        return cells

    def volts(self, rng: np.random.Generator) -> Array:
        """Set, reset and no pulses, weak ones among them."""
        kind = rng.integers(0, 6, self.n)
        return np.select([kind < 2, kind < 4, kind == 4], [np.full(self.n, self.v_set), np.full(self.n, self.v_reset), rng.uniform(self.v_reset, self.v_set, self.n)], 0.0)

    def play(self, cells: Cells, rounds: int, seed: int) -> list[dict[str, Any]]:
        rng = np.random.default_rng(seed)
        return [cells.pulse(self.volts(rng), self.width) for _ in range(rounds)]

    def outside(self, g: Array) -> str | None:
        """What is wrong with conductances."""
        lo, hi = (0.0, np.inf) if self.beyond else self.window
        bad = ~(np.isfinite(g) & (g >= lo * (1 - 1e-5)) & (g <= hi * (1 + 1e-5)))
        return f"a cell has {g[bad][0]:.6g} S; expected {'a finite conductance >= 0' if self.beyond else f'{lo:.6g} to {hi:.6g} S'}" if bad.any() else None
