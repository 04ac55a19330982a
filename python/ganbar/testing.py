"""Laws that every device model must keep, for models of one's own."""
from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from . import _arrays
from ._errors import ConfigError, Error
from ._types import Quantity
from ._device_bench import Bench, own_bounds, own_pulses
from .device import Cells, _width
from .device_model import CellState, DeviceModel, _model_of

if TYPE_CHECKING:
    import numpy as np
else:
    from ._lazy import np

Array = Any

__all__ = ["Report", "check_device"]


class Report:
    """What check_device found: `laws`, a list of (law, what broke it or None); true when none is broken.

    >>> report = check_device("ideal")
    >>> bool(report), report.broken
    (True, [])
    """

    def __init__(self, model: str, laws: list[tuple[str, str | None]]) -> None:
        self.model, self.laws = model, laws

    @property
    def broken(self) -> list[str]:
        """The laws that are broken."""
        return [law for law, fault in self.laws if fault is not None]

    def __bool__(self) -> bool:
        return not self.broken

    def __str__(self) -> str:
        head = f"{self.model}: {len(self.laws) - len(self.broken)} of {len(self.laws)} laws kept"
        return "\n".join([head] + [f"  {'kept  ' if fault is None else 'BROKEN'}  {law}" + ("" if fault is None else f": {fault}") for law, fault in self.laws])

    def __repr__(self) -> str:
        return f"Report({self.model!r}, broken={self.broken})"


def check_device(model: str | DeviceModel, *, v_set: Quantity | None = None, v_reset: Quantity | None = None, width: Quantity | None = None, n: int = 256, seed: int = 1,
                 beyond_window: bool | None = None, raises: bool = True, **params: Any) -> Report:
    """Runs a device model against the laws that all models must keep; returns a Report. AssertionError with the whole report where one is broken, unless
    `raises` is False.

    `v_set`, `v_reset`, `width`: pulses that move this device by a visible step; by default those of a device file or published device, and of any other model 1 V, -1.2 V
    and 100 ns, or what of its fit lies nearest. `n`: cells. `beyond_window`: cells may leave the window, as some published devices with bounds of their own
    do; then they must only stay finite and not below 0; by default where the model has such bounds. `params`: settings of a model by name.

    >>> print(str(check_device("soft_bounds", c2c=0.3)).splitlines()[0])
    soft_bounds: 14 of 14 laws kept
    """
    own = _model_of(model)
    pulses = own_pulses(own if own is not None else model, params)
    bench = Bench(own if own is not None else model, params, pulses[0] if v_set is None else _arrays.quantity("v_set", v_set, "V"),
                   pulses[1] if v_reset is None else _arrays.quantity("v_reset", v_reset, "V"), pulses[2] if width is None else _width(width),
                   _arrays.whole("n", n, 16, 10**6), _arrays.whole("seed", seed, 0), own_bounds(model, params) if beyond_window is None else beyond_window)
    if not bench.v_set > 0 > bench.v_reset:
        raise ConfigError(f"v_set = {bench.v_set} V, v_reset = {bench.v_reset} V; expected one above 0 and one below")
    bench.cells()  # a model that cannot be made at all says so by itself
    laws: list[tuple[str, str | None]] = []
    for law, check in _LAWS + (_OWN_LAWS if own is not None else []):
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                laws.append((law, next(check(bench), None)))
        except (Error, ArithmeticError, ValueError, TypeError, IndexError, AttributeError, NotImplementedError) as fault:
            laws.append((law, f"{type(fault).__name__}: {fault}"))
    report = Report(repr(own) if own is not None else str(model), laws)
    if raises and not report:
        raise AssertionError(str(report))
    return report


Check = Callable[[Bench], Iterator[str]]


def _starts_where_asked(b: Bench) -> Iterator[str]:
    g, asked = b.cells().g, b.start()
    far = np.abs(g - asked) > 1e-5 * asked + 1e-6 * b.window[1]
    if far.any() and not b.beyond:
        yield f"a cell asked for {asked[far][0]:.6g} S has {g[far][0]:.6g} S"
    if fault := b.outside(g):
        yield fault


