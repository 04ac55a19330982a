"""Lines of the core go to the logger "ganbar"; the library prints nothing."""
from __future__ import annotations

import logging

logger = logging.getLogger("ganbar")
logger.addHandler(logging.NullHandler())


def hear(line: str) -> None:
    if line.startswith("warning: "):
        logger.warning("%s", line[len("warning: "):])
    else:
        logger.info("%s", line)
