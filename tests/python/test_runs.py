"""A run of Python's is the command line's, byte for byte; experiments as dicts are experiments as TOML."""
import itertools
import pathlib
import pickle
import subprocess

import pytest

import ganbar
from conftest import QUICK, as_sets

# Times, the machine, the page and the log, which tell of these.
UNLIKE = {"times.csv", "env.json", "summary.json", "report.html", "log.txt", ".lock"}


def files_of(folder):
    return {p.relative_to(folder): p for p in pathlib.Path(folder).rglob("*") if p.is_file() and p.name not in UNLIKE}


def same_runs(a, b):
    ours, theirs = files_of(a), files_of(b)
    assert ours.keys() == theirs.keys()
    assert len(ours) > 5
    for name in ours:
        assert ours[name].read_bytes() == theirs[name].read_bytes(), name


PRESETS = ["satyam2022-balanced", "satyam2022-balanced-d2d", "satyam2022-trng", "satyam2022-wires-small", "satyam2022-software", "dcgan-quick"]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_run_is_the_command_lines(preset, threads, command, tmp_path):
    small = dict(QUICK, train=dict(QUICK["train"], rounds=3))
    command("train", preset, "--out", tmp_path / "cli", "--seed", 3, "--threads", threads, "--no-report", *as_sets(small))
    ganbar.threads(threads)
    run = ganbar.load(preset, seed=3, **small).run(tmp_path / "py", report=False)
    same_runs(tmp_path / "py", tmp_path / "cli")
    theirs = ganbar.open(tmp_path / "cli").summary
    assert {k: v for k, v in run.summary.items() if k != "wall_s"} == {k: v for k, v in theirs.items() if k != "wall_s"}


def test_run_toml_of_one_is_the_others(command, tmp_path):
    small = dict(QUICK, train=dict(QUICK["train"], rounds=2))
    ganbar.load("satyam2022-balanced", seed=3, **small).run(tmp_path / "py", report=False)
    command("train", tmp_path / "py/run.toml", "--out", tmp_path / "cli", "--no-report")
    again = ganbar.load(tmp_path / "cli/run.toml").run(tmp_path / "again", report=False)
    same_runs(tmp_path / "py", tmp_path / "cli")
    same_runs(tmp_path / "py", again.folder)
    command("train", tmp_path / "py/run.toml", "--out", tmp_path / "py", "--resume", "--no-report")  # who made a folder does not matter


def test_left_early_and_resumed_is_unbroken(tmp_path):
    exp = ganbar.load("satyam2022-balanced", seed=3, **QUICK)
    exp.run(tmp_path / "whole", report=False)
    for record in itertools.islice(exp.start(tmp_path / "parts", report=False), 3):
        last = record.round
    assert last == 3
    rest = [r.round for r in exp.start(tmp_path / "parts", resume=True, report=False)]
    assert rest == [4, 5, 6]
    whole, parts = files_of(tmp_path / "whole"), files_of(tmp_path / "parts")
    for name in (n for n in whole if n.parts[0] != "checkpoints"):
        assert whole[name].read_bytes() == parts[name].read_bytes(), name


@pytest.mark.parametrize("preset", ganbar.list("experiments"))
def test_dict_is_toml(preset, tmp_path):
    exp = ganbar.load(preset)
    again = ganbar.load(exp.to_dict())
    assert again.to_toml() == exp.to_toml() and again.to_dict() == exp.to_dict() and again == exp
    (tmp_path / "run.toml").write_text(exp.to_toml())
    assert ganbar.load(tmp_path / "run.toml") == exp
    assert pickle.loads(pickle.dumps(exp)) == exp


def test_rounds_say_what_metrics_say(tmp_path):
    exp = ganbar.load("satyam2022-balanced", **QUICK)
    records = list(exp.start(tmp_path / "run", report=False))
    metrics = ganbar.open(tmp_path / "run").metrics
    for name in ("loss_d", "loss_g", "p_real", "p_fake", "update_energy_J", "training_energy_J"):
        assert [getattr(r, name) for r in records] == list(metrics[name]), name


def test_a_run_read_back(tmp_path, command):
    import numpy as np

    run = ganbar.load("satyam2022-balanced", **QUICK).run(tmp_path / "run", report=False)
    command("sample", tmp_path / "run", "-n", 5, "--seed", 2, "-o", tmp_path / "five.npy")
    assert np.array_equal(run.sample(5, seed=2), np.load(tmp_path / "five.npy"))
    g = run.conductance(run.matrices[0])
    assert g.dtype == np.float32 and g.ndim == 2 and (g > 0).all()
    assert run.samples.dtype == np.uint8
    assert {"path", "energy_J"} <= set(run.ledger.columns)
    assert "<html" in run.report()


