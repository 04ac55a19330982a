"""Random bits from simulated arrays, and the tests of SP 800-22 and SP 800-90B on any bits."""
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _arrays, _core, _places
from ._errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
else:
    from ._lazy import np


def generate(generator: str | None = None, *, bits: int, seed: int | None = None, trng: Mapping[str, Any] | None = None, **sections: Any) -> bytes:
    """Bits from a simulated generator, packed as `ganbar noise generate` writes them: first bit = most significant bit of byte 0.

    `generator`: "columns" (satyam2022, the default), "telegraph", "switching" or "thermal". `trng` and other sections (`noise_device`,
    `telegraph_trng`, ...): dicts of their keys.

    >>> len(generate(bits=80, seed=1))
    10
    """
    given = dict(sections, trng=trng)
    if generator is not None:
        given["noise"] = dict(given.get("noise") or {}, generator=generator)
    if seed is not None:
        given["experiment"] = {"seed": _arrays.whole("seed", seed, 0)}
    return _core.noise_generate(_places.library(), _arrays.whole("bits", bits, 1, 2**33), _arrays.settings(given))


def test(data: Any, format: str = "auto", *, bits: int = 0, entropy: bool = True) -> dict[str, Any]:
    """Statistical tests of random bits; a dict as `noise test --json` prints it.

    `data`: bytes, or a uint8 array. `format`: "auto", "packed", "ascii" (text of 0 and 1), "bytes" (one bit a byte) or "hex". `bits`: only the
    first so many; 0 = all. `entropy`: SP 800-90B too.

    >>> test(generate(bits=4096, seed=1), "packed", entropy=False)["n_bits"]
    4096
    """
    if isinstance(data, np.ndarray):
        if data.dtype not in (np.uint8, np.bool_):
            raise ConfigError(f"data is an array of {data.dtype}; expected uint8 or bool (bits as numbers: bits.astype(\"uint8\"), format=\"bytes\")")
        data = np.ascontiguousarray(data)
    try:
        view = memoryview(data)
        if view.itemsize != 1:
            raise ConfigError(f"data holds items of {view.itemsize} bytes; expected bytes or a uint8 array")
        data = bytes(view.cast("B"))
    except TypeError as fault:
        raise ConfigError(f"data is a {type(data).__name__}; expected bytes or a uint8 array") from fault
    found: dict[str, Any] = json.loads(_core.noise_test(data, format, _arrays.whole("bits", bits, 0), bool(entropy)))
    return found
