"""Sweeps of experiments or estimates, and one array on the bench."""
from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from . import _arrays, _core, _places
from ._errors import ConfigError
from ._log import hear
from ._table import from_rows
from ._types import PathLike, Quantity
from .experiment import _plain


def _share(rank: tuple[int, int] | None) -> tuple[int, int]:
    if rank is None:
        return 0, 1
    if not isinstance(rank, (tuple, list)) or len(rank) != 2:
        raise ConfigError(f"rank = {rank!r}; expected (i, n): this is process i, from 0, of n that share the folder")
    n = _arrays.whole("n of rank", rank[1], 1, 10**6)
    return _arrays.whole("i of rank", rank[0], 0, n - 1), n


def sweep(source: PathLike | Mapping[str, Any], out: PathLike | None = None, *, jobs: int = 1, retry: bool = False, rank: tuple[int, int] | None = None) -> Any:
    """Works through a sweep as `ganbar sweep` does; returns a table with a row a point.

    `source`: a sweep's TOML file, or the same as a dict (a base that is a path is then relative to the working directory). `out`: its folder
    (default sweeps/NAME) with sweep.sqlite, the run folders, and, when no point is open, sweep.csv and report.html. The same call again goes on where it stopped,
    also in the middle of a run. `jobs`: points worked on at once; `retry`: failed points again; `rank`: (i, n), this is process i of n that
    share the folder.

    Columns: `id`, `status` (open, done, failed), `wall_s`, `error`, one for each setting, one for each key of summary.json or of the estimate
    (SI, the unit in the name). A point that fails is a row with its error. ConfigError: the file, a value that the base does not take, a folder
    of another sweep; DataError: not one point could be run. Ctrl-C ends it: what is being trained gets a checkpoint.

    >>> import tempfile
    >>> points = {"sweep": {"kind": "estimate", "base": "dcgan", "set": ["on=regan"]}, "axis": [{"key": "batch", "values": [16, 64]}]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = sweep(points, folder + "/batches")
    >>> list(table["status"]), list(table["batch"])
    (['done', 'done'], [16, 64])
    """
    if not isinstance(source, (str, dict, os.PathLike)):
        raise ConfigError(f"{source!r} is no sweep; expected a path or a dict with \"sweep\" and \"axis\"")
    given = _plain(source) if isinstance(source, dict) else os.fspath(source)
    folder = "" if out is None else os.fspath(out)
    _, rows = _core.sweep(_places.library(), given, folder, _share(rank), _arrays.whole("jobs", jobs, 1, 1024), bool(retry), hear)
    return from_rows(rows)


def array(file: PathLike | None = None, *, size: Any = None, device: PathLike | None = None, cell: str | None = None, wire: Quantity | None = None, driver: Quantity | None = None, sense: Quantity | None = None,
          scheme: str | None = None, compensation: str | None = None, ends: str | None = None, conductances: PathLike | None = None, run: PathLike | None = None, array: int = 0, against: Any = None, chips: int = 0,
          set: Mapping[str, Any] | None = None, table: bool = False) -> Any:
    """One crossbar on the bench with exact wires: read errors, delivered voltages, margins, disturb, energy and time; a dict of figures and maps in SI as
    `ganbar array --json` prints it, or a list of them, one for each value of `against`. `table`: instead a table with a row for each of them, without the maps.

    `file`: TOML with [array], [device], [cell], [wires]. `size`: (rows, cols), a number, or "128x64". `device`: a model's name. `cell`: "passive", "1t1r", "1s1r" or "1d1r". `wire`, `driver`, `sense`: ohms or texts.
    `scheme`: "half", "third", "grounded", "floating" or "inhibit". `compensation`: "none", "rows" or "cells". `ends`: "single" or "both". `conductances`: an NPY or CSV file. `run`: a run folder, whose array number `array` it is. `against`: ("wire", [1, 2])
    or a key with its values. `chips`: arrays made: means, with least, most and half of the mean's 95% interval (Student's t; in tables KEY_least, KEY_most, KEY_half_width_95). `set`: {"array.v_read": "0.1 V"}.

    >>> found = array(size=8, wire="2 ohm")
    >>> found["rows"], found["cols"]
    (8, 8)
    >>> sizes = array(against=("size", [4, 8]), table=True)
    >>> list(sizes["size"]), bool(sizes["read_error_rms"][0] < sizes["read_error_rms"][1])
    (['4', '8'], True)
    """
    ohms = {name: None if value is None else value if isinstance(value, str) else f"{_arrays.quantity(name, value, 'ohm')!r} ohm" for name, value in (("wire", wire), ("driver", driver), ("sense", sense))}
    if size is not None and not isinstance(size, str):
        sides = size if isinstance(size, (tuple, list)) else (size, size)
        if len(sides) != 2:
            raise ConfigError(f"size = {size!r}; expected (rows, columns), a number for both, or a text such as \"128x64\"")
        size = "x".join(str(_arrays.whole("size", side, 1, 2**20)) for side in sides)
    if against is not None and not isinstance(against, str):
        if not isinstance(against, (tuple, list)) or len(against) != 2:
            raise ConfigError(f"against = {against!r}; expected (\"wire\", [1, 2]) or a text such as \"wire=1 ohm,2 ohm\"")
        name, values = against
        unit = " ohm" if name in ohms else ""
        against = f"{name}={','.join(v if isinstance(v, str) else f'{v}{unit}' for v in values)}"
    said = {"file": file, "size": size, "device": device, "cell": cell, **ohms, "scheme": scheme, "compensation": compensation, "ends": ends, "conductances": conductances, "run": run, "against": against}
    words = [(name, os.fspath(value)) for name, value in said.items() if value is not None]
    answer, warnings = _core.array(_places.library(), words, _arrays.whole("chips", chips, 0, 10_000), _arrays.whole("array", array, 0, 2**40), _arrays.settings(set))
    for line in warnings:
        hear("warning: " + line)
    found = json.loads(answer)
    return _rows(found if isinstance(found, list) else [found]) if table else found


def _rows(arrays: list[dict[str, Any]]) -> Any:
    """Arrays as a table: what each is, then its figures, each with its spread over chips where there are several."""
    rows = []
    for one in arrays:
        row = {name: value for name, value in one.items() if not isinstance(value, (dict, list))}
        for key, value in one["figures"].items():
            row[key] = value
            row |= {f"{key}_{part}": one[part][key] for part in ("least", "most", "half_width_95") if part in one}
        rows.append(row)
    return from_rows(rows)
