"""Experiments: load, look, run."""
from __future__ import annotations

import atexit
import os
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from . import _arrays, _core, _places
from ._errors import ConfigError, DataError, InternalError, NumericError
from ._log import hear
from ._table import from_rows
from .callbacks import check, tell
from .data import Quality
from .device import Device
from .device_model import _model_of
from ._types import PathLike
from .run import Run
from .run import open as open_run

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._keys import Sections

Callbacks = Any  # a callable, an object as in ganbar.callbacks, or several


class Round:
    """One weight-update round as played, with the numbers of metrics.csv: `round` (of `n_rounds`), `epoch`, `loss_d`, `loss_g`, `p_real`, `p_fake`,
    `pulses_set`, `pulses_reset`, `update_energy_J` and the other parts of its energy, `energy_J` (their sum), `training_energy_J` (of all
    rounds), and `quality`: None, or a Quality where the round was evaluated.

    >>> import tempfile
    >>> exp = load("satyam2022-balanced", data={"dataset": "synthetic-digits", "classes": [1], "limit": 60}, train={"rounds": 1, "batch": 16}, evaluation={"samples": 16})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     rounds = list(exp.start(folder + "/run", report=False))
    >>> rounds[0].round, rounds[0].n_rounds, rounds[0].update_energy_J > 0, rounds[0].quality is None
    (1, 1, True, False)
    """

    __slots__ = ("__dict__",)

    round: int
    n_rounds: int
    epoch: int
    loss_d: float
    loss_g: float
    p_real: float
    p_fake: float
    pulses_set: int
    pulses_reset: int
    update_energy_J: float
    energy_J: float
    cumulative_update_energy_J: float
    training_energy_J: float
    quality: Quality | None

    def __init__(self, values: Mapping[str, Any], n_rounds: int) -> None:
        self.__dict__.update(values, n_rounds=n_rounds)
        said = values["quality"]
        self.quality = None if said is None else Quality(said)

    def __repr__(self) -> str:
        return f"Round({self.round}, loss_d={self.loss_d:.4g}, loss_g={self.loss_g:.4g}, energy_J={self.energy_J:.4g})"


class Plan(dict[str, Any]):
    """The crossbars of an experiment: `n_crossbars`, `cells_used`, `crossbar_area_m2`; tables `matrices` and `blocks`.

    >>> list(load("satyam2022-balanced").plan.matrices["rows"])
    [100, 128, 784, 128]
    """

    def __getattr__(self, name: str) -> Any:
        try:
            value = self[name]
        except KeyError:
            raise AttributeError(name) from None
        return from_rows(value) if isinstance(value, list) else value

    def __repr__(self) -> str:
        return f"Plan({self['n_crossbars']} crossbars, {self['cells_used']} cells, {self['crossbar_area_m2'] * 1e6:.4g} mm2)"

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>" + _html(self.matrices)


def _html(table: Any) -> str:
    return table._repr_html_() if hasattr(table, "_repr_html_") else str(table)


