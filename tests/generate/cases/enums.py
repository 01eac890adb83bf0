"""Columns with a fixed set of labels: types on PostgreSQL, part of the column on MariaDB, checks elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tests.generate.cases.case import MYSQL, POSTGRESQL, Case, Models, Pair, both, item, table

C = sa.Column
NATIVE = {"engines": (POSTGRESQL, MYSQL), "reason": "SQLite has no enums of its own"}
TYPES = {"engines": (POSTGRESQL,), "reason": "only PostgreSQL's enums are types of their own"}
HAPPY = ("insert into item (id, mood) values (1, 'ok'), (2, 'happy')",)
SEEN = {"select id, trim(cast(mood as char(9))) from item order by id": [(1, "ok"), (2, "happy")]}
OURS = frozenset({"item.mood"})
NOT_THERE: frozenset[str] = frozenset()


def moods(*labels, name="mood", **options) -> Models:
    """A table with a mood."""
    return lambda m: item(m, C("mood", sa.Enum(*labels, name=name), **options))


def checked(*labels) -> Models:
    """A table with a mood that a check guards."""
    kind = {"native_enum": False, "create_constraint": True, "length": 20}
    return lambda m: item(m, C("mood", sa.Enum(*labels, name="ck_item_mood", **kind)))


def plain(metadata):
    """A table without a mood."""
    item(metadata, C("name", sa.String(9)))


def with_mood(metadata):
    """The same with a mood."""
    item(metadata, C("name", sa.String(9)), C("mood", sa.Enum("sad", "ok", name="mood")))


def _people(*labels) -> Models:
    def declare(metadata):
        kind = sa.Enum(*labels, name="mood", metadata=metadata)
        item(metadata, C("mood", kind, server_default="ok", nullable=False), sa.Index("ix_item_mood", "mood"))
        table(metadata, "person", C("mood", kind), C("was", kind, server_default="ok"))

    return declare


def _used(*labels) -> Models:
    def declare(metadata):
        where = sa.text("mood = 'ok'")
        item(
            metadata,
            C("mood", sa.Enum(*labels, name="mood"), server_default="ok", nullable=False),
            sa.CheckConstraint("mood <> 'sad' or mood is not null", name="ck_item_mood"),
            sa.Index("ix_item_ok", "mood", postgresql_where=where),
        )

    return declare


def _array(*labels) -> Models:
    return lambda m: item(m, C("moods", postgresql.ARRAY(sa.Enum(*labels, name="mood"))))


def _new_table(metadata):
    plain(metadata)
    table(metadata, "person", C("mood", sa.Enum("sad", "it's 100% :x", name="Mood of"), server_default="sad"))


def _text(metadata):
    item(metadata, C("mood", sa.String(20)))


_VALUES = "native enum: value added / removed"
_THREE = ("sad", "ok", "happy")

CASES: tuple[Case, ...] = (
    *both("a label is added to an enum", "a label is removed from an enum", moods("ok", "happy"),
          moods("ok", "happy", "sad"), rows=HAPPY, then=SEEN, may_lose=OURS, line=_VALUES, **NATIVE),
    *both("a label is added in the middle of an enum", "a label is removed from the middle of an enum",
          moods("ok", "happy"), moods("ok", "so so", "happy"), rows=HAPPY, then=SEEN, may_lose=OURS, **NATIVE),
    *both("a label with a quote is added", "a label with a quote is removed", moods("ok", "happy"),
          moods("ok", "happy", "it's 100% :x"), rows=HAPPY, then=SEEN, may_lose=OURS, **NATIVE),
    *both("a label is added to an enum with a default, a check and an index",
          "a label is removed from an enum with a default, a check and an index", _used("ok", "sad"),
          _used("ok", "sad", "gone"), rows=("insert into item (id) values (1)",), may_lose=OURS, **NATIVE),
    *both("a label is added to an enum of several tables", "a label is removed from an enum of several tables",
          _people("ok", "sad"), _people("so so", "ok", "sad"),
          rows=("insert into item (id) values (1)", "insert into person (id, mood) values (1, 'sad')"),
          may_lose=OURS | {"person.mood", "person.was"}, **NATIVE),
    *both("a label is added to an array's enum", "a label is removed from an array's enum", _array("ok"),
          _array("ok", "sad"), rows=("insert into item (id, moods) values (1, '{ok,ok}')",),
          may_lose=frozenset({"item.moods"}), **TYPES),
    Case("an enum's labels stand in another order", moods("ok", "happy", "sad"), moods(*_THREE), rows=HAPPY,
         then=SEEN, line="enum order", **NATIVE),
    Case("an enum's label is renamed", moods(*_THREE), moods("down", "ok", "happy"),
         renamed={"label:mood.sad": "down"}, rows=("insert into item (id, mood) values (1, 'sad'), (2, 'ok')",),
         then={"select id, mood::text from item order by id": [(1, "down"), (2, "ok")]}, **TYPES),
    Case("an enum type is renamed", moods(*_THREE), moods(*_THREE, name="Feeling"), renamed={"type:mood": "Feeling"},
         rows=HAPPY, then=SEEN, line="enum type renamed; String->Enum", **TYPES),
    Case("a column gets another enum type with the same labels", moods(*_THREE), moods(*_THREE, name="feeling"),
         rows=HAPPY, then=SEEN, **TYPES),
    Case("a text becomes an enum", _text, moods(*_THREE), rows=HAPPY, then=SEEN, may_lose=OURS, **NATIVE,
         line="enum type renamed; String->Enum"),
    Case("an enum becomes a text", moods(*_THREE), _text, rows=HAPPY, then=SEEN, may_lose=OURS, **NATIVE),
    *both("a column with a new enum is added", "a column with the last use of an enum is removed", plain, with_mood,
          rows=("insert into item (id, name) values (1, 'a')",), lossy=Pair((NOT_THERE, OURS)),
          line=Pair(("column with new enum added", ""))),
    *both("a table with a new enum is added", "a table with the last use of an enum is removed", plain, _new_table,
          rows=("insert into item (id, name) values (1, 'a')",), lossy=Pair((NOT_THERE, frozenset({"person"}))),
          line=Pair(("table with enum added", ""))),
    *both("a label is added to a checked enum", "a label is removed from a checked enum", checked("ok", "happy"),
          checked("ok", "happy", "it's"), rows=HAPPY, may_lose=OURS,
          line=Pair(("non-native enum + CHECK, value added", ""))),
    Case("a checked enum's labels stand in another order", checked("ok", "happy"), checked("happy", "ok"), rows=HAPPY),
    Case("an enum's default changes", moods(*_THREE, server_default="ok"), moods(*_THREE, server_default="happy"),
         rows=HAPPY, then=SEEN, **NATIVE),
    Case("an enum becomes required", moods(*_THREE), moods(*_THREE, nullable=False), rows=HAPPY, then=SEEN, **NATIVE),
)  # fmt: skip
