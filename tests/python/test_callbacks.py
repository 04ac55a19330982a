"""What listens to runs. Loggers are held against stand-ins for their packages: nothing here has a network."""
import csv
import importlib
import logging
import sys
import types

import pytest

import ganbar
from conftest import QUICK

EXP = dict(QUICK, evaluation={"samples": 16, "every": 3})


@pytest.fixture
def exp():
    return ganbar.load("satyam2022-balanced", seed=3, **EXP)


class Recorder:
    def __init__(self):
        self.said = []

    def __getattr__(self, name):
        if name not in ("start", "round", "quality", "end", "close"):
            raise AttributeError(name)
        return lambda *what: self.said.append((name, *what))


def test_order_of_calls(exp, tmp_path):
    heard, rounds = Recorder(), []
    exp.run(tmp_path / "run", report=False, callbacks=[heard, rounds.append])
    names = [name for name, *_ in heard.said]
    assert names == ["start", "round", "round", "round", "quality", "round", "round", "round", "quality", "end", "close"]
    assert [r.round for r in rounds] == [1, 2, 3, 4, 5, 6] and rounds[0].n_rounds == 6
    assert heard.said[0][1] is exp and heard.said[-2][1].summary["rounds"] == 6


def test_one_callable_alone_and_what_is_none(exp, tmp_path):
    rounds = []
    exp.run(tmp_path / "run", report=False, callbacks=rounds.append)
    assert len(rounds) == 6
    with pytest.raises(ganbar.ConfigError, match="callback"):
        exp.run(tmp_path / "other", callbacks=[3])
    assert not (tmp_path / "other").exists()


def test_a_callback_that_raises_leaves_a_checkpoint(exp, tmp_path):
    def fail(r):
        if r.round == 3:
            raise RuntimeError("enough")

    heard = Recorder()
    with pytest.raises(RuntimeError):
        exp.run(tmp_path / "run", report=False, callbacks=[fail, heard])
    assert heard.said[-1] == ("close",)
    assert [r.round for r in exp.start(tmp_path / "run", resume=True, report=False)] == [4, 5, 6]


def test_csv(exp, tmp_path):
    file = tmp_path / "rounds.csv"
    run = exp.run(tmp_path / "run", report=False, callbacks=[ganbar.callbacks.Csv(file)])
    rows = list(csv.DictReader(file.open()))
    assert [float(r["loss_d"]) for r in rows] == list(run.metrics["loss_d"])
    assert rows[0]["coverage"] == "" and float(rows[-1]["coverage"]) == run.summary["coverage"]
    file.write_text("a,b\n")
    with pytest.raises(ganbar.ConfigError, match="columns"):
        exp.run(tmp_path / "again", report=False, callbacks=[ganbar.callbacks.Csv(file)])


def without(monkeypatch, name):
    real = importlib.import_module
    monkeypatch.setattr(importlib, "import_module", lambda n, *a: (_ for _ in ()).throw(ImportError(n)) if n == name else real(n, *a))


def test_progress_with_and_without_tqdm(exp, tmp_path, monkeypatch, caplog):
    bars = []

    class Bar:
        def __init__(self, **said):
            self.said, self.n, self.closed = said, 0, False
            bars.append(self)

        def set_postfix(self, said, refresh):
            self.post = dict(said)

        def update(self, n):
            self.n += n

        def close(self):
            self.closed = True

    tqdm = types.ModuleType("tqdm.auto")
    tqdm.tqdm = Bar
    monkeypatch.setitem(sys.modules, "tqdm", types.ModuleType("tqdm"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", tqdm)
    exp.run(tmp_path / "run", report=False, callbacks=[ganbar.callbacks.Progress(desc="a")])
    assert bars[0].said == {"total": 6, "initial": 0, "unit": "round", "desc": "a"} and bars[0].n == 6 and bars[0].closed and "frechet" in bars[0].post
    without(monkeypatch, "tqdm.auto")
    with caplog.at_level(logging.INFO, "ganbar"):
        exp.run(tmp_path / "plain", report=False, callbacks=[ganbar.callbacks.Progress()])
    assert any("round 6 of 6" in line for line in caplog.messages)


def test_wandb(exp, tmp_path, monkeypatch):
    logged, finished = [], []

    class Run:
        summary = {}

        def log(self, values, step=None):
            logged.append((step, values))

        def finish(self):
            finished.append(True)

    wandb = types.ModuleType("wandb")
    wandb.init = lambda config, **said: setattr(wandb, "said", (config, said)) or Run()
    wandb.Image = lambda path: ("image", path)
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    run = exp.run(tmp_path / "run", report=False, callbacks=[ganbar.callbacks.WandB(project="p")])
    assert wandb.said == (exp.to_dict(), {"project": "p"}) and finished == [True]
    assert [s for s, _ in logged[:6]] == [1, 2, 3, 4, 5, 6] and logged[5][1]["quality/coverage"] == run.summary["coverage"]
    assert Run.summary["rounds"] == 6 and logged[-1][1]["samples"][1].endswith("000006.png")


def test_mlflow(exp, tmp_path, monkeypatch):
    said = []
    mlflow = types.ModuleType("mlflow")
    for name in ("set_tracking_uri", "set_experiment", "start_run", "log_params", "log_metrics", "log_artifact", "end_run"):
        setattr(mlflow, name, lambda *a, _name=name, **k: said.append((_name, a, k)))
    monkeypatch.setitem(sys.modules, "mlflow", mlflow)
    exp.run(tmp_path / "run", report=False, callbacks=[ganbar.callbacks.MLflow(uri="file:x", run_name="r")])
    names = [name for name, *_ in said]
    assert names[:2] == ["set_tracking_uri", "start_run"] and names[-1] == "end_run" and names.count("log_metrics") == 6 and names.count("log_artifact") == 3
    params = {k: v for name, a, _ in said if name == "log_params" for k, v in a[0].items()}
    assert params["train.rounds"] == "6" and all(len(a[0]) <= 100 for name, a, _ in said if name == "log_params")


def test_prune(exp, tmp_path, monkeypatch):
    optuna = types.ModuleType("optuna")
    optuna.TrialPruned = type("TrialPruned", (Exception,), {})
    monkeypatch.setitem(sys.modules, "optuna", optuna)

    class Trial:
        reports = []

        def report(self, value, step):
            self.reports.append((step, value))

        def should_prune(self):
            return True

    with pytest.raises(optuna.TrialPruned):
        exp.run(tmp_path / "run", report=False, callbacks=[ganbar.callbacks.Prune(Trial())])
    assert [s for s, _ in Trial.reports] == [3]


@pytest.mark.parametrize("make, package", [(ganbar.callbacks.WandB, "wandb"), (ganbar.callbacks.MLflow, "mlflow"), (lambda: ganbar.callbacks.Prune(None), "optuna")])
def test_a_package_that_is_not_there(make, package, monkeypatch):
    without(monkeypatch, package)
    with pytest.raises(ganbar.ConfigError, match=package):
        make()
