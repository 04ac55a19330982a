"""Devices, bits, images, estimates, lists: the answers of the command line."""
import doctest
import importlib
import inspect
import json
import resource
import subprocess
import sys

import numpy as np
import pytest

import ganbar


def test_device_pulses(command):
    theirs = json.loads(command("device", "nili2020", "--from", "200e-6", "--pulse", "0.8,1e-7", "--count", 5, "--json"))
    ours = ganbar.Device("nili2020").pulse("0.8 V", "100 ns", start="200 uS", count=5)
    assert list(ours["g_S"]) == theirs["g_S"] and list(ours["energy_J"]) == theirs["energy_J"]


def test_cells_have_their_own_draws():
    a, b = (ganbar.Cells("nili2020", 200, seed=1, start="200 uS", d2d="A") for _ in range(2))
    for cells in (a, b):
        cells.pulse("1 V", "100 ns")
    assert np.array_equal(a.g, b.g) and len(np.unique(a.g)) > 100
    with pytest.raises(ganbar.ConfigError):
        ganbar.Cells("nili2020", 5, windw="off")


def test_measured_devices_by_name_and_file(command, tmp_path):
    theirs = json.loads(command("device", "ecram-li", "--pulse", "1,1e-7", "--json"))
    assert list(ganbar.Device("ecram-li").pulse("1 V", "100 ns")["g_S"]) == theirs["g_S"]
    (tmp_path / "mine.toml").write_text('[device]\nmodel = "linear_step"\npreset = "EcRam"\n')
    assert list(ganbar.Device(str(tmp_path / "mine.toml")).pulse("1 V", "100 ns")["g_S"]) == theirs["g_S"]
    assert ganbar.Cells("ecram-li", 10).pulse("1 V", "100 ns")["n_set"] == 10


@pytest.mark.parametrize("v, width", [(float("nan"), 1e-7), (np.full(10, np.nan), 1e-7), (1e6, 1e-7), (0.9, 100), (0.9, "-1 ns")])
def test_pulses_that_no_cell_gets(v, width):
    cells = ganbar.Cells("nili2020", 10)
    before = cells.g
    with pytest.raises(ganbar.ConfigError):
        cells.pulse(v, width)
    assert np.array_equal(cells.g, before)


def test_bits_of_any_stride_and_of_no_other_type():
    bits = np.frombuffer(ganbar.noise.generate(bits=8000, seed=5), np.uint8)
    ones = np.unpackbits(bits)
    assert ganbar.noise.test(ones, "bytes", entropy=False) == ganbar.noise.test(bits, "packed", entropy=False)
    spread = np.zeros(2 * len(ones), np.uint8)
    spread[::2] = ones
    assert ganbar.noise.test(spread[::2], "bytes", entropy=False) == ganbar.noise.test(bits, "packed", entropy=False)
    for wrong in (ones.astype(float), ones.astype(np.int32), [0, 1, 1], memoryview(ones.astype(np.float32))):
        with pytest.raises(ganbar.ConfigError):
            ganbar.noise.test(wrong, entropy=False)


def test_bits(command, tmp_path):
    command("noise", "generate", "--bits", 4096, "-o", tmp_path / "bits", "--set", "experiment.seed=5")
    bits = ganbar.noise.generate(bits=4096, seed=5)
    assert bits == (tmp_path / "bits").read_bytes()
    assert ganbar.noise.test(bits, "packed", entropy=False)["n_bits"] == 4096


def test_estimates(command):
    theirs = json.loads(command("estimate", "dcgan", "--on", "regan", "--json"))
    assert dict(ganbar.estimate("dcgan", on="regan")["regan"]) == theirs[0]
    equal, published = ganbar.estimate("dcgan", on="all"), ganbar.estimate("dcgan", on="all", as_published=True)
    assert len(equal.table) == len(published.table) > 3
    assert dict(published["regan"]) == theirs[0]
    assert equal["regan"]["area_m2"] <= equal["regan"]["budget"]["area_m2"] == published["a100"]["area_m2"]
    assert equal["regan"]["equal_power"]["power_W"] <= equal["regan"]["equal_power"]["limit_W"] == published["h100"]["power_W"]
    with pytest.raises(ganbar.ConfigError, match="at its own size"):
        ganbar.estimate("dcgan", on="all", as_published=True, area_m2=1e-4)


def test_explorations(command, tmp_path):
    theirs = json.loads(command("explore", "dcgan", "--on", "isaac", "--axis", "rows+cols=64,128", "--axis", "steps_per_cycle=16:400:3:log", "--max-area", "900 mm2", "--json"))
    found = ganbar.explore("dcgan", "isaac", {"rows+cols": [64, 128], "steps_per_cycle": "16:400:3:log"}, max_area_m2=900e-6)
    assert found.summary == theirs
    table, front = found.table, found.front
    assert len(found) == len(table) == 6
    assert [list(front["point"]), list(front["iteration_energy_J"])] == [[d["point"] for d in theirs["front"]], [d["iteration_energy_J"] for d in theirs["front"]]]
    assert list(table["rows"]) == list(table["cols"])
    assert [bool(b) for b in table["on_front"]] == [p in list(front["point"]) for p in table["point"]]
    best = int(front["point"][0])
    one = ganbar.estimate("dcgan", "isaac", set=found.settings(best))["isaac"]
    assert one["iteration_latency_s"] == front["iteration_latency_s"][0] and one["area_m2"] == front["area_m2"][0]
    assert "6 designs" in repr(found) and "rows" in found._repr_html_()
    command("explore", "dcgan", "--on", "isaac", "--axis", "rows+cols=64,128", "--csv", str(tmp_path / "all.csv"))
    header = (tmp_path / "all.csv").read_text().splitlines()[0]
    assert header.split(",") == list(ganbar.explore("dcgan", "isaac", {"rows+cols": [64, 128]}).table.columns)
    assert found.as_set["iteration_latency_s"] == ganbar.estimate("dcgan", "isaac")["isaac"]["iteration_latency_s"]


