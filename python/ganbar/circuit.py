"""Passive crossbars: operating points, many reads of one array, SPICE decks."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _arrays, _core
from ._errors import ConfigError
from ._types import Quantity, Reals

if TYPE_CHECKING:
    import numpy as np
else:
    from ._lazy import np

_LAWS: dict[str, tuple[str, str] | None] = {"linear": None, "cubic": ("c3", "1/V2"), "sinh": ("b", "1/V")}


_SERIES = ("1t1r", "1s1r", "1d1r")


def _cell(device: Mapping[str, Any] | None) -> tuple[str, float, dict[str, Any]]:
    """(law, its coefficient, keys of what is in series) of device={"type": "sinh", "b": 2.0} or {"type": "1t1r", "r_on": "2 kohm", "law": "sinh", "b": 2.0}."""
    if device is None:
        return "linear", 0.0, {}
    if not isinstance(device, dict):
        raise ConfigError(f"device = {device!r}; expected a dict such as {{'type': 'sinh', 'b': 2.0}}")
    if device.get("type") not in _SERIES:
        return (*_law(device), {})
    own = {key: device[key] for key in ("c3", "b") if key in device}
    series = {key: value for key, value in device.items() if key not in ("c3", "b", "law")}
    return (*_law({"type": device.get("law", "linear"), **own}), series)


def _law(device: Mapping[str, Any]) -> tuple[str, float]:
    law = device.get("type", "linear")
    if law not in _LAWS:
        near = _core.nearest(str(law), [*_LAWS, *_SERIES])
        raise ConfigError(f"device type \"{law}\" is not known" + (f"; did you mean \"{near}\"?" if near else "") + "; expected linear, cubic, sinh, 1t1r, 1s1r or 1d1r")
    key, unit = _LAWS[law] or (None, "")
    for other in device:
        if other not in ("type", key):
            raise ConfigError(f"a {law} device has no \"{other}\"; expected " + (f"type and {key}" if key else "type alone"))
    if key is None:
        return law, 0.0
    if key not in device:
        raise ConfigError(f"a {law} device needs \"{key}\"; expected a number in {unit}")
    coefficient = _arrays.quantity(key, device[key], unit)
    if coefficient < 0 or (law == "sinh" and coefficient == 0):
        raise ConfigError(f"{key} = {coefficient}; expected a number {'> 0' if law == 'sinh' else '>= 0'}, so that the current rises with the voltage")
    return law, coefficient


def _wires(rw: Quantity, rb: Quantity, rdrv: Quantity, rsense: Quantity) -> list[float]:
    out = []
    for name, value in (("rw", rw), ("rb", rb), ("rdrv", rdrv), ("rsense", rsense)):
        ohm = _arrays.quantity(name, value, "ohm")
        if ohm < 0:
            raise ConfigError(f"{name} = {ohm} ohm; expected a resistance >= 0")
        out.append(ohm)
    return out


class OperatingPoint:
    """DC operating point of a crossbar. Arrays are float64 and SI.

    `W`, `B`: node voltages of word and bit lines [rows, cols]; `i_word` [rows]: current out of each word source; `i_bit` [cols]: into each bit
    terminal; `i_cell` [rows, cols]: from word to bit line; `X` [rows, cols]: between memristor and what is in series with it, where something is;
    `power_W`, and where it goes: `power_cells_W`, `power_wires_W`; `iterations`;
    `residual_A`: the largest current that does not balance at a node.

    >>> point = solve([[1e-4, 2e-4]], word=0.1)
    >>> point.W.shape, point.residual_A < 1e-12, point.power_cells_W < point.power_W
    ((1, 2), True, True)
    """

    W: np.ndarray[Any, Any]
    B: np.ndarray[Any, Any]
    i_word: np.ndarray[Any, Any]
    i_bit: np.ndarray[Any, Any]
    i_cell: np.ndarray[Any, Any]
    X: np.ndarray[Any, Any]
    power_W: float
    power_cells_W: float
    power_wires_W: float
    iterations: int
    residual_A: float

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)

    @property
    def v_cell(self) -> np.ndarray[Any, Any]:
        """What every cell is left with [rows, cols], volts."""
        left: np.ndarray[Any, Any] = self.W - self.B
        return left

    def plot(self, ax: Any = None) -> Any:
        """A map of the cells' voltages (matplotlib); returns its axes."""
        from . import plot

        return plot.operating_point(self, ax=ax)

    def __repr__(self) -> str:
        rows, cols = self.W.shape
        return f"OperatingPoint({rows} x {cols}, {self.power_W:.4g} W, cells at {np.min(self.v_cell):.4g} to {np.max(self.v_cell):.4g} V)"

    def _repr_html_(self) -> str:
        from . import _show

        return _show.point(self)


