"""Everything that a SQLite database is, read from ``sqlite_master`` and PRAGMAs.

SQLite keeps the text that created an object, and edits it on ALTER, so the same table can have several texts. The text
is split into tokens; white space, comments, the case of words and needless quotes are dropped; a table's body is cut at
its commas into columns and constraints, which are compared one by one.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from bothways.dialects.asking import ask, batches
from bothways.dialects.columns import columns_of
from bothways.snapshot import key_name, parts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import sqlalchemy as sa

    from bothways.snapshot import Objects, Tier, Value

TIERS: Mapping[tuple[str, str], Tier] = {
    ("column", "position"): "order",
    ("constraint", "position"): "order",
    ("rows", "*"): "data",
}

TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      | (?P<string>[xX]?'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\])
      | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d]\w*)
      | (?P<symbol>\|\||<<|>>|<=|>=|==|!=|<>|->>|->|.)""",
    re.S | re.X,
)
"""SQLite's tokens; comments are ``space``."""
# A single value needs no parentheses, but a table that is rebuilt by its columns' defaults gets them.
_BARE_DEFAULT = re.compile(r"\bdefault \( ('(?:[^']|'')*'|[\w.]+) \)")
_PLAIN = re.compile(r"^[^\W\d]\w*$")
CONSTRAINT_WORDS = frozenset({"constraint", "primary", "unique", "check", "foreign"})
"""A part of a table's body that begins with one of these is no column."""
# Words that can be a name only in quotes; without them a column "check" would be taken for a constraint.
_RESERVED = frozenset(
    """add all alter and as autoincrement between case check collate commit constraint create cross default deferrable
    delete distinct drop else escape except exists foreign from group having in index inner insert intersect into is
    isnull join left limit natural not notnull null on or order outer primary references returning right select set
    table then to transaction union unique update using values when where""".split()  # noqa: SIM905
)


def tokens(sql: str) -> tuple[str, ...]:
    """The tokens of a statement in one canonical spelling."""
    found: list[str] = []
    for match in TOKEN.finditer(sql):
        text = match.group()
        if match.lastgroup == "space":
            continue
        if match.lastgroup == "quoted":
            name = _unquoted(text).lower()
            plain = _PLAIN.match(name) and name not in _RESERVED
            found.append(name if plain else '"' + name.replace('"', '""') + '"')
        elif match.lastgroup == "word":
            found.append(text.lower())
        else:
            found.append(text)
    return tuple(found)


def _unquoted(text: str) -> str:
    if text[0] == "[":
        return text[1:-1]
    return text[1:-1].replace(text[0] * 2, text[0])


def canonical(sql: str | None) -> str | None:
    """A statement in one canonical spelling; None stays None."""
    return None if sql is None else " ".join(tokens(sql))


def body(sql: str) -> tuple[tuple[str, ...], ...]:
    """The columns and constraints of a CREATE TABLE, each as its tokens, in the order of the text."""
    words = tokens(sql)
    if "(" not in words:
        return ()
    parts: list[tuple[str, ...]] = []
    part: list[str] = []
    depth = 0
    for word in words[words.index("(") :]:
        depth += (word == "(") - (word == ")")
        if depth == 0:
            break
        if word == "," and depth == 1:
            parts.append(tuple(part))
            part = []
        elif not (word == "(" and depth == 1 and not part and not parts):
            part.append(word)
    return (*parts, tuple(part))


def read(connection: sa.Connection) -> Objects:
    """All objects of the database."""
    flags = {r[1]: r for r in ask(connection, "pragma table_list") if r[0] == "main"}
    return {"database:main": _settings(connection), **_objects(connection, flags, "")}


def read_part(connection: sa.Connection, names: Collection[str]) -> Objects:
    """What belongs to these tables and views, with the digests of their rows; nothing for those that are gone."""
    flags: dict[str, Any] = {}
    plain = sorted(parts_of(name)[0] for name in names)
    for name in plain:
        found = ask(connection, f"pragma table_list({_quoted(name)})")
        flags.update({r[1]: r for r in found if r[0] == "main"})
    listed = ", ".join("'" + name.replace("'", "''") + "'" for name in plain)
    objects = _objects(connection, flags, f"and tbl_name collate nocase in ({listed})")
    return {**objects, **read_rows(connection, objects)}