def _stays_in_window(b: Bench) -> Iterator[str]:
    cells = b.cells()
    for k in range(20):
        b.play(cells, 5, k)
        if fault := b.outside(cells.g):
            yield fault


def _ends_in_window(b: Bench) -> Iterator[str]:
    for v in (1.0, 5.0, 20.0, 100.0):
        for t in (1e-9, 1e-6, 1e-3, 1.0):
            for sign in (1, -1):
                cells = b.cells()
                cells.pulse(sign * v, t)
                if fault := b.outside(cells.g):
                    yield f"after {sign * v:g} V, {t:g} s {fault}"


def _steps(b: Bench, v: float, count: int) -> tuple[Array, Array]:
    """Mean change by so many pulses and its standard error in eight bins over the middle of the window; 16 arrays."""
    rows = []
    for k in range(16):
        cells = b.cells(0.1, b.seed + 7 * k)
        before = cells.g.astype(float)
        for _ in range(count):
            cells.pulse(v, b.width)
        order = np.argsort(before)
        rows.append((cells.g - before)[order])
    bins = np.array_split(np.array(rows), 8, axis=1)
    return np.array([x.mean() for x in bins]), np.array([x.std() / np.sqrt(x.size) for x in bins])


def _signs(b: Bench) -> Iterator[str]:
    for v, sign, word in ((b.v_set, 1, "raise"), (b.v_reset, -1, "lower")):
        for count in (1, 10, 100):  # where noise hides a single step, the sum of many shows it
            mean, error = _steps(b, v, count)
            if (sign * mean < -5 * error - 1e-9 * b.span).any():
                yield f"pulses of {v:g} V move cells by {mean[np.argmin(sign * mean)]:.3g} S on average somewhere in the window; expected them to {word} conductance"
            if sign * mean.mean() > 5 * error.mean() / np.sqrt(8):
                break
        else:
            yield f"{count} pulses of {v:g} V, {b.width:g} s move cells by {mean.mean():.3g} S on average; expected them to {word} conductance visibly (v_set, v_reset, width)"


def _longer_moves_more(b: Bench) -> Iterator[str]:
    for v, sign in ((b.v_set, 1), (b.v_reset, -1)):
        least = -np.inf
        for factor in (1e-2, 1.0, 1e2, 1e4):
            cells = b.cells(0.1)
            before = cells.g.astype(float)
            cells.pulse(v, f"{b.width * factor!r} s")  # as a text: published devices take milliseconds
            moved = sign * float((cells.g - before).mean())
            if moved < least - 1e-4 * b.span:
                yield f"at {v:g} V a pulse of {b.width * factor:g} s moves cells by {moved:.3g} S on average, a hundredth of it by {least:.3g} S"
            least = moved


def _deterministic(b: Bench) -> Iterator[str]:
    first, again, other = b.cells(), b.cells(), b.cells(seed=b.seed + 1)
    for cells in (first, again, other):
        b.play(cells, 10, 1)
    if not np.array_equal(first._core.state(), again._core.state()):
        yield "two arrays with the same seed and pulses differ; all randomness must come from what the model is handed"
    if isinstance(b.model, DeviceModel) and b.model.random and np.array_equal(first.g, other.g) and b.model.n_device_draws == 0:
        yield "arrays with other seeds are the same though random is True; expected the noise to be used, or random = False"


def _alone(b: Bench) -> Iterator[str]:
    alone, one, two = b.cells(), b.cells(), b.cells(seed=b.seed + 1)
    b.play(alone, 10, 2)
    rng, rng2 = np.random.default_rng(2), np.random.default_rng(5)
    for k in range(10):  # with pulses to another array of the same model between
        one.pulse(b.volts(rng), b.width)
        for _ in range((k * k) % 4):
            two.pulse(b.volts(rng2), b.width)
    if not np.array_equal(alone._core.state(), one._core.state()):
        yield "an array pulsed in turn with another one differs from the same array alone; a model must keep nothing between calls"


