"""Figures on matplotlib, which is imported when the first is drawn. Each takes `ax` and returns it. Grids of images are written without it."""
from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

from . import _arrays, _show
from ._errors import ConfigError, DataError
from ._types import PathLike

if TYPE_CHECKING:
    import numpy as np

    from .arch import Estimates
    from .circuit import OperatingPoint
    from .device import Cells, MeasuredDevice
    from .run import Run
else:
    from ._lazy import np


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt  # type: ignore[import-not-found, unused-ignore]
    except ImportError as fault:
        raise ConfigError("figures need matplotlib; expected it installed (pip install matplotlib)") from fault
    return plt.subplots()[1]


def operating_point(point: OperatingPoint, *, ax: Any = None) -> Any:
    """The voltage that every cell is left with, as a map."""
    ax = _axes(ax)
    ax.figure.colorbar(ax.imshow(point.v_cell), ax=ax, label="cell voltage (V)")
    ax.set_xlabel("bit line")
    ax.set_ylabel("word line")
    return ax


def cells(array: Cells, *, ax: Any = None) -> Any:
    """A histogram of conductances."""
    ax = _axes(ax)
    ax.hist(array.g * 1e6, bins=50)
    ax.set_xlabel("conductance (uS)")
    ax.set_ylabel("cells")
    return ax


def metrics(run: Run, *, ax: Any = None) -> Any:
    """Losses of a run by round."""
    ax = _axes(ax)
    rows = run.metrics
    for name in ("loss_d", "loss_g"):
        ax.plot(rows["round"], rows[name], label=name)
    ax.set_xlabel("round")
    ax.legend()
    return ax


def steps(device: MeasuredDevice, *, ax: Any = None) -> Any:
    """Measured steps of a MeasuredDevice over conductance, and the table's mean steps at the main amplitudes."""
    ax = _axes(ax)
    d = device.data
    g, v = (np.asarray(d[k], float) for k in ("g_S", "v_V"))
    same = (np.diff(np.asarray(d["device"])) == 0) & (np.diff(np.asarray(d["cycle"])) == 0)
    said = device.to_dict()
    for sign, key in ((1, "set"), (-1, "reset")):
        of = same & (np.sign(v[1:]) == sign)
        colour = ax.plot(g[:-1][of] * 1e6, np.diff(g)[of] * 1e6, ".", ms=2, alpha=0.4)[0].get_color()
        mean = np.reshape(said[f"dg_{key}"], (-1, len(said["g"])))
        for k, row in enumerate(mean):
            ax.plot(np.asarray(said["g"]) * 1e6, row * 1e6, color=colour, label=key if k == 0 else None)
    ax.set_xlabel("conductance (uS)")
    ax.set_ylabel("step of a pulse (uS)")
    ax.legend()
    return ax


def _sheet(images: Any, columns: int) -> np.ndarray[Any, Any]:
    """Up to columns x columns images side by side, uint8 [h, w(, 3)]."""
    columns = _arrays.whole("columns", columns, 1, 1024)
    for name in ("samples", "pixels"):
        images = getattr(images, name, images)
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or (images.ndim == 4 and images.shape[3] != 3) or 0 in images.shape:
        raise ConfigError(f"images are {images.dtype} of the shape {images.shape}; expected uint8 [n, h, w] or [n, h, w, 3]")
    images = images[: columns * columns]
    rows = -(-len(images) // columns)
    h, w = images.shape[1:3]
    sheet = np.zeros((rows * h, columns * w) + images.shape[3:], np.uint8)
    for k, image in enumerate(images):
        sheet[k // columns * h:(k // columns + 1) * h, k % columns * w:(k % columns + 1) * w] = image
    return sheet


def samples(images: Any, *, ax: Any = None, columns: int = 8) -> Any:
    """Images, uint8 [n, h, w(, 3)], or a Run's samples, as one grid."""
    ax = _axes(ax)
    ax.imshow(_sheet(images, columns), cmap="gray", vmin=0, vmax=255)
    ax.set_axis_off()
    return ax


def save_samples(images: Any, path: PathLike, *, columns: int = 8, scale: int = 4, force: bool = False) -> None:
    """The grid of `samples` as a PNG file, without matplotlib; each pixel is `scale` pixels wide and high.

    ConfigError: a name that does not end in .png, a file that exists while `force` is off. DataError where it cannot be written.

    >>> import ganbar, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "grid.png")
    >>> save_samples(ganbar.images("synthetic-digits", classes=[3]), path)
    >>> path.read_bytes()[1:4]
    b'PNG'
    """
    scale = _arrays.whole("scale", scale, 1, 64)
    path = pathlib.Path(path)
    if path.suffix.lower() != ".png":
        raise ConfigError(f"{path} has the ending \"{path.suffix}\"; expected .png")
    sheet = _sheet(images, columns).repeat(scale, axis=0).repeat(scale, axis=1)
    try:
        with open(path, "wb" if force else "xb") as file:
            file.write(_show.png(sheet if sheet.ndim == 3 else np.repeat(sheet[..., None], 3, axis=2)))
    except FileExistsError as fault:
        raise ConfigError(f"{path} exists; expected another name, or force=True") from fault
    except OSError as fault:
        raise DataError(f"{path}: cannot be written ({fault.strerror})") from fault


def conductance(run: Run, name: str, *, plane: int = 0, ax: Any = None) -> Any:
    """Conductances of a Run's weight matrix as a map."""
    ax = _axes(ax)
    ax.figure.colorbar(ax.imshow(run.conductance(name, plane) * 1e6, aspect="auto"), ax=ax, label="conductance (uS)")
    ax.set_xlabel("output")
    ax.set_ylabel("input")
    return ax


def estimates(found: Estimates, column: str = "iteration_energy_J", *, ax: Any = None) -> Any:
    """One number of Estimates as a bar a machine, on a logarithmic scale."""
    ax = _axes(ax)
    names = list(found)
    ax.barh(names, [found[name][column] for name in names])
    ax.set_xscale("log")
    ax.set_xlabel(column)
    return ax
