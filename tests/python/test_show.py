"""What notebooks show, and figures. matplotlib is none of the test environment's packages: figures are drawn on axes that note what is drawn."""
import base64
import re
import struct
import zlib

import numpy as np
import pytest

import ganbar
from conftest import QUICK


class Thing:
    """Whatever is called on it is noted; what comes back is such a thing again."""

    def __init__(self, drawn, name=""):
        self._drawn, self._name = drawn, name

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "figure":
            return Thing(self._drawn, "figure.")
        return lambda *said, **named: (self._drawn.append((self._name + name, said, named)), [Thing(self._drawn)] if name == "plot" else Thing(self._drawn))[1]


@pytest.fixture
def ax():
    drawn = []
    thing = Thing(drawn)
    thing.drawn = drawn
    return thing


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return ganbar.load("satyam2022-balanced", seed=3, **dict(QUICK, train=dict(QUICK["train"], snapshot_every=3))).run(tmp_path_factory.mktemp("show") / "run", report=False)


def pixels(html):
    """The rows of the first PNG in a page that _show made, uint8 [h, w, 3]."""
    data = base64.b64decode(re.search(r"base64,([^\"]+)", html).group(1))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    w, h = struct.unpack(">II", data[16:24])
    at, idat = 8, b""
    while at < len(data):
        size, name = struct.unpack(">I", data[at:at + 4])[0], data[at + 4:at + 8]
        assert zlib.crc32(data[at + 4:at + 8 + size]) == struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0]
        idat += data[at + 8:at + 8 + size] if name == b"IDAT" else b""
        at += 12 + size
    rows = np.frombuffer(zlib.decompress(idat), np.uint8).reshape(h, 1 + 3 * w)
    return rows[:, 1:].reshape(h, w, 3)


def test_an_operating_point_is_a_map():
    point = ganbar.solve(np.full((5, 7), 2e-4), 0.2, rw=20.0, rb=20.0)
    html = point._repr_html_()
    shown = pixels(html).astype(int).sum(axis=2)
    assert shown.shape == (5, 7)
    assert np.unravel_index(shown.argmax(), shown.shape) == np.unravel_index(point.v_cell.argmax(), (5, 7))
    assert np.unravel_index(shown.argmin(), shown.shape) == np.unravel_index(point.v_cell.argmin(), (5, 7))
    assert repr(point).count("\n") == 0


def test_a_run_shows_pictures_lines_and_numbers(run):
    html = run._repr_html_()
    newest = sorted((run.folder / "samples").glob("*.png"))[-1].read_bytes()
    assert base64.b64encode(newest).decode() in html
    assert html.count("<polyline") == 2 and "frechet_distance" in html and "update_energy_J" in html
    points = re.search(r'points="([^"]+)"', html).group(1).split()
    assert len(points) == 6
    losses = np.array(run.metrics["loss_d"])
    assert np.argmin([float(p.split(",")[1]) for p in points]) == np.argmax(losses)


def test_plans_estimates_and_reports(run):
    exp = ganbar.load("satyam2022-balanced")
    assert "<table" in exp._repr_html_() and "discriminator" in exp.plan._repr_html_() and "784" in exp.plan._repr_html_()
    assert "regan" in ganbar.estimate("dcgan", on="regan")._repr_html_()
    assert run.report()._repr_html_().startswith("<iframe") and "&lt;html" in run.report()._repr_html_()
    for thing in (exp, exp.plan, run, ganbar.estimate("dcgan", on="regan"), ganbar.Device("nili2020"), ganbar.Cells("nili2020", 3), ganbar.Crossbar([[1e-4]]), ganbar.hardware("satyam2022-balanced"),
                  ganbar.images("synthetic-digits"), ganbar.describe("device", "nili2020")):
        assert "\n" not in repr(thing) and "object at" not in repr(thing)


def test_figures_draw_the_numbers(run, ax):
    point = ganbar.solve(np.full((5, 7), 2e-4), 0.2)
    assert point.plot(ax=ax) is ax and np.array_equal(ax.drawn[0][1][0], point.v_cell)
    ax.drawn.clear()
    assert run.plot(ax=ax) is ax
    assert [list(said[1]) for name, said, _ in ax.drawn if name == "plot"] == [list(run.metrics["loss_d"]), list(run.metrics["loss_g"])]
    ax.drawn.clear()
    cells = ganbar.Cells("nili2020", 5, start="200 uS")
    cells.plot(ax=ax)
    assert np.allclose(ax.drawn[0][1][0], 200)
    ax.drawn.clear()
    ganbar.plot.samples(run, ax=ax)
    sheet = ax.drawn[0][1][0]
    assert sheet.shape == (2 * 28, 8 * 28) and np.array_equal(sheet[28:56, 28:56], run.samples[9])
    ax.drawn.clear()
    ganbar.plot.conductance(run, run.matrices[0], ax=ax)
    assert np.allclose(ax.drawn[0][1][0], run.conductance(run.matrices[0]) * 1e6)
    ax.drawn.clear()
    found = ganbar.estimate("dcgan", on=["regan", "pipelayer"])
    found.plot(ax=ax)
    assert ax.drawn[0][1] == (["regan", "pipelayer"], [found[n]["iteration_energy_J"] for n in found])


def test_figures_of_a_fit(ax):
    up = [150e-6 + 2e-6 * k for k in range(1, 40)]
    cell = ganbar.Device.from_pulses({"v_V": [0.9] * 39 + [-0.9] * 39, "t_s": [1e-7] * 78, "g_S": up + [g - 2e-6 for g in up[::-1]]})
    cell.plot(ax=ax)
    drawn = [said for name, said, _ in ax.drawn if name == "plot"]
    assert np.allclose(drawn[0][1], 2) and np.allclose(drawn[1][1], 2, atol=0.05)


def test_a_figure_without_matplotlib_says_so(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.pyplot", None)
    with pytest.raises(ganbar.ConfigError, match="pip install matplotlib"):
        ganbar.plot.cells(ganbar.Cells("nili2020", 3))
