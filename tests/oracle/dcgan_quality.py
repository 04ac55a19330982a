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

folder, rounds, seed, out = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.manual_seed(seed)
torch.set_num_threads(1)
raw = gzip.open(folder / "train-images-idx3-ubyte.gz").read()
data = torch.tensor(np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 1, 28, 28).copy())
batch = 64


class Shape(nn.Module):
    def forward(self, x):
        return x.view(-1, 256, 7, 7)


g = nn.Sequential(nn.Linear(100, 256 * 49), Shape(),
                  nn.ConvTranspose2d(256, 128, 3, 2, 1, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.01),
                  nn.ConvTranspose2d(128, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.LeakyReLU(0.01),
                  nn.ConvTranspose2d(64, 1, 3, 2, 1, 1), nn.Tanh())
d = nn.Sequential(nn.Conv2d(1, 32, 3, 2, 1), nn.LeakyReLU(0.01),
                  nn.Conv2d(32, 64, 3, 2, 1, bias=False), nn.BatchNorm2d(64), nn.LeakyReLU(0.01),
                  nn.Conv2d(64, 128, 3, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.01),
                  nn.Flatten(), nn.Linear(2048, 1))
for m in [*g.modules(), *d.modules()]:
    if hasattr(m, "weight") and not isinstance(m, nn.BatchNorm2d):
        fan_in = m.weight[0].numel()
        if isinstance(m, nn.ConvTranspose2d):
            fan_in = m.weight.shape[0] * 9 / m.stride[0] ** 2
        nn.init.normal_(m.weight, 0, fan_in ** -0.5)
        if m.bias is not None:
            nn.init.zeros_(m.bias)
loss = nn.BCEWithLogitsLoss()
opt_g, opt_d = (torch.optim.Adam(m.parameters(), 2e-3, betas=(0.5, 0.999)) for m in (g, d))
ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)
fixed = torch.randn(10000, 100)


def write():
    g.eval()
    with torch.no_grad():
        images = torch.cat([g(z) for z in fixed.split(500)])
    g.train()
    np.save(out, ((images.squeeze(1) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy())


per_epoch = len(data) // batch
for r in range(rounds):
    if r % per_epoch == 0:
        order = torch.randperm(len(data))
    at = r % per_epoch * batch
    real = data[order[at:at + batch]].float() / 127.5 - 1
    fake = g(torch.randn(batch, 100))
    opt_d.zero_grad()
    (loss(d(real), ones) + loss(d(fake.detach()), zeros)).backward()
    opt_d.step()
    opt_g.zero_grad()
    for p in d.parameters():
        p.requires_grad_(False)
    loss(d(fake), ones).backward()
    for p in d.parameters():
        p.requires_grad_(True)
    opt_g.step()
    if (r + 1) % per_epoch == 0 or r + 1 == rounds:
        write()
        print("round", r + 1, flush=True)
