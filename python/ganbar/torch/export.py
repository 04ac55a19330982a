"""A generator in cells as an ONNX file: what its reads multiply with, how its converters quantise, and their noise.

A layer becomes, as docs/analog.md describes a read: inputs converted at the full scale of the batch, a product with the conductances of each block,
Gaussian noise on its currents, conversion at the block's range, a sum in digital logic.
"""
import copy
import inspect
import pathlib
import tempfile
import warnings

import torch
from torch import nn

from .._errors import ConfigError
from .layers import AnalogLayer


def _codes(bits):
    return float(2 ** (bits - 1) - 1) if bits else 0.0


class _Part(nn.Module):
    """Reads of one matrix: rows [..., n_in] of the converters' inputs to [..., n_out]."""

    def __init__(self, graph, noisy):
        super().__init__()
        self.noisy, self.n_out = noisy, graph["n_out"]
        self.v_read, self.weight_per_S = graph["v_read"], graph["weight_per_S"]
        self.dac_codes, self.adc_codes = _codes(graph["dac_bits"]), _codes(graph["adc_bits"])
        self.groups = []
        rows = sorted({(b["row0"], b["g_S"].shape[0]) for b in graph["blocks"]})
        for k, (row0, n) in enumerate(rows):
            g, lsb, zero, slope = torch.zeros(n, self.n_out), *(torch.zeros(self.n_out) for _ in range(3))
            for b in graph["blocks"]:
                if (b["row0"], b["g_S"].shape[0]) != (row0, n):
                    continue
                cols = slice(b["col0"], b["col0"] + b["g_S"].shape[1])
                g[:, cols] = torch.from_numpy(b["g_S"])
                lsb[cols] = b["range_A"] / self.adc_codes if self.adc_codes else 0.0
                zero[cols] = torch.from_numpy(b["variance_zero_A2"]) + (graph["adc_noise_lsb"] * lsb[cols]) ** 2
                slope[cols] = torch.from_numpy(b["variance_slope_S2"])
            steps = torch.where(lsb > 0, 1 / lsb.clamp(min=1e-30), torch.zeros_like(lsb))  # codes per ampere; 0: passes as it is
            for name, values in (("g", g), ("steps", steps), ("lsb", lsb), ("passes", (lsb == 0).float()), ("zero", zero), ("slope", slope)):
                self.register_buffer(f"{name}{k}", values)
            draws = noisy and bool((zero > 0).any() or (slope > 0).any())
            self.groups.append((row0, n, draws, bool((lsb > 0).any())))

    @staticmethod
    def full_scale(x):
        largest = x.abs().max()
        return torch.where(largest > 0, largest, torch.ones_like(largest))

    def volts(self, x, full_scale):
        if not self.dac_codes:
            return torch.clamp(x / full_scale, -1.0, 1.0) * self.v_read
        return torch.clamp(torch.round(x * (self.dac_codes / full_scale)), -self.dac_codes, self.dac_codes) * (self.v_read / self.dac_codes)

    def forward(self, volts, largest):
        mean_v2 = (volts * volts).mean()
        total = 0.0
        for k, (row0, n, draws, converts) in enumerate(self.groups):
            current = torch.matmul(volts[..., row0:row0 + n], getattr(self, f"g{k}"))
            if draws:
                sigma = torch.sqrt(getattr(self, f"zero{k}") + getattr(self, f"slope{k}") * mean_v2)
                current = current + torch.randn_like(current) * sigma
            if converts:
                codes = torch.clamp(torch.round(current * getattr(self, f"steps{k}")), -self.adc_codes, self.adc_codes)
                current = codes * getattr(self, f"lsb{k}") + current * getattr(self, f"passes{k}")
            total = total + current
        return total * (self.weight_per_S / self.v_read) * largest


class _LinearReads(nn.Module):
    def __init__(self, layer, noisy, side):
        super().__init__()
        self.part = _Part(layer._store.parts[0].read_graph(), noisy)
        self.register_buffer("bias", None if layer.bias is None else layer.bias.detach().clone())

    def forward(self, x):
        largest = self.part.full_scale(x)
        y = self.part(self.part.volts(x, largest), largest)
        return y if self.bias is None else y + self.bias


