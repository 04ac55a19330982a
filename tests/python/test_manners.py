"""Interrupts, forks, threads, memory: a long call is a good citizen of the process."""
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np

import ganbar

CHILD = """
import sys, ganbar
sys.path.insert(0, sys.argv[2])
from conftest import QUICK
sections = dict(QUICK, train=dict(QUICK["train"], rounds=40, checkpoint_every=0))
for r in ganbar.load("satyam2022-balanced", seed=3, **sections).start(sys.argv[1], resume=sys.argv[3] == "resume", report=False):
    print(r.round, flush=True)
"""


def child(folder, how):
    return subprocess.Popen([sys.executable, "-c", CHILD, str(folder), os.path.dirname(__file__), how], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_ctrl_c_in_round_5_then_resume_is_unbroken(tmp_path):
    broken = child(tmp_path / "run", "new")
    for line in broken.stdout:
        if line.strip() == "5":
            broken.send_signal(signal.SIGINT)
            break
    asked = time.monotonic()
    broken.stdout.read()
    assert "KeyboardInterrupt" in broken.communicate()[1]
    assert time.monotonic() - asked < 20  # a checkpoint and the end of the process, on a busy machine
    played = len((tmp_path / "run" / "metrics.csv").read_text().splitlines()) - 1
    assert 5 <= played < 40
    assert child(tmp_path / "run", "resume").communicate()[1] == ""
    assert child(tmp_path / "whole", "new").communicate()[1] == ""
    for name in ("metrics.csv", "samples.npy", "hardware.json"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def read_in_child(queue):
    rng = np.random.default_rng(0)
    queue.put(ganbar.Crossbar(rng.uniform(1e-4, 3e-4, (40, 40))).read(rng.uniform(0, 0.2, (100, 40))).tolist())


def test_a_fork_after_use_works():
    ganbar.threads(2)
    context = multiprocessing.get_context("fork")
    here, queue = context.SimpleQueue(), context.SimpleQueue()
    thread = threading.Thread(target=read_in_child, args=(here,))
    thread.start()
    mine = here.get()
    thread.join()
    process = context.Process(target=read_in_child, args=(queue,))
    process.start()
    theirs = queue.get()
    process.join(30)
    assert process.exitcode == 0 and theirs == mine


def test_another_thread_counts_while_the_core_works():
    counted, stop = [0], threading.Event()

    def count():
        while not stop.is_set():
            counted[0] += 1

    thread = threading.Thread(target=count)
    thread.start()
    before = counted[0]
    ganbar.Crossbar(np.full((300, 300), 2e-4))
    after = counted[0]
    stop.set()
    thread.join()
    assert after - before > 1000


def test_calls_leak_nothing():
    g, v = np.full((16, 16), 2e-4), np.full((64, 16), 0.1)
    array = ganbar.Crossbar(g)

    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    for _ in range(500):
        array.read(v), ganbar.Crossbar(g[:4, :4])
    before = resident()
    for _ in range(10_000):
        array.read(v), ganbar.Crossbar(g[:4, :4])
    assert resident() - before < 4e6  # a leak of one result alone would be 80 MB


def test_two_threads_use_two_objects():
    g = [np.random.default_rng(k).uniform(1e-4, 3e-4, (24, 24)) for k in range(2)]
    alone = [ganbar.Crossbar(x).transfer for x in g]
    found = [None, None]

    def work(k):
        for _ in range(20):
            found[k] = ganbar.Crossbar(g[k]).transfer

    threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert all(np.array_equal(a, b) for a, b in zip(alone, found))
