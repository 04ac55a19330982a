"""Operating points and reads: the bits of the command line, any strides, clear refusals."""
import json

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import ganbar


def test_solve_is_the_command_lines_to_the_last_bit(command, tmp_path):
    rng = np.random.default_rng(0)
    g, word = rng.uniform(150e-6, 300e-6, (7, 5)), rng.uniform(0, 0.2, 7)
    for device in ({"type": "linear"}, {"type": "cubic", "c3": 1.5}, {"type": "sinh", "b": 2.0}):
        said = {"rows": 7, "cols": 5, "G": g.tolist(), "device": device, "rw": 1.0, "rb": 1.5, "rdrv": 10.0, "rsense": 5.0, "Vw": word.tolist(), "Vb": [0.0, 0.0, None, 0.0, 0.0]}
        (tmp_path / "in.json").write_text(json.dumps(said))
        theirs = json.loads(command("solve", tmp_path / "in.json"))
        ours = ganbar.solve(g, word, [0.0, 0.0, None, 0.0, 0.0], rw=1.0, rb="1.5 ohm", rdrv=10.0, rsense=5.0, device=device)
        for a, b in ((ours.W, "W"), (ours.B, "B"), (ours.i_word, "I_word_source"), (ours.i_bit, "I_bit_terminal")):
            assert np.array_equal(a, np.array(theirs[b]))
        assert ours.power_W == theirs["power_W"]


@pytest.mark.parametrize("device", [{"type": "1t1r", "r_on": "2 kohm", "law": "sinh", "b": 2.0}, {"type": "1t1r", "transistor": "square_law"}, {"type": "1s1r", "selector": "threshold"}, {"type": "1d1r", "n": 1.5}])
def test_cells_with_something_in_series_are_the_command_lines(command, tmp_path, device):
    rng = np.random.default_rng(1)
    g, word, gate = rng.uniform(150e-6, 300e-6, (4, 3)), [0.9, 0.0, 0.45, 0.9], [2.5, 0.0, 2.5, 1.2]
    gated = device["type"] == "1t1r"
    said = {"rows": 4, "cols": 3, "G": g.tolist(), "device": device, "rw": 1.0, "rb": 1.0, "rdrv": 10.0, "rsense": 10.0, "Vw": word, "Vb": [0.0] * 3, **({"Vg": gate} if gated else {})}
    (tmp_path / "in.json").write_text(json.dumps(said))
    theirs = json.loads(command("solve", tmp_path / "in.json", "--internal-nodes"))
    ours = ganbar.solve(g, word, device=device, gate=gate if gated else None)
    for a, b in ((ours.W, "W"), (ours.B, "B"), (ours.i_bit, "I_bit_terminal"), (ours.X, "X")):
        assert np.array_equal(a, np.array(theirs[b])), b
    assert ".op" in ganbar.netlist(g, word, device=device, gate=gate if gated else None)
    for wrong in ({"gate": [1.0] if gated else gate}, {"device": {**device, "r_of": 1}}, {"device": {**device, "law": "cubi"}}):
        with pytest.raises(ganbar.ConfigError):
            ganbar.solve(g, word, **{"device": device, "gate": gate if gated else None, **wrong})


@settings(max_examples=25, deadline=None)
@given(rows=st.integers(1, 9), cols=st.integers(1, 9), batch=st.integers(1, 40), step=st.sampled_from([1, 2, -1]), single=st.booleans())
def test_reads_agree_with_operating_points_whatever_the_strides(rows, cols, batch, step, single):
    rng = np.random.default_rng(rows * 100 + cols)
    big = rng.uniform(1e-6, 3e-4, (rows * 2, cols * 2)).astype(np.float32 if single else np.float64)
    g = big[::step][:rows, :cols]
    v = rng.uniform(-0.2, 0.2, (rows, batch)).T
    array = ganbar.Crossbar(g, rw=1.0, rb=1.0)
    read = array.read(v)
    assert read.shape == (batch, cols)
    assert np.array_equal(read, ganbar.Crossbar(np.ascontiguousarray(g), rw=1.0, rb=1.0).read(np.ascontiguousarray(v)))
    points = ganbar.solve(g, v, 0.0, rw=1.0, rb=1.0)
    np.testing.assert_allclose(read, [p.i_bit for p in points], rtol=1e-9, atol=1e-15)
    assert np.array_equal(array.read(v[0]), read[0])


@pytest.mark.parametrize("g, word", [(np.ones((2, 2), int), 0.1), ([[1e-4, np.nan]], 0.1), ([[-1e-4]], 0.1), ([1e-4], 0.1), ([[1e-4]], [0.1, 0.2]), ([[1e-4]], "0.1 A"), (np.empty((0, 3)), 0.1), ([[1e-4], [1e-4, 2e-4]], 0.1)])
def test_refusals(g, word):
    with pytest.raises(ganbar.ConfigError) as fault:
        ganbar.solve(g, word)
    assert "expected" in str(fault.value) or "for example" in str(fault.value)
    assert isinstance(fault.value, ValueError)


def test_netlist_is_the_command_lines(command, tmp_path):
    said = {"rows": 1, "cols": 2, "G": [[1e-4, 2e-4]], "rw": 1.0, "rb": 1.0, "rdrv": 10.0, "rsense": 10.0, "Vw": [0.1], "Vb": [0.0, 0.0]}
    (tmp_path / "in.json").write_text(json.dumps(said))
    command("netlist", tmp_path / "in.json", "-o", tmp_path / "out.cir")
    assert ganbar.netlist([[1e-4, 2e-4]], 0.1) == (tmp_path / "out.cir").read_text()