def _problem(G: Reals, word: Reals, bit: Reals, rw: Quantity, rb: Quantity, rdrv: Quantity, rsense: Quantity, ends: str,
             device: Mapping[str, Any] | None, gate: Reals | None) -> tuple[_core.CrossbarProblem, np.ndarray[Any, Any], np.ndarray[Any, Any], bool]:
    g = _arrays.conductances(G)
    law, coefficient, series = _cell(device)
    gates = [] if gate is None else [float(v) for v in _arrays.voltages("gate", gate, g.shape[0], "gate lines")]
    if any(v != v for v in gates):
        raise ConfigError("gate holds a line without a voltage; expected a number for each row")
    words, many_w = _arrays.voltage_rows("word", word, g.shape[0], "word lines")
    bits, many_b = _arrays.voltage_rows("bit", bit, g.shape[1], "bit lines")
    if many_w and many_b and len(words) != len(bits):
        raise ConfigError(f"bit has {len(bits)} rows of voltages, word has {len(words)}; expected as many, or one for all")
    problem = _core.crossbar_problem(g, words[0], bits[0], _wires(rw, rb, rdrv, rsense), ends, law, coefficient, series, gates)
    return problem, words, bits, many_w or many_b


def solve(G: Reals, word: Reals, bit: Reals = 0.0, *, rw: Quantity = 1.0, rb: Quantity = 1.0, rdrv: Quantity = 10.0, rsense: Quantity = 10.0, ends: str = "single",
          device: Mapping[str, Any] | None = None, gate: Reals | None = None) -> Any:
    """Operating point of a crossbar, as `ganbar solve` gives it, to the last bit.

    `G`: siemens [rows, cols], any strides, float32 or float64. `word`, `bit`: volts, one number or text for all lines, a list or array with one
    a line (None or NaN: floating), or [batch, lines] for many at once (a list of points comes back). `rw`, `rb`: ohms of one segment; `rdrv`,
    `rsense`: of drivers and sense amplifiers; numbers or texts ("1 ohm"). `ends`: "single" or "both". `device`: {"type": "linear"},
    {"type": "cubic", "c3": 1/V2}, {"type": "sinh", "b": 1/V}, or a memristor of such a `law` with an element in series, {"type": "1t1r"}, "1s1r" or
    "1d1r" and their keys as docs/circuit.md has them; `gate`: volts of the gate lines of 1t1r cells, one number or one a row.
    ConfigError: shapes, NaN, negative values; NumericError: it does not settle.
    Wires after A. Chen, IEEE TED 60, 1318 (2013).

    >>> point = solve([[1e-4, 2e-4]], word="0.1 V", rw=0, rb=0, rdrv=0, rsense=0)
    >>> [round(float(i) * 1e6, 6) for i in point.i_bit]
    [10.0, 20.0]
    """
    problem, words, bits, many = _problem(G, word, bit, rw, rb, rdrv, rsense, ends, device, gate)
    if not many:
        return OperatingPoint(_core.solve(problem))
    n = max(len(words), len(bits))
    spread = [np.ascontiguousarray(np.broadcast_to(v, (n, v.shape[1]))) for v in (words, bits)]
    return [OperatingPoint(point) for point in _core.solve_many(problem, *spread)]


def netlist(G: Reals, word: Reals, bit: Reals = 0.0, *, rw: Quantity = 1.0, rb: Quantity = 1.0, rdrv: Quantity = 10.0, rsense: Quantity = 10.0, ends: str = "single",
            device: Mapping[str, Any] | None = None, gate: Reals | None = None, node_voltages: bool = False) -> str:
    """The crossbar of `solve` as the text of a SPICE deck that `ngspice -b` runs; `node_voltages` prints every node too.

    >>> "\\n.op" in netlist([[1e-4]], word=0.1)
    True
    """
    problem, words, bits, many = _problem(G, word, bit, rw, rb, rdrv, rsense, ends, device, gate)
    if many:
        raise ConfigError("a deck holds one bias; expected one voltage for each line")
    return _core.netlist(problem, node_voltages)


class Crossbar:
    """A passive crossbar with linear cells, reduced once: any number of inputs afterwards costs a product each.

    `G`: siemens [rows, cols]; wires as in `solve`. The transfer matrix is exact to about 1e-13 relative (nested dissection of the array).

    >>> Crossbar([[1e-4, 2e-4]], rw=0, rb=0, rdrv=0, rsense=0).read([[0.1]]).round(9).tolist()
    [[1e-05, 2e-05]]
    """

    def __init__(self, G: Reals, *, rw: Quantity = 1.0, rb: Quantity = 1.0, rdrv: Quantity = 10.0, rsense: Quantity = 10.0, ends: str = "single") -> None:
        g = _arrays.conductances(G)
        self.shape = g.shape
        self._core = _core.Crossbar(g, _wires(rw, rb, rdrv, rsense), ends)

    def read(self, V: Reals) -> np.ndarray[Any, Any]:
        """Currents into the bit terminals [batch, cols], amperes, of word voltages V [batch, rows] (or [rows]: then [cols]), bit lines at 0 V."""
        v = _arrays.reals("V", V, "V", 1 if np.ndim(V) == 1 else 2)
        batch = v[None, :] if v.ndim == 1 else v
        if batch.shape[1] != self.shape[0]:
            raise ConfigError(f"V has {batch.shape[1]} voltages a row; expected {self.shape[0]}, one for each word line")
        i = self._core.read(batch)
        return i[0] if v.ndim == 1 else i

    @property
    def transfer(self) -> np.ndarray[Any, Any]:
        """T [rows, cols] in siemens: i_bit = V T, all other terminals at 0 V. A copy."""
        return self._core.transfer()

    def __repr__(self) -> str:
        return f"Crossbar({self.shape[0]} x {self.shape[1]})"
