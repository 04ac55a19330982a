"""Run folders, also of the command line, also while they are being written."""
from __future__ import annotations

import builtins
import json
import os
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import _arrays, _core, _places
from ._errors import ConfigError, DataError
from ._table import from_rows, table
from ._types import PathLike
from .data import _as_shown

if TYPE_CHECKING:
    import numpy as np

    from .experiment import Experiment
else:
    from ._lazy import np


class Report(str):
    """A page of HTML; a notebook shows it in a frame."""

    def _repr_html_(self) -> str:
        import html

        return f'<iframe srcdoc="{html.escape(self)}" width="100%" height="600"></iframe>'

    def save(self, path: PathLike) -> None:
        """Writes it; ConfigError where the file exists."""
        try:
            with builtins.open(path, "x", encoding="utf-8") as file:
                file.write(self)
        except FileExistsError as fault:
            raise ConfigError(f"{path} exists; expected another name") from fault


def _csv(path: pathlib.Path) -> Any:
    """A table of a run's CSV; a last line without its end, of a run that was killed, does not count."""
    try:
        text = path.read_text() if path.exists() else ""
    except (UnicodeDecodeError, OSError) as fault:
        raise DataError(f"{path} is damaged ({fault}); expected the table that ganbar wrote") from fault
    lines = text[: text.rfind("\n") + 1].splitlines()
    if not lines:
        return table({})
    names, rows = lines[0].split(","), [line.split(",") for line in lines[1:]]
    for k, row in enumerate(rows):
        if len(row) != len(names):
            raise DataError(f"{path}:{k + 2} has {len(row)} values; expected {len(names)}, one for each column: the file is damaged")
    return table({name: _column([row[k] for row in rows]) for k, name in enumerate(names)})


def _column(texts: Sequence[str]) -> np.ndarray[Any, Any]:
    if texts and all(t in ("true", "false") for t in texts):
        return np.array([t == "true" for t in texts])
    try:
        return np.array([int(t) for t in texts], dtype=np.int64)
    except ValueError:
        pass
    try:
        return np.array([float(t) if t else np.nan for t in texts])
    except ValueError:
        return np.array(texts, dtype=object)


