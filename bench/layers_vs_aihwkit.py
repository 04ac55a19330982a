#!/usr/bin/env python3
"""One iteration of the founding GAN (100-128-784 against 784-128-1, batch 608, arrays of 64 x 64) through ganbar.torch beside aihwkit: processor time and peak memory on one
thread, in the same PyTorch.

usage: layers_vs_aihwkit.py [--rounds N] [--repeats N] [--data NAME]    prints one JSON object

For an environment that has both: aihwkit from PyPI, ganbar on PYTHONPATH (build/venv-torch of `make torch`, then `pip install aihwkit`). Contenders run in processes of their own, in
turn; times are differences between a long and a short run, so that setting up is not counted.

    ganbar       rule manhattan on satyam2022-balanced: read noise, 8-bit converters on every array, a pulse a cell
    ganbar_train rule pulse_train on the same cells: 31 slots a sample, aihwkit's own rule
    aihwkit      ConstantStepDevice, its converters and noise as they come, 31 slots a sample
    torch        torch's layers and SGD
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys

from layers_vs_program import loop


def play_ganbar(rounds, data, **rule):
    import ganbar
    from ganbar.torch import Pulses, convert
    hardware = ganbar.hardware("satyam2022-balanced")
    loop(lambda net, w_max: convert(net, hardware, w_max=w_max), lambda net: Pulses(net.parameters(), v_set="0.9 V", v_reset="-1.07 V", **rule), rounds, data)


def play_aihwkit(rounds, data):
    from aihwkit.nn.conversion import convert_to_analog
    from aihwkit.optim import AnalogSGD
    from aihwkit.simulator.configs import ConstantStepDevice, SingleRPUConfig
    config = SingleRPUConfig(device=ConstantStepDevice())
    config.mapping.max_input_size = config.mapping.max_output_size = 64

    def sgd(net):
        optimizer = AnalogSGD(net.parameters(), lr=0.01)
        optimizer.regroup_param_groups(net)
        return optimizer

    loop(lambda net, w_max: convert_to_analog(net, config), sgd, rounds, data)  # several tiles a layer where the sizes above ask for it


def play_torch(rounds, data):
    import torch
    loop(lambda net, w_max: net, lambda net: torch.optim.SGD(net.parameters(), lr=0.01), rounds, data)


PLAYERS = {"ganbar": play_ganbar, "ganbar_train": lambda rounds, data: play_ganbar(rounds, data, rule="pulse_train", lr=0.01), "aihwkit": play_aihwkit, "torch": play_torch}


def spent(name, rounds, data):
    """Processor time of a process, s, and its peak memory, bytes; None and the last line of its fault."""
    command = [sys.executable, os.path.abspath(__file__), "--play", name, "--rounds", str(rounds), "--data", data]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1"))
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else [None, (done.stderr.strip().splitlines() or ["no word"])[-1]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--play", choices=PLAYERS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.play:
        PLAYERS[given.play](given.rounds, given.data)
        usage = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps([usage.ru_utime + usage.ru_stime, 1024 * usage.ru_maxrss]))
        return
    seconds, memory, faults = {name: [] for name in PLAYERS}, {}, {}
    for _ in range(given.repeats):
        for name in [n for n in PLAYERS if n not in faults]:
            (short, _), (long, peak) = spent(name, 2, given.data), spent(name, 2 + given.rounds, given.data)
            if short is None or long is None:
                faults[name] = peak
                continue
            seconds[name].append((long - short) / given.rounds)
            memory[name] = max(peak, memory.get(name, 0))
    median = {name: statistics.median(values) for name, values in seconds.items() if values}
    over = lambda a, b: median[a] / median[b] if a in median and b in median else None
    print(json.dumps({"s_per_round": median, "all": seconds, "peak_memory_B": memory, "did_not_run": faults, "aihwkit_over_ganbar": {name: over("aihwkit", name) for name in ("ganbar", "ganbar_train")},
                      "ganbar_over_torch": over("ganbar", "torch")}, indent=2))


if __name__ == "__main__":
    main()