def test_exports_are_the_command_lines(command, tmp_path):
    run = ganbar.load("satyam2022-balanced", seed=3, **QUICK).run(tmp_path / "run", report=False)
    for name, options, words in (("a.onnx", dict(converters=True, noise="reads"), ["--converters", "--noise", "reads"]), ("a.safetensors", {}, []), ("a.npz", dict(n=3, seed=2), ["-n", 3, "--seed", 2]),
                                 ("a.gif", {}, []), ("a.csv", {}, []), ("a.pdf", dict(figure="losses", column="double"), ["--figure", "losses", "--column", "double"])):
        run.export(tmp_path / name, **options)
        command("export", tmp_path / "run", "-o", tmp_path / ("cli-" + name), *words)
        assert (tmp_path / name).read_bytes() == (tmp_path / ("cli-" + name)).read_bytes(), name
    with pytest.raises(ganbar.ConfigError, match="is there already"):
        run.export(tmp_path / "a.csv")
    run.export(tmp_path / "a.csv", force=True)
    with pytest.raises(ganbar.ConfigError, match="noise"):
        run.export(tmp_path / "b.onnx", noise="loud")
    with pytest.raises(ganbar.ConfigError, match="did you mean"):
        run.export(tmp_path / "b.svg", figure="loses")


def test_what_can_be_wrong(tmp_path):
    with pytest.raises(ganbar.ConfigError) as fault:
        ganbar.load("satyam2022-balanced", train={"v_sett": "1 V"})
    assert fault.value.hint == "v_set" and fault.value.file == "dict key train.v_sett"
    for sections in ({"train": {"v_set": 0.9}}, {"train": {"v_set": "100 ns"}}, {"train": {"rounds": "many"}}, {"train": {"rate": float("nan")}}, {"train": {"rounds": object()}}):
        with pytest.raises(ganbar.ConfigError):
            ganbar.load("satyam2022-balanced", **sections)
    with pytest.raises(ganbar.ConfigError):
        ganbar.load("satyam2022-balnced")
    with pytest.raises(ganbar.DataError):
        ganbar.open(tmp_path)
    exp = ganbar.load("satyam2022-balanced", **QUICK)
    exp.run(tmp_path / "run", report=False)
    with pytest.raises(ganbar.ConfigError):
        exp.run(tmp_path / "run")
    with pytest.raises(ganbar.ConfigError):
        ganbar.load(exp, seed=99).run(tmp_path / "run", resume=True)


OTHER_MODELS = [("satyam2022-balanced-d2d", "device.model", "ideal"), ("satyam2022-balanced-d2d", "device.model", "soft_bounds"), ("satyam2022-balanced", "train.rule", "mixed_precision"),
                ("krestinskaya2020-small", "device.model", "ideal"), ("satyam2022-trng", "noise.generator", "telegraph")]


@pytest.mark.parametrize("preset, key, value", OTHER_MODELS)
def test_another_model_drops_the_presets_keys(preset, key, value, command):
    """The preset's keys of its own model go with it, here and at the command line; both have the same experiment then."""
    section, name = key.split(".")
    exp = ganbar.load(preset, **{section: {name: value}})
    assert exp[section][name] == value
    shown = command("train", preset, "--set", f"{key}={value}", "--dry-run")
    said = [line for line in exp.to_toml().splitlines() if line and not line.startswith("#")]
    theirs = {line for line in shown.splitlines()}
    assert [line for line in said if line not in theirs and "set_by" not in line and "python" not in line and '"' + key not in line] == []


def test_the_users_own_key_of_another_model_stays_an_error(command, program, tmp_path):
    with pytest.raises(ganbar.ConfigError) as fault:
        ganbar.load("satyam2022-balanced-d2d", device={"model": "ideal", "gate": "off"})
    assert "gate" in str(fault.value) and fault.value.file == "dict key device.gate"
    with pytest.raises(ganbar.ConfigError):
        ganbar.load({"preset": "satyam2022-balanced-d2d", "device": {"gate": "off"}}, device={"model": "ideal"})
    (tmp_path / "mine.toml").write_text('preset = "satyam2022-balanced-d2d"\n[device]\ngate = "off"\n')
    with pytest.raises(ganbar.ConfigError):
        ganbar.load(tmp_path / "mine.toml", device={"model": "ideal"})
    done = subprocess.run([program, "train", "satyam2022-balanced-d2d", "--set", "device.model=ideal", "--set", "device.gate=off", "--dry-run"], capture_output=True, text=True)
    assert done.returncode == 2 and "gate" in done.stderr
