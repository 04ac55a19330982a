"""Ctrl-C in every long call: heard within 0.2 s, and what was begun goes on to the bytes of an unbroken run."""
import pathlib
import signal
import subprocess
import sys
import time

import pytest

HERE = pathlib.Path(__file__).parent

CALLS = """
import os, sys, time, tempfile, threading
import numpy as np
import ganbar
rng = np.random.default_rng(0)
big = rng.uniform(1e-4, 3e-4, (1200, 1200))
folder = tempfile.mkdtemp()
array, inputs = ganbar.Crossbar(big[:256, :256]), np.full((60_000, 256), 0.1)
long = dict(data={"dataset": "synthetic-digits", "classes": list(range(10))}, train={"rounds": 50, "batch": 1500, "steps_d": 4}, generator={"layers": [100, 512, 784]}, discriminator={"layers": [784, 512, 1]}, evaluation={"samples": 16})
sets = [f"{s}.{k}={v}" for s, keys in long.items() for k, v in keys.items()]

def begin():
    print("begin", flush=True)

def sample():
    run = ganbar.load("satyam2022-balanced", data={"dataset": "synthetic-digits", "limit": 200}, train={"rounds": 1, "batch": 40}, evaluation={"samples": 16}).run(folder + "/run", report=False)
    run.sample(10)
    begin()
    run.sample(300_000)

def cells():
    array = ganbar.Cells("nili2020", 5_000_000)
    begin()
    for _ in range(100):
        array.pulse("0.9 V", "100 ns")

def start():
    playing = ganbar.load("satyam2022-balanced", **long).start(folder + "/run", report=False)
    next(playing)
    begin()
    next(playing)

def begin_with_the_first_round():
    while not os.path.exists(folder + "/sweep/runs/00000/samples/000000.png"):
        time.sleep(0.02)
    begin()

def sweep():
    threading.Thread(target=begin_with_the_first_round).start()
    ganbar.sweep({"sweep": {"base": "satyam2022-balanced", "set": sets}, "axis": [{"key": "experiment.seed", "values": [1, 2]}]}, folder + "/sweep")

calls = {
    "solve": lambda: ganbar.solve(big[:400, :400], 0.1, device={"type": "sinh", "b": 3.0}),
    "many points": lambda: ganbar.solve(big[:40, :40], rng.uniform(0, 0.2, (20000, 40))),
    "Crossbar": lambda: ganbar.Crossbar(big),
    "netlist": lambda: ganbar.netlist(big, 0.1, node_voltages=True),
    "read": lambda: [array.read(inputs) for _ in range(5)],
    "noise.generate": lambda: ganbar.noise.generate(bits=2**31),
    "noise.test": lambda: ganbar.noise.test(rng.bytes(4_000_000), "packed"),
    "pulse": lambda: ganbar.Device("nili2020").pulse("0.9 V", "100 ns", start="200 uS", count=10**7),
    "images": lambda: [ganbar.images("synthetic-digits") for _ in range(1000)],
    "start": start,
    "sweep": sweep,
    "sample": sample,
    "cells": cells,
}
for name in sys.argv[1:]:
    if name not in ("start", "sweep", "sample", "cells"):
        begin()
    try:
        calls[name]()
        print("ended", flush=True)
    except KeyboardInterrupt:
        print("heard", time.monotonic(), flush=True)
"""


def heard_after(name, wait):
    """Seconds from the signal to KeyboardInterrupt."""
    child = subprocess.Popen([sys.executable, "-c", CALLS, name], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline().strip() == "begin"
        time.sleep(wait)
        sent = time.monotonic()
        child.send_signal(signal.SIGINT)
        said = child.stdout.readline().split()
        assert said[0] == "heard", f"{name} was over before the signal"
        return float(said[1]) - sent
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("name", ["solve", "many points", "Crossbar", "netlist", "read", "noise.generate", "noise.test", "pulse", "images", "start", "sweep", "sample", "cells"])
def test_heard_within_a_fifth_of_a_second(name):
    waits = (0.3, 0.6, 1.0)  # a busy machine may hold the child up: one of some tries shows what the code does
    took = []
    for wait in waits:
        took.append(heard_after(name, wait))
        if took[-1] < 0.2:
            return
    pytest.fail(f"{name} heard Ctrl-C after {took} s")


ROUNDS = """
import sys, time
import ganbar
folder, how = sys.argv[1:]
exp = ganbar.load("satyam2022-balanced", seed=3, data={"dataset": "synthetic-digits", "classes": list(range(10))}, train={"rounds": 4, "batch": 1500, "steps_d": 4, "checkpoint_every": 0}, generator={"layers": [100, 256, 784]}, discriminator={"layers": [784, 256, 1]}, evaluation={"samples": 16})
def play(**how):
    for r in exp.start(folder, report=False, **how):
        print(r.round, flush=True)
try:
    play()
except KeyboardInterrupt:
    print("heard", flush=True)
    if how == "leave":
        raise
    play(resume=True)
"""


@pytest.mark.parametrize("how", ["here", "leave"])
def test_a_long_round_is_ended_behind_the_script(how, tmp_path):
    """The round in play is long; the folder is taken up in the same process, or by the next one."""
    def child(*words):
        return subprocess.Popen([sys.executable, "-c", ROUNDS, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    whole = child(tmp_path / "whole", "here")
    assert whole.communicate()[0].split() == ["1", "2", "3", "4"]
    broken = child(tmp_path / "run", how)
    while broken.stdout.readline().strip() != "1":
        pass
    time.sleep(0.1)
    broken.send_signal(signal.SIGINT)
    said = broken.communicate()[0].split()
    assert "heard" in said
    if how == "leave":
        assert broken.returncode == -signal.SIGINT
        played = len((tmp_path / "run/metrics.csv").read_text().splitlines()) - 1
        rest = subprocess.run([sys.executable, "-c", ROUNDS.replace("play()", "play(resume=True)"), str(tmp_path / "run"), how], capture_output=True, text=True, check=True).stdout.split()
        assert played >= 1 and rest == [str(k) for k in range(played + 1, 5)]
    else:
        assert said[-1] == "4"
    for name in ("metrics.csv", "samples.npy", "hardware.json"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


SWEEP = """
import sys, ganbar
sets = ["data.dataset=synthetic-digits", "data.limit=120", "train.rounds=150", "train.batch=16", "train.checkpoint_every=0", "evaluation.samples=16"]
ganbar.sweep({"sweep": {"base": "satyam2022-balanced", "set": sets}, "axis": [{"key": "experiment.seed", "values": [1, 2]}]}, sys.argv[1])
"""


def test_a_sweep_goes_on_after_ctrl_c(tmp_path):
    def child(name):
        return subprocess.Popen([sys.executable, "-c", SWEEP, str(tmp_path / name)], stderr=subprocess.PIPE, text=True)

    broken = child("s")
    table = tmp_path / "s/runs/00000/metrics.csv"
    while not table.exists() or table.read_text().count("\n") < 3:
        time.sleep(0.02)
        assert broken.poll() is None
    broken.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in broken.communicate()[1]
    assert child("s").wait() == 0 and child("whole").wait() == 0
    for name in ("runs/00000/metrics.csv", "runs/00001/samples.npy"):
        assert (tmp_path / "s" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
