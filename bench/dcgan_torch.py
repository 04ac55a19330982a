"""One training round of the DCGAN of krestinskaya2020-software with PyTorch. Prints wall and processor milliseconds, one round a line.

usage: dcgan_torch.py THREADS ROUNDS [--channels-last]
"""
import sys
import time

import torch
from torch import nn

threads, rounds = int(sys.argv[1]), int(sys.argv[2])
last = "--channels-last" in sys.argv
torch.set_num_threads(threads)
torch.manual_seed(1)
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
if last:
    g, d = g.to(memory_format=torch.channels_last), d.to(memory_format=torch.channels_last)
loss = nn.BCEWithLogitsLoss()
opt_g, opt_d = (torch.optim.Adam(m.parameters(), 2e-4, betas=(0.5, 0.999)) for m in (g, d))
real = torch.where(torch.rand(batch, 1, 28, 28) < 0.8, -torch.ones(batch, 1, 28, 28), 2 * torch.rand(batch, 1, 28, 28) - 1)
ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)
for r in range(rounds):
    start, cpu = time.perf_counter(), time.process_time()
    fake = g(torch.randn(batch, 100))
    opt_d.zero_grad()
    (loss(d(real), ones) + loss(d(fake.detach()), zeros)).backward()
    opt_d.step()
    opt_g.zero_grad()
    for p in d.parameters():  # the generator's step needs no gradient of the discriminator's weights
        p.requires_grad_(False)
    loss(d(fake), ones).backward()
    for p in d.parameters():
        p.requires_grad_(True)
    opt_g.step()
    if r >= 2:
        print(f"{1e3 * (time.perf_counter() - start):.4f} {1e3 * (time.process_time() - cpu):.4f}")
