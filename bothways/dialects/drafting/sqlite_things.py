"""How an index, a trigger or a view is made and dropped in a revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.code import Code, call, sql
from bothways.dialects.drafting.sqlite_texts import quoted, statement, unquoted, written_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bothways.dialects.drafting.sqlite_tables import Table, Thing

_AMISS = frozenset(":%\\\n")
"""What means something to ``sa.text`` or breaks a line."""


def dropped(thing: Thing) -> Code:
    """The statement that drops it."""
    if thing.kind == "index":
        return call("op.drop_index", thing.name, thing.owner)
    return sql(f"DROP {thing.kind.upper()} {quoted(thing.name)}")


def made(thing: Thing, table: Table | None) -> Code:
    """The statement that makes it; an index by Alembic's operation where that says all of it."""
    if thing.kind == "index" and table is not None:
        return _index(thing, table) or statement(thing.text)
    return statement(thing.text)


def by_need(things: Mapping[str, Thing]) -> list[Thing]:
    """Indexes, then views, each behind those that it names, then triggers."""
    order = {"index": 0, "view": 1, "trigger": 2}
    waiting = [things[key] for key in sorted(things, key=lambda key: (order[things[key].kind], key))]
    done: list[Thing] = []
    while waiting:
        ready = next((t for t in waiting if not _needs(t, waiting)), waiting[0])
        waiting.remove(ready)
        done.append(ready)
    return sorted(done, key=lambda t: order[t.kind])


def _needs(thing: Thing, others: Iterable[Thing]) -> bool:
    return thing.kind == "view" and any(
        o is not thing and o.kind == "view" and o.name.lower() in thing.names for o in others
    )


def _index(thing: Thing, table: Table) -> Code | None:
    tokens = written_tokens(thing.text)
    words = [t.lower() for t in tokens]
    opening = words.index("(")
    items, rest = _items(tokens[opening + 1 :])
    columns = [_item(item, table) for item in items]
    where = "".join(rest).strip()
    if any(c is None for c in columns) or _AMISS & set(where):
        return None
    more: dict[str, Code] = {"unique": True} if "unique" in words[: words.index("index")] else {}
    if where:
        more["sqlite_where"] = call("sa.text", where[len("where") :].strip())
    return call("op.create_index", thing.name, thing.owner, [c for c in columns if c is not None], **more)


def _items(pieces: list[str]) -> tuple[list[str], list[str]]:
    """What stands between the commas up to the closing parenthesis, and what follows it."""
    items = [""]
    depth = 0
    for place, piece in enumerate(pieces):
        if piece == ")" and depth == 0:
            return [item.strip() for item in items], pieces[place + 1 :]
        depth += (piece == "(") - (piece == ")")
        if piece == "," and depth == 0:
            items.append("")
        else:
            items[-1] += piece
    raise ValueError("an index without an end")


def _item(text: str, table: Table) -> Code | None:
    column = table.columns.get(unquoted(text).lower())
    if column is not None and unquoted(text) == column.name:
        return column.name
    return None if _AMISS & set(text) else call("sa.text", text)