def test_fixed_chips(command):
    theirs = json.loads(command("estimate", "dcgan", "--on", "isaac,ganax", "--chip", "--json"))
    ours = ganbar.estimate("dcgan", ["isaac", "ganax"], chip=True)
    assert [dict(ours[name]) for name in ours] == theirs
    fixed = ours["isaac"]["chip"]["fixed"]
    assert fixed["arrays"] == 16128 and fixed["reprogram_J"] > 0 and "fixed" not in ours["ganax"]["chip"]


def test_estimates_of_experiments_and_budgets(command, tmp_path):
    theirs = json.loads(command("estimate", "dcgan-quick", "--on", "isaac", "--json"))
    assert dict(ganbar.estimate("dcgan-quick", on="isaac")["isaac"]) == theirs[0]
    ours = dict(ganbar.estimate(ganbar.load("dcgan-quick"), on="isaac")["isaac"])
    assert ours["iteration_energy_J"] == theirs[0]["iteration_energy_J"] and ours["layers"] == theirs[0]["layers"]
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.toml").write_text(ganbar.load("dcgan-quick").to_toml())
    assert ganbar.estimate(run, on="isaac")["isaac"]["iteration_latency_s"] == theirs[0]["iteration_latency_s"]
    sized = json.loads(command("estimate", "dcgan", "--on", "regan", "--area", "1000", "--json"))
    assert dict(ganbar.estimate("dcgan", on="regan", area_m2=1000e-6)["regan"]) == sized[0]
    for wrong in ({"on": None}, {"on": "regan", "set": ["a=b"]}, {"on": "regan", "power_W": -1}, {"on": "regan", "arrays": "many"}):
        with pytest.raises(ganbar.ConfigError):
            ganbar.estimate("dcgan", **wrong)


def test_an_array_on_the_bench(command):
    theirs = json.loads(command("array", "--size", "12x8", "--wire", "2 ohm", "--scheme", "third", "--json"))
    assert ganbar.array(size=(12, 8), wire=2.0, scheme="third") == theirs
    several = json.loads(command("array", "--size", "8", "--against", "wire=1 ohm,4 ohm", "--json"))
    assert ganbar.array(size=8, against=("wire", [1, 4])) == several and len(several) == 2
    rows = ganbar.array(size=8, against=("wire", [1, 4]), chips=2, table=True)
    whole = ganbar.array(size=8, against=("wire", [1, 4]), chips=2)
    assert [row["wire"] for row in whole] == list(rows["wire"])
    for k, one in enumerate(whole):
        for name, part in (("read_error_rms", one["figures"]), ("read_error_rms_least", one["least"]), ("read_error_rms_half_width_95", one["half_width_95"])):
            assert rows[name][k] == part["read_error_rms"]
    assert list(ganbar.array(size=4, table=True)["rows"]) == [4]
    for wrong in ({"size": (3,)}, {"size": 3, "against": {"wire": [1]}}):
        with pytest.raises(ganbar.ConfigError):
            ganbar.array(**wrong)
    with pytest.raises(ganbar.ConfigError, match="trained run"):
        ganbar.array(size=8, array=1)
    with pytest.raises(ganbar.ConfigError):
        ganbar.array(size=8, scheme="fourth")


def test_lists_and_descriptions(command):
    for kind in ganbar.list():
        assert ganbar.list(kind) == [one["name"] for one in json.loads(command("list", kind, "--json"))]
    with pytest.raises(ganbar.ConfigError) as fault:
        ganbar.describe("device", "nili2021")
    assert fault.value.hint == "nili2020"


MODULES = ["", "arch", "callbacks", "catalogue", "circuit", "data", "device", "experiment", "hardware", "noise", "run", "study"]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module("ganbar" + (f".{name}" if name else ""))
    done = doctest.testmod(module)
    assert done.failed == 0 and done.attempted > 0


OF_OTHER_PACKAGES = {"WandB", "MLflow", "Prune"}  # their examples are tests/python/test_callbacks.py


def public(thing):
    """Functions and classes that a user sees, modules opened up."""
    for name in getattr(thing, "__all__", [n for n in vars(thing) if not n.startswith("_")]):
        value = getattr(thing, name)
        if inspect.ismodule(value) and value.__name__.startswith("ganbar."):
            yield from public(value)
        elif (inspect.isfunction(value) or inspect.isclass(value)) and value.__module__.startswith("ganbar"):
            yield name, value


def test_each_public_name_is_told_of():
    names = dict(public(ganbar))
    assert len(names) > 35
    for name, value in names.items():
        assert inspect.getdoc(value), name
        if name not in OF_OTHER_PACKAGES and value.__module__ != "ganbar.plot":
            assert ">>>" in value.__doc__, name
        if inspect.isclass(value):
            for method, it in vars(value).items():
                if not method.startswith("_") and (inspect.isfunction(it) or isinstance(it, (property, classmethod))):
                    assert inspect.getdoc(it), f"{name}.{method}"


def test_import_is_light():
    """No torch, pandas, matplotlib, nor numpy; under 0.2 s of processor time, the interpreter's own start aside."""
    code = "import sys, ganbar; print([m for m in ('torch', 'pandas', 'matplotlib', 'numpy', 'tqdm') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip() == "[]"

    def least_s(code):
        took = []
        for _ in range(5):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", code], check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(took)

    assert least_s("import ganbar") - least_s("pass") < 0.2
