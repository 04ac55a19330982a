"""What there is: devices, experiments, data sets, networks, accelerators, circuits, generators of bits."""
from __future__ import annotations

import builtins
import json
from collections.abc import Mapping
from typing import Any

from . import _places
from ._errors import ConfigError
from ._table import from_rows


def list(kind: str = "") -> builtins.list[str]:
    """Names of a kind ("devices", "experiments", ...), as `ganbar list KIND` prints them; without it, the kinds. ConfigError: no such kind.

    >>> "nili2020" in list("devices")
    True
    """
    if not isinstance(kind, str):
        raise ConfigError(f"{kind!r} is no kind; expected a text such as \"devices\"")
    return [name for name, _ in _places.library().list(kind)]


class Entry:
    """What one thing is, from `describe()`: `kind`, `name`, `text`, `facts` (a dict), `parameters` (a table: name, type, value and range in SI
    with unit, kind, source, doc) and `config`, its text as a file, or "".

    >>> describe("device", "nili2020")  # doctest: +ELLIPSIS
    Entry(device nili2020, ... parameters)
    """

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.kind, self.name, self.text = said["kind"], said["name"], said["text"]
        self.facts = said["facts"]
        self.config = said.get("config", "")
        self.parameters = from_rows(said["parameters"], ["name", "type", "value", "unit", "lo", "hi", "choices", "doc", "source", "kind"])

    def __repr__(self) -> str:
        return f"Entry({self.kind} {self.name}, {len(self.parameters)} parameters)"


def describe(kind: str, name: str) -> Entry:
    """Describes one thing, as `ganbar describe KIND NAME` does. ConfigError with the nearest name where there is none.

    >>> describe("device", "nili2020").name
    'nili2020'
    """
    return Entry(json.loads(_places.library().describe(kind, name)))
