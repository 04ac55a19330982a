"""Images for torch's DataLoader, and a generator as torch-fidelity takes it."""
import torch
from torch import nn

from ..data import images


class Dataset(torch.utils.data.Dataset):
    """Pairs (image, label): float32 [channels, height, width] in [-1, 1], int (0 where the data has none). Made by dataset()."""

    def __init__(self, found, transform=None):
        pixels = torch.from_numpy(found.pixels)
        self.pixels = pixels.unsqueeze(1) if pixels.dim() == 3 else pixels.permute(0, 3, 1, 2).contiguous()
        self.labels = torch.from_numpy(found.labels.astype("int64")) if len(found.labels) else torch.zeros(len(found), dtype=torch.int64)
        self.name, self.class_names, self.transform = found.name, list(found.class_names), transform

    def __len__(self):
        return len(self.pixels)

    def __getitem__(self, k):
        image = self.pixels[k].float().div_(127.5).sub_(1)
        return (image if self.transform is None else self.transform(image)), int(self.labels[k])

    def __repr__(self):
        return f"Dataset({self.name}, {len(self)} images, {' x '.join(map(str, self.pixels.shape[1:]))})"


def dataset(name, classes=None, split="train", *, side=0, transform=None):
    """A torch Dataset of ganbar.images(name, classes, split, side=side); transform: of each image, a float32 tensor [channels, height, width].

    >>> import torch
    >>> loader = torch.utils.data.DataLoader(dataset("synthetic-digits", classes=[3]), batch_size=4)
    >>> next(iter(loader))[0].shape
    torch.Size([4, 1, 28, 28])
    """
    return Dataset(images(name, classes, split, side=side), transform)


class FidelityGenerator(nn.Module):
    """A generator as torch_fidelity.calculate_metrics takes it: latents to uint8 images [n, 3, height, width]. torch-fidelity is imported when one is made.

    z_size: numbers of a latent vector; z_type: "normal", "unit" or "uniform_0_1", as torch-fidelity draws them. latents: a module that draws them in
    its place (Latents). shape: (channels, height, width) of the generator's flat rows, None where it gives maps. One channel is shown as three.
    The generator is read in evaluation mode. ValueError for images of another number of channels than 1 or 3.
    """

    def __init__(self, generator, z_size, *, z_type="normal", num_classes=0, latents=None, shape=None):
        super().__init__()
        if z_type not in ("normal", "unit", "uniform_0_1"):
            raise ValueError(f"z_type=\"{z_type}\" is not known; expected \"normal\", \"unit\" or \"uniform_0_1\"")
        self.generator, self.latents, self.shape = generator.eval(), latents, shape
        self.z_size, self.z_type, self.num_classes = z_size, z_type, num_classes
        self._introduce()

    def _introduce(self):
        try:
            from torch_fidelity import GenerativeModelBase
        except ImportError:  # nobody to show it to; it works without
            return
        GenerativeModelBase.register(type(self))

    @torch.no_grad()
    def forward(self, z, *labels):
        """uint8 [n, 3, height, width]"""
        z = z if self.latents is None else self.latents(len(z))
        x = self.generator(z, *labels)
        if self.shape is not None:
            x = x.reshape(len(x), *self.shape)
        if x.dim() != 4 or x.shape[1] not in (1, 3):
            raise ValueError(f"the generator gives {tuple(x.shape)}; expected [n, 1 or 3, height, width] or rows with shape=(channels, height, width)")
        x = ((x + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
        return x.expand(-1, 3, -1, -1) if x.shape[1] == 1 else x