class Experiment:
    """One description of network, hardware and training, every value resolved; never changes. From `load()`.

    >>> exp = load("satyam2022-balanced", seed=3)
    >>> exp
    Experiment('satyam2022-balanced', seed=3)
    >>> exp["tile"]["rows"], load(exp.to_dict()) == exp, exp.plan.n_crossbars
    (64, True, 54)
    """

    def __init__(self, core: _core.Experiment) -> None:
        self._core = core
        self._dict: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """experiment.name."""
        return self._core.name

    @property
    def seed(self) -> int:
        """experiment.seed."""
        return self._core.seed

    def to_toml(self) -> str:
        """All values as TOML: the run.toml of a run, which runs again to the same bytes."""
        return self._core.to_toml()

    def to_dict(self) -> dict[str, Any]:
        """The same as a dict of sections; `load()` of it is equal to this experiment."""
        return self._core.to_dict()

    def __getitem__(self, section: str) -> dict[str, Any]:
        if self._dict is None:
            self._dict = self._core.to_dict()
        if section not in self._dict:
            near = _core.nearest(str(section), list(self._dict))
            raise ConfigError(f"unknown section \"{section}\"" + (f"; did you mean \"{near}\"?" if near else "") + f" (known: {', '.join(self._dict)})")
        return dict(self._dict[section])

    def origin(self, key: str) -> str:
        """Who said a value: "default", "preset NAME", "file PATH", "python".

        >>> load("satyam2022-balanced", train={"rounds": 5}).origin("train.rounds")
        'python'
        """
        return self._core.origin(key)

    @property
    def plan(self) -> Plan:
        """Its crossbars: a Plan."""
        return Plan(self._core.plan())

    def start(self, folder: PathLike, *, resume: bool = False, report: bool = True, callbacks: Callbacks = ()) -> Generator[Round, None, None]:
        """Plays the experiment into a run folder as an iterator: one weight-update round a turn, a Round each.

        The folder and its bytes are those of `ganbar train --out FOLDER`. Leaving the loop early, by break, an exception or Ctrl-C, writes a
        checkpoint: `resume=True` goes on to the bytes of an unbroken run. After the last round come the final evaluation and files.
        Ctrl-C is heard at once. A round in play is never cut: one that does not end within a tenth of a second ends behind the script, and
        writes its checkpoint; the end of the process, and a resume of the folder, wait for it (a second Ctrl-C at the end does not).
        `report`: write report.html. `callbacks`: functions of a Round, or objects with methods as in ganbar.callbacks. ConfigError where the
        folder exists and `resume` is off, or holds another experiment.

        >>> import tempfile
        >>> exp = load("satyam2022-balanced", data={"dataset": "synthetic-digits", "classes": [1], "limit": 60}, train={"rounds": 2, "batch": 16}, evaluation={"samples": 16})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     [r.round for r in exp.start(folder + "/run", report=False)]
        [1, 2]
        """
        heard = check(callbacks)
        return _rounds(_core.Playing(self._core, os.fspath(folder), bool(resume), bool(report), hear), heard, self, folder)

    def run(self, folder: PathLike, *, resume: bool = False, report: bool = True, callbacks: Callbacks = ()) -> Run:
        """Plays all of it as `start` does; returns the Run. KeyboardInterrupt (Ctrl-C) leaves a folder that `resume=True` takes up.

        >>> import tempfile
        >>> exp = load("satyam2022-balanced", data={"dataset": "synthetic-digits", "classes": [1], "limit": 60}, train={"rounds": 2, "batch": 16}, evaluation={"samples": 16})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     len(exp.run(folder + "/run", report=False).metrics)
        2
        """
        for _ in self.start(folder, resume=resume, report=report, callbacks=callbacks):
            pass
        return open_run(folder)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Experiment) and self.to_toml() == other.to_toml()

    def __hash__(self) -> int:
        return hash(self.to_toml())

    def __reduce__(self) -> tuple[Any, ...]:
        return load, (self.to_dict(),)

    def __repr__(self) -> str:
        return f"Experiment({self.name!r}, seed={self.seed})"

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>" + self.plan._repr_html_()


def _rounds(playing: _core.Playing, callbacks: Sequence[Any], experiment: Experiment, folder: PathLike) -> Generator[Round, None, None]:
    broken = False
    try:
        tell(callbacks, "start", experiment)
        n_rounds = playing.n_rounds
        while (said := playing.advance()) is not None:
            record = Round(cast("dict[str, Any]", said), n_rounds)
            tell(callbacks, "round", record)
            if record.quality is not None:
                tell(callbacks, "quality", record)
            yield record
        playing.finish()
        if callbacks:
            tell(callbacks, "end", open_run(folder))
    except (DataError, NumericError, InternalError):  # numbers or files are broken: the checkpoint before stays the newest
        broken = True
        raise
    finally:
        playing.close(broken)
        tell(callbacks, "close")


# Rounds that Ctrl-C left behind end before the process does; a second Ctrl-C does not wait for them.
@atexit.register
def _wait() -> None:
    try:
        _core.wait_for_folder("")
    except KeyboardInterrupt:
        os._exit(130)


def load(source: PathLike | Mapping[str, Any] | Experiment, seed: int | None = None, **sections: Unpack[Sections]) -> Experiment:
    """An experiment from a preset's name, a path to a TOML file, or a dict of its sections; keywords override, as --set does.

    Quantities are texts with units, exactly as in TOML: train={"v_set": "0.9 V"}. A section of None, and a key of None, say nothing.
    ConfigError with place and nearest name for what is unknown, of another unit, or out of range.

    >>> load("satyam2022-balanced", seed=3, train={"rounds": 100})["train"]["rounds"]
    100
    """
    if isinstance(source, Experiment):
        source = source.to_dict()
    if not isinstance(source, (str, dict, os.PathLike)):
        raise ConfigError(f"{source!r} is no experiment; expected a preset's name, a path or a dict")
    over: dict[str, Any] = {}
    for name, value in sections.items():
        if isinstance(value, Device):
            value = value.to_dict()
        if (own := _model_of(value)) is not None:
            raise ConfigError(f"{name} = {own!r} is a model in numpy, which no run.toml can hold; expected ganbar.hardware(..., device={own!r}) for layers of PyTorch, or a model by name")
        if value is not None and not isinstance(value, dict):
            raise ConfigError(f"{name} = {value!r}; expected a dict of the section's keys")
        if value is not None:
            over[name] = _plain(value)
    if seed is not None:
        over["experiment"] = dict(over.get("experiment", {}), seed=_arrays.whole("seed", seed, 0))
    base = _plain(source) if isinstance(source, dict) else os.fspath(source)
    return Experiment(_core.load(_places.library(), base, over))


def _plain(value: Any) -> Any:
    """numpy's numbers and arrays as Python's, which the core takes."""
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    return value
