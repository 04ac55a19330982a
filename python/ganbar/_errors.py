"""The four kinds of fault. The C++ core raises them by name."""
from __future__ import annotations

import re

_PLACE = re.compile(r"^(?P<file>[^\n]*?):(?P<line>\d+):(?P<column>\d+): ")
_DICT = re.compile(r"^(?P<file>dict(?: key [^:\n]+)?): ")
_HINT = re.compile(r"did you mean \"([^\"]*)\"\?")
_OPTION = re.compile(r"--([a-z][a-z-]*)( ?)")
_ARGUMENTS = {"out": "folder", "resume": "resume=True", "from": "start", "on": "on=", "read-voltage": "read_V"}


def _in_python(message: str) -> str:
    """The library names options of the command line; here they are arguments: "--from" is `start`, "--set key" is the key."""
    return _OPTION.sub(lambda m: "" if m[1] == "set" else _ARGUMENTS.get(m[1], m[1].replace("-", "_")) + ("" if m[1] == "on" else m[2]), message)


class Error(Exception):
    """Any fault that ganbar tells of. Its text is one sentence: what; what was expected.

    >>> import ganbar
    >>> try:
    ...     ganbar.list("devises")
    ... except ganbar.Error as fault:
    ...     print(type(fault).__name__)
    ConfigError
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(_in_python(message))


class ConfigError(Error, ValueError):
    """The input is wrong: a key, a value, a shape, a unit.

    Attributes: `file`, `line`, `column` where it was said (None where that is unknown; of a dict, `file` is "dict key train.v_set"), and
    `hint`, the nearest legal name, or None.

    >>> import ganbar
    >>> try:
    ...     ganbar.load("satyam2022-balanced", train={"rouns": 3})
    ... except ganbar.ConfigError as fault:
    ...     print(fault.file, fault.hint)
    dict key train.rouns rounds
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        place = _PLACE.match(message) or _DICT.match(message)
        said = place.groupdict() if place else {}
        self.file: str | None = said.get("file")
        self.line: int | None = int(said["line"]) if "line" in said else None
        self.column: int | None = int(said["column"]) if "column" in said else None
        near = _HINT.search(message)
        self.hint: str | None = near.group(1) if near else None


class DataError(Error, OSError):
    """Data or a file are missing, damaged or cannot be written.

    >>> import ganbar
    >>> try:
    ...     ganbar.open("runs/none")
    ... except ganbar.DataError as fault:
    ...     print(fault)
    runs/none is no run folder: it has no run.toml
    """


class NumericError(Error, ArithmeticError):
    """Numbers diverged or did not converge.

    >>> issubclass(NumericError, Error), issubclass(NumericError, ArithmeticError)
    (True, True)
    """


class InternalError(Error):
    """A broken invariant: a bug of ganbar's, never of the caller's.

    >>> issubclass(InternalError, Error), issubclass(InternalError, ValueError)
    (True, False)
    """


for _kind in (Error, ConfigError, DataError, NumericError, InternalError):
    _kind.__module__ = "ganbar"