class _ConvolutionReads(nn.Module):
    """Patches are gathered by the table that the cells' reads follow."""

    def __init__(self, layer, noisy, side):
        super().__init__()
        self.n_axes, self.c_in, self.c_out = layer._n_axes, layer.in_channels, layer.out_channels
        windows = layer._windows_of(side, layer.output_padding if layer.transposed_form else [0] * self.n_axes)
        self.out_side = list(windows.out_side)
        self.parts, targets, self.shapes = nn.ModuleList(), [], []
        tables = windows.tables()
        for k, part in layer._used_parts(windows):
            n_source, n_target, n_taps, source, target = tables[k]
            table = torch.tensor(source, dtype=torch.int64)
            met = torch.unique(table[table >= 0])
            self.register_buffer(f"met{k}", met if len(met) < n_source else None)
            self.register_buffer(f"source{k}", torch.where(table >= 0, table, torch.full_like(table, n_source)))  # row n_source is zero
            self.parts.append(_Part(part.read_graph(), noisy))
            self.shapes.append((len(target), n_taps))
            targets += target
        self.n_target = n_target
        place = torch.full((n_target,), len(targets), dtype=torch.int64)  # positions that no part writes are zero
        place[torch.tensor(targets, dtype=torch.int64)] = torch.arange(len(targets))
        self.register_buffer("place", place)
        self.register_buffer("bias", None if layer.bias is None else layer.bias.detach().clone())

    def forward(self, x):
        rows = x.flatten(2).transpose(1, 2)  # [batch, positions, channels]
        outputs = []
        for k, (part, (n_patches, n_taps)) in enumerate(zip(self.parts, self.shapes)):
            met, table = getattr(self, f"met{k}"), getattr(self, f"source{k}")
            largest = part.full_scale(rows if met is None else torch.index_select(rows, 1, met))
            volts = part.volts(rows, largest)
            volts = torch.cat([volts, torch.zeros_like(volts[:, :1])], 1)
            patches = torch.index_select(volts, 1, table).reshape(-1, n_patches, n_taps * self.c_in)
            outputs.append(part(patches, largest))
        outputs.append(torch.zeros_like(outputs[0][:, :1]))
        y = torch.index_select(torch.cat(outputs, 1), 1, self.place)
        if self.bias is not None:
            y = y + self.bias
        return y.transpose(1, 2).reshape(-1, self.c_out, *self.out_side)


def _latent_like(generator, latent):
    if torch.is_tensor(latent):
        return latent.detach().float()
    if latent is None:
        for m in generator.modules():
            if isinstance(m, nn.Linear):
                latent = (m.in_features,)
            elif isinstance(m, (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)):
                latent = (m.in_channels, *[1] * len(m.kernel_size))
            if latent is not None:
                break
        else:
            raise ConfigError("the generator begins with no linear or transposed convolution layer; expected latent=(shape of one latent vector)")
    shape = (latent,) if isinstance(latent, int) else tuple(latent)
    return torch.randn(64, *shape, generator=torch.Generator().manual_seed(1))


def _replaced(generator, latents, noisy):
    """A copy in eval mode whose layers in cells are plain operations; ranges of converters that no read has set follow 64 latents."""
    copied = copy.deepcopy(generator).eval()
    sides, hooks = {}, []

    def note(module, inputs):
        side = tuple(inputs[0].shape[2:]) if not isinstance(module, nn.Linear) else ()
        if sides.setdefault(module, side) != side:
            raise ConfigError(f"{module.name}: it is used with maps of {sides[module]} and of {side}; expected one size in a graph")

    layers = [m for m in copied.modules() if isinstance(m, AnalogLayer)]
    for m in layers:
        hooks.append(m.register_forward_pre_hook(note))
    with torch.no_grad():
        copied(latents)
    for h in hooks:
        h.remove()
    for name, m in list(copied.named_modules()):
        if m not in sides or not isinstance(m, AnalogLayer):
            continue
        new = (_LinearReads if isinstance(m, nn.Linear) else _ConvolutionReads)(m, noisy, sides[m])
        if not name:
            return new.eval()
        setattr(copied.get_submodule(name.rpartition(".")[0]), name.rpartition(".")[2], new)
    return copied.eval()


def _write(model, latents, opset):
    named = {"input_names": ["latent"], "output_names": ["images"], "dynamic_axes": {"latent": {0: "batch"}, "images": {0: "batch"}}, "opset_version": opset}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        named["dynamo"] = False
    with tempfile.TemporaryDirectory() as folder, torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the tracing exporter, which every version has
        file = pathlib.Path(folder) / "graph.onnx"
        try:
            torch.onnx.export(model, (latents,), str(file), **named)
        except ImportError as fault:
            raise RuntimeError(f"torch {torch.__version__} writes ONNX files with packages that are not here ({fault}); pip install onnx onnxscript") from fault
        return file.read_bytes()


def export_onnx(generator, path, noise="none", *, latent=None, opset=17):
    """Writes the generator as an ONNX graph: input "latent" [batch, ...], output "images", any batch.

    Layers in cells keep their conductances, wires and quantising converters as they are after training, at the ranges that training left (those of
    layers never read follow 64 Gaussian latents); evaluation mode, also of batch norms. noise: "none", or "reads": the read noise of the cells and the
    converters' own noise, drawn anew at each run of the graph. latent: shape of one latent vector, or latents as an example; taken from the first
    layer when None. opset: from 13. Returns the path. ConfigError for what cannot be; RuntimeError where torch lacks a package to write with.
    """
    if noise not in ("none", "reads"):
        raise ConfigError(f"noise=\"{noise}\" is not known; expected \"none\" or \"reads\"")
    if opset < 13:
        raise ConfigError(f"opset={opset} lacks operations that reads need; expected 13 or more")
    latents = _latent_like(generator, latent)
    model = _replaced(generator, latents, noise == "reads")
    content = _write(model, latents[:2] if len(latents) > 1 else latents, opset)
    path = pathlib.Path(path)
    path.write_bytes(content)
    return path
