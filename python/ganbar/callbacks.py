"""What listens to a run: `experiment.run(folder, callbacks=[Progress(), Csv("rounds.csv")])`.

A callback is a function of a Round, or an object with any of these methods: `start(experiment)`; `round(round)` after each round;
`quality(round)` after a round that was evaluated; `end(run)` after the last; `close()` at the end of every run, also one that is broken off.
An exception out of one ends the run with a checkpoint. Packages are imported when the callback is made.
"""
from __future__ import annotations

import csv
import importlib
import logging
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ._errors import ConfigError
from ._types import PathLike

if TYPE_CHECKING:
    from .experiment import Experiment, Round
    from .run import Run

__all__ = ["Csv", "MLflow", "Progress", "Prune", "WandB"]

_METHODS = ("start", "round", "quality", "end", "close")
NUMBERS = ("loss_d", "loss_g", "p_real", "p_fake", "update_energy_J", "energy_J", "training_energy_J")


def check(callbacks: Any) -> tuple[Any, ...]:
    """The callbacks as a tuple; ConfigError for what can hear nothing."""
    if callbacks is None:
        return ()
    if callable(callbacks) or any(hasattr(callbacks, name) for name in _METHODS) or not isinstance(callbacks, Iterable):
        callbacks = (callbacks,)
    for one in callbacks:
        if not callable(one) and not any(hasattr(one, name) for name in _METHODS):
            raise ConfigError(f"{one!r} is no callback; expected a function of a round, or an object with one of {', '.join(_METHODS)}")
    return tuple(callbacks)


def tell(callbacks: Sequence[Any], what: str, *said: Any) -> None:
    for callback in callbacks:
        if hasattr(callback, what):
            getattr(callback, what)(*said)
        elif what == "round" and callable(callback) and not any(hasattr(callback, name) for name in _METHODS):
            callback(*said)


