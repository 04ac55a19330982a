"""Devices, bits, images, estimates, lists: the answers of the command line."""
import doctest
import importlib
import json
import pathlib
import re
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


def test_bits(command, tmp_path):
    command("noise", "generate", "--bits", 4096, "-o", tmp_path / "bits", "--set", "experiment.seed=5")
    bits = ganbar.noise.generate(bits=4096, seed=5)
    assert bits == (tmp_path / "bits").read_bytes()
    assert ganbar.noise.test(bits, "packed", entropy=False)["n_bits"] == 4096


def test_estimates(command):
    theirs = json.loads(command("estimate", "dcgan", "--on", "regan", "--json"))
    assert dict(ganbar.estimate("dcgan", on="regan")["regan"]) == theirs[0]
    assert len(ganbar.estimate("dcgan", on="all").table) > 3


def test_lists_and_descriptions(command):
    for kind in ganbar.list():
        assert ganbar.list(kind) == [one["name"] for one in json.loads(command("list", kind, "--json"))]
    with pytest.raises(ganbar.ConfigError) as fault:
        ganbar.describe("device", "nili2021")
    assert fault.value.hint == "nili2020"


@pytest.mark.parametrize("name", ["", "catalogue", "circuit", "device", "noise", "data", "arch", "experiment"])
def test_examples_in_docstrings(name):
    module = importlib.import_module("ganbar" + (f".{name}" if name else ""))
    done = doctest.testmod(module)
    assert done.failed == 0 and (done.attempted > 0)


def test_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = (pathlib.Path(__file__).parents[2] / "docs" / "python.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", page, re.S)
    assert blocks
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), {})


def test_import_is_light():
    code = "import sys, ganbar; print([m for m in ('torch', 'pandas', 'matplotlib') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip() == "[]"
