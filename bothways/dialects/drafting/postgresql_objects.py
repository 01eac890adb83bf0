"""Everything that has no table of its own module: made, taken away, changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.code import Code, sql
from bothways.dialects.drafting import postgresql_columns as columns
from bothways.dialects.drafting import postgresql_constraints as constraints
from bothways.dialects.drafting.postgresql_side import Side, comment_on, described, routine_words
from bothways.dialects.drafting.postgresql_words import ident, laid_out, own, text, words
from bothways.operations import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_COMMANDS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "*": "ALL"}
_ENABLED = {"O": "ENABLE", "D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}


def _name(key: str) -> str:
    return words(key.partition(":")[2])


def _table(key: str) -> str:
    return words(columns.table_of(key))


def _extension(side: Side, key: str) -> Code:
    schema = side.fact(key, "schema")
    at = "" if schema in {"public", "pg_catalog"} else f" WITH SCHEMA {ident(schema)}"
    return sql(f"CREATE EXTENSION IF NOT EXISTS {ident(key.partition(':')[2])}{at}")


def _sequence(side: Side, key: str) -> Code:
    kind = side.fact(key, "type")
    unlogged = "UNLOGGED " if side.fact(key, "persistence") == "u" else ""
    typed = "" if kind == "bigint" else f" AS {kind}"
    options = columns.sequence_options(side, key, kind)
    return sql(" ".join([f"CREATE {unlogged}SEQUENCE {_name(key)}{typed}", *options]))


def _view(side: Side, key: str) -> Code:
    materialized = side.fact(key, "kind") == "m"
    options = side.items(key, "options")
    shown = f" WITH ({', '.join(options)})" if options else ""
    tail = "\nWITH NO DATA" if materialized and not side.facts(key).get("populated", True) else ""
    what = "MATERIALIZED VIEW" if materialized else "VIEW"
    body = side.source(key).strip().rstrip(";")
    return laid_out(f"CREATE {what} {_name(key)}{shown} AS\n{body}{tail}")


def _trigger(side: Side, key: str) -> tuple[Code, ...]:
    state = side.fact(key, "enabled")
    switched = [] if state == "O" else [sql(f"ALTER TABLE {_table(key)} {_ENABLED[state]} TRIGGER {ident(own(key))}")]
    return (laid_out(side.source(key)), *switched)


def _rule(side: Side, key: str) -> tuple[Code, ...]:
    state = side.fact(key, "enabled")
    switched = [] if state == "O" else [sql(f"ALTER TABLE {_table(key)} {_ENABLED[state]} RULE {ident(own(key))}")]
    return (laid_out(side.source(key)), *switched)


def _policy(side: Side, key: str) -> Code:
    facts = side.facts(key)
    kind = "" if facts.get("permissive") else " AS RESTRICTIVE"
    roles = ", ".join("PUBLIC" if r == "public" else ident(r) for r in side.items(key, "roles"))
    parts = [
        f"CREATE POLICY {ident(own(key))} ON {_table(key)}{kind} FOR {_COMMANDS[str(facts['command'])]} TO {roles}"
    ]
    if facts.get("using") is not None:
        parts.append(f"USING ({side.source(key, 'using')})")
    if facts.get("with_check") is not None:
        parts.append(f"WITH CHECK ({side.source(key, 'with_check')})")
    return sql(" ".join(parts))


def _statistics(side: Side, key: str) -> tuple[Code, ...]:
    target = side.fact(key, "target")
    more = [sql(f"ALTER STATISTICS {_name(key)} SET STATISTICS {target}")] if target not in {"", "-1"} else []
    return (sql(side.source(key)), *more)


def _collation(side: Side, key: str) -> Code:
    facts = side.facts(key)
    parts = [f"provider = {'icu' if facts.get('provider') == 'i' else 'libc'}"]
    for fact, word in (("locale", "locale"), ("collate", "lc_collate"), ("ctype", "lc_ctype"), ("rules", "rules")):
        if facts.get(fact) is not None:
            parts.append(f"{word} = {text(side.fact(key, fact))}")
    if facts.get("deterministic") is False:
        parts.append("deterministic = false")
    return sql(f"CREATE COLLATION {_name(key)} ({', '.join(parts)})")


def _routine(side: Side, key: str) -> Code:
    return laid_out(side.source(key).replace("CREATE OR REPLACE ", "CREATE ", 1))


_MAKE: Mapping[str, Callable[[Side, str], Code | tuple[Code, ...]]] = {
    "schema": lambda _, key: sql(f"CREATE SCHEMA {ident(key.partition(':')[2])}"),
    "extension": _extension,
    "sequence": _sequence,
    "view": _view,
    "routine": _routine,
    "trigger": _trigger,
    "rule": _rule,
    "policy": _policy,
    "statistics": _statistics,
    "collation": _collation,
}
KINDS = frozenset(_MAKE)
"""The kinds that this module can make."""


def make(side: Side, key: str) -> tuple[Code, ...]:
    """Make an object, with its comment; a materialised view with its indexes."""
    kind = key.partition(":")[0]
    made = _MAKE[kind](side, key)
    codes: list[Code] = list(made) if isinstance(made, tuple) else [made]
    if side.fact(key, "comment") and kind != "extension":
        codes.append(comment(side, key))
    if kind == "view":
        codes += _of_view(side, key)
    return tuple(codes)


def _of_view(side: Side, key: str) -> list[Code]:
    name = key.partition(":")[2]
    codes: list[Code] = []
    for column in side.members("column", name):
        if side.facts(column).get("default") is not None:
            given = f"ALTER COLUMN {ident(own(column))} SET DEFAULT {side.source(column, 'default')}"
            codes.append(sql(f"ALTER VIEW {words(name)} {given}"))
        if side.fact(column, "comment"):
            codes.append(sql(comment_on(described(side, column), side.fact(column, "comment"))))
    for index in side.members("index", name):
        codes += constraints.make_index(side, index)
    return codes


def unmake(side: Side, key: str) -> tuple[Code, ...]:
    """Drop an object."""
    kind = key.partition(":")[0]
    if kind in {"trigger", "rule", "policy"}:
        return (sql(f"DROP {kind.upper()} {ident(own(key))} ON {_table(key)}"),)
    if kind == "routine":
        return (sql(f"DROP {routine_words(side, key)}"),)
    return (sql(f"DROP {described(side, key)}"),)


def comment(side: Side, key: str) -> Code:
    """The comment of an object, or that it has none."""
    return sql(comment_on(described(side, key), side.fact(key, "comment")))


def alterations(old: Side, new: Side, key: str) -> list[Step] | None:
    """The steps that change an object in its place; None where it must be made anew."""
    kind, name = key.partition(":")[0], key.partition(":")[2]
    facts = {f for f in {*old.facts(key), *new.facts(key)} if columns.changed(old, new, key, (f,))}
    facts = {f for f in facts if new.state.snapshot.tier(key, f) == "semantic"}
    steps: list[Step] = []
    rest = facts - {"comment"}
    if kind == "sequence":
        # One that belongs to a column is logged as its table is.
        owned = all(side.fact(key, "owned_by") for side in (old, new))
        rest -= {"owned_by", "persistence"} if owned else {"owned_by"}
    if rest:
        changed = _changed(old, new, key, rest)
        if changed is None:
            return None
        steps.append(Step(f"change {kind} {name}", changed[0], changed[1]))
    if "comment" in facts and kind != "extension":
        steps.append(Step(f"comment {name}", (comment(new, key),), (comment(old, key),)))
    return steps


def _changed(old: Side, new: Side, key: str, facts: set[str]) -> tuple[tuple[Code, ...], tuple[Code, ...]] | None:
    kind = key.partition(":")[0]
    if kind == "sequence":
        return _sequence_options(new, key, facts), _sequence_options(old, key, facts)
    if kind == "routine" and facts == {"definition"} and _head(old, key) == _head(new, key):
        return (laid_out(new.source(key)),), (laid_out(old.source(key)),)
    if kind == "extension" and facts == {"version"}:
        return _version(new, key), _version(old, key)
    if kind in {"trigger", "rule"} and facts == {"enabled"}:
        up, down = (
            sql(f"ALTER TABLE {_table(key)} {_ENABLED[side.fact(key, 'enabled')]} {kind.upper()} {ident(own(key))}")
            for side in (new, old)
        )
        return (up,), (down,)
    if kind == "view" and facts == {"options"}:
        return _view_options(old, new, key), _view_options(new, old, key)
    if kind == "view" and facts == {"populated"}:
        return _populated(new, key), _populated(old, key)
    return None


def _head(side: Side, key: str) -> str:
    """What CREATE OR REPLACE can't change: the arguments' names and defaults, and what comes back."""
    return "\n".join(side.source(key).split("\n")[:2])


def _sequence_options(side: Side, key: str, facts: set[str]) -> tuple[Code, ...]:
    kind, persistence = side.fact(key, "type"), side.fact(key, "persistence")
    codes: list[Code] = []
    if facts - {"persistence"}:
        options = " ".join(columns.all_sequence_options(side, key))
        codes.append(sql(f"ALTER SEQUENCE {_name(key)} AS {kind} {options}"))
    if "persistence" in facts and not side.fact(key, "owned_by"):
        codes.append(sql(f"ALTER SEQUENCE {_name(key)} SET {'UNLOGGED' if persistence == 'u' else 'LOGGED'}"))
    return tuple(codes)


def _version(side: Side, key: str) -> tuple[Code, ...]:
    name, version = ident(key.partition(":")[2]), side.fact(key, "version")
    return (sql(f"ALTER EXTENSION {name} UPDATE TO {text(version)}"),)


def _view_options(old: Side, new: Side, key: str) -> tuple[Code, ...]:
    head = f"ALTER {described(new, key)}"
    gone = [o.partition("=")[0] for o in old.items(key, "options")]
    codes: list[Code] = [sql(f"{head} RESET ({', '.join(gone)})")] if gone else []
    if new.items(key, "options"):
        codes.append(sql(f"{head} SET ({', '.join(new.items(key, 'options'))})"))
    return tuple(codes)


def _populated(side: Side, key: str) -> tuple[Code, ...]:
    without = "" if side.facts(key).get("populated") else " WITH NO DATA"
    return (sql(f"REFRESH {described(side, key)}{without}"),)


def own_sequence(side: Side, key: str) -> tuple[Code, ...]:
    """Let a sequence go with its column."""
    return (sql(f"ALTER SEQUENCE {_name(key)} OWNED BY {words(side.owner(key).partition(':')[2])}"),)


def free_sequence(key: str) -> tuple[Code, ...]:
    """Let a sequence stay when its column goes."""
    return (sql(f"ALTER SEQUENCE {_name(key)} OWNED BY NONE"),)