class Run:
    """A run folder. Tables and numbers are read when asked for, so a run that is being written shows what is there.

    >>> import ganbar, tempfile
    >>> exp = ganbar.load("satyam2022-balanced", data={"dataset": "synthetic-digits", "classes": [1], "limit": 60}, train={"rounds": 1, "batch": 16}, evaluation={"samples": 16})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = exp.run(folder + "/run", report=False)
    ...     len(run.metrics), run.samples.shape, run.conductance(run.matrices[0]).shape, run.sample(5).shape
    (1, (16, 28, 28), (100, 128), (5, 28, 28))
    """

    def __init__(self, folder: PathLike) -> None:
        self.folder = pathlib.Path(folder)
        self._trained: _core.Trained | None = None

    def _json(self, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.folder / name).read_text())
        except FileNotFoundError as fault:
            raise DataError(f"{self.folder / name} is not there yet; expected a finished run") from fault
        except ValueError as fault:
            raise DataError(f"{self.folder / name} is no JSON ({fault}); expected what ganbar wrote") from fault
        if not isinstance(found, dict):
            raise DataError(f"{self.folder / name} holds a {type(found).__name__}; expected the object that ganbar wrote")
        return found

    @property
    def metrics(self) -> Any:
        """metrics.csv: one row a weight-update round; energies in joules."""
        return _csv(self.folder / "metrics.csv")

    @property
    def quality(self) -> Any:
        """quality.csv: one row an evaluation."""
        return _csv(self.folder / "quality.csv")

    @property
    def summary(self) -> dict[str, Any]:
        """summary.json as a dict."""
        return self._json("summary.json")

    @property
    def ledger(self) -> Any:
        """The accounts of hardware.json: path, network, layer, phase, component, n, energy_J, busy_s."""
        rows = []
        for path, said in sorted(self._accounts()):
            parts = path.split("/")
            rows.append({"path": path, "network": parts[0], "layer": "/".join(parts[1:-2]), "phase": parts[-2] if len(parts) > 1 else "", "component": parts[-1], **said})
        return from_rows(rows)

    def _accounts(self) -> list[tuple[str, dict[str, Any]]]:
        try:
            accounts = self._json("hardware.json")["accounts"]
            if isinstance(accounts, dict):
                return [(path, dict(said)) for path, said in accounts.items()]
            return [(one["account"], {k: v for k, v in one.items() if k != "account"}) for one in accounts]
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise DataError(f"{self.folder / 'hardware.json'} has no list of accounts; expected what ganbar wrote") from fault

    @property
    def experiment(self) -> Experiment:
        """The Experiment that it ran."""
        from .experiment import load

        return load(self.folder / "run.toml")

    @property
    def samples(self) -> np.ndarray[Any, Any]:
        """The final images, uint8 [n, h, w(, 3)]."""
        try:
            images: np.ndarray[Any, Any] = np.load(self.folder / "samples.npy")
        except FileNotFoundError as fault:
            raise DataError(f"{self.folder / 'samples.npy'} is not there yet; expected a finished run") from fault
        except (ValueError, EOFError, OSError, SyntaxError) as fault:
            raise DataError(f"{self.folder / 'samples.npy'} is damaged ({fault}); ganbar.open(folder).sample() draws images anew") from fault
        if not isinstance(images, np.ndarray) or images.dtype != np.uint8 or images.ndim not in (3, 4):
            raise DataError(f"{self.folder / 'samples.npy'} holds no images; expected uint8 [n, h, w] or [n, h, w, 3] as ganbar wrote it")
        return images

    def _model(self) -> _core.Trained:
        if self._trained is None:
            self._trained = _core.Trained(_places.library(), str(self.folder))
        return self._trained

    @property
    def matrices(self) -> list[str]:
        """Names of the weight matrices on crossbars: "generator/dense1", ..."""
        return list(self._model().matrices)

    def conductance(self, name: str, plane: int = 0) -> np.ndarray[Any, Any]:
        """Conductances of a weight matrix in the newest checkpoint, float32 siemens [inputs, outputs]; plane 1: G- of differential mapping."""
        return self._model().conductance(name, _arrays.whole("plane", plane, 0, 9))

    def sample(self, n: int = 64, *, seed: int = 1) -> np.ndarray[Any, Any]:
        """n images of the trained generator, uint8 [n, h, w(, 3)], as `ganbar sample` draws them; the run does not change."""
        return self._shown(self._model().sample(_arrays.whole("n", n, 1, 10**6), _arrays.whole("seed", seed, 0)))

    def interpolate(self, n_rows: int = 8, n_steps: int = 10, *, seed: int = 1) -> np.ndarray[Any, Any]:
        """Images between pairs of latent vectors, uint8 [n_rows, n_steps, h, w(, 3)]."""
        rows, steps = _arrays.whole("n_rows", n_rows, 1, 1000), _arrays.whole("n_steps", n_steps, 2, 1000)
        flat = self._shown(self._model().interpolate(rows, steps, _arrays.whole("seed", seed, 0)))
        return flat.reshape(rows, steps, *flat.shape[1:])

    def _shown(self, planar: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        shape = list(self._model().shape) or self._shape_of_data(planar.shape[1])
        return _as_shown(planar, shape)

    def _shape_of_data(self, n_pixels: int) -> list[int]:
        try:
            data = self._json("env.json").get("data", {})
        except DataError:
            data = {}
        shape = [data.get(key, 0) for key in ("channels", "height", "width")]
        if np.prod(shape) == n_pixels:
            return shape
        side = round(n_pixels ** 0.5)
        return [1, side, side] if side * side == n_pixels else [1, 1, n_pixels]

    def report(self, *others: Run | PathLike, title: str = "") -> Report:
        """The page of `ganbar report`: one self-contained HTML text; with other runs, side by side."""
        folders = [str(self.folder)] + [str(o.folder if isinstance(o, Run) else o) for o in others]
        return Report(_core.report_html(folders, title))

    def export(self, path: PathLike, *, noise: str = "none", converters: bool = False, figure: str | None = None, column: str | None = None, n: int | None = None,
               seed: int | None = None, force: bool = False) -> None:
        """The run for other tools, as the ending of `path` asks: .onnx (with noise="reads", converters=True in the graph), .safetensors, .npz
        (n images of a seed), .csv, .gif, .mp4, .svg and .pdf (figure="losses", column="single" or "double"; the names: `ganbar export RUN --list`).

        ConfigError: the file exists and force is off, an ending or figure that is not known, an option that the kind of file has no use for.
        DataError: no checkpoint, or a place that cannot be written.
        """
        whole = {"n": (n, 1, 10**6), "seed": (seed, 0, 2**63 - 1)}
        n, seed = (None if value is None else _arrays.whole(name, value, lo, hi) for name, (value, lo, hi) in whole.items())
        _core.export_run(_places.library(), str(self.folder), os.fspath(path), noise, bool(converters), figure, column, n, seed, bool(force))

    def plot(self, ax: Any = None) -> Any:
        """The losses by round (matplotlib); returns its axes."""
        from . import plot

        return plot.metrics(self, ax=ax)

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r}, {len(self.metrics)} rounds)"

    def _repr_html_(self) -> str:
        from . import _show

        return _show.run(self)


def open(folder: PathLike) -> Run:
    """A run folder. DataError where it is none.

    >>> import ganbar, tempfile
    >>> exp = ganbar.load("satyam2022-balanced", data={"dataset": "synthetic-digits", "classes": [1], "limit": 60}, train={"rounds": 1, "batch": 16}, evaluation={"samples": 16})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = exp.run(folder + "/run", report=False)
    ...     open(folder + "/run").summary["rounds"]
    1
    """
    folder = pathlib.Path(os.fspath(folder))
    if not (folder / "run.toml").is_file():
        raise DataError(f"{folder} is no run folder: it has no run.toml")
    return Run(folder)
