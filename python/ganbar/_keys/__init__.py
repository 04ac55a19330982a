"""Keys of every section of an experiment, for type checkers and completion. Made by tools/python_keys.py from the parameter declarations: do not edit."""
from __future__ import annotations

from typing import TypedDict

from ..device import Device as _Device
from ..device_model import DeviceModel as _DeviceModel
from .bits import Noise as Noise, SwitchingTrng as SwitchingTrng, TelegraphTrng as TelegraphTrng, ThermalTrng as ThermalTrng, Trng as Trng
from .cells import Device as Device, NoiseDevice as NoiseDevice
from .hardware import Accelerators as Accelerators, Data as Data, Experiment as Experiment, Hardware as Hardware, Nonideal as Nonideal, Periphery as Periphery, Tile as Tile, Wires as Wires
from .networks import Discriminator as Discriminator, DiscriminatorLayer as DiscriminatorLayer, Generator as Generator, GeneratorLayer as GeneratorLayer, Latent as Latent
from .training import Evaluation as Evaluation, Quality as Quality, Train as Train, TrainAdam as TrainAdam, TrainManhattan as TrainManhattan, TrainMixedPrecision as TrainMixedPrecision, TrainPulseTrain as TrainPulseTrain, TrainSgd as TrainSgd, TrainTikiTaka as TrainTikiTaka, TrainTikiTakaV2 as TrainTikiTakaV2


class Sections(TypedDict, total=False):
    """The sections that ganbar.load takes as keywords."""

    accelerators: Accelerators | None
    data: Data | None
    device: Device | _Device | _DeviceModel | None
    discriminator: Discriminator | None
    evaluation: Evaluation | None
    experiment: Experiment | None
    generator: Generator | None
    hardware: Hardware | None
    latent: Latent | None
    noise: Noise | None
    noise_device: NoiseDevice | None
    nonideal: Nonideal | None
    periphery: Periphery | None
    quality: Quality | None
    switching_trng: SwitchingTrng | None
    telegraph_trng: TelegraphTrng | None
    thermal_trng: ThermalTrng | None
    tile: Tile | None
    train: Train | None
    trng: Trng | None
    wires: Wires | None
