"""Rows made from a snapshot, hard to carry: boundaries of types, NULLs, every label, unicode, quotes, long texts.

``plant`` fills tables; ``order`` says which comes first, ``circles`` fills those that need each other, ``building``
makes rows of ``values`` and ``fresh`` ones, ``conditions``, ``grammar`` and ``functions`` know CHECKs.
"""

from bothways.verify.rows.planting import Planting, plant

__all__ = ["Planting", "plant"]
