"""Tables: pandas DataFrames where pandas is there, else a small table with the same columns."""
from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
else:
    from ._lazy import np


class Table:
    """Columns of equal length by name; numpy arrays or lists. What stands in for a DataFrame where pandas is not installed."""

    def __init__(self, columns: Mapping[str, Any]) -> None:
        self._columns = dict(columns)

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self._columns)

    def __getitem__(self, name: str) -> Any:
        return self._columns[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._columns:
            raise AttributeError(name)
        return self._columns[name]

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), ()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def to_numpy(self) -> np.ndarray[Any, Any]:
        """[rows, columns], as float64 where every column is numbers, else objects."""
        return np.column_stack([np.asarray(c) for c in self._columns.values()]) if self._columns else np.empty((0, 0))

    def to_dict(self, orient: str = "list") -> Any:
        """{"column": [values]}, or with "records" a list of rows as dicts, as pandas has it."""
        lists = {name: c.tolist() if hasattr(c, "tolist") else list(c) for name, c in self._columns.items()}
        if orient == "records":
            return [dict(zip(lists, row)) for row in zip(*lists.values())]
        return lists

    def __repr__(self) -> str:
        rows = [self.columns] + [[_short(c[k]) for c in self._columns.values()] for k in range(min(len(self), 10))]
        widths = [max(len(row[c]) for row in rows) for c in range(len(self.columns))]
        lines = ["  ".join(cell.rjust(w) for cell, w in zip(row, widths)) for row in rows]
        return "\n".join(lines + ([f"... {len(self)} rows"] if len(self) > 10 else []))

    def _repr_html_(self) -> str:
        import html

        head = "".join(f"<th>{html.escape(c)}</th>" for c in self.columns)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(_short(c[k]))}</td>" for c in self._columns.values()) + "</tr>" for k in range(min(len(self), 60)))
        return f"<table><tr>{head}</tr>{body}</table>"


def _short(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


@functools.lru_cache(maxsize=1)
def _pandas() -> Any:
    try:
        import pandas  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return None
    return pandas


def table(columns: Mapping[str, Any]) -> Any:
    """A table of these columns."""
    pandas = _pandas()
    return pandas.DataFrame(columns) if pandas else Table(columns)


def from_rows(rows: Sequence[Mapping[str, Any]], names: Sequence[str] | None = None) -> Any:
    """A table of dicts, one a row; a key that a row lacks is None."""
    names = names or list(dict.fromkeys(key for row in rows for key in row))
    return table({name: [row.get(name) for row in rows] for name in names})
