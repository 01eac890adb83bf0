"""Hypothesis' strategies: a set of models, grown edit by edit, and another that a few more edits make of it."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.generate import edits, parts
from tests.generate.mending import mended
from tests.generate.models import Evolution, Models
from tests.generate.pen import Pen

EDITS = {**edits.EDITS, **parts.EDITS}
GROWING = ("add column", "add unique", "add check", "add foreign key", "add index", "add view", "add table")
FEATURES = (
    "required", "default", "generated", "enum", "comment", "key", "own types", "odd names", "schema", "cast",
    "deferrable", "unnamed", "descending", "unique index", "partial", "expression", "include", "prefix", "materialized",
    "unrelated", "hints",
)  # fmt: skip
ALL = frozenset({*EDITS, *FEATURES})
"""The kinds of edits, and what the models may have."""


def _edited(pen: Pen, models: Models, names: list[str]) -> Models:
    name = pen.one(names) if models.tables else "add table"
    return mended(EDITS[name](pen, models), pen.engine)


@st.composite
def models(draw, engine: str, kinds: frozenset[str] = ALL, most: int = 10) -> Models:
    """A set of models of an engine, with what ``kinds`` allow."""
    pen = Pen(draw, engine, kinds)
    names = [name for name in GROWING if name in kinds]
    made = Models()
    for _ in range(draw(st.integers(1, 3))):
        made = _edited(pen, made, ["add table"])
    for _ in range(draw(st.integers(0, most))):
        made = _edited(pen, made, names)
    return made


@st.composite
def evolutions(draw, engine: str, kinds: frozenset[str] = ALL) -> Evolution:
    """Models and what a few edits make of them, or now and then something unrelated."""
    pen = Pen(draw, engine, kinds)
    before = after = draw(models(engine, kinds))
    if pen.may("unrelated", 10):
        after = draw(models(engine, kinds))
    else:
        names = [name for name in EDITS if name in kinds]
        for _ in range(draw(st.integers(1, 6))):
            after = _edited(pen, after, names)
    offline, keep = pen.may("hints", 3), pen.may("hints", 4)
    return Evolution(before, after, offline=offline, keep_data=keep)
