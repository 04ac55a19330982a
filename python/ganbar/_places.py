"""Where things lie on this machine, asked once: the rules of the command line (src/ganbar/app/places.h) seen from the package."""
from __future__ import annotations

import functools
import os
import pathlib

from . import _core


def _folders() -> tuple[list[str], str | None, list[str]]:
    here = pathlib.Path(__file__).resolve().parent
    tree = here.parents[1] if (here.parents[1] / "presets" / "experiments").is_dir() else None
    data: list[str] = []
    presets: list[str] = []
    if os.environ.get("GANBAR_DATA"):
        data.append(os.environ["GANBAR_DATA"])
    if tree:
        data.append(os.path.normpath(tree / "../shared/data"))
    said = os.environ.get("XDG_CACHE_HOME", "")
    home = os.environ.get("HOME", "")
    cache = os.path.join(said, "ganbar") if os.path.isabs(said) else os.path.join(home, ".cache", "ganbar") if os.path.isabs(home) else None
    if cache:
        data.append(cache)
    data.append("/usr/share/datasets")
    if os.environ.get("GANBAR_PRESETS"):
        presets.append(os.environ["GANBAR_PRESETS"])
    if tree:
        presets.append(str(tree / "presets"))
    presets.append(str(here / "presets"))
    return data, cache, presets


@functools.lru_cache(maxsize=4)
def _make(data: tuple[str, ...], cache: str | None, presets: tuple[str, ...]) -> _core.Library:
    return _core.Library.make(list(data), cache, list(presets))


def library() -> _core.Library:
    """The library as the environment has it now; a change of GANBAR_DATA or GANBAR_PRESETS counts from the next call on."""
    data, cache, presets = _folders()
    return _make(tuple(data), cache, tuple(presets))
