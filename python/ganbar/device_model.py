"""Device models written in numpy, for exploration: the law of a cell over arrays of cells."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from . import _arrays
from ._arrays import Doubles
from ._errors import ConfigError, NumericError
from ._types import Quantity

if TYPE_CHECKING:
    import numpy as np
else:
    from ._lazy import np

Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.float32]]"
_LOWEST, _HIGHEST = 1e-9, 0.1  # S, as the models in C++ have it


class CellState:
    """Some cells as arrays, float32 [n] each: `g`, conductance in siemens, and the model's `fields` by name. What a method leaves in them, in place or
    by assignment, is what the cells are afterwards.

    >>> import numpy as np
    >>> cells = CellState(("g",), [np.array([1e-4, 2e-4], np.float32)])
    >>> len(cells), float(cells.g[1].round(4))
    (2, 0.0002)
    """

    __slots__ = ("__dict__",)

    g: Floats

    def __init__(self, names: Sequence[str], arrays: Sequence[Floats]) -> None:
        self.__dict__.update(zip(names, arrays))

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any: ...

    def __len__(self) -> int:
        return len(self.g)


class DeviceModel:
    """A device model in numpy: derive from it, say `window`, write `pulse`. Cells, ganbar.hardware and the layers of ganbar.torch take an object of it in
    place of a model's name; a `ganbar train` does not, for it is in no TOML.

    window: (lowest, highest) conductance between which weights are mapped, in siemens or as texts with units; 1 nS to 0.1 S.
    fields: names of what a cell has beside its conductance, a float32 each.
    n_device_draws: N(0, 1) that make a cell this device and no other; `fabricate` gets them.
    random: whether `pulse` uses its noise. False saves the draws.

    A model keeps nothing between calls and draws nothing by itself: all randomness is handed in, drawn by ganbar from seed, cell and pulse, so that
    results depend neither on threads nor on how cells are cut into ranges. Methods see some of the cells, in any order, and treat each by itself.
    ganbar.testing.check_device tells whether a model keeps these laws.

    >>> import ganbar
    >>> class Halfway(ganbar.DeviceModel):
    ...     window = ("50 uS", "150 uS")
    ...     random = False
    ...     def pulse(self, cells, v, width, noise):
    ...         bound = np.where(v > 0, np.float32(150e-6), np.float32(50e-6))
    ...         cells.g += np.where(abs(v) > 0.5, np.float32(0.5), np.float32(0)) * (bound - cells.g)
    >>> import numpy as np
    >>> cells = ganbar.Cells(Halfway(), 3, start="50 uS")
    >>> _ = cells.pulse("1 V", "100 ns")
    >>> float(cells.g[0].round(6))
    0.0001
    """

    window: tuple[Quantity, Quantity]
    fields: tuple[str, ...] = ()
    n_device_draws: int = 0
    random: bool = True

    def fabricate(self, cells: CellState, draws: Doubles) -> None:
        """New cells: `cells.g` holds the conductances asked for, fields are 0. `draws`: float64 [n, n_device_draws], N(0, 1), each cell its own."""

    def pulse(self, cells: CellState, v: Doubles, width: float, noise: Sequence[Floats] | None) -> None:
        """One pulse a cell: `v`, float64 [n], volts, never 0 (above 0 sets); `width` in seconds; `noise[0]`, `noise[1]`: float32 [n], N(0, 1), None where
        `random` is False."""
        raise NotImplementedError(f"{type(self).__name__} has no pulse(cells, v, width, noise)")

    def current(self, cells: CellState, v: Doubles) -> Any:
        """Static current, amperes, without noise, at `v`, float64 [n], volts. I = g v unless overridden."""
        return cells.g * v

    def read_noise(self, cells: CellState, v: Doubles) -> Any:
        """Variance of one read of the current, A^2, at `v`. None unless overridden."""
        return np.zeros(len(v))

    def set_conductance(self, cells: CellState, g: Floats) -> None:
        """An ideal write: brings cells to `g`, float32 [n], keeping what makes them these devices. To be overridden where fields follow the conductance."""
        cells.g = g

    def __repr__(self) -> str:
        said = ", ".join(f"{k}={v!r}" for k, v in sorted(self.__dict__.items()))
        return f"{type(self).__name__}({said})"

    # What the core calls: lists of arrays, g first.

    def _traits(self) -> tuple[str, float, float, int, int, bool, bool, bool, bool]:
        name, kind = type(self).__name__, type(self)
        try:
            low, high = self.window
        except (AttributeError, TypeError, ValueError) as fault:
            raise ConfigError(f"{name} has no window; expected window = (lowest, highest) conductance in siemens, or texts with units") from fault
        lo, hi = _arrays.quantity(f"{name}.window[0]", low, "S"), _arrays.quantity(f"{name}.window[1]", high, "S")
        if not _LOWEST <= lo < hi <= _HIGHEST:
            raise ConfigError(f"{name}.window is {lo:g} S to {hi:g} S; expected two conductances from 1 nS to 0.1 S, the lower first")
        if isinstance(self.fields, str) or not all(isinstance(f, str) and f.isidentifier() and f != "g" for f in self.fields) or len(set(self.fields)) != len(self.fields):
            raise ConfigError(f"{name}.fields = {self.fields!r}; expected a tuple of names, each once and none of them \"g\"")
        n = _arrays.whole(f"{name}.n_device_draws", self.n_device_draws, 0, 64)
        if kind.pulse is DeviceModel.pulse:
            raise ConfigError(f"{name} has no pulse(cells, v, width, noise); expected one")
        own = [getattr(kind, m) is not getattr(DeviceModel, m) for m in ("current", "read_noise", "set_conductance")]
        return name, lo, hi, len(self.fields), n, bool(self.random), not own[0], own[1], own[2]

    def _names(self) -> tuple[str, ...]:
        return ("g", *self.fields)

    def _taken(self, cells: CellState, n: int, what: str) -> list[Floats]:
        """The arrays that a method left, checked."""
        out: list[Floats] = []
        for name in self._names():
            a = np.asarray(getattr(cells, name))
            if a.dtype.kind not in "fiu" or a.shape != (n,):
                raise ConfigError(f"{type(self).__name__}.{what}: cells.{name} is {a.dtype} {list(a.shape)} afterwards; expected numbers [{n}]")
            a = np.ascontiguousarray(a, dtype=np.float32)
            bad = ~np.isfinite(a) if name != "g" else ~(np.isfinite(a) & (a >= 0))
            if bad.any():
                k = int(np.argmax(bad))
                raise NumericError(f"{type(self).__name__}.{what}: cells.{name}[{k}] = {a[k]} afterwards; expected " + ("a conductance >= 0" if name == "g" else "a finite number"))
            out.append(a)
        unknown = set(cells.__dict__) - set(self._names())
        if unknown:
            raise ConfigError(f"{type(self).__name__}.{what}: cells has no field {min(unknown)!r}; expected one of {', '.join(self._names())} (fields = ... names them)")
        return out

    def _numbers(self, values: Any, n: int, what: str, least: float) -> np.ndarray[Any, Any]:
        a = np.ascontiguousarray(values, dtype=np.float64)
        if a.shape != (n,):
            raise ConfigError(f"{type(self).__name__}.{what} gave an array {list(a.shape)}; expected [{n}]")
        bad = ~(np.isfinite(a) & (a >= least))
        if bad.any():
            raise NumericError(f"{type(self).__name__}.{what} gave {a[bad][0]}; expected " + ("variances >= 0" if least == 0 else "finite currents"))
        return a

    def _fabricated(self, arrays: Sequence[Floats], draws: Doubles) -> list[Floats]:
        cells = CellState(self._names(), arrays)
        self.fabricate(cells, draws)
        return self._taken(cells, len(arrays[0]), "fabricate")

    def _pulsed(self, arrays: Sequence[Floats], v: Doubles, width: float, noise: Sequence[Floats] | None) -> list[Floats]:
        cells = CellState(self._names(), arrays)
        self.pulse(cells, v, width, noise)
        return self._taken(cells, len(v), "pulse")

    def _set(self, arrays: Sequence[Floats], g: Floats) -> list[Floats]:
        cells = CellState(self._names(), arrays)
        self.set_conductance(cells, g)
        return self._taken(cells, len(g), "set_conductance")

    def _current(self, arrays: Sequence[Floats], v: Doubles) -> np.ndarray[Any, Any]:
        return self._numbers(self.current(CellState(self._names(), arrays), v), len(v), "current", -float("inf"))

    def _read_noise(self, arrays: Sequence[Floats], v: Doubles) -> np.ndarray[Any, Any]:
        return self._numbers(self.read_noise(CellState(self._names(), arrays), v), len(v), "read_noise", 0.0)


def _model_of(value: Any) -> DeviceModel | None:
    """The model in numpy that a user handed in, or None; ConfigError for the class in place of an object."""
    if isinstance(value, type) and issubclass(value, DeviceModel):
        raise ConfigError(f"{value.__name__} is a class; expected an object of it: {value.__name__}()")
    return value if isinstance(value, DeviceModel) else None