def _no_pulse(b: Bench) -> Iterator[str]:
    cells = b.cells()
    before = cells._core.state()
    bill = cells.pulse(0.0, b.width)
    if not np.array_equal(before, cells._core.state()) or bill["n_set"] + bill["n_reset"] + bill["n_idle"] + bill["energy_J"] != 0:
        yield "a pulse of 0 V changed cells or was billed"
    for v in (1e-3, -1e-3):
        cells.pulse(v, b.width)
    moved = float(np.abs(cells.g - b.cells().g).max())
    if moved > 1e-4 * b.span:
        yield f"pulses of 1 mV moved a cell by {moved:.3g} S; expected next to nothing (half-selected cells see such voltages)"


def _reads(b: Bench) -> Iterator[str]:
    cells = b.cells()
    b.play(cells, 3, 4)
    before = cells._core.state()
    first = [cells.current(v) for v in (0.1, -0.2, 0.1)] + [cells.read_noise(0.1)]
    again = [cells.current(v) for v in (0.1, -0.2, 0.1)] + [cells.read_noise(0.1)]
    if not np.array_equal(before, cells._core.state()):
        yield "reads changed the cells"
    if not all(np.array_equal(x, y) for x, y in zip(first, again)):
        yield "two reads of the same cells differ; current and read_noise must not draw"
    if not (np.isfinite(first[3]).all() and (first[3] >= 0).all()):
        yield "the variance of a read is below 0 or not finite"
    if isinstance(b.model, DeviceModel):
        state = _some(b)
        kept = [np.array(getattr(state, f)) for f in b.model._names()]
        b.model.current(state, np.full(len(state), 0.1))
        b.model.read_noise(state, np.full(len(state), 0.1))
        if not all(np.array_equal(k, getattr(state, f)) for k, f in zip(kept, b.model._names())):
            yield "current or read_noise writes into the cells that it is handed"


def _passive(b: Bench) -> Iterator[str]:
    cells = b.cells()
    below = cells.current(-1.0)
    for step in range(-19, 21):
        v = 0.05 * step
        here = cells.current(v)
        if step == 0 and np.abs(here).max() > 1e-6 * b.window[1]:
            yield f"a cell carries {np.abs(here).max():.3g} A at 0 V"
        if (v * here < 0).any():
            yield f"a cell gives power at {v:g} V: {here[np.argmin(v * here)]:.3g} A"
        if (here < below - 1e-12 * np.abs(below)).any():
            yield f"the current falls with the voltage at {v:g} V"
        below = here


def _small_signal(b: Bench) -> Iterator[str]:
    cells = b.cells()
    ratio = cells.current(1e-3) / 1e-3 / cells.g
    off = abs(float(ratio.mean()) - 1) if b.devices_differ else float(np.abs(ratio - 1).max())  # each device has a curve of its own; their mean has not
    if not off < 0.05:
        yield f"at 1 mV cells show {ratio.min():.3g} to {ratio.max():.3g} times their g, {ratio.mean():.3g} on average; expected g to be the conductance that a small voltage sees"


def _refuses(b: Bench) -> Iterator[str]:
    cells = b.cells()
    before = cells._core.state()
    for what, v, width in (("NaN volts", float("nan"), b.width), ("infinite volts", float("inf"), b.width), ("a width of 0", b.v_set, 0.0), ("a NaN among voltages", np.r_[np.nan, np.ones(b.n - 1)], b.width)):
        try:
            cells.pulse(v, width)
        except ConfigError:
            continue
        yield f"{what} was not refused"
    if not np.array_equal(before, cells._core.state()):
        yield "a refused pulse changed cells"


def _copies(b: Bench) -> Iterator[str]:
    first = b.cells()
    b.play(first, 3, 6)
    second = copy.deepcopy(first)
    if not np.array_equal(first._core.state(), second._core.state()):
        yield "a copy is not the same cells"
    b.play(first, 5, 7)
    b.play(second, 5, 7)
    if not np.array_equal(first._core.state(), second._core.state()):
        yield "a copy goes on otherwise than its original; what a cell is must be in its fields"


def _energy(b: Bench) -> Iterator[str]:
    cells = b.cells()
    for _ in range(3):
        before = cells.g.astype(float)
        bill = cells.pulse(b.v_set, b.width)
        after = cells.g.astype(float)
        paid = float((b.v_set**2 * b.width * before)[after != before].sum())
        if abs(bill["energy_J"] - paid) > 1e-6 * paid:
            yield f"the bill is {bill['energy_J']:.6g} J; expected V^2 G t of the cells that moved, {paid:.6g} J"
        if bill["n_set"] + bill["n_reset"] + bill["n_idle"] != b.n:
            yield "the bill counts other pulses than were given"


