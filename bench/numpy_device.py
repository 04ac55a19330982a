#!/usr/bin/env python3
"""What a device model in numpy costs beside its twin in C++: processor time of one thread for an update and a read of the founding GAN's largest layer.

usage: numpy_device.py [--repeats N]    prints one JSON object

Twins are soft_bounds with noise from pulse to pulse, and the same with a sinh current, whose reads ask the model (built in: the table model with
iv = "sinh"). Contenders take turns; medians.
"""
import argparse
import json
import statistics
import time

import numpy as np
import torch

import ganbar
from ganbar.torch import AnalogLinear, Pulses

f32 = np.float32
BATCH = 608


class SoftBounds(ganbar.DeviceModel):
    window = ("150 uS", "300 uS")

    def pulse(self, cells, v, width, noise):
        up = v > 0
        bound = np.where(up, f32(300e-6), f32(150e-6))
        part = np.where(abs(v) >= 0.4999995, f32(0.01), f32(0)) * np.maximum(f32(0), f32(1) + f32(0.3) * noise[0])
        cells.g = np.where(np.where(up, cells.g < bound, cells.g > bound), cells.g + np.minimum(part, f32(1)) * (bound - cells.g), cells.g)


class Sinh(SoftBounds):
    def current(self, cells, v):
        return cells.g * np.sinh(2 * v) / 2


def layers():
    built_in = {"model": "soft_bounds", "c2c": 0.3}
    curved = {"model": "table", "iv": "sinh", "iv_b": 2.0}
    out = {}
    for name, device in {"ohmic, C++": built_in, "ohmic, numpy": SoftBounds(), "sinh, C++": curved, "sinh, numpy": Sinh()}.items():
        torch.manual_seed(1)
        layer = AnalogLinear(128, 784, hardware=ganbar.hardware("satyam2022-balanced", device=device), w_max=0.5, name="dense")
        out[name] = layer, Pulses(layer.parameters(), v_set="1 V", v_reset="-1 V")
    return out


def turn(layer, pulses, x, dy):
    """Processor time of a forward read that finds fresh cells, of another, and of the update between."""
    layer.weight.grad = dy
    marks = [time.process_time()]
    for work in (pulses.step, lambda: layer(x), lambda: layer(x)):
        with torch.no_grad():
            work()
        marks.append(time.process_time())
    return [b - a for a, b in zip(marks, marks[1:])]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeats", type=int, default=15)
    given = parser.parse_args()
    torch.set_num_threads(1), ganbar.threads(1)
    generator = torch.Generator().manual_seed(2)
    x = torch.randn(BATCH, 128, generator=generator)
    contenders = layers()
    seconds = {name: [] for name in contenders}
    for k in range(given.repeats + 2):
        dy = torch.randn(784, 128, generator=generator)
        for name, (layer, pulses) in contenders.items():
            spent = turn(layer, pulses, x, dy)
            if k >= 2:
                seconds[name].append(spent)
    ms = {name: dict(zip(("update", "first_read", "read"), (1e3 * statistics.median(column) for column in zip(*rows)))) for name, rows in seconds.items()}
    ratios = {kind: {what: ms[f"{kind}, numpy"][what] / ms[f"{kind}, C++"][what] for what in ms[f"{kind}, C++"]} for kind in ("ohmic", "sinh")}
    print(json.dumps({"ms": ms, "numpy_over_cpp": ratios}, indent=2))


if __name__ == "__main__":
    main()
