#!/usr/bin/python3
"""Every layer of nn/, forward, error and weight gradient, against PyTorch's autograd in double, over random shapes.

usage: layer_check.py BUILD_FOLDER [CASES]    (make oracle; Debian: python3-torch, python3-numpy)
A result may differ by 1e-5 of the largest magnitude in its tensor; where PyTorch's own single precision differs by more (batch norms whose
gradients cancel), by three times that.
"""
import itertools
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F

ACTIVATIONS = ["identity", "relu", "leaky_relu", "tanh", "sigmoid"]
TOLERANCE = 1e-5


def read_safetensors(path):
    data = pathlib.Path(path).read_bytes()
    n = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + n])
    out = {}
    for name, info in header.items():
        if name != "__metadata__":
            begin, end = info["data_offsets"]
            out[name] = np.frombuffer(data[8 + n + begin:8 + n + end], np.float32).reshape(info["shape"])
    return out


def toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    return str(value)


def shape_text(shape):
    return "x".join(str(n) for n in shape)


def conv_side(n, k, s, lo, hi):
    return (n + lo + hi - k) // s + 1


def random_case(r, kind):
    """A case of one or a few layers; None when its shapes are impossible."""
    axes = r.choice([1, 2, 2, 2, 3])
    most = 4 if axes == 3 else 8
    side = [r.randint(1, most) for _ in range(axes)]
    channels = r.choice([1, 2, 3, 5, 8, 17, 33])
    f = r.choice(ACTIVATIONS)
    case = {"input": shape_text([channels, *side]), "batch": r.randint(6, 9), "training": r.random() < 0.8}
    window = {"kernel": [r.randint(1, 3 if axes == 3 else 5) for _ in side], "stride": [r.randint(1, 3) for _ in side],
              "padding": [r.randint(0, 2) for _ in side], "padding_high": [r.randint(0, 2) for _ in side]}
    out = [conv_side(*v) for v in zip(side, window["kernel"], window["stride"], window["padding"], window["padding_high"])]
    norm = r.choice(["none", "batch"])
    if kind == "dense":
        layer = {"type": "dense", "units": r.choice([1, 3, 16, 70]), "activation": f, "norm": norm}
    elif kind == "conv":
        layer = {"type": "conv", "channels": r.choice([1, 2, 7, 16, 20, 48, 65]), "activation": f, "norm": norm, **window}
        if min(out) < 1:
            return None
    elif kind == "conv_transpose":
        extra = [r.randint(0, 1) for _ in side]
        layer = {"type": "conv_transpose", "channels": r.choice([1, 2, 7, 16, 20, 48, 65]), "activation": f, "norm": norm, "output_padding": extra,
                 "form": r.choice(["zero_free", "zero_inserted"]), **window}
        full = [(n - 1) * s + k for n, s, k in zip(side, window["stride"], window["kernel"])]
        out = [n - lo - hi + e for n, lo, hi, e in zip(full, window["padding"], window["padding_high"], extra)]
        if min(out) < 1 or any(lo >= n for lo, n in zip(window["padding"], full)):
            return None
    elif kind in ("avg_pool", "max_pool"):
        layer = {"type": kind, **window}
        reach = [(lo + hi < k) for lo, hi, k in zip(window["padding"], window["padding_high"], window["kernel"])]
        if min(out) < 1 or not all(reach) or any(lo * 2 > k for lo, k in zip(window["padding"], window["kernel"])):
            return None
        # Every window must hold a position of the map.
        for n, k, s, lo, o in zip(side, window["kernel"], window["stride"], window["padding"], out):
            if (o - 1) * s - lo >= n:
                return None
    elif kind == "batch_norm":
        layer = {"type": "batch_norm", "activation": f}
    elif kind == "activation":
        layer = {"type": "activation", "activation": f}
    elif kind == "residual":
        layer = {"type": "residual", "channels": r.choice([0, channels, channels + 3]), "kernel": [3], "stride": [r.choice([1, 2])], "padding": [1], "activation": f,
                 "norm": norm}
    case["layers"] = [layer]
    if kind == "dense" and r.random() < 0.5:  # a map, flattened position by position
        case["layers"].insert(0, {"type": "conv", "channels": 3, "kernel": [1], "stride": [1], "padding": [0]})
    return case


def activate(y, layer):
    f = layer.get("activation", "identity")
    return {"identity": lambda v: v, "relu": torch.relu, "leaky_relu": lambda v: F.leaky_relu(v, 0.2), "tanh": torch.tanh, "sigmoid": torch.sigmoid}[f](y)


