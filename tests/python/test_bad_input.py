"""What a user can get wrong: the right exception, one clear sentence, and nothing is lost."""
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as hnp

import ganbar
from conftest import QUICK

few = settings(max_examples=40, deadline=None)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)


def refused(fault, *words):
    """One sentence that says what was expected; no trace of Python or C++ in it."""
    text = str(fault.value)
    assert "\n" not in text and len(text) < 700, text
    assert "expected" in text or "did you mean" in text or "for example" in text or "nearest of" in text, text
    assert not any(word in text for word in ("nanobind", "std::", "Traceback", "incompatible function arguments", "object at 0x")), text
    assert all(word in text for word in words), text
    assert isinstance(fault.value, ganbar.Error) and type(fault.value) is not ganbar.InternalError


def good(shape):
    return len(shape) == 2 and 0 not in shape


@few
@given(hnp.arrays(st.sampled_from([np.float32, np.float64]), SHAPES, elements=st.floats(2**-20, 2**-10, width=32)), st.sampled_from(["C", "F", "step", "back"]))
def test_any_shape_and_stride_is_solved_or_refused(g, order):
    if order == "F":
        g = np.asfortranarray(g)
    elif order == "step" and g.ndim:
        g = np.repeat(g, 2, axis=0)[::2]
    elif order == "back" and g.ndim:
        g = g[::-1]
    if good(g.shape):
        point = ganbar.solve(g, 0.1)
        same = ganbar.solve(np.array(g, dtype=np.float64, order="C"), 0.1)
        assert point.W.shape == g.shape and np.array_equal(point.i_bit, same.i_bit)
        assert np.array_equal(ganbar.Crossbar(g).transfer, ganbar.Crossbar(np.array(g, dtype=np.float64)).transfer)
        return
    for call in (lambda: ganbar.solve(g, 0.1), lambda: ganbar.Crossbar(g), lambda: ganbar.netlist(g, 0.1)):
        with pytest.raises(ganbar.ConfigError) as fault:
            call()
        refused(fault, "G")


@few
@given(hnp.arrays(st.sampled_from([np.float32, np.float64]), SHAPES, elements=st.floats(-1, 1, width=32)))
def test_any_shape_of_inputs_is_read_or_refused(v):
    array = ganbar.Crossbar(np.full((3, 2), 1e-4))
    if v.ndim in (1, 2) and v.size and v.shape[-1] == 3:
        i = array.read(v)
        assert i.shape == v.shape[:-1] + (2,)
        assert np.allclose(i, np.asarray(v, float) @ array.transfer, rtol=1e-12, atol=1e-18)
        return
    with pytest.raises(ganbar.ConfigError) as fault:
        array.read(v)
    refused(fault, "V")


@few
@given(st.sampled_from([np.int8, np.uint8, np.int32, np.int64, np.bool_, np.complex128, np.float16, object, "U4"]))
def test_arrays_of_other_types_are_refused(dtype):
    a = np.ones((2, 2)).astype(dtype)
    for call in (lambda: ganbar.solve(a, 0.1), lambda: ganbar.Crossbar(a), lambda: ganbar.Crossbar(np.full((2, 2), 1e-4)).read(a)):
        with pytest.raises(ganbar.ConfigError) as fault:
            call()
        refused(fault)


@few
@given(st.integers(0, 3), st.integers(0, 2), st.sampled_from([math.nan, math.inf, -math.inf, -1e-9]))
def test_one_bad_conductance_is_named(i, j, value):
    g = np.full((4, 3), 1e-4)
    g[i, j] = value
    for call in (lambda: ganbar.solve(g, 0.1), lambda: ganbar.Crossbar(g)):
        with pytest.raises(ganbar.ConfigError) as fault:
            call()
        refused(fault, f"G[{i}, {j}]")


