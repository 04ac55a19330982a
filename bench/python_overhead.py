#!/usr/bin/env python3
"""What Python costs over the library, as ratios measured in one run: build/venv/bin/python bench/python_overhead.py [PROGRAM] [--rounds N].

read: Crossbar(64 x 64).read of 608 inputs against the library's own time for it; least of many calls, one thread. Wanted: at most 1.2.
start: processor time of a round of `for r in exp.start(...)` against one of `ganbar train`: the difference of a run of N rounds and one of N/5,
so that what both need to begin and to end drops out; least of three. Wanted: at most 1.02.
Prints JSON.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

import ganbar

ROUNDS = """
import sys, ganbar
ganbar.threads(1)
for r in ganbar.load("satyam2022-balanced", seed=3, data={"dataset": "synthetic-digits", "classes": [3]}, train={"rounds": int(sys.argv[2]), "batch": 304, "snapshot_every": 0}, evaluation={"samples": 16}).start(sys.argv[1], report=False):
    pass
"""


def read():
    rng = np.random.default_rng(0)
    array, v = ganbar.Crossbar(rng.uniform(1e-4, 3e-4, (64, 64))), rng.uniform(0, 0.2, (608, 64))
    ganbar.threads(1)
    least = float("inf")
    library = float("inf")
    for _ in range(40):  # in turns, so that a busy machine is as busy for both
        library = min(library, array._core.read_seconds(v, 10))
        for _ in range(10):
            start = time.perf_counter()
            array.read(v)
            least = min(least, time.perf_counter() - start)
    return {"library_s": library, "python_s": least, "ratio": least / library, "wanted": 1.2}


def processor_s(*argv):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(a) for a in argv], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def start(program, n_rounds):
    least = {"program": float("inf"), "python": float("inf")}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        for k in range(4):  # the first one fills the cache
            took = {}
            for n in (n_rounds // 5, n_rounds):
                sets = ["data.dataset=synthetic-digits", "data.classes=[3]", f"train.rounds={n}", "train.batch=304", "train.snapshot_every=0", "evaluation.samples=16"]
                words = [w for s in sets for w in ("--set", s)]
                took["program", n] = processor_s(program, "train", "satyam2022-balanced", "--seed", 3, "--threads", 1, "--no-report", "--out", f"{folder}/c{k}-{n}", *words)
                took["python", n] = processor_s(sys.executable, "-c", ROUNDS, f"{folder}/p{k}-{n}", n)
            for who in least:
                if k > 0:
                    least[who] = min(least[who], (took[who, n_rounds] - took[who, n_rounds // 5]) / (n_rounds - n_rounds // 5))
    return {"program_s": least["program"], "python_s": least["python"], "ratio": least["python"] / least["program"], "wanted": 1.02}


def main():
    words = [w for w in sys.argv[1:] if not w.startswith("--")]
    n_rounds = int(words.pop()) if "--rounds" in sys.argv else 200
    program = words[0] if words else "build/release/bin/ganbar"
    print(json.dumps({"read": read(), "start": start(program, n_rounds)}, indent=1))


if __name__ == "__main__":
    main()
