"""Layers in real cells against the layers of the C++ networks on the same streams: equal bit for bit, forward, back, after pulses."""
import json
import os
import pathlib
import subprocess

import numpy
import pytest

torch = pytest.importorskip("torch", reason="python3-torch is among the packages of `make test`")

import ganbar  # noqa: E402
from ganbar.torch import AnalogConv1d, AnalogConv2d, AnalogConv3d, AnalogConvTranspose1d, AnalogConvTranspose2d, AnalogConvTranspose3d, AnalogLinear, Pulses  # noqa: E402

# name: layer class and arguments, shape of its input, the same layer as a table of an experiment
CASES = {
    "linear": (AnalogLinear, (70, 90), (70,), 'type = "dense"\nunits = 90'),
    "conv1": (AnalogConv1d, (3, 5, 3, 2, 1), (3, 11), 'type = "conv"\nchannels = 5\nkernel = [3]\nstride = [2]\npadding = [1]'),
    "conv2": (AnalogConv2d, (9, 20, 3, 1, 1), (9, 6, 5), 'type = "conv"\nchannels = 20\nkernel = [3]\nstride = [1]\npadding = [1]'),
    "conv3": (AnalogConv3d, (2, 4, 2, 1, 0), (2, 4, 3, 4), 'type = "conv"\nchannels = 4\nkernel = [2]\nstride = [1]\npadding = [0]'),
    "tconv1": (AnalogConvTranspose1d, (4, 3, 4, 2, 1), (4, 6), 'type = "conv_transpose"\nchannels = 3\nkernel = [4]\nstride = [2]\npadding = [1]'),
    "tconv2": (AnalogConvTranspose2d, (10, 6, 4, 2, 1), (10, 4, 3), 'type = "conv_transpose"\nchannels = 6\nkernel = [4]\nstride = [2]\npadding = [1]'),
    "tconv3": (AnalogConvTranspose3d, (3, 2, 2, 2, 0), (3, 2, 3, 2), 'type = "conv_transpose"\nchannels = 2\nkernel = [2]\nstride = [2]\npadding = [0]'),
}
HARDWARE = {
    "real": {"device": {"d2d": "A"}, "nonideal": {"read_noise": 0.02}},
    "offset": {"tile": {"mapping": "offset", "rows": 32, "cols": 16, "adc_noise_lsb": 0.3}, "nonideal": {"read_noise": 0.02}},
    "differential": {"tile": {"mapping": "differential", "placement": "dense"}, "device": {"model": "soft_bounds", "c2c": 0.3, "d2d": True, "read_noise": 0.02}},
}


def tensors_of(path):
    raw = path.read_bytes()
    n = int.from_bytes(raw[:8], "little")
    head = json.loads(raw[8:8 + n])
    return {k: torch.from_numpy(numpy.frombuffer(raw[8 + n:], "<f4", count=(v["data_offsets"][1] - v["data_offsets"][0]) // 4, offset=v["data_offsets"][0]).reshape(v["shape"]).copy())
            for k, v in head.items() if k != "__metadata__"}


def said_by_networks(hardware, folder):
    (folder / "hardware.toml").write_text(hardware.toml)
    cases = []
    for name, (_, _, shape, table) in CASES.items():
        cases.append(f'[[case]]\nname = "{name}"\ninput = "{"x".join(map(str, shape))}"\nbatch = 4\nseed = {len(cases) + 5}\nw_max = 0.5\n[[case.layer]]\n{table}\n')
    (folder / "cases.toml").write_text("\n".join(cases))
    program = os.environ.get("GANBAR_LAYER_REFERENCE") or pathlib.Path(os.environ["GANBAR_PROGRAM"]).parent / "layer_reference"
    subprocess.run([str(program), str(folder / "hardware.toml"), str(folder / "cases.toml"), str(folder / "out.safetensors")], check=True)
    return tensors_of(folder / "out.safetensors")


@pytest.mark.parametrize("kind", HARDWARE)
def test_layers_have_the_networks_bits(kind, tmp_path):
    hardware = ganbar.hardware("satyam2022-balanced", **HARDWARE[kind])
    there = said_by_networks(hardware, tmp_path)
    for k, (name, (make, arguments, shape, _)) in enumerate(CASES.items()):
        get = lambda what: there[f"{name}/{what}"]
        layer = make(*arguments, bias=False, hardware=hardware, w_max=0.5, seed=k + 5, name=name)
        parts = [get(key[len(name) + 1:]) for key in sorted(t for t in there if t.startswith(f"{name}/w"))]
        with torch.no_grad():
            layer.weight.copy_(layer._weight_from([p.numpy() for p in parts]))
        optimizer = Pulses(layer.parameters(), rule="manhattan")
        x = get("x").reshape(-1, *shape).requires_grad_()
        y = layer(x)
        assert torch.equal(y.reshape(len(x), -1), get("y")), name
        y.backward(get("dy").reshape(y.shape))
        assert torch.equal(x.grad.reshape(len(x), -1), get("dx")), name
        optimizer.step()
        for p, part in enumerate(layer._store.parts):
            assert torch.equal(torch.from_numpy(part.weights().copy()), get(f"moved{p}")), name
        assert torch.equal(layer(x).reshape(len(x), -1), get("again")), name
