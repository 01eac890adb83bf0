"""Python's garbage collector in a process that serves."""

from __future__ import annotations

import gc
from typing import Final

_THRESHOLD: Final = 20_000
"""Containers made and not yet gone before the collector looks: a page of rows alone has more than Python's own 700."""


def settle() -> None:
    """Keep what is there now for good, and look less often for what can go.

    Requests leave hardly any cycles behind. Without this the collector would look through the models, routes and
    libraries again and again, which stops every request for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_THRESHOLD, 20, 20)
