"""Experiments: load, look, run."""
import os

from . import _arrays, _core, _places
from ._errors import ConfigError, Error
from ._log import hear
from ._table import from_rows
from .data import Quality


class Round:
    """One weight-update round as played, with the numbers of metrics.csv: `round`, `epoch`, `loss_d`, `loss_g`, `p_real`, `p_fake`,
    `pulses_set`, `pulses_reset`, `update_energy_J` and the other parts of its energy, `energy_J` (their sum), `training_energy_J` (of all
    rounds), and `quality`: None, or a Quality where the round was evaluated."""

    __slots__ = ("__dict__",)

    def __init__(self, values):
        self.__dict__.update(values)
        if self.quality is not None:
            self.quality = Quality(self.quality)

    def __repr__(self):
        return f"Round({self.round}, loss_d={self.loss_d:.4g}, loss_g={self.loss_g:.4g}, energy_J={self.energy_J:.4g})"


class Plan(dict):
    """The crossbars of an experiment: `n_crossbars`, `cells_used`, `crossbar_area_m2`; tables `matrices` and `blocks`."""

    def __getattr__(self, name):
        try:
            value = self[name]
        except KeyError:
            raise AttributeError(name) from None
        return from_rows(value) if isinstance(value, list) else value

    def __repr__(self):
        return f"Plan({self['n_crossbars']} crossbars, {self['cells_used']} cells, {self['crossbar_area_m2'] * 1e6:.4g} mm2)"

    def _repr_html_(self):
        return f"<p>{self!r}</p>" + _html(self.matrices)


def _html(table):
    return table._repr_html_() if hasattr(table, "_repr_html_") else str(table)


class Experiment:
    """One description of network, hardware and training, every value resolved; never changes. From `load()`."""

    def __init__(self, core):
        self._core = core
        self._dict = None

    name = property(lambda self: self._core.name, doc="experiment.name")
    seed = property(lambda self: self._core.seed, doc="experiment.seed")

    def to_toml(self):
        """All values as TOML: the run.toml of a run, which runs again to the same bytes."""
        return self._core.to_toml()

    def to_dict(self):
        """The same as a dict of sections; `load()` of it is equal to this experiment."""
        return self._core.to_dict()

    def __getitem__(self, section):
        if self._dict is None:
            self._dict = self._core.to_dict()
        if section not in self._dict:
            near = _core.nearest(str(section), list(self._dict))
            raise ConfigError(f"unknown section \"{section}\"" + (f"; did you mean \"{near}\"?" if near else "") + f" (known: {', '.join(self._dict)})")
        return dict(self._dict[section])

    def origin(self, key):
        """Who said a value: "default", "preset NAME", "file PATH", "python".

        >>> load("satyam2022-balanced", train={"rounds": 5}).origin("train.rounds")
        'python'
        """
        return self._core.origin(key)

    @property
    def plan(self):
        """Its crossbars: a Plan."""
        return Plan(self._core.plan())

    def start(self, folder, *, resume=False, report=True, callbacks=()):
        """Plays the experiment into a run folder as an iterator: one weight-update round a turn, a Round each.

        The folder and its bytes are those of `ganbar train --out FOLDER`. Leaving the loop early, by break, an exception or Ctrl-C, writes a
        checkpoint: `resume=True` goes on to the bytes of an unbroken run. After the last round come the final evaluation and files.
        `report`: write report.html. ConfigError where the folder exists and `resume` is off, or holds another experiment.
        """
        playing = _core.Playing(self._core, os.fspath(folder), bool(resume), bool(report), hear)
        return _rounds(playing, tuple(callbacks), self)

    def run(self, folder, *, resume=False, report=True, callbacks=()):
        """Plays all of it; returns the Run. `callbacks`: functions of a Round, or objects with any of start(experiment), round(round),
        quality(round), end(run). KeyboardInterrupt (Ctrl-C) leaves a folder that `resume=True` takes up."""
        for _ in self.start(folder, resume=resume, report=report, callbacks=callbacks):
            pass
        from .run import open

        run = open(folder)
        _tell(callbacks, "end", run)
        return run

    def __eq__(self, other):
        return isinstance(other, Experiment) and self.to_toml() == other.to_toml()

    def __hash__(self):
        return hash(self.to_toml())

    def __reduce__(self):
        return load, (self.to_dict(),)

    def __repr__(self):
        return f"Experiment({self.name!r}, seed={self.seed})"

    def _repr_html_(self):
        return f"<p>{self!r}</p>" + self.plan._repr_html_()


def _tell(callbacks, what, *said):
    for callback in callbacks:
        if hasattr(callback, what):
            getattr(callback, what)(*said)
        elif what == "round" and callable(callback):
            callback(*said)


def _rounds(playing, callbacks, experiment):
    done = False
    try:
        _tell(callbacks, "start", experiment)
        while (said := playing.advance()) is not None:
            record = Round(said)
            _tell(callbacks, "round", record)
            if record.quality is not None:
                _tell(callbacks, "quality", record)
            yield record
        playing.finish()
        done = True
    except Error:  # numbers or files are broken: the checkpoint before stays the newest
        done = True
        raise
    finally:
        if not done and playing.round > 0:
            playing.checkpoint()
        playing.close()


def load(source, seed=None, **sections):
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
    over = {}
    for name, value in sections.items():
        if value is not None and not isinstance(value, dict):
            raise ConfigError(f"{name} = {value!r}; expected a dict of the section's keys")
        if value is not None:
            over[name] = _plain(value)
    if seed is not None:
        over["experiment"] = dict(over.get("experiment", {}), seed=_arrays.whole("seed", seed, 0))
    base = _plain(source) if isinstance(source, dict) else os.fspath(source)
    return Experiment(_core.load(_places.library(), base, over))


def _plain(value):
    """numpy's numbers and arrays as Python's, which the core takes."""
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    return value
