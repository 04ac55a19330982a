#!/usr/bin/env python3
"""The DCGAN of PyTorch's tutorial (64 x 64, five layers a network, N(0, 0.02), Adam with betas 0.5 and 0.999) trained on crossbars through
ganbar.torch.convert: nothing is changed but the optimizer. --digital trains the same loop in plain torch.

usage: torch_dcgan.py [--steps N] [--batch N] [--width N] [--data NAME] [--seed N] [--digital] [-o FILE.png]

Prints processor time a step and, at the end, what the arrays took; the picture holds 64 generated images. --width: channels of the last hidden map of
the generator and the first of the discriminator (the tutorial's 64; 16 takes a CPU an hour less).
"""
import argparse
import struct
import time
import zlib

import torch
from torch import nn

import ganbar
from ganbar.torch import Pulses, convert, dataset, ledger

N_LATENT = 100


def networks(width):
    def up(a, b, stride, padding):
        return [nn.ConvTranspose2d(a, b, 4, stride, padding, bias=False), nn.BatchNorm2d(b), nn.ReLU(True)]

    def down(a, b):
        return [nn.Conv2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d(b), nn.LeakyReLU(0.2, True)]

    w = width
    g = nn.Sequential(*up(N_LATENT, 8 * w, 1, 0), *up(8 * w, 4 * w, 2, 1), *up(4 * w, 2 * w, 2, 1), *up(2 * w, w, 2, 1), nn.ConvTranspose2d(w, 1, 4, 2, 1, bias=False), nn.Tanh())
    d = nn.Sequential(nn.Conv2d(1, w, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True), *down(w, 2 * w), *down(2 * w, 4 * w), *down(4 * w, 8 * w), nn.Conv2d(8 * w, 1, 4, 1, 0, bias=False))
    for m in (*g.modules(), *d.modules()):
        if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(m.weight, 0.0, 0.02)
        elif isinstance(m, nn.BatchNorm2d):
            nn.init.normal_(m.weight, 1.0, 0.02)
            nn.init.zeros_(m.bias)
    return g, d


def write_png(path, images, across=8):
    """images: [n, 1, h, w] in [-1, 1]; grey, side by side."""
    grey = ((images[:, 0] + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    rows = [torch.cat(list(grey[k:k + across]), 1) for k in range(0, len(grey), across)]
    whole = torch.cat(rows, 0)
    raw = b"".join(b"\0" + bytes(line.tolist()) for line in whole)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", whole.shape[1], whole.shape[0], 8, 0, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def optimizers(g, d, digital):
    adam = lambda p: torch.optim.Adam(p, lr=2e-4, betas=(0.5, 0.999))
    if digital:
        return adam(g.parameters()), adam(d.parameters())
    return tuple(Pulses(net.parameters(), rule="mixed_precision", lr=2e-4, accumulate="adam", beta1=0.5, beta2=0.999, v_set="1 V", v_reset="-1 V", max_pulses=20, digital=adam) for net in (g, d))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--data", default="fashion-mnist")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--digital", action="store_true")
    parser.add_argument("-o", default="torch_dcgan.png")
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    g, d = networks(given.width)
    if not given.digital:
        # Cells of 1000 steps over their window, two a weight, 8-bit converters with the noise of satyam2022's cells.
        hardware = ganbar.hardware("satyam2022-base", device={"model": "ideal", "step_set": "0.15 uS", "step_reset": "0.15 uS", "read_noise": 0.01},
                                   tile={"mapping": "differential", "rows": 128, "cols": 128})
        g, d = convert(g, hardware), convert(d, hardware)
    og, od = optimizers(g, d, given.digital)
    loader = torch.utils.data.DataLoader(dataset(given.data, side=64), batch_size=given.batch, shuffle=True, drop_last=True)
    bce, one, zero = nn.BCEWithLogitsLoss(), torch.ones(given.batch), torch.zeros(given.batch)
    fixed = torch.randn(64, N_LATENT, 1, 1)
    done, start = 0, time.process_time()
    while done < given.steps:
        for x, _ in loader:
            fake = g(torch.randn(given.batch, N_LATENT, 1, 1))
            od.zero_grad()
            loss_d = bce(d(x).flatten(), one) + bce(d(fake.detach()).flatten(), zero)
            loss_d.backward()
            od.step()
            og.zero_grad()
            loss_g = bce(d(fake).flatten(), one)
            loss_g.backward()
            og.step()
            done += 1
            if done % 20 == 0 or done == given.steps:
                print(f"step {done}: loss of D {float(loss_d):.3f}, of G {float(loss_g):.3f}, {(time.process_time() - start) / done:.2f} s of processor time a step", flush=True)
            if done % 100 == 0 or done == given.steps:
                with torch.no_grad():
                    write_png(given.o, g.eval()(fixed))
                g.train()
            if done >= given.steps:
                break
    if not given.digital:
        rows = ledger(g, d)
        rows = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
        sums = {}
        for r in rows:
            sums[r["phase"]] = sums.get(r["phase"], 0.0) + r["energy_J"]
        print("energy in J:", ", ".join(f"{phase} {energy:.3g}" for phase, energy in sorted(sums.items())))


if __name__ == "__main__":
    main()
