"""Data sets as arrays, and the quality of images."""
from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import _arrays, _core, _places
from ._errors import ConfigError, DataError
from ._log import hear
from ._types import PathLike, Reals

if TYPE_CHECKING:
    import numpy as np
else:
    from ._lazy import np


def _as_shown(planar: np.ndarray[Any, Any], shape: Sequence[int]) -> np.ndarray[Any, Any]:
    """uint8 [n, h, w], or [n, h, w, 3] for colour, of planar rows."""
    channels, height, width = shape
    maps = planar.reshape(len(planar), channels, height, width)
    return maps[:, 0] if channels == 1 else np.ascontiguousarray(np.moveaxis(maps, 1, 3))


class Images:
    """Labelled images: `pixels` uint8 [n, h, w(, 3)], `labels` uint8 [n] or empty, `class_names`, `signed` float32 in [-1, 1]; `len()` of it is n.

    >>> some = images("synthetic-digits", classes=[3])
    >>> set(some.labels.tolist()), some.signed.dtype.name, len(some) == len(some.pixels)
    ({3}, 'float32', True)
    """

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.name, self.split, self.class_names, self.sha256 = said["name"], said["split"], said["class_names"], said["sha256"]
        self.pixels, self.labels = _as_shown(said["pixels"], said["shape"]), said["labels"]

    @property
    def signed(self) -> np.ndarray[Any, Any]:
        """The pixels as networks take them: v / 127.5 - 1, float32."""
        return (self.pixels / np.float32(127.5) - np.float32(1)).astype(np.float32)

    def __len__(self) -> int:
        return len(self.pixels)

    def __repr__(self) -> str:
        return f"Images({self.name}:{self.split}, {' x '.join(map(str, self.pixels.shape))})"


def _classes(classes: int | Sequence[int] | None) -> list[int]:
    return [] if classes is None else [_arrays.whole("classes", c, 0, 255) for c in (classes if isinstance(classes, (list, tuple, range, np.ndarray)) else [classes])]


def images(dataset: PathLike, classes: int | Sequence[int] | None = None, split: str = "train", *, side: int = 0) -> Images:
    """Images of a data set by name or path. `classes`: only these; `split`: "train" or "test"; `side`: made this high and wide.
    DataError where it is not there (with how to get it); ConfigError for an unknown name or class.

    >>> images("synthetic-digits", classes=[3]).pixels.shape[1:]
    (28, 28)
    """
    return Images(_core.images(_places.library(), os.fspath(dataset), _classes(classes), split, _arrays.whole("side", side, 0, 4096)))


class Quality:
    """How real and how varied images are: the keys of summary.json as attributes, and as a dict by `to_dict()`.

    >>> found = quality(images("synthetic-digits", split="test").pixels[:64], "synthetic-digits")
    >>> found.collapsed, found["coverage"] == found.coverage
    (False, True)
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._values]

    def to_dict(self) -> dict[str, Any]:
        """The keys of summary.json with their values."""
        return dict(self._values)

    def __repr__(self) -> str:
        v = self._values
        return (f"Quality(accuracy {v['classifier_accuracy']:.3f}, Frechet distance {v['frechet_distance']:.4g}, coverage {v['coverage']:.3f}, "
                f"mean pairwise distance {v['mean_pairwise_distance']:.4g}{', collapsed' if v['collapsed'] else ''})")


def quality(images: Reals, dataset: PathLike, classes: int | Sequence[int] | None = None, *, features: str = "auto") -> Quality:
    """Quality of images against a data set, by the same code as `ganbar evaluate`: the numbers of docs/metrics.md.

    `images`: uint8 [n, h, w] or [n, h, w, 3], 0 = black. `dataset`: what real images are, "mnist" or "mnist:test" (the default split where there
    is one). `classes`: those wanted. `features`: whose classifier sees the images. DataError: too few images, another size than the reference's.
    The first call on a data set trains its classifier (a minute), which the cache keeps.

    >>> test = images("synthetic-digits", classes=3, split="test")
    >>> quality(test.pixels[:64], "synthetic-digits", classes=3).classifier_accuracy > 0.9
    True
    """
    a = np.asarray(images)
    if a.dtype != np.uint8:
        raise ConfigError(f"images is an array of {a.dtype}; expected uint8, 0 (black) to 255")
    if a.ndim not in (3, 4) or (a.ndim == 4 and a.shape[3] not in (1, 3)):
        raise ConfigError(f"images has the shape {a.shape}; expected [n, h, w] or [n, h, w, 3]")
    if len(a) == 0:
        raise DataError("there are no images; expected some")
    maps = a[:, None] if a.ndim == 3 else np.moveaxis(a, 3, 1)
    planar = np.ascontiguousarray(maps).reshape(len(a), -1)
    return Quality(_core.quality(_places.library(), planar, list(maps.shape[1:]), os.fspath(dataset), _classes(classes), features, hear))
