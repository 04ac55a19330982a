#!/usr/bin/python3
"""The network of the preset krestinskaya2020-software trained by PyTorch: same layers, initial distributions, data, batch and optimizer.

usage: dcgan_quality.py MNIST_FOLDER ROUNDS SEED OUT.npy    (Debian: python3-torch)
Writes 10,000 images (uint8) after every epoch of 937 rounds and at the end, for `ganbar evaluate --samples OUT.npy --reference mnist:test`.
"""
import gzip
import pathlib
import sys

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
from dcgan_torch import BATCH, Training, networks  # noqa: E402


def fill(networks):
    """The preset's initial values: N(0, 1 / fan in), no bias."""
    for m in [m for network in networks for m in network.modules()]:
        if hasattr(m, "weight") and not isinstance(m, nn.BatchNorm2d):
            fan_in = m.weight[0].numel()
            if isinstance(m, nn.ConvTranspose2d):
                fan_in = m.weight.shape[0] * 9 / m.stride[0] ** 2
            nn.init.normal_(m.weight, 0, fan_in ** -0.5)
            if m.bias is not None:
                nn.init.zeros_(m.bias)


def write(out, g, latents):
    g.eval()
    with torch.no_grad():
        images = torch.cat([g(z) for z in latents.split(500)])
    g.train()
    np.save(out, ((images.squeeze(1) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy())


def main():
    folder, rounds, seed, out = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    raw = gzip.open(folder / "train-images-idx3-ubyte.gz").read()
    data = torch.tensor(np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 1, 28, 28).copy())
    g, d = networks()
    fill([g, d])
    training = Training(g, d)
    latents = torch.randn(10000, 100)
    per_epoch = len(data) // BATCH
    for r in range(rounds):
        if r % per_epoch == 0:
            order = torch.randperm(len(data))
        at = r % per_epoch * BATCH
        training.round(data[order[at:at + BATCH]].float() / 127.5 - 1)
        if (r + 1) % per_epoch == 0 or r + 1 == rounds:
            write(out, g, latents)
            print("round", r + 1, flush=True)


if __name__ == "__main__":
    main()
