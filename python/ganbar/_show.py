"""What notebooks show of a run: its newest picture, its losses, four numbers."""
from __future__ import annotations

import base64
import html
import struct
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from .circuit import OperatingPoint
    from .run import Run
else:
    from ._lazy import np


def line(values: Iterable[float], width: int = 160, height: int = 32) -> str:
    """A sparkline of the last 400 values, SVG."""
    values = [float(v) for v in values][-400:]
    if len(values) < 2:
        return ""
    lo, hi = min(values), max(values)
    points = " ".join(f"{k * width / (len(values) - 1):.1f},{height - (v - lo) / ((hi - lo) or 1) * height:.1f}" for k, v in enumerate(values))
    return f'<svg width="{width}" height="{height}"><polyline points="{points}" fill="none" stroke="currentColor"/></svg>'


def run(one: Run) -> str:
    parts = [f"<p>{html.escape(repr(one))}</p>"]
    pictures = sorted((one.folder / "samples").glob("*.png"))
    if pictures:
        parts.append(f'<img src="data:image/png;base64,{base64.b64encode(pictures[-1].read_bytes()).decode()}"/>')
    metrics = one.metrics
    if len(metrics):
        parts += [f"<div>{name} {line(metrics[name])}</div>" for name in ("loss_d", "loss_g")]
    if (one.folder / "summary.json").exists():
        said = one.summary
        keys = ("classifier_accuracy", "frechet_distance", "coverage", "update_energy_J")
        parts.append("<p>" + ", ".join(f"{k} {said[k]:.4g}" for k in keys if isinstance(said.get(k), (int, float))) + "</p>")
    return "".join(parts)


def png(rgb: np.ndarray[Any, Any]) -> bytes:
    """uint8 [h, w, 3] as a PNG file (ISO/IEC 15948: one IDAT, no filter)."""
    h, w = rgb.shape[:2]

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + rgb[k].tobytes() for k in range(h))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def heat(values: Any, width: int = 256) -> str:
    """A map from dark blue (least) to yellow (most) as an image."""
    a = np.asarray(values, float)
    lo, hi = float(a.min()), float(a.max())
    t = (a - lo) / ((hi - lo) or 1)
    dark, light = np.array([20, 30, 90]), np.array([250, 230, 60])
    rgb = (dark + t[..., None] * (light - dark)).round().astype(np.uint8)
    data = base64.b64encode(png(rgb)).decode()
    return f'<img width="{width}" style="image-rendering: pixelated" src="data:image/png;base64,{data}"/>'


def point(one: OperatingPoint) -> str:
    v = one.v_cell
    return f"<p>{html.escape(repr(one))}</p>{heat(v)}<p>voltage of the cells, {float(v.min()):.4g} V (dark) to {float(v.max()):.4g} V</p>"