G = [[1e-4, 2e-4], [1e-4, 3e-4]]
WRONG = {
    "word too long": lambda: ganbar.solve(G, [0.1] * 3),
    "bit too short": lambda: ganbar.solve(G, 0.1, [0.0]),
    "unequal batches": lambda: ganbar.solve(G, np.zeros((3, 2)), np.zeros((4, 2))),
    "word infinite": lambda: ganbar.solve(G, math.inf),
    "word in amperes": lambda: ganbar.solve(G, "0.1 A"),
    "word a bare text": lambda: ganbar.solve(G, "much"),
    "rw negative": lambda: ganbar.solve(G, 0.1, rw=-1.0),
    "rw in volts": lambda: ganbar.Crossbar(G, rw="1 V"),
    "rw NaN": lambda: ganbar.Crossbar(G, rw=math.nan),
    "rw a list": lambda: ganbar.Crossbar(G, rw=[1.0]),
    "ends unknown": lambda: ganbar.Crossbar(G, ends="left"),
    "law unknown": lambda: ganbar.solve(G, 0.1, device={"type": "sin"}),
    "law without its number": lambda: ganbar.solve(G, 0.1, device={"type": "sinh"}),
    "law with another's": lambda: ganbar.solve(G, 0.1, device={"type": "cubic", "b": 2.0}),
    "law no dict": lambda: ganbar.solve(G, 0.1, device="linear"),
    "a deck of many": lambda: ganbar.netlist(G, np.zeros((3, 2))),
    "model unknown": lambda: ganbar.Device("nili2021"),
    "model's key unknown": lambda: ganbar.Device("nili2020", d2dd="A"),
    "model's value unknown": lambda: ganbar.Device("nili2020", d2d="C"),
    "model no text": lambda: ganbar.Device(3),
    "pulse of 0 V": lambda: ganbar.Device("nili2020").pulse(0, "100 ns"),
    "pulse of a million volts": lambda: ganbar.Device("nili2020").pulse("1e6 V", "1 s"),
    "a million volts in a sequence": lambda: ganbar.Device("nili2020").pulse([0.9, -1e6], "1 ns"),
    "current at a million volts": lambda: ganbar.Cells("nili2020", 3).current(1e6),
    "conductances under a mask": lambda: ganbar.solve(np.ma.array(G, mask=[[0, 1], [0, 0]]), 0.1),
    "voltages under a mask": lambda: ganbar.solve(G, np.ma.masked_array([0.1, 0.2], [True, False])),
    "pulse in siemens": lambda: ganbar.Device("nili2020").pulse("1 S", "100 ns"),
    "pulse without time": lambda: ganbar.Device("nili2020").pulse("1 V", 0),
    "width negative": lambda: ganbar.Device("nili2020").pulse("1 V", "-1 ns"),
    "widths of another number": lambda: ganbar.Device("nili2020").pulse([1, 2, 3], ["1 ns"] * 2),
    "start below 0": lambda: ganbar.Device("nili2020").pulse("1 V", "100 ns", start="-5 uS"),
    "count 0": lambda: ganbar.Device("nili2020").pulse("1 V", "100 ns", count=0),
    "count a float": lambda: ganbar.Device("nili2020").pulse("1 V", "100 ns", count=1.5),
    "energy unknown": lambda: ganbar.Device("nili2020").pulse("1 V", "100 ns", energy="none"),
    "no cells": lambda: ganbar.Cells("nili2020", 0),
    "cells with other voltages": lambda: ganbar.Cells("nili2020", 3).pulse([0.1, 0.2], "1 ns"),
    "cells' start outside": lambda: ganbar.Cells("nili2020", 3, start="5 S"),
    "cells of no model": lambda: ganbar.Cells("nilli2020", 3),
    "preset unknown": lambda: ganbar.load("satyam2022-balnced"),
    "no experiment": lambda: ganbar.load(3),
    "an empty dict's unknown section": lambda: ganbar.load({"trian": {"rounds": 3}}),
    "section unknown": lambda: ganbar.load("satyam2022-balanced", trian={"rounds": 3}),
    "key unknown": lambda: ganbar.load("satyam2022-balanced", train={"round": 3}),
    "key no text": lambda: ganbar.load("satyam2022-balanced", train={3: 3}),
    "a bare number for volts": lambda: ganbar.load("satyam2022-balanced", train={"v_set": 0.9}),
    "seconds for volts": lambda: ganbar.load("satyam2022-balanced", train={"v_set": "100 ns"}),
    "a text for a number": lambda: ganbar.load("satyam2022-balanced", train={"rounds": "many"}),
    "a float for whole": lambda: ganbar.load("satyam2022-balanced", train={"rounds": 2.5}),
    "out of range": lambda: ganbar.load("satyam2022-balanced", train={"batch": -1}),
    "beyond 64 bits": lambda: ganbar.load("satyam2022-balanced", train={"rounds": 2**70}),
    "NaN": lambda: ganbar.load("satyam2022-balanced", data={"limit": math.nan}),
    "an object": lambda: ganbar.load("satyam2022-balanced", train={"rounds": object()}),
    "a section that is none": lambda: ganbar.load("satyam2022-balanced", train=3),
    "callbacks a number": lambda: ganbar.load("satyam2022-balanced").run("never", callbacks=3),
    "callbacks a text": lambda: ganbar.load("satyam2022-balanced").run("never", callbacks="tqdm"),
    "seed a text": lambda: ganbar.load("satyam2022-balanced", seed="1"),
    "seed negative": lambda: ganbar.load("satyam2022-balanced", seed=-1),
    "section of an experiment": lambda: ganbar.load("satyam2022-balanced")["trian"],
    "origin of no key": lambda: ganbar.load("satyam2022-balanced").origin("train.round"),
    "kind unknown": lambda: ganbar.list("device_s"),
    "kind no text": lambda: ganbar.list(3),
    "name unknown": lambda: ganbar.describe("device", "nili"),
    "machine unknown": lambda: ganbar.estimate("dcgan", on="regan2"),
    "network unknown": lambda: ganbar.estimate("dgcan", on="regan"),
    "batch 0": lambda: ganbar.estimate("dcgan", on="regan", batch=0),
    "axis unknown": lambda: ganbar.explore("dcgan", on="isaac", axes={"row": [64]}),
    "axis empty": lambda: ganbar.explore("dcgan", on="isaac", axes={"rows": []}),
    "axis NaN": lambda: ganbar.explore("dcgan", on="isaac", axes={"rows": [64, math.nan]}),
    "explored on two": lambda: ganbar.explore("dcgan", on=["isaac", "regan"]),
    "explored below 0": lambda: ganbar.explore("dcgan", on="isaac", max_area_m2=-1),
    "task unknown": lambda: ganbar.estimate("dcgan", on="regan", task="play"),
    "no machine": lambda: ganbar.estimate("dcgan", on=[]),
    "machine's key unknown": lambda: ganbar.estimate("dcgan", on="regan", set={"regan.speed": 3}),
    "no bits": lambda: ganbar.noise.generate(bits=0),
    "generator unknown": lambda: ganbar.noise.generate("colums", bits=8),
    "generator's key unknown": lambda: ganbar.noise.generate(bits=8, trng={"sise": 3}),
    "bits of a text": lambda: ganbar.noise.test("0101"),
    "format unknown": lambda: ganbar.noise.test(b"0101", "packd"),
    "images unknown": lambda: ganbar.images("mnits"),
    "class unknown": lambda: ganbar.images("synthetic-digits", classes=[11]),
    "class no number": lambda: ganbar.images("synthetic-digits", classes=["three"]),
    "split unknown": lambda: ganbar.images("synthetic-digits", split="trian"),
    "quality of floats": lambda: ganbar.quality(np.zeros((4, 28)), "synthetic-digits"),
    "quality of NaN": lambda: ganbar.quality(np.full((4, 28, 28), np.nan, np.float32), "synthetic-digits"),
    "quality of another size": lambda: ganbar.quality(np.zeros((40, 27, 28), np.uint8), "synthetic-digits"),
    "hardware of no preset": lambda: ganbar.hardware("satyam2023"),
    "threads 0": lambda: ganbar.threads(0),
    "threads half": lambda: ganbar.threads(1.5),
}


