"""The DCGAN of krestinskaya2020-software with PyTorch, and one training round of it. As a program, prints wall and processor milliseconds, one
round a line.

usage: dcgan_torch.py THREADS ROUNDS [--channels-last]
"""
import sys
import time

import torch
from torch import nn

BATCH = 64


class Shape(nn.Module):
    def forward(self, x):
        return x.view(-1, 256, 7, 7)


def networks():
    """(generator, discriminator) with PyTorch's own initial values."""
    g = nn.Sequential(nn.Linear(100, 256 * 49), Shape(),
                      nn.ConvTranspose2d(256, 128, 3, 2, 1, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.01),
                      nn.ConvTranspose2d(128, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.LeakyReLU(0.01),
                      nn.ConvTranspose2d(64, 1, 3, 2, 1, 1), nn.Tanh())
    d = nn.Sequential(nn.Conv2d(1, 32, 3, 2, 1), nn.LeakyReLU(0.01),
                      nn.Conv2d(32, 64, 3, 2, 1, bias=False), nn.BatchNorm2d(64), nn.LeakyReLU(0.01),
                      nn.Conv2d(64, 128, 3, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.01),
                      nn.Flatten(), nn.Linear(2048, 1))
    return g, d


class Training:
    """Adam on both networks; the images a round makes serve both steps."""

    def __init__(self, g, d):
        self.g, self.d, self.loss = g, d, nn.BCEWithLogitsLoss()
        self.opt_g, self.opt_d = (torch.optim.Adam(m.parameters(), 2e-3, betas=(0.5, 0.999)) for m in (g, d))
        self.ones, self.zeros = torch.ones(BATCH, 1), torch.zeros(BATCH, 1)

    def round(self, real):
        fake = self.g(torch.randn(BATCH, 100))
        self.opt_d.zero_grad()
        (self.loss(self.d(real), self.ones) + self.loss(self.d(fake.detach()), self.zeros)).backward()
        self.opt_d.step()
        self.opt_g.zero_grad()
        for p in self.d.parameters():  # the generator's step needs no gradient of the discriminator's weights
            p.requires_grad_(False)
        self.loss(self.d(fake), self.ones).backward()
        for p in self.d.parameters():
            p.requires_grad_(True)
        self.opt_g.step()


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(1)
    g, d = networks()
    if "--channels-last" in sys.argv:
        g, d = g.to(memory_format=torch.channels_last), d.to(memory_format=torch.channels_last)
    training = Training(g, d)
    real = torch.where(torch.rand(BATCH, 1, 28, 28) < 0.8, -torch.ones(BATCH, 1, 28, 28), 2 * torch.rand(BATCH, 1, 28, 28) - 1)
    for r in range(int(sys.argv[2])):
        start, cpu = time.perf_counter(), time.process_time()
        training.round(real)
        if r >= 2:
            print(f"{1e3 * (time.perf_counter() - start):.4f} {1e3 * (time.process_time() - cpu):.4f}")


if __name__ == "__main__":
    main()
