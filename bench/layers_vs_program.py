#!/usr/bin/env python3
"""A round of the founding GAN (satyam2022-balanced, batch 608) through ganbar.torch against `ganbar train`: processor time on one thread.

usage: layers_vs_program.py PROGRAM [--rounds N] [--repeats N] [--data NAME]    prints one JSON object

Contenders run in processes of their own, in turn; times are differences between a long and a short run, so that setting up is not counted. Latents are
bits from the pseudo-random generator on both sides.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

BATCH = 608


def loop(make, pulses, rounds, data):
    """Rounds of the game as the script of docs/torch.md plays it."""
    import torch
    from torch import nn

    import ganbar
    torch.set_num_threads(1), ganbar.threads(1), torch.manual_seed(1)
    real = torch.from_numpy(ganbar.images(data, classes=[3]).signed).flatten(1)
    g = nn.Sequential(nn.Linear(100, 128, bias=False), nn.LeakyReLU(0.2), nn.Linear(128, 784, bias=False), nn.Tanh())
    d = nn.Sequential(nn.Linear(784, 128, bias=False), nn.LeakyReLU(0.2), nn.Linear(128, 1, bias=False))
    for layer, scale in [(g[0], 0.5), (g[2], 0.5), (d[0], 0.3), (d[2], 0.3)]:
        nn.init.normal_(layer.weight, 0, scale / layer.in_features ** 0.5)
    g, d = make(g, 0.4), make(d, 0.15)
    og, od = pulses(g), pulses(d)
    bce, one, zero = nn.BCEWithLogitsLoss(), torch.ones(BATCH, 1), torch.zeros(BATCH, 1)
    for _ in range(rounds):
        x, fake = real[torch.randint(len(real), (BATCH,))], g(torch.randn(BATCH, 100).sign())
        od.zero_grad()
        (bce(d(x), one) + bce(d(fake.detach()), zero)).backward()
        od.step()
        og.zero_grad()
        d.requires_grad_(False)  # the program forms no gradient of D's weights here either
        bce(d(fake), one).backward()
        d.requires_grad_(True)
        og.step()


def play_layers(rounds, data):
    import ganbar
    from ganbar.torch import Pulses, convert
    hardware = ganbar.hardware("satyam2022-balanced")
    loop(lambda net, w_max: convert(net, hardware, w_max=w_max), lambda net: Pulses(net.parameters(), v_set="0.9 V", v_reset="-1.07 V"), rounds, data)


def cost(command):
    """Processor time of a process, s."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def contenders(given):
    def program(rounds):
        return [given.program, "train", "satyam2022-balanced", "--threads", "1", "--set", f"train.rounds={rounds}", "--set", f"data.dataset={given.data}", "--set", "latent.source=bits",
                "--set", "train.snapshot_every=0", "--set", "evaluation.samples=16", "--set", "evaluation.every=0", "--out", tempfile.mkdtemp() + "/run"]

    def layers(rounds):
        return [sys.executable, os.path.abspath(__file__), given.program, "--play", "--rounds", str(rounds), "--data", given.data]

    return {"program": program, "layers": layers}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--play", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.play:
        return play_layers(given.rounds, given.data)
    seconds = {name: [] for name in contenders(given)}
    for _ in range(given.repeats):
        for name, command in contenders(given).items():
            short, long = cost(command(2)), cost(command(2 + given.rounds))
            seconds[name].append((long - short) / given.rounds)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    print(json.dumps({"s_per_round": median, "all": seconds, "layers_over_program": median["layers"] / median["program"]}, indent=2))


if __name__ == "__main__":
    main()