@pytest.mark.parametrize("name", WRONG)
def test_refused_in_a_sentence(name):
    with pytest.raises(ganbar.Error) as fault:
        WRONG[name]()
    refused(fault)


@few
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=3), lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=4), x, max_size=3), max_leaves=6))
def test_any_value_of_a_key_is_taken_or_refused(value):
    for section, key in (("train", "rounds"), ("train", "v_set"), ("device", "d2d"), ("data", "classes"), ("data", "dataset"), ("tile", "rows")):
        try:
            ganbar.load("satyam2022-balanced", **{section: {key: value}})
        except ganbar.Error as fault:
            assert not isinstance(fault, ganbar.InternalError) and str(fault), (key, value)


def test_a_folder_that_exists_stays(tmp_path):
    exp = ganbar.load("satyam2022-balanced", seed=3, **QUICK)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    for how in ({}, {"resume": True}):
        with pytest.raises(ganbar.ConfigError) as fault:
            exp.run(tmp_path / "mine", **how)
        refused(fault, "mine") if not how else None
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    run = exp.run(tmp_path / "run", report=False)
    before = {p: p.read_bytes() for p in run.folder.rglob("*") if p.is_file()}
    for other in (exp, ganbar.load(exp, seed=4)):
        with pytest.raises(ganbar.ConfigError):
            other.run(tmp_path / "run", resume=other is not exp, report=False)
    assert {p: p.read_bytes() for p in before} == before


