"""Columns as SQLAlchemy declares them, where that says exactly what the catalog has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bothways.code import Code, call
from bothways.dialects.drafting.postgresql_words import ident, own

if TYPE_CHECKING:
    from bothways.code import Call
    from bothways.dialects.drafting.postgresql_side import Side

_PLAIN: dict[str, Call] = {
    "text": call("sa.Text"), "smallint": call("sa.SmallInteger"), "integer": call("sa.Integer"),
    "bigint": call("sa.BigInteger"), "boolean": call("sa.Boolean"), "date": call("sa.Date"), "time": call("sa.Time"),
    "timestamp": call("sa.DateTime"), "timestamptz": call("sa.DateTime", timezone=True), "uuid": call("sa.Uuid"),
    "double precision": call("sa.Double"), "real": call("sa.REAL"), "bytea": call("sa.LargeBinary"),
    "interval": call("sa.Interval"), "json": call("sa.JSON"), "jsonb": call("postgresql.JSONB"),
    "numeric": call("sa.Numeric"), "varchar": call("sa.String"),
}  # fmt: skip
_SIZED = re.compile(r"(varchar|numeric)\((\d+)(?:,(\d+))?\)")
_COLLATION = re.compile(r'"([^"]+)"')
_ODD = re.compile(r"[:%\\\n]")


def column(side: Side, key: str) -> Code | None:
    """A call of ``sa.Column``; None where only SQL says all of the column."""
    name, facts = own(key), side.facts(key)
    kind = _type(side.source(key, "type"), side.source(key, "collation"))
    if kind is None or ident(name) != name or facts.get("generated") or facts.get("identity") or side.serial(key):
        return None
    options: dict[str, Code] = {}
    if facts.get("default") is not None:
        options["server_default"] = call("sa.text", side.source(key, "default"))
    if facts.get("not_null"):
        options["nullable"] = False
    if facts.get("comment") is not None:
        options["comment"] = side.fact(key, "comment")
    if _ODD.search(side.fact(key, "comment")) or _ODD.search(side.source(key, "default")):
        return None
    return call("sa.Column", name, kind, **options)


def _type(kind: str, collation: str) -> Call | None:
    sized = _SIZED.fullmatch(kind)
    found = _PLAIN.get(kind)
    if sized:
        numbers = [int(n) for n in sized.groups()[1:] if n is not None]
        found = call("sa.String" if sized[1] == "varchar" else "sa.Numeric", *numbers)
    if found is None or not collation:
        return found
    named = _COLLATION.fullmatch(collation)
    if named is None or found.name not in {"sa.String", "sa.Text"}:
        return None
    return call(found.name, *found.arguments, collation=named[1])