class Parameters:
    """Tensors of the program's state as torch leaves, by name."""

    def __init__(self, tensors, prefix, dtype):
        self.leaves = {name[len(prefix):]: torch.tensor(value).to(dtype).requires_grad_(True) for name, value in tensors.items() if name.startswith(prefix)}

    def __getitem__(self, name):
        return self.leaves["net/" + name]

    def has(self, name):
        return "net/" + name in self.leaves


def per_axis(values, n):
    return [values[0]] * n if len(values) == 1 else values


def window_of(layer, n):
    k, s, lo = (per_axis(layer[key], n) for key in ("kernel", "stride", "padding"))
    return k, s, lo, per_axis(layer.get("padding_high", layer["padding"]), n), per_axis(layer.get("output_padding", [0]), n)


def pads(lo, hi):
    return [v for pair in reversed(list(zip(lo, hi))) for v in pair]


def norm_of(p, y, name, training, statistics):
    mean, variance = p[name + "/mean"].detach().clone(), p[name + "/variance"].detach().clone()
    y = F.batch_norm(y, mean, variance, p[name + "/gamma"], p[name + "/beta"], training, 0.1, 1e-5)
    statistics[name] = (mean, variance)
    return y


def conv(p, x, layer, name):
    n = x.dim() - 2
    k, s, lo, hi, _ = window_of(layer, n)
    w = p[name + "/weights"].reshape(*k, x.shape[1], -1)
    w = w.permute(n + 1, n, *range(n))
    return [F.conv1d, F.conv2d, F.conv3d][n - 1](F.pad(x, pads(lo, hi)), w, None, s)


def conv_transpose(p, x, layer, name):
    n = x.dim() - 2
    k, s, lo, hi, extra = window_of(layer, n)
    c_in, c_out = x.shape[1], layer["channels"]
    full = [(a - 1) * b + c for a, b, c in zip(x.shape[2:], s, k)]
    out = [a - b - c + d for a, b, c, d in zip(full, lo, hi, extra)]
    if p.has(name + "/weights"):
        w = p[name + "/weights"].reshape(*k, c_in, c_out)
    else:  # one matrix a phase: its taps in ascending order
        w = torch.zeros(*k, c_in, c_out, dtype=x.dtype)
        number = 0
        for phase in itertools.product(*(range(v) for v in s)):
            taps = [t for t in itertools.product(*(range(v) for v in k)) if all(a % b == c for a, b, c in zip(t, s, phase))]
            outputs = all(any((o + b) % c == d for o in range(a)) for a, b, c, d in zip(out, lo, s, phase))
            if not taps or not outputs:
                continue
            number += 1
            part = p[f"{name}/phase{number}/weights"].reshape(len(taps), c_in, c_out)
            index = [torch.tensor([t[a] for t in taps]) for a in range(n)]
            w = w.index_put(tuple(index), part)
    w = w.permute(n, n + 1, *range(n))
    y = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][n - 1](x, w, None, s)
    more = [max(0, a + b - c) for a, b, c in zip(lo, out, full)]
    y = F.pad(y, pads([0] * n, more))
    for a in range(n):
        y = y.narrow(a + 2, lo[a], out[a])
    return y


def linear(p, y, name, layer, training, statistics):
    """Bias, normalisation and activation after a linear map."""
    if p.has(name + "/bias") and layer.get("norm", "none") == "none":
        y = y + p[name + "/bias"].reshape(1, -1, *[1] * (y.dim() - 2))
    if layer.get("norm", "none") == "batch":
        y = norm_of(p, y, name + "/norm", training, statistics)
    return activate(y, layer)


def pool(x, layer):
    n = x.dim() - 2
    k, s, lo, hi, _ = window_of(layer, n)
    if layer["type"] == "max_pool":
        return [F.max_pool1d, F.max_pool2d, F.max_pool3d][n - 1](F.pad(x, pads(lo, hi), value=-1e30), k, s)
    average = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][n - 1]
    return average(F.pad(x, pads(lo, hi)), k, s) / average(F.pad(torch.ones_like(x), pads(lo, hi)), k, s)