def test_a_foreign_or_damaged_checkpoint(tmp_path):
    a = ganbar.load("satyam2022-balanced", seed=3, **QUICK).run(tmp_path / "a", report=False)
    b = ganbar.load("satyam2022-balanced", seed=4, **QUICK).run(tmp_path / "b", report=False)
    ours, theirs = (sorted((r.folder / "checkpoints").iterdir()) for r in (a, b))
    for x, y in zip(ours, theirs):
        x.write_bytes(y.read_bytes())
    with pytest.raises(ganbar.DataError) as fault:
        ganbar.load("satyam2022-balanced", seed=3, **QUICK).run(tmp_path / "a", resume=True, report=False)
    assert "another experiment" in str(fault.value)
    for y in theirs:
        y.write_bytes(b"nothing of ours")
    with pytest.raises(ganbar.DataError):
        b.sample(2)


@pytest.mark.parametrize("at", [0, 3, 9, 40, 0.5, -1])
def test_a_byte_that_is_damaged_in_a_checkpoint_is_noticed(at, tmp_path):
    """Wherever it lies, also where it leaves no UTF-8: the older checkpoint is taken, and the run is the whole one again."""
    exp = ganbar.load("satyam2022-balanced", seed=3, **QUICK)
    run = exp.run(tmp_path / "a", report=False)
    whole = (run.folder / "samples.npy").read_bytes()
    newest = max((run.folder / "checkpoints").iterdir())
    data = bytearray(newest.read_bytes())
    data[int(at * len(data)) if isinstance(at, float) else at] ^= 0xC3
    newest.write_bytes(data)
    (run.folder / "samples.npy").unlink()
    assert (exp.run(tmp_path / "a", resume=True, report=False).folder / "samples.npy").read_bytes() == whole


def test_files_of_a_run_that_are_damaged(tmp_path):
    run = ganbar.load("satyam2022-balanced", **QUICK).run(tmp_path / "a", report=False)
    looks = {"samples.npy": lambda: run.samples, "hardware.json": lambda: run.ledger, "metrics.csv": lambda: run.metrics, "summary.json": lambda: run.summary}
    for name, look in looks.items():
        path = run.folder / name
        kept = path.read_bytes()
        for damaged in (kept[: len(kept) // 2], b"", b"[1, 2]\n", b"{}", b"\xff\xfe\x00", b"round,loss_d\n1,2,3\n"):
            path.write_bytes(damaged)
            try:
                look()
            except ganbar.DataError as fault:
                assert name in str(fault)
        path.write_bytes(kept)
        look()


def test_grids_are_written_where_nothing_lies(tmp_path):
    images = np.zeros((3, 4, 4), np.uint8)
    ganbar.plot.save_samples(images, tmp_path / "x.png")
    for call in (lambda: ganbar.plot.save_samples(images, tmp_path / "x.png"), lambda: ganbar.plot.save_samples(images, tmp_path / "x.jpg"), lambda: ganbar.plot.save_samples(images[:, :0], tmp_path / "y.png")):
        with pytest.raises(ganbar.ConfigError) as fault:
            call()
        refused(fault)
    ganbar.plot.save_samples(images, tmp_path / "x.png", force=True)
    assert [p.name for p in tmp_path.iterdir()] == ["x.png"]


def test_warnings_show_where_no_logging_is_set_up():
    said = subprocess.run([sys.executable, "-c", "import ganbar; ganbar.Device('nili2020').pulse('5 V', '100 ns', start='200 uS')"], capture_output=True, text=True, check=True)
    assert "beyond the fit" in said.stderr and said.stdout == ""


def test_runs_that_are_none(tmp_path):
    with pytest.raises(ganbar.DataError):
        ganbar.open(tmp_path / "nowhere")
    exp = ganbar.load("satyam2022-balanced", **QUICK)
    playing = exp.start(tmp_path / "run", report=False)
    next(playing)
    run = ganbar.open(tmp_path / "run")
    assert len(run.metrics) >= 0 and len(run.quality) == 0
    for look in (lambda: run.summary, lambda: run.samples, lambda: run.ledger):
        with pytest.raises(ganbar.DataError, match="expected a finished run"):
            look()
    with pytest.raises(ganbar.ConfigError, match="another"):
        exp.run(tmp_path / "run", resume=True)
    playing.close()
    with pytest.raises(ganbar.ConfigError) as fault:
        run.conductance("generator/dens1")
    refused(fault)
    with pytest.raises(ganbar.ConfigError):
        run.conductance(run.matrices[0], plane=7)
    with pytest.raises(ganbar.ConfigError):
        run.sample(0)
