"""Sweeps and fits from Python: the tables, folders and devices of the command line."""
import json
import pathlib

import numpy as np
import pytest

import ganbar
from conftest import QUICK, as_sets

SETTINGS = [word for word in as_sets(QUICK) if word != "--set"]
SMALL = {"sweep": {"base": "satyam2022-balanced", "set": SETTINGS, "also": ["coverage"]}, "axis": [{"key": "train.batch", "values": [8, 16]}, {"key": "experiment.seed", "values": [1, 2]}]}
TOML = f"""[sweep]
base = "satyam2022-balanced"
set = {json.dumps(SETTINGS)}
also = ["coverage"]
[[axis]]
key = "train.batch"
values = [8, 16]
[[axis]]
key = "experiment.seed"
values = [1, 2]
"""


def rows(table):
    return table.to_dict("records")


def test_a_sweep_is_the_command_lines(command, tmp_path):
    file = tmp_path / "small.toml"
    file.write_text(TOML)
    theirs = json.loads(command("sweep", file, "--out", tmp_path / "cli", "--json"))
    ours = rows(ganbar.sweep(file, tmp_path / "py", jobs=2))
    given = rows(ganbar.sweep(SMALL, tmp_path / "dict"))
    assert len(ours) == 4
    for a, b, c in zip(ours, theirs, given):
        same = set(b) - {"wall_s"}
        assert {k: a[k] for k in same} == {k: c[k] for k in same} == {k: b[k] for k in same}
    for name in ("metrics.csv", "samples.npy", "hardware.json"):
        assert (tmp_path / "py/runs/00003" / name).read_bytes() == (tmp_path / "cli/runs/00003" / name).read_bytes()
    assert (tmp_path / "py/report.html").exists() and (tmp_path / "py/sweep.csv").exists()


def test_a_sweep_goes_on_where_it_stopped(tmp_path):
    first = ganbar.sweep(SMALL, tmp_path / "s", rank=(0, 2))
    assert list(first["status"]) == ["done", "open", "done", "open"]
    before = (tmp_path / "s/runs/00000/metrics.csv").stat().st_mtime_ns
    assert set(ganbar.sweep(SMALL, tmp_path / "s")["status"]) == {"done"}
    assert (tmp_path / "s/runs/00000/metrics.csv").stat().st_mtime_ns == before


def test_what_a_sweep_refuses(tmp_path):
    unknown = {"sweep": {"base": "satyam2022-balanced"}, "axis": [{"key": "train.bach", "values": [8]}]}
    with pytest.raises(ganbar.ConfigError, match="batch"):
        ganbar.sweep(unknown, tmp_path / "a")
    with pytest.raises(ganbar.ConfigError, match="axis"):
        ganbar.sweep({"sweep": {"base": "satyam2022-balanced"}}, tmp_path / "a")
    with pytest.raises(ganbar.ConfigError, match="swep"):
        ganbar.sweep({"sweep": {"base": "dcgan", "kind": "estimate", "set": ["on=regan"]}, "axis": [{"key": "batch", "values": [8]}], "swep": {}}, tmp_path / "a")
    with pytest.raises(ganbar.ConfigError, match="rank"):
        ganbar.sweep(SMALL, tmp_path / "a", rank=(2, 2))
    with pytest.raises(ganbar.ConfigError):
        ganbar.sweep(3, tmp_path / "a")
    ganbar.sweep(SMALL, tmp_path / "b", rank=(3, 4))
    with pytest.raises(ganbar.ConfigError, match="another sweep"):
        ganbar.sweep(dict(SMALL, axis=[{"key": "train.batch", "values": [4, 8, 16]}]), tmp_path / "b")


def test_a_point_that_fails_is_a_row(tmp_path):
    points = dict(SMALL, axis=[{"key": "train.batch", "values": [8, 4000]}])
    table = rows(ganbar.sweep(points, tmp_path / "s"))
    assert [row["status"] for row in table] == ["done", "failed"]
    assert "batch" in table[1]["error"]