def _package(name: str, pip: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as fault:
        raise ConfigError(f"this callback needs the package {name}; expected it installed (pip install {pip})") from fault


def _numbers(round: Round) -> dict[str, float]:
    """The numbers of a round, those of its evaluation as "quality/...". What is not finite is left out: loggers take none of it."""
    out = {name: getattr(round, name) for name in NUMBERS}
    if round.quality is not None:
        out.update({f"quality/{name}": v for name, v in round.quality.to_dict().items() if isinstance(v, (int, float)) and not isinstance(v, bool)})
    return {name: v for name, v in out.items() if math.isfinite(v)}


def _flat(sections: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in sections.items():
        if isinstance(value, dict):
            out.update(_flat(value, f"{before}{key}."))
        else:
            out[before + key] = value
    return out


class Progress:
    """A bar of tqdm's with the round, the losses and the newest Frechet distance; where tqdm is not installed, ten lines a run to the logger "ganbar".

    >>> import ganbar, tempfile
    >>> exp = ganbar.load("satyam2022-balanced", data={"dataset": "synthetic-digits", "classes": [1], "limit": 60}, train={"rounds": 2, "batch": 16}, evaluation={"samples": 16})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = exp.run(folder + "/run", report=False, callbacks=[Progress(disable=True)])
    """

    def __init__(self, **bar: Any) -> None:
        self._options = bar
        self._bar: Any = None
        self._seen: dict[str, str] = {}
        self._tqdm: Any = None
        try:
            self._tqdm = importlib.import_module("tqdm.auto").tqdm
        except ImportError:
            pass

    def round(self, round: Round) -> None:
        """Moves on."""
        self._seen.update(loss_d=f"{round.loss_d:.3g}", loss_g=f"{round.loss_g:.3g}")
        if round.quality is not None:
            self._seen["frechet"] = f"{round.quality.frechet_distance:.4g}"
        if self._tqdm is None:
            if round.round == round.n_rounds or round.round % max(1, round.n_rounds // 10) == 0:
                logging.getLogger("ganbar").info("round %d of %d: %s", round.round, round.n_rounds, ", ".join(f"{k} {v}" for k, v in self._seen.items()))
            return
        if self._bar is None:
            self._bar = self._tqdm(total=round.n_rounds, initial=round.round - 1, unit="round", **self._options)
        self._bar.set_postfix(self._seen, refresh=False)
        self._bar.update(1)

    def close(self) -> None:
        """Leaves the bar where it is."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class Csv:
    """A row a round into a CSV file of one's own: round, epoch, the losses, energies in joules, and the last evaluation's `quality` keys.

    `quality`: keys of summary.json. A file that is there is gone on with where it has the same columns (a resumed run), else ConfigError.

    >>> import ganbar, tempfile
    >>> exp = ganbar.load("satyam2022-balanced", data={"dataset": "synthetic-digits", "classes": [1], "limit": 60}, train={"rounds": 2, "batch": 16}, evaluation={"samples": 16})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = exp.run(folder + "/run", report=False, callbacks=[Csv(folder + "/rounds.csv")])
    ...     open(folder + "/rounds.csv").read().count("\\n")
    3
    """

    def __init__(self, path: PathLike, quality: Sequence[str] = ("frechet_distance", "coverage")) -> None:
        self.path, self._quality = os.fspath(path), tuple(quality)
        self._file: Any = None
        self._last: dict[str, Any] = {}
        self._names = ["round", "epoch", *NUMBERS, *self._quality]

    def start(self, experiment: Experiment) -> None:
        """Opens the file."""
        header = ",".join(self._names)
        try:
            with open(self.path, encoding="utf-8") as old:
                first = old.readline().strip()
        except FileNotFoundError:
            first = ""
        if first not in ("", header):
            raise ConfigError(f"{self.path} has other columns; expected another name, or a file that this callback wrote")
        self._file = open(self.path, "a", newline="", encoding="utf-8")
        if not first:
            self._file.write(header + "\n")

    def round(self, round: Round) -> None:
        """Writes a row."""
        if round.quality is not None:
            self._last = {name: round.quality[name] for name in self._quality}
        csv.writer(self._file, lineterminator="\n").writerow([getattr(round, n) for n in self._names[: len(self._names) - len(self._quality)]] + [self._last.get(n, "") for n in self._quality])
        self._file.flush()

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


class WandB:
    """Weights & Biases: the experiment as the run's config, a log a round, the summary at the end, the final sample grid as an image.

    Keywords go to `wandb.init` (project, name, mode="offline", ...). ConfigError where wandb is not installed.
    """

    def __init__(self, **init: Any) -> None:
        self._wandb, self._init = _package("wandb", "wandb"), init
        self._run: Any = None

    def start(self, experiment: Experiment) -> None:
        """wandb.init."""
        self._run = self._wandb.init(config=experiment.to_dict(), **self._init)

    def round(self, round: Round) -> None:
        """Logs the round's numbers at its step."""
        self._run.log(_numbers(round), step=round.round)

    def end(self, run: Run) -> None:
        """Numbers of summary.json, and the newest picture."""
        self._run.summary.update({k: v for k, v in run.summary.items() if isinstance(v, (int, float, str, bool))})
        pictures = sorted((run.folder / "samples").glob("*.png"))
        if pictures:
            self._run.log({"samples": self._wandb.Image(str(pictures[-1]))})

    def close(self) -> None:
        """wandb's finish."""
        if self._run is not None:
            self._run.finish()
            self._run = None


class MLflow:
    """MLflow: the experiment's values as params, metrics a round, run.toml and the newest picture as artifacts.

    Keywords go to `mlflow.start_run` (run_name, tags, ...); `uri` and `experiment` name the tracking store and the experiment in it. ConfigError where mlflow
    is not installed.
    """

    def __init__(self, *, uri: str | None = None, experiment: str | None = None, **start: Any) -> None:
        self._mlflow, self._start, self._open = _package("mlflow", "mlflow"), start, False
        if uri is not None:
            self._mlflow.set_tracking_uri(uri)
        if experiment is not None:
            self._mlflow.set_experiment(experiment)

    def start(self, experiment: Experiment) -> None:
        """mlflow.start_run, and the params: texts of at most 250 characters, a hundred at a time, as every store takes them."""
        self._mlflow.start_run(**self._start)
        self._open = True
        said = [(k, str(v)[:250]) for k, v in _flat(experiment.to_dict()).items()]
        for at in range(0, len(said), 100):
            self._mlflow.log_params(dict(said[at:at + 100]))

    def round(self, round: Round) -> None:
        """Logs the round's numbers at its step."""
        self._mlflow.log_metrics(_numbers(round), step=round.round)

    def end(self, run: Run) -> None:
        """The artifacts."""
        pictures = sorted((run.folder / "samples").glob("*.png"))
        for path in [run.folder / "run.toml", run.folder / "summary.json", *pictures[-1:]]:
            self._mlflow.log_artifact(str(path))

    def close(self) -> None:
        """mlflow.end_run."""
        if self._open:
            self._mlflow.end_run()
            self._open = False


class Prune:
    """Optuna: reports `by` (a key of summary.json) at each evaluation and raises TrialPruned where the trial should go. Set `evaluation.every`."""

    def __init__(self, trial: Any, by: str = "frechet_distance") -> None:
        self._trial, self._by, self._optuna = trial, by, _package("optuna", "optuna")

    def quality(self, round: Round) -> None:
        """Reports, and asks."""
        if round.quality is None:
            return
        value = round.quality[self._by]
        self._trial.report(value, round.round)
        if self._trial.should_prune():
            raise self._optuna.TrialPruned(f"{self._by} {value:.4g} after round {round.round}")