def forward(case, p, x, statistics):
    for number, layer in enumerate(case["layers"], 1):
        kind, training = layer["type"], case["training"]
        name = kind + str(number)
        if kind == "dense":
            if number > 1:  # feature maps are flattened position by position
                x = x.permute(0, *range(2, x.dim()), 1)
            x = linear(p, x.reshape(len(x), -1) @ p[name + "/weights"].reshape(-1, layer["units"]), name, layer, training, statistics)
        elif kind == "conv":
            x = linear(p, conv(p, x, layer, name), name, layer, training, statistics)
        elif kind == "conv_transpose":
            x = linear(p, conv_transpose(p, x, layer, name), name, layer, training, statistics)
        elif kind == "residual":
            plain, second = dict(layer, activation="identity"), dict(layer, stride=[1], activation="identity")
            y = linear(p, conv(p, x, layer, name + "/conv1"), name + "/conv1", layer, training, statistics)
            y = linear(p, conv(p, y, second, name + "/conv2"), name + "/conv2", second, training, statistics)
            if p.has(name + "/shortcut/weights"):
                x = linear(p, conv(p, x, dict(plain, kernel=[1], padding=[0]), name + "/shortcut"), name + "/shortcut", plain, training, statistics)
            x = activate(x + y, layer)
        elif kind == "batch_norm":
            x = activate(norm_of(p, x, name, training, statistics), layer)
        elif kind == "activation":
            x = activate(x, layer)
        else:
            x = pool(x, layer)
    return x


def play(case, t, dtype):
    """What PyTorch says of a case: name -> array, under the names of the program's results."""
    p = Parameters(t, "before/", dtype)
    shape = [int(v) for v in case["input"].split("x")]
    x = torch.tensor(t["x"]).to(dtype).reshape(-1, *shape).requires_grad_(True)
    statistics = {}
    y = forward(case, p, x, statistics)
    y.backward(torch.tensor(t["dy"]).to(dtype).reshape(y.shape))
    out = {"forward y": y, "error dx": x.grad}
    for name, leaf in p.leaves.items():
        if not name.endswith(("/mean", "/variance")):  # what one step of length 1 leaves
            out["gradient after/" + name] = leaf.detach() - (leaf.grad if leaf.grad is not None else 0)
    for name, (mean, variance) in statistics.items():
        if case["training"]:
            out[f"statistics after/net/{name}/mean"], out[f"statistics after/net/{name}/variance"] = mean, variance
    return {name: value.detach().double().numpy() for name, value in out.items()}


def check(case, t, label, faults, worst):
    theirs, single = play(case, t, torch.float64), None
    for name, expected in theirs.items():
        kind, key = name.split(" ")
        scale = max(np.abs(expected).max(), 1e-3)
        if kind == "gradient":
            scale = max(np.abs(expected - t[key.replace("after/", "before/")].reshape(expected.shape)).max(), scale)
        error = np.abs(t[key].reshape(expected.shape) - expected).max() / scale
        worst[kind] = max(worst.get(kind, 0), error)
        if error <= TOLERANCE:
            continue
        single = single or play(case, t, torch.float32)
        own = np.abs(single[name] - expected).max() / scale
        if not error <= 3 * own:
            faults.append(f"{label} {name}: relative error {error:.2e}, PyTorch's own in single precision {own:.2e}")
        else:
            worst["excused"] = worst.get("excused", 0) + 1


def main():
    program, n = str(pathlib.Path(sys.argv[1]) / "bin/layer_program"), int(sys.argv[2]) if len(sys.argv) > 2 else 600
    r = random.Random(7)
    kinds = ["conv", "conv_transpose", "conv", "conv_transpose", "dense", "residual", "batch_norm", "avg_pool", "max_pool", "activation"]
    cases, k = [], 0
    while len(cases) < n:
        case = random_case(r, kinds[k % len(kinds)])
        if case is not None:
            cases.append(case)
            k += 1
    text = ""
    for case in cases:
        text += "[[case]]\n" + "".join(f"{key} = {toml(case[key])}\n" for key in ("input", "batch", "training"))
        for layer in case["layers"]:
            text += "[[case.layer]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in layer.items())
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "cases.toml").write_text(text)
        subprocess.run([program, str(folder / "cases.toml"), str(folder / "out.safetensors")], check=True)
        tensors = read_safetensors(folder / "out.safetensors")
    by_case = {}
    for name, value in tensors.items():
        case, rest = name.split("/", 1)
        by_case.setdefault(int(case[4:]), {})[rest] = value
    faults, worst = [], {}
    for number, case in enumerate(cases):
        check(case, by_case[number], f"case {number} {case}", faults, worst)
    print("\n".join(faults[:20]))
    print(f"{len(cases)} cases, {len(faults)} faults; largest relative errors: " + ", ".join(f"{k} {v:.1e}" for k, v in sorted(worst.items()) if k != "excused")
          + f"; {worst.get('excused', 0)} tensors judged by PyTorch's own single precision")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