def _written(b: Bench) -> Iterator[str]:
    """An ideal write keeps a model's fields and its conductance together: no jump back at the next pulse."""
    model = b.model
    state = CellState(model._names(), _arrays_of(_some(b), model))
    target = np.linspace(b.window[0] + 0.2 * b.span, b.window[0] + 0.8 * b.span, len(state), dtype=np.float32)
    written = model._set(_arrays_of(state, model), target)
    far = np.abs(written[0] - target) > 1e-5 * target + 1e-6 * b.window[1]
    if far.any() and not b.beyond:
        yield f"a cell written to {target[far][0]:.6g} S has {written[0][far][0]:.6g} S"
    for v, sign in ((b.v_set, 1), (b.v_reset, -1)):
        after = model._pulsed([np.array(a) for a in written], np.full(len(target), v), b.width, _noise(model, len(target), 0.0))
        if (sign * (after[0] - written[0]) < -1e-6 * b.window[1]).any():
            yield f"a pulse of {v:g} V after a write moves cells the wrong way: fields of before the write are still at work (set_conductance)"


def _own_cells(b: Bench) -> Iterator[str]:
    """Each cell by itself: the same for cells in another order and in pieces."""
    model, state = b.model, _some(b)
    arrays, v = _arrays_of(state, model), b.volts(np.random.default_rng(8))
    v = np.where(v == 0, b.v_set, v)
    noise = _noise(model, b.n, 1.0)
    whole = model._pulsed([np.array(a) for a in arrays], v.copy(), b.width, noise)
    order = np.random.default_rng(9).permutation(b.n)
    pieces = [order[:1], order[1: b.n // 3], order[b.n // 3:]]
    for piece in pieces:
        part = model._pulsed([a[piece] for a in arrays], v[piece], b.width, None if noise is None else [z[piece] for z in noise])
        if not all(np.array_equal(p, w[piece]) for p, w in zip(part, whole)):
            yield "what a pulse does to a cell depends on the cells beside it; expected each by itself"
    whole_i, part_i = model._current(arrays, v), model._current([a[order] for a in arrays], v[order])
    if not np.array_equal(whole_i[order], part_i):
        yield "the current of a cell depends on the cells beside it; expected each by itself"


def _noise(model: DeviceModel, n: int, scale: float) -> list[Array] | None:
    rng = np.random.default_rng(10)
    return [(scale * rng.standard_normal(n)).astype(np.float32) for _ in range(2)] if model.random else None


def _some(b: Bench) -> CellState:
    """Cells of a model in numpy, off any array."""
    model: DeviceModel = b.model
    arrays = [b.start(0.05).astype(np.float32)] + [np.zeros(b.n, np.float32) for _ in model.fields]
    made = model._fabricated(arrays, np.random.default_rng(11).standard_normal((b.n, model.n_device_draws)))
    return CellState(model._names(), made)


def _arrays_of(state: CellState, model: DeviceModel) -> list[Array]:
    return [np.array(getattr(state, name)) for name in model._names()]


_LAWS: list[tuple[str, Check]] = [
    ("cells start where asked", _starts_where_asked),
    ("conductances stay in the window", _stays_in_window),
    ("pulses of any strength end in the window", _ends_in_window),
    ("set raises, reset lowers", _signs),
    ("a longer pulse moves no less", _longer_moves_more),
    ("same seed, same cells", _deterministic),
    ("a model keeps nothing between calls", _alone),
    ("no pulse does nothing", _no_pulse),
    ("a read disturbs nothing", _reads),
    ("cells are passive", _passive),
    ("g is what a small voltage sees", _small_signal),
    ("voltages that are none are refused", _refuses),
    ("copies go on as their original", _copies),
    ("the bill is that of the moved cells", _energy),
]
_OWN_LAWS: list[tuple[str, Check]] = [
    ("a write keeps fields and conductance together", _written),
    ("each cell by itself", _own_cells),
]
