"""Sweeps: many experiments or estimates that differ in some settings."""
from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from . import _arrays, _core, _places
from ._errors import ConfigError
from ._log import hear
from ._table import from_rows
from ._types import PathLike
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
