#!/usr/bin/python3
"""Transposed convolutions against torch (Debian: python3-torch): outputs, input errors and weight gradients of random shapes.

usage: tconv_check.py BUILD_FOLDER [CASES]
"""
import pathlib
import random
import subprocess
import sys

import torch
import torch.nn.functional as F

FORMS = ("up_direct", "up_zero_inserted", "up_deformed", "down_dense", "gradient_zero_free", "gradient_dilated")
UP = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


def random_case(rng):
    """Channels and axes; an axis is (in, kernel, stride, pad_lo, pad_hi, output_pad) with at least one output."""
    dims = rng.choice((1, 1, 2, 2, 2, 3))
    axes = []
    while len(axes) < dims:
        side = rng.randint(1, 6 if dims < 3 else 3)
        kernel, stride = rng.randint(1, 7 if dims < 3 else 4), rng.randint(1, 4 if dims < 3 else 3)
        axis = (side, kernel, stride, rng.randint(0, kernel), rng.randint(0, kernel), rng.randint(0, stride))
        if out_side(axis) >= 1:
            axes.append(axis)
    return rng.randint(1, 3), rng.randint(1, 3), axes


def out_side(axis):
    side, kernel, stride, lo, hi, extra = axis
    return (side - 1) * stride + kernel - lo - hi + extra


def by_torch(case, x, w, dy):
    """Output, error of the input, gradient of the weights. Padding on either side is a crop, output padding more zeros at the end."""
    _, _, axes = case
    x, w = x.clone().requires_grad_(), w.clone().requires_grad_()
    y = UP[len(axes)](x[None], w, stride=[a[2] for a in axes])[0]
    grow = []
    for a in reversed(axes):
        grow += [0, a[5]]
    y = F.pad(y, grow)
    for d, a in enumerate(axes):
        y = y.narrow(d + 1, a[3], out_side(a))
    y.backward(dy)
    return y.detach(), x.grad, w.grad


def main():
    program = pathlib.Path(sys.argv[1]) / "bin" / "tconv_forms"
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    rng = random.Random(7)
    torch.manual_seed(7)
    cases, text = [], []
    for _ in range(n):
        case = random_case(rng)
        c_small, c_large, axes = case
        x = torch.randn([c_small] + [a[0] for a in axes], dtype=torch.float64)
        w = torch.randn([c_small, c_large] + [a[1] for a in axes], dtype=torch.float64)
        dy = torch.randn([c_large] + [out_side(a) for a in axes], dtype=torch.float64)
        cases.append((case, by_torch(case, x, w, dy)))
        numbers = [len(axes), c_small, c_large] + [v for a in axes for v in a]
        values = [repr(float(v)) for t in (x, w, dy) for v in t.flatten()]
        text.append(" ".join(map(str, numbers)) + " " + " ".join(values) + "\n")
    lines = subprocess.run([program], input="".join(text), capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == n * len(FORMS), f"{len(lines)} lines from {program}; expected {n * len(FORMS)}"
    worst = dict.fromkeys(FORMS, 0.0)
    for i, (case, (y, dx, dw)) in enumerate(cases):
        for f, form in enumerate(FORMS):
            expected = (y, y, y, dx, dw, dw)[f].flatten()
            got = torch.tensor([float(v) for v in lines[i * len(FORMS) + f].split()], dtype=torch.float64)
            assert got.shape == expected.shape, f"{form}: {got.numel()} values for {case}; torch has {expected.numel()}"
            worst[form] = max(worst[form], float((got - expected).abs().max()))
    for form, difference in worst.items():
        print(f"tconv {form:<20} {n} shapes, largest difference from torch {difference:.1e}")
    if max(worst.values()) > 1e-12:
        sys.exit("transposed convolutions differ from torch by more than rounding")


main()
