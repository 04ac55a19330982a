"""ganbar: generative adversarial networks on memristive crossbars, from the device to the accelerator.

Names and keys are those of the command line and of its TOML files. Quantities are texts with a unit ("0.8 V"), arrays are SI.
"""
from __future__ import annotations

from . import _core, callbacks, noise, plot
from ._errors import ConfigError, DataError, Error, InternalError, NumericError
from .arch import Estimates, Exploration, estimate, explore
from .catalogue import Entry, describe, list
from .circuit import Crossbar, OperatingPoint, netlist, solve
from .data import Images, Quality, images, quality
from .device import Cells, Device
from .experiment import Experiment, Round, load
from .hardware import Hardware, hardware
from .run import Run, open
from .study import array, sweep

__version__ = _core.version


def threads(n: int | None = None) -> int:
    """Threads that long work uses; `threads(2)` sets them. Results do not depend on them.

    >>> threads(2)
    2
    """
    if n is not None:
        from ._arrays import whole

        _core.set_threads(whole("n", n, 1, 1024))
    return _core.threads()


__all__ = ["Cells", "ConfigError", "Crossbar", "DataError", "Device", "Entry", "Error", "Estimates", "Experiment", "Exploration", "Hardware", "Images", "InternalError", "NumericError",
           "OperatingPoint", "Quality", "Round", "Run", "array", "callbacks", "describe", "estimate", "explore", "hardware", "images", "list", "load", "netlist", "noise", "open", "plot", "quality", "solve", "sweep", "threads"]
