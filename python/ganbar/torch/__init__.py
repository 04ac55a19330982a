"""Layers of PyTorch whose weights are cells of simulated crossbars: forward and backward passes are reads, the optimizer's step is voltage pulses.

>>> import torch, ganbar
>>> from ganbar.torch import AnalogLinear, Pulses
>>> _ = torch.manual_seed(0)
>>> layer = AnalogLinear(4, 3, hardware=ganbar.hardware("satyam2022-balanced"))
>>> layer(torch.ones(2, 4)).shape
torch.Size([2, 3])
"""
from .convert import convert, ledger, plan, refabricate, rest, to_digital
from .data import FidelityGenerator, dataset
from .export import export_onnx
from .layers import (AnalogConv1d, AnalogConv2d, AnalogConv3d, AnalogConvTranspose1d, AnalogConvTranspose2d, AnalogConvTranspose3d, AnalogLayer,
                     AnalogLinear, Latents)
from .optim import Pulses

__all__ = ["AnalogConv1d", "AnalogConv2d", "AnalogConv3d", "AnalogConvTranspose1d", "AnalogConvTranspose2d", "AnalogConvTranspose3d", "AnalogLayer",
           "AnalogLinear", "FidelityGenerator", "Latents", "Pulses", "convert", "dataset", "export_onnx", "ledger", "plan", "refabricate", "rest", "to_digital"]
