"""One training round of the same GAN in float32 with PyTorch (SGD). Prints milliseconds, one round a line.

usage: torch_round.py THREADS ROUNDS
"""
import sys
import time

import torch

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)
batch = 608


def mlp(a, b, c, last):
    return torch.nn.Sequential(torch.nn.Linear(a, b), torch.nn.LeakyReLU(0.2), torch.nn.Linear(b, c), *last)


g, d = mlp(100, 128, 784, [torch.nn.Tanh()]), mlp(784, 128, 1, [])
loss = torch.nn.BCEWithLogitsLoss()
opt_g, opt_d = torch.optim.SGD(g.parameters(), 0.05), torch.optim.SGD(d.parameters(), 0.05)
real = torch.where(torch.rand(batch, 784) < 0.8, -torch.ones(batch, 784), 2 * torch.rand(batch, 784) - 1)
ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)
for r in range(int(sys.argv[2])):
    start = time.perf_counter()
    fake = g(torch.randn(batch, 100))
    opt_d.zero_grad()
    (loss(d(real), ones) + loss(d(fake.detach()), zeros)).backward()
    opt_d.step()
    opt_g.zero_grad()
    loss(d(fake), ones).backward()
    opt_g.step()
    if r >= 3:
        print(f"{1e3 * (time.perf_counter() - start):.4f}")
