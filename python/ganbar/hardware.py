"""What layers live on: cells, arrays, converters, wires."""
from . import _core
from ._places import library
from .experiment import load


class Hardware:
    """Cells, arrays, converters and wires of an experiment; what ganbar.torch takes. Never changes."""

    def __init__(self, toml):
        self._core = _core.Hardware(library(), toml)

    @property
    def toml(self):
        """The experiment as TOML text."""
        return self._core.toml

    @property
    def device(self):
        """Name of the device model."""
        return self._core.device

    @property
    def crossbar(self):
        """Word lines and bit lines of one crossbar."""
        return self._core.crossbar

    def __getstate__(self):
        return self.toml

    def __setstate__(self, toml):
        self.__init__(toml)

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        rows, cols = self.crossbar
        return f"Hardware({self.device}, {rows} x {cols})"


def hardware(preset_or_dict, seed=None, **sections):
    """Hardware of a preset's name, a path or a dict as ganbar.load takes it; sections override keys.

    >>> import ganbar
    >>> ganbar.hardware("satyam2022-balanced", device={"d2d": "off"})
    Hardware(nili2020, 64 x 64)
    """
    return Hardware(load(preset_or_dict, seed=seed, **sections).to_toml())
