"""Types of what is handed in, for annotations."""
from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Union

PathLike = Union[str, "os.PathLike[str]"]
Quantity = Union[float, str]  # SI, or a text with its unit
Reals = Any  # whatever numpy makes an array of numbers of
Names = Union[str, Sequence[str]]