def pulses(n_devices=3, seed=0):
    """Soft bounds: steps shrink towards the ends."""
    rng = np.random.default_rng(seed)
    out = {k: [] for k in ("device", "cycle", "pulse", "v_V", "t_s", "g_uS")}
    for device in range(n_devices):
        g, gain = 100.0, rng.normal(1, 0.1)
        for cycle in range(2):
            for k in range(120):
                v = 1.0 if k < 60 else -1.2
                g += gain * (0.03 * (300 - g) if v > 0 else -0.03 * (g - 80)) + rng.normal(0, 0.3)
                for name, value in zip(out, (device, cycle, k, v, 1e-7, g)):
                    out[name].append(value)
    return out


def test_a_fit_is_the_command_lines(command, tmp_path):
    data = pulses()
    file = tmp_path / "chip.csv"
    file.write_text(",".join(data) + "\n" + "".join(",".join(map(str, row)) + "\n" for row in zip(*data.values())))
    theirs = json.loads(command("device", "fit", file, "-o", tmp_path / "chip.toml", "--json"))
    cell = ganbar.Device.from_pulses(file)
    assert cell.to_toml() == (tmp_path / "chip.toml").read_text()
    for key in ("balance", "symmetric_S", "levels_set", "noise_to_step", "rule", "why", "best_balance"):
        assert getattr(cell.verdict, key) == theirs[key]
    assert [f["model"] for f in cell.families] == [f["model"] for f in theirs["families"]]
    assert cell.families[0]["bic"] == theirs["families"][0]["bic"]
    framed = ganbar.Device.from_pulses(data, name="chip")
    assert framed.to_dict() == cell.to_dict() and len(framed.data["g_S"]) == 720
    assert cell.pulse("1 V", "100 ns", start="150 uS")["delta_g_S"][0] == pytest.approx(4.5e-6, rel=0.2)


def test_a_frame_is_a_dict(tmp_path):
    pandas = pytest.importorskip("pandas")
    data = pulses(1)
    assert ganbar.Device.from_pulses(pandas.DataFrame(data)).to_toml() == ganbar.Device.from_pulses(data).to_toml()


def test_a_measured_device_runs(tmp_path):
    cell = ganbar.Device.from_pulses(pulses(), name="chip")
    exp = ganbar.load("measured-device", device=cell, **QUICK)
    assert exp["device"]["model"] == "table" and exp["device"]["g"] == pytest.approx(cell.to_dict()["g"])
    assert len(exp.run(tmp_path / "run", report=False).metrics) == 6
    cell.save(tmp_path / "chip.toml")
    assert ganbar.load(tmp_path / "chip.toml")["device"] == exp["device"]
    with pytest.raises(ganbar.ConfigError):
        cell.save(tmp_path / "chip.toml")
    cells = ganbar.Cells("table", 50, start="150 uS", **{k: v for k, v in cell.to_dict().items() if k != "model"})
    cells.pulse("1 V", "100 ns")
    assert len(np.unique(cells.g)) > 20


@pytest.mark.parametrize("change, kind", [
    ({"g_uS": None}, ganbar.DataError), ({"v_V": ["high"] * 720}, ganbar.DataError), ({"t_s": [1e-7]}, ganbar.ConfigError), ({"v_V": [1.0] * 720}, ganbar.Error)])
def test_what_a_fit_refuses(change, kind):
    data = {k: v for k, v in {**pulses(), **change}.items() if v is not None}
    with pytest.raises(kind):
        ganbar.Device.from_pulses(data)


def test_a_fit_of_no_file(tmp_path):
    with pytest.raises(ganbar.DataError, match="none.csv"):
        ganbar.Device.from_pulses(tmp_path / "none.csv")
    with pytest.raises(ganbar.ConfigError):
        ganbar.Device.from_pulses(3.5)
