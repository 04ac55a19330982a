#!/usr/bin/env python3
"""A round of a GAN through ganbar.torch against `ganbar train`: processor time on one thread, and peak memory.

usage: layers_vs_program.py PROGRAM [--net founding|dcgan] [--rounds N] [--repeats N] [--data NAME]    prints one JSON object

founding: satyam2022-balanced, batch 608. dcgan: the network of krestinskaya2020 (bench/dcgan_torch.py), batch 64, every layer on 64 x 64 arrays, pulses by Manhattan's rule.
Contenders run in processes of their own, in turn; times are differences between a long and a short run, so that setting up is not counted. Latents are bits from
the pseudo-random generator (founding) or normal (dcgan) on both sides. Memory is the peak of the long run; of the layers also that of a process that
only imports PyTorch and ganbar and reads the images.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

DCGAN = {"hardware.kind": "crossbar", "train.rule": "manhattan", "device.d2d": "A", "tile.placement": "blockwise"}
BATCH = {"founding": 608, "dcgan": 64}


def founding():
    from torch import nn

    g = nn.Sequential(nn.Linear(100, 128, bias=False), nn.LeakyReLU(0.2), nn.Linear(128, 784, bias=False), nn.Tanh())
    d = nn.Sequential(nn.Linear(784, 128, bias=False), nn.LeakyReLU(0.2), nn.Linear(128, 1, bias=False))
    for layer, scale in [(g[0], 0.5), (g[2], 0.5), (d[0], 0.3), (d[2], 0.3)]:
        nn.init.normal_(layer.weight, 0, scale / layer.in_features ** 0.5)
    return g, d


def images(net, data):
    import ganbar
    return ganbar.images(data, classes=[3] if net == "founding" else None).signed


def loop(make, pulses, rounds, data, net="founding"):
    """Rounds of the game as the script of docs/torch.md plays it. make(network, w_max), pulses(network)."""
    import torch
    from torch import nn

    import ganbar
    torch.set_num_threads(1), ganbar.threads(1), torch.manual_seed(1)
    real = torch.from_numpy(images(net, data))
    if net == "founding":
        real = real.flatten(1)
        g, d = founding()
        g, d = make(g, 0.4), make(d, 0.15)
        latents = lambda n: torch.randn(n, 100).sign()
    else:
        from dcgan_torch import networks
        real = real.reshape(-1, 1, 28, 28)
        g, d = (make(m, 0.4) for m in networks())
        latents = lambda n: torch.randn(n, 100)
    batch = BATCH[net]
    og, od = pulses(g), pulses(d)
    bce, one, zero = nn.BCEWithLogitsLoss(), torch.ones(batch, 1), torch.zeros(batch, 1)
    for _ in range(rounds):
        x, fake = real[torch.randint(len(real), (batch,))], g(latents(batch))
        od.zero_grad()
        (bce(d(x), one) + bce(d(fake.detach()), zero)).backward()
        od.step()
        og.zero_grad()
        d.requires_grad_(False)  # the program forms no gradient of D's weights here either
        bce(d(fake), one).backward()
        d.requires_grad_(True)
        og.step()


def play_layers(net, rounds, data):
    import ganbar
    from ganbar.torch import Pulses, convert
    if rounds < 0:  # what stands in memory before any cell
        import torch
        return torch.from_numpy(images(net, data)).sum()
    sections = {}
    for key, value in (DCGAN if net == "dcgan" else {}).items():
        section, name = key.split(".")
        sections.setdefault(section, {})[name] = value
    hardware = ganbar.hardware("krestinskaya2020-software" if net == "dcgan" else "satyam2022-balanced", **sections)
    loop(lambda m, w_max: convert(m, hardware, w_max=w_max), lambda m: Pulses(m.parameters(), v_set="0.9 V", v_reset="-1.07 V"), rounds, data, net)


def spent(command):
    """Processor time of a process, s, and its peak memory, bytes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"layers_vs_program.py: status {status} of {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime, 1024 * usage.ru_maxrss


def contenders(given):
    preset = "krestinskaya2020-software" if given.net == "dcgan" else "satyam2022-balanced"
    sets = {"data.dataset": given.data, "train.snapshot_every": 0, "train.checkpoint_every": 0, "evaluation.samples": 16, "evaluation.every": 0, **(DCGAN if given.net == "dcgan" else {"latent.source": "bits"})}

    def program(rounds):
        said = [word for key, value in sets.items() for word in ("--set", f"{key}={value}")]
        return [given.program, "train", preset, "--threads", "1", "--no-report", "--set", f"train.rounds={rounds}", *said, "--out", tempfile.mkdtemp() + "/run"]

    def layers(rounds):
        return [sys.executable, os.path.abspath(__file__), given.program, "--play", "--net", given.net, "--rounds", str(rounds), "--data", given.data]

    return {"program": program, "layers": layers}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("program")
    parser.add_argument("--net", choices=sorted(BATCH), default="founding")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--play", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.rounds = {"founding": 20, "dcgan": 8}[given.net] if given.rounds is None else given.rounds
    if given.play:
        play_layers(given.net, given.rounds, given.data)
        return
    seconds, peaks = {name: [] for name in contenders(given)}, {name: 0 for name in contenders(given)}
    for _ in range(given.repeats):
        for name, command in contenders(given).items():
            (short, _), (long, peak) = spent(command(2)), spent(command(2 + given.rounds))
            seconds[name].append((long - short) / given.rounds)
            peaks[name] = max(peaks[name], peak)
    _, peaks["layers_before"] = spent(contenders(given)["layers"](-1))
    median = {name: statistics.median(values) for name, values in seconds.items()}
    print(json.dumps({"net": given.net, "s_per_round": median, "all": seconds, "layers_over_program": median["layers"] / median["program"], "peak_memory_B": peaks,
                      "memory_layers_over_program": peaks["layers"] / peaks["program"], "memory_beyond_imports_over_program": (peaks["layers"] - peaks["layers_before"]) / peaks["program"]}, indent=2))


if __name__ == "__main__":
    main()
