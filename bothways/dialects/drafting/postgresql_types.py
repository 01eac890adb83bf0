"""Types: enums, domains, composites and ranges, made, taken away, and made anew under the columns that have them."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from bothways.code import Block, Code, sql
from bothways.dialects.drafting import postgresql_columns as columns
from bothways.dialects.drafting.postgresql_parts import Part
from bothways.dialects.drafting.postgresql_side import Side, comment_on, described
from bothways.dialects.drafting.postgresql_words import ident, own, shortened, text, words
from bothways.operations import Step
from bothways.snapshot import split_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Checks = dict[str, tuple[str, str]]


def make(side: Side, key: str) -> tuple[Code, ...]:
    """CREATE TYPE or CREATE DOMAIN, with all comments."""
    kind = side.fact(key, "kind")
    codes: list[Code] = [_domain(side, key) if kind == "d" else sql(f"CREATE TYPE {_words(key)} AS {_body(side, key)}")]
    if side.fact(key, "comment"):
        codes.append(comment(side, key))
    codes += [_check_comment(key, name, note) for name, (_, note) in _checks(side, key).items() if note]
    codes += [_attribute_comment(key, a[0], a[3]) for a in _attributes(side, key) if a[3]]
    return tuple(codes)


def unmake(side: Side, key: str) -> tuple[Code, ...]:
    """DROP TYPE or DROP DOMAIN."""
    return (sql(f"DROP {'DOMAIN' if side.fact(key, 'kind') == 'd' else 'TYPE'} {_words(key)}"),)


def comment(side: Side, key: str) -> Code:
    """The comment of a type, or that it has none."""
    return sql(comment_on(described(side, key), side.fact(key, "comment")))


def _words(key: str) -> str:
    return words(key.partition(":")[2])


def _body(side: Side, key: str) -> str:
    kind = side.fact(key, "kind")
    if kind == "e":
        return _enum(side.items(key, "labels"))
    if kind == "r":
        return f"RANGE ({side.source(key, 'range')})"
    return f"({', '.join(_attribute(a) for a in _attributes(side, key))})"


def _enum(labels: Sequence[str]) -> str:
    return f"ENUM ({', '.join(map(text, labels))})"


def _attributes(side: Side, key: str) -> list[list[str]]:
    if side.fact(key, "kind") != "c":
        return []
    return [[part or "" for part in found] for found in json.loads(side.source(key, "attributes") or "[]")]


def _attribute(found: Sequence[str]) -> str:
    return f"{ident(found[0])} {found[1]}" + (f" COLLATE {found[2]}" if found[2] else "")


def _attribute_comment(key: str, name: str, note: str) -> Code:
    return sql(comment_on(f"COLUMN {_words(key)}.{ident(name)}", note))


def _checks(side: Side, key: str) -> Checks:
    if side.fact(key, "kind") != "d":
        return {}
    return {
        name: (body, note or "") for name, body, note in json.loads(side.state.sources.get(f"{key}/checks") or "[]")
    }


def _check_comment(key: str, name: str, note: str) -> Code:
    return sql(comment_on(f"CONSTRAINT {ident(name)} ON DOMAIN {_words(key)}", note))


def _domain(side: Side, key: str) -> Code:
    parts = [f"CREATE DOMAIN {_words(key)} AS {side.source(key, 'base')}"]
    if side.fact(key, "collation") and side.fact(key, "collation") != 'pg_catalog."default"':
        collation = side.source(key, "collation")
        parts += [] if collation in {'"default"', "-"} else [f"COLLATE {collation}"]
    if side.facts(key).get("default") is not None:
        parts.append(f"DEFAULT {side.fact(key, 'default')}")
    if side.facts(key).get("not_null"):
        parts.append("NOT NULL")
    parts += [f"CONSTRAINT {ident(name)} {body}" for name, (body, _) in _checks(side, key).items()]
    return sql(" ".join(parts))


def alterations(old: Side, new: Side, key: str) -> list[Part] | None:
    """The parts that change a type in its place; None where it must be made anew."""
    kind = new.fact(key, "kind")
    if columns.changed(old, new, key, ("kind", "base", "collation", "range", "subtype")):
        return None
    if kind == "e" and columns.changed(old, new, key, ("labels",)):
        return None
    found: list[Part] = []
    if kind == "d":
        found = list(_domain_parts(old, new, key))
    if kind == "c" and columns.changed(old, new, key, ("attributes",)):
        found = [_attributes_part(old, new, key)]
    if columns.changed(old, new, key, ("comment",)):
        found.append(Part(Step(f"comment {_name(key)}", (comment(new, key),), (comment(old, key),))))
    return found


def _name(key: str) -> str:
    return key.partition(":")[2]


def _domain_parts(old: Side, new: Side, key: str) -> Iterator[Part]:
    head = f"ALTER DOMAIN {_words(key)}"

    def default(side: Side) -> Code:
        value = side.facts(key).get("default")
        return sql(f"{head} DROP DEFAULT" if value is None else f"{head} SET DEFAULT {value}")

    def must(side: Side) -> Code:
        return sql(f"{head} {'SET' if side.facts(key).get('not_null') else 'DROP'} NOT NULL")

    if columns.changed(old, new, key, ("default",)):
        yield Part(Step(f"change the default of {_name(key)}", (default(new),), (default(old),)))
    if columns.changed(old, new, key, ("not_null",)):
        yield Part(Step(f"change whether {_name(key)} may be empty", (must(new),), (must(old),)))
    before, after = _checks(old, key), _checks(new, key)
    changed = [n for n in sorted({*before, *after}) if before.get(n) != after.get(n)]
    if changed:
        up = [*_dropped(key, before, changed), *_added(key, after, changed)]
        down = [*_dropped(key, after, changed), *_added(key, before, changed)]
        yield Part(Step(f"change the checks of {_name(key)}", tuple(up), tuple(down)))


def _dropped(key: str, checks: Checks, names: Sequence[str]) -> list[Code]:
    return [sql(f"ALTER DOMAIN {_words(key)} DROP CONSTRAINT {ident(n)}") for n in names if n in checks]


def _added(key: str, checks: Checks, names: Sequence[str]) -> list[Code]:
    codes: list[Code] = []
    for name in names:
        if name in checks:
            body, note = checks[name]
            codes.append(sql(f"ALTER DOMAIN {_words(key)} ADD CONSTRAINT {ident(name)} {body}"))
            codes += [_check_comment(key, name, note)] if note else []
    return codes


def _attributes_part(old: Side, new: Side, key: str) -> Part:
    up, down = _attribute_changes(old, new, key), _attribute_changes(new, old, key)
    return Part(Step(f"change the attributes of {_name(key)}", up, down))


def _attribute_changes(old: Side, new: Side, key: str) -> tuple[Code, ...]:
    before = {a[0]: a for a in _attributes(old, key)}
    after = {a[0]: a for a in _attributes(new, key)}
    # What comes after a difference is added anew, since an attribute is always added last.
    kept: list[str] = []
    for a, b in zip(before, after, strict=False):
        if a != b:
            break
        kept.append(a)
    head = f"ALTER TYPE {_words(key)}"
    codes: list[Code] = [sql(f"{head} DROP ATTRIBUTE {ident(n)} CASCADE") for n in before if n not in kept]
    for name in kept:
        if before[name][1:3] != after[name][1:3]:
            kind = after[name][1] + (f" COLLATE {after[name][2]}" if after[name][2] else "")
            codes.append(sql(f"{head} ALTER ATTRIBUTE {ident(name)} TYPE {kind} CASCADE"))
    codes += [sql(f"{head} ADD ATTRIBUTE {_attribute(a)} CASCADE") for n, a in after.items() if n not in kept]
    for name, found in after.items():
        if found[3] != (before[name][3] if name in kept else ""):
            codes.append(_attribute_comment(key, name, found[3]))
    return tuple(codes)


def grows(old: Side, new: Side, key: str) -> bool:
    """Whether an enum only gets further labels, between those that it has or after them."""
    before, after = old.items(key, "labels"), new.items(key, "labels")
    return bool(before) and before != after and [label for label in after if label in before] == list(before)


def additions(old: Side, new: Side, key: str) -> tuple[Code, ...]:
    """ALTER TYPE … ADD VALUE for each new label, committed at once, so that later statements can use it."""
    before, after = old.items(key, "labels"), new.items(key, "labels")
    codes: list[Code] = []
    for place, label in enumerate(after):
        if label in before:
            continue
        there = ""
        if any(later in before for later in after[place:]):
            there = f" AFTER {text(after[place - 1])}" if place else f" BEFORE {text(before[0])}"
        codes.append(sql(f"ALTER TYPE {_words(key)} ADD VALUE IF NOT EXISTS {text(label)}{there}"))
    return (Block(tuple(codes)),)


def columns_with(old: Side, new: Side, key: str) -> list[str]:
    """The columns that have a type on both sides."""
    users = old.dependents.get(key, frozenset()) & new.dependents.get(key, frozenset())
    return sorted(c for c in users if c.startswith("column:") and _stays(old, new, c, key))


def _stays(old: Side, new: Side, column: str, key: str) -> bool:
    if old.fact(column, "type") != new.fact(column, "type") or not old.facts(column).get("local", True):
        return False
    return _is_of(old, column, key) and not (old.facts(column).get("generated") or new.facts(column).get("generated"))


def _is_of(side: Side, column: str, key: str) -> bool:
    """Whether a column has the type itself, rather than a default that names it."""
    plain = side.source(column, "type").replace("[]", "").partition("(")[0]
    return plain in {
        _words(key),
        f"public.{_words(key)}",
        ".".join((split_name(_name(key))[0] or "public", _words(key))),
    }


def remade(old: Side, new: Side, key: str) -> tuple[Code, ...]:
    """The type under its name as it is to be, and its columns converted to it; the old one is dropped."""
    name, aside = _words(key), shortened(f"{own(key)}_before")
    owner = split_name(_name(key))[0]
    there = f"{words(owner)}.{ident(aside)}" if owner else ident(aside)
    kind = "DOMAIN" if old.fact(key, "kind") == "d" else "TYPE"
    tables: dict[str, list[str]] = defaultdict(list)
    for column in columns_with(old, new, key):
        tables[columns.table_of(column)].append(column)
    changes = [columns.alter(table, *_actions(old, new, key, found)) for table, found in sorted(tables.items())]
    renamed = sql(f"ALTER {kind} {name} RENAME TO {ident(aside)}")
    return (renamed, *make(new, key), *changes, sql(f"DROP {kind} {there}"))


def _actions(old: Side, new: Side, key: str, found: Sequence[str]) -> list[str]:
    dropped, typed, given = [], [], []
    for column in found:
        name, kind = ident(own(column)), new.source(column, "type")
        if old.facts(column).get("default") is not None or new.facts(column).get("default") is not None:
            dropped.append(f"ALTER COLUMN {name} DROP DEFAULT")
        typed.append(f"ALTER COLUMN {name} TYPE {kind} USING {name}::{_between(old, key, kind)}::{kind}")
        if new.facts(column).get("default") is not None:
            given.append(f"ALTER COLUMN {name} SET DEFAULT {new.source(column, 'default')}")
    return [*dropped, *typed, *given]


def _between(old: Side, key: str, kind: str) -> str:
    base = old.source(key, "base") if old.fact(key, "kind") == "d" else "text"
    return base + "[]" * kind.count("[]")
