#!/usr/bin/python3
"""Losses, their slopes, and the gradients of a spectrally normed layer against PyTorch's autograd in double.

usage: loss_check.py BUILD_FOLDER    (make oracle; Debian: python3-torch)
Slopes must agree to 1e-9; normed layers, which are float32, to 1e-4 of the largest magnitude in their tensor.
"""
import json
import pathlib
import subprocess
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def loss_of(name, kind, s):
    """The textbook losses, from torch's own functions where it has them."""
    one, zero = torch.ones_like(s), torch.zeros_like(s)
    if name == "wasserstein":
        return s if kind == "fake" else -s
    if name == "hinge":
        return {"real": F.relu(1 - s), "fake": F.relu(1 + s), "generator": -s}[kind]
    if name == "least_squares":
        return 0.5 * F.mse_loss(s, {"real": 0.9 * one, "fake": zero, "generator": one}[kind])
    if kind == "generator":
        return -F.binary_cross_entropy_with_logits(s, zero) if name == "minimax" else F.binary_cross_entropy_with_logits(s, one)
    return F.binary_cross_entropy_with_logits(s, 0.9 * one if kind == "real" else zero)


def main():
    program = next(pathlib.Path(sys.argv[1]).rglob("loss_program"))
    data = json.loads(subprocess.run([program], capture_output=True, text=True, check=True).stdout)
    worst = 0.0
    for case in data["losses"]:
        for kind in ("real", "fake", "generator"):
            s = torch.tensor(case["score"], requires_grad=True)
            value = loss_of(case["loss"], kind, s)
            value.backward()
            value_here, slope_here = case[kind]
            worst = max(worst, abs(value.item() - value_here), abs(s.grad.item() - slope_here))
    print(f"losses: {len(data['losses'])} scores, largest difference {worst:.2g}")
    worst_norm = 0.0
    for case in data["norms"]:
        w, x = (torch.tensor(case[k], requires_grad=True) for k in ("w", "x"))
        y = x @ (w / torch.linalg.svdvals(w)[0])
        (y * torch.tensor(case["t"])).sum().backward()
        for ours, theirs in ((case["y"], y), (case["dx"], x.grad), (case["dw"], w.grad)):
            scale = theirs.abs().max().item() + 1e-12
            worst_norm = max(worst_norm, (torch.tensor(ours) - theirs).abs().max().item() / scale)
    print(f"normed layers: {len(data['norms'])} cases, largest relative difference {worst_norm:.2g}")
    sys.exit(0 if worst < 1e-9 and worst_norm < 1e-4 else 1)


if __name__ == "__main__":
    main()
