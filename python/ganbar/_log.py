"""Lines of the core go to the logger "ganbar". Where a program has set up no logging, Python itself shows its warnings on stderr, the rest is silent."""
from __future__ import annotations

import logging

logger = logging.getLogger("ganbar")


def hear(line: str) -> None:
    if line.startswith("warning: "):
        logger.warning("%s", line[len("warning: "):])
    else:
        logger.info("%s", line)
