"""What a user hands in, as the arrays that the core takes: float64 in C order, checked and named in messages."""
from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from . import _core
from ._errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
else:
    from ._lazy import np

Doubles: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
_WORDS = {"S": "siemens", "V": "volts", "ohm": "ohms", "s": "seconds"}


def quantity(name: str, value: Any, unit: str) -> float:
    """A number in SI, or a text with its unit ("1 ohm"), as a float."""
    if isinstance(value, str):
        return _core.quantity(value, unit, name)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ConfigError(f"{name} is a {type(value).__name__}; expected a number in {_WORDS.get(unit, unit)} or a text with its unit")
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise ConfigError(f"{name} = {number}; expected a finite number in {_WORDS.get(unit, unit)}")
    return number


def reals(name: str, values: Any, unit: str, n_dims: int, *, floating: bool = False) -> Doubles:
    """An array of SI numbers. An array of whole numbers is refused: in siemens or volts it is a mistake of units. `floating`: NaN is allowed."""
    if isinstance(values, np.ma.MaskedArray) and (n := int(np.count_nonzero(values.mask))) > 0:  # np.asarray would take what lies under the mask
        raise ConfigError(f"{name} has {n} masked values; expected an array without a mask: name.filled(...)")
    try:
        a = np.asarray(values)
    except ValueError as fault:
        raise ConfigError(f"{name} has rows of different lengths; expected a table of numbers in {_WORDS[unit]}") from fault
    if isinstance(values, np.ndarray) or hasattr(values, "__array__"):
        if a.dtype not in (np.float32, np.float64):
            raise ConfigError(f"{name} is an array of {a.dtype}; expected float32 or float64, in {_WORDS[unit]}")
    elif a.dtype.kind == "O" and floating:
        a = np.array([[np.nan if x is None else quantity(name, x, unit) for x in row] if isinstance(row, (list, tuple)) else
                      np.nan if row is None else quantity(name, row, unit) for row in values], dtype=np.float64)
    elif a.dtype.kind not in "if":
        raise ConfigError(f"{name} is no array of numbers; expected numbers in {_WORDS[unit]}")
    if a.ndim != n_dims:
        raise ConfigError(f"{name} has {a.ndim} dimensions; expected {n_dims}")
    if a.size == 0:
        raise ConfigError(f"{name} is empty; expected at least one number")
    a = np.ascontiguousarray(a, dtype=np.float64)
    bad = np.isinf(a) if floating else ~np.isfinite(a)
    if bad.any():
        at = tuple(int(k) for k in np.argwhere(bad)[0])
        raise ConfigError(f"{name}[{', '.join(map(str, at))}] = {a[at]}; expected a finite number in {_WORDS[unit]}")
    return a


def conductances(values: Any) -> Doubles:
    g = reals("G", values, "S", 2)
    if (g < 0).any():
        at = tuple(int(k) for k in np.argwhere(g < 0)[0])
        raise ConfigError(f"G[{at[0]}, {at[1]}] = {g[at]}; expected a conductance >= 0 in siemens")
    return g


def voltages(name: str, values: Any, n: int, lines: str) -> Doubles:
    """[n] from one number, a text, or a list with None (or NaN) for floating terminals."""
    if isinstance(values, str) or (np.ndim(values) == 0 and not isinstance(values, np.ndarray)):
        return np.full(n, quantity(name, values, "V"))
    v = reals(name, values, "V", 1, floating=True)
    if len(v) != n:
        raise ConfigError(f"{name} has {len(v)} voltages; expected {n}, one for each of the {lines}")
    return v


def voltage_rows(name: str, values: Any, n: int, lines: str) -> tuple[Doubles, bool]:
    """[batch, n], and whether there was a batch."""
    if np.ndim(values) == 2:
        v = reals(name, values, "V", 2, floating=True)
        if v.shape[1] != n:
            raise ConfigError(f"{name} has {v.shape[1]} voltages a row; expected {n}, one for each of the {lines}")
        return v, True
    return voltages(name, values, n, lines)[None, :], False


def whole(name: str, value: Any, lo: int, hi: int = 2**63 - 1) -> int:
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise ConfigError(f"{name} = {value!r}; expected a whole number")
    if not lo <= int(value) <= hi:
        raise ConfigError(f"{name} = {value}; expected a whole number from {lo} to {hi}")
    return int(value)


def settings(values: Mapping[str, Any] | None, prefix: str = "") -> list[str]:
    """{"key": value} or nested, as the key=value texts of --set."""
    out: list[str] = []
    for key, value in (values or {}).items():
        if not isinstance(key, str):
            raise ConfigError(f"{key!r} is no key; expected a text")
        if isinstance(value, dict):
            out += settings(value, f"{prefix}{key}.")
        elif value is not None:
            out.append(f"{prefix}{key}={_text(value)}")
    return out


def _text(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_text(v) for v in value) + "]"
    return value if isinstance(value, str) else repr(float(value)) if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral) else str(value)
