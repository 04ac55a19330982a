"""What layers live on: cells, arrays, converters, wires."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _core
from ._places import library
from ._types import PathLike
from .experiment import Experiment, load

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._keys import Sections


class Hardware:
    """Cells, arrays, converters and wires of an experiment; what ganbar.torch takes. Never changes.

    >>> hw = hardware("satyam2022-balanced")
    >>> hw.device, hw.crossbar
    ('nili2020', (64, 64))
    """

    def __init__(self, toml: str) -> None:
        self._core = _core.Hardware(library(), toml)

    @property
    def toml(self) -> str:
        """The experiment as TOML text."""
        return self._core.toml

    @property
    def device(self) -> str:
        """Name of the device model."""
        return self._core.device

    @property
    def crossbar(self) -> tuple[int, int]:
        """Word lines and bit lines of one crossbar."""
        return self._core.crossbar

    def __getstate__(self) -> str:
        return self.toml

    def __setstate__(self, toml: str) -> None:
        self._core = _core.Hardware(library(), toml)

    def __deepcopy__(self, memo: Any) -> Hardware:
        return self

    def __repr__(self) -> str:
        rows, cols = self.crossbar
        return f"Hardware({self.device}, {rows} x {cols})"


def hardware(preset_or_dict: PathLike | Mapping[str, Any] | Experiment, seed: int | None = None, **sections: Unpack[Sections]) -> Hardware:
    """Hardware of a preset's name, a path or a dict as ganbar.load takes it; sections override keys.

    >>> import ganbar
    >>> ganbar.hardware("satyam2022-balanced", device={"d2d": "off"})
    Hardware(nili2020, 64 x 64)
    """
    return Hardware(load(preset_or_dict, seed=seed, **sections).to_toml())