def _objects(connection: sa.Connection, flags: Mapping[str, Any], condition: str) -> dict[str, dict[str, Value]]:
    rows = ask(
        connection,
        "select type, name, tbl_name, sql from sqlite_master where name not like 'sqlite@_%' escape '@' "
        f"{condition} order by rowid",
    )
    objects: dict[str, dict[str, Value]] = {}
    for kind, name, table, sql in rows:
        if kind == "table":
            objects.update(_table(connection, name, sql or "", flags.get(name)))
        elif kind == "index":
            objects[f"index:{key_name(table, name)}"] = _index(connection, name, sql)
        elif kind == "trigger":
            objects[f"trigger:{key_name(table, name)}"] = {"definition": canonical(sql)}
        else:
            objects[f"view:{key_name(name)}"] = {"definition": canonical(sql)}
    return objects


def _settings(connection: sa.Connection) -> dict[str, Value]:
    names = ("encoding", "user_version", "application_id", "auto_vacuum")
    return {name: str(ask(connection, f"pragma {name}")[0][0]) for name in names}


def _table(connection: sa.Connection, table: str, sql: str, flags: Any) -> Iterator[tuple[str, dict[str, Value]]]:
    # SQLite before 3.37 has no such list; what follows the last parenthesis says the same.
    options = tokens(sql[sql.rfind(")") + 1 :])
    without_rowid, strict = (flags[4], flags[5]) if flags is not None else ("rowid" in options, "strict" in options)
    facts: dict[str, Value] = {"without_rowid": bool(without_rowid), "strict": bool(strict)}
    if canonical(sql[:30]) and "virtual" in tokens(sql)[:2]:
        facts["definition"] = canonical(sql)
    yield f"table:{key_name(table)}", facts
    definitions: dict[str, str] = {}
    position = 0
    for part in body(sql):
        if part and part[0] in CONSTRAINT_WORDS:
            position += 1
            name, definition = _constraint(part)
            yield f"constraint:{key_name(table)}.{name}", {"definition": definition, "position": position}
        elif part:
            definitions[_plain(part[0])] = _BARE_DEFAULT.sub(r"default \1", " ".join(part[1:]))
    for cid, column, type_, not_null, default, key, hidden in ask(connection, f"pragma table_xinfo({_quoted(table)})"):
        yield (
            f"column:{key_name(table, column)}",
            {
                "position": int(cid) + 1,
                "type": str(type_).lower(),
                "not_null": bool(not_null),
                # In double quotes a default is a text, where no column has that name.
                "default": default if str(default).startswith('"') else canonical(default),
                "key": int(key),
                "generated": {2: "virtual", 3: "stored"}.get(int(hidden)),
                "definition": definitions.get(column.lower()),
            },
        )


def _constraint(part: tuple[str, ...]) -> tuple[str, str]:
    """Its name as in a key, or its text in parentheses where it has none; and its text."""
    if part[0] == "constraint":
        return key_name(_plain(part[1])), " ".join(part[2:])
    text = " ".join(part)
    return f"({text})", text


def _plain(token: str) -> str:
    return _unquoted(token) if token.startswith('"') else token


def _index(connection: sa.Connection, name: str, sql: str | None) -> dict[str, Value]:
    columns = ask(connection, f"pragma index_xinfo({_quoted(name)})")
    return {
        "definition": canonical(sql),
        "columns": tuple(
            f"{c[2] or 'expression'}{' desc' if c[3] else ''} {str(c[4]).lower()}" for c in columns if c[5]
        ),
    }


def read_rows(connection: sa.Connection, objects: Objects) -> Objects:
    """For each table its row count, an order-free digest a column and of whole rows; SQLite has no hash of its own."""
    data: dict[str, dict[str, Value]] = {}
    for table, columns in columns_of(objects).items():
        if columns and f"table:{table}" in objects:
            data[f"rows:{table}"] = _digest_table(connection, table, columns)
    if ask(connection, "select 1 from sqlite_master where name = 'sqlite_sequence'"):
        for table, position in ask(connection, "select name, seq from sqlite_sequence"):
            if (key := f"rows:{key_name(table)}") in data:
                data[key]["position"] = int(position)
    return data


def _digest_table(connection: sa.Connection, table: str, columns: list[str]) -> dict[str, Value]:
    names = ", ".join(f"{_quoted(c)}, typeof({_quoted(c)})" for c in columns)
    sums = [0] * (len(columns) + 1)
    count = 0
    for batch in batches(connection, f"select {names} from {_quoted(*parts_of(table))}"):
        for row in batch:
            texts = [f"{row[i + 1]}:{row[i]!r}" for i in range(0, len(row), 2)]
            for i, text in enumerate(texts):
                sums[i] += _hash(text)
            sums[-1] += _hash("\x02".join(texts))
            count += 1
    facts: dict[str, Value] = {"count": count, "rows": str(sums[-1])}
    facts.update({f"column {c}": str(total) for c, total in zip(columns, sums[:-1], strict=True)})
    return facts


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
