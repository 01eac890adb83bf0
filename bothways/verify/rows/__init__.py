"""Rows made from a snapshot, hard to carry: boundaries of types, NULLs, every label, unicode, quotes, long texts.

``plant`` fills tables; ``building`` makes rows, ``values`` their values, ``conditions`` and ``functions`` know CHECKs,
``order`` says which table comes first.
"""

from bothways.verify.rows.planting import Planting, plant

__all__ = ["Planting", "plant"]
