"""What layers live on: cells, arrays, converters, wires."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _core
from ._places import library
from ._types import PathLike
from .device_model import DeviceModel, _model_of
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

    def __init__(self, toml: str, model: DeviceModel | None = None) -> None:
        self.model = model  # in numpy, or None
        self._core = _core.Hardware(library(), toml, model)

    @property
    def toml(self) -> str:
        """The experiment as TOML text. A device model in numpy is in it as a comment, and [device] holds its window."""
        return self._core.toml if self.model is None else f"# device: {self.model!r}, in numpy\n{self._core.toml}"

    @property
    def device(self) -> str:
        """Name of the device model."""
        return self._core.device

    @property
    def crossbar(self) -> tuple[int, int]:
        """Word lines and bit lines of one crossbar."""
        return self._core.crossbar

    def __getstate__(self) -> tuple[str, DeviceModel | None]:
        return self._core.toml, self.model

    def __setstate__(self, state: tuple[str, DeviceModel | None]) -> None:
        self.__init__(*state)  # type: ignore[misc]

    def __deepcopy__(self, memo: Any) -> Hardware:
        return self

    def __repr__(self) -> str:
        rows, cols = self.crossbar
        return f"Hardware({self.device}, {rows} x {cols})"


def hardware(preset_or_dict: PathLike | Mapping[str, Any] | Experiment, seed: int | None = None, **sections: Unpack[Sections]) -> Hardware:
    """Hardware of a preset's name, a path or a dict as ganbar.load takes it; sections override keys. `device` may be a model in numpy (ganbar.DeviceModel).

    >>> import ganbar
    >>> ganbar.hardware("satyam2022-balanced", device={"d2d": "off"})
    Hardware(nili2020, 64 x 64)
    """
    model = _model_of(sections.get("device"))
    if model is None:
        return Hardware(load(preset_or_dict, seed=seed, **sections).to_toml())
    said: dict[str, Any] = {**sections, "device": None}
    base = load(preset_or_dict, seed=seed, **said).to_dict()
    _, low, high, *_ = model._traits()
    base["device"] = {"model": "ideal", "g_min": f"{low!r} S", "g_max": f"{high!r} S"}  # stands in where the experiment is read
    return Hardware(load(base).to_toml(), model)
