"""Names as they were perhaps meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the known names nearest to ``name``, or all of them where none is near."""
    names = sorted(known)
    close = get_close_matches(name.lower(), [n.lower() for n in names], n=3, cutoff=0.5)
    by_lower = {n.lower(): n for n in names}
    if close:
        return "did you mean " + " or ".join(by_lower[c] for c in close) + "?"
    if not names:
        return "there are none yet"
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return f"known: {shown}"
