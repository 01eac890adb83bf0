"""Views, routines, triggers, events and sequences of MySQL and MariaDB: made again from what SHOW CREATE prints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bothways.code import sql
from bothways.dialects.drafting.mysql_statements import literal, name_of, plain, statement
from bothways.dialects.drafting.mysql_tables import names_in
from bothways.operations import Step
from bothways.snapshot import parts_of, split_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bothways.code import Code
    from bothways.operations import State
    from bothways.snapshot import Value

KINDS = ("function", "procedure", "package", "package_body", "view", "trigger", "event")
"""In the order in which they are made: routines look for nothing when they are made, views for all they name."""
SQL_MODE = "database:main/sql_mode"
"""The source that holds what a new session of the server has."""
_CLAUSE = re.compile(
    r" (?=(?:from|where|group by|having|order by|limit|union(?: all)?|(?:left |right |cross )?join|window) )"
)
# A routine made under ANSI_QUOTES is printed so.
_DEFINER = re.compile(r'^CREATE DEFINER="(?:[^"]|"")*"@"(?:[^"]|"")*"')
_PART = re.compile(r"'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)+`|[^'`]+", re.S)


@dataclass(frozen=True)
class Objects:
    """One side's views and stored programs."""

    facts: Mapping[str, Mapping[str, Value]]
    sources: Mapping[str, str]

    @cached_property
    def keys(self) -> list[str]:
        """Their keys in the order in which they can be made."""
        found = [key for key in self.facts if key.partition(":")[0] in KINDS]
        return self._after_what_they_name(sorted(found, key=self._rank))

    def _rank(self, key: str) -> tuple[int, str, int, str]:
        kind, _, name = key.partition(":")
        order = self.facts[key].get("order")
        group = self.group(key) if kind == "trigger" else ""
        return (KINDS.index(kind), group, int(str(order or 0)), name)

    def _after_what_they_name(self, keys: list[str]) -> list[str]:
        """Views after the views that they read; the others keep their places."""
        done: dict[str, None] = {}

        def visit(key: str, path: tuple[str, ...]) -> None:
            for other in self._named(key):
                if other not in done and other not in path:
                    visit(other, (*path, key))
            done.setdefault(key)

        for key in keys:
            visit(key, (key,))
        return list(done)

    def _named(self, key: str) -> list[str]:
        if not key.startswith("view:"):
            return []
        names = set(names_in(str(self.facts[key]["definition"])))
        return sorted(k for k in self.facts if k.startswith("view:") and k != key and parts_of(k[5:])[0] in names)

    def naming(self, names: set[str], *, triggers: bool) -> list[str]:
        """The views that name all of these, and the views that read those; with the triggers of the table, too."""
        found: list[str] = []
        for key in self.keys:
            if key.startswith("view:"):
                mine = set(names_in(str(self.facts[key]["definition"])))
                if names <= mine or any(k in found for k in self._named(key)):
                    found.append(key)
            elif triggers and key.startswith("trigger:") and parts_of(key[8:])[0] in names:
                found.append(key)
        return found

    def group(self, key: str) -> str:
        """The table of a trigger and when it fires: its neighbours have the same."""
        return f"{split_name(key.partition(':')[2])[0]} {self.facts[key].get('timing')}"

    def same(self, key: str, other: Objects) -> bool:
        """Whether it is the same on the other side."""
        return self._text(key) == other._text(key)

    def _text(self, key: str) -> tuple[object, ...]:
        facts = self.facts.get(key)
        return () if facts is None else tuple(facts.get(f) for f in ("definition", "timing", "statement", "sql_mode"))

    def create(self, key: str, there: Sequence[str], *, replace: bool = False) -> tuple[Code, ...]:
        """What makes it; ``there`` are the keys of those that are there already."""
        kind = key.partition(":")[0]
        facts = self.facts[key]
        if kind == "view":
            return (_view(self.sources.get(key) or str(facts["definition"]), replace=replace),)
        text = self._trigger(key, there) if kind == "trigger" else _DEFINER.sub("CREATE", str(facts["definition"]))
        return self._in_its_mode(key, sql(text))

    def _trigger(self, key: str, there: Sequence[str]) -> str:
        facts = self.facts[key]
        table, name = parts_of(key.partition(":")[2])
        head = f"CREATE TRIGGER {name_of(name)} {facts['timing']} ON {name_of(table)} FOR EACH ROW"
        return f"{head}{self._place(key, there)} {facts['statement']}"

    def _place(self, key: str, there: Sequence[str]) -> str:
        mine = [k for k in self.keys if k.startswith("trigger:") and self.group(k) == self.group(key)]
        at = mine.index(key)
        before = [k for k in mine[:at] if k in there]
        after = [k for k in mine[at + 1 :] if k in there]
        if not after:
            return ""
        neighbour = before[-1] if before else after[0]
        return f" {'FOLLOWS' if before else 'PRECEDES'} {name_of(parts_of(neighbour.partition(':')[2])[1])}"

    def drop(self, key: str) -> tuple[Code, ...]:
        """What drops it."""
        kind, _, name = key.partition(":")
        own = parts_of(name)[-1] if kind in {"view", "trigger"} else name
        code = sql(f"DROP {kind.upper().replace('_', ' ')} {name_of(own)}")
        # Packages are known in Oracle's mode only.
        return self._in_its_mode(key, code) if kind.startswith("package") else (code,)

    def _in_its_mode(self, key: str, code: Code) -> tuple[Code, ...]:
        mode = str(self.facts[key].get("sql_mode"))
        if mode == self.sources.get(SQL_MODE):
            return (code,)
        return (
            sql(f"SET @bothways_sql_mode = @@sql_mode, sql_mode = {literal(mode)}"),
            code,
            sql("SET sql_mode = @bothways_sql_mode"),
        )


@dataclass(frozen=True)
class ObjectChange:
    """Both sides' views and stored programs, and the steps from the one to the other."""

    old: Objects
    new: Objects
    alone: bool
    """No table changes, so a view may be replaced where it stands."""

    @cached_property
    def goes(self) -> list[str]:
        """Those that are dropped, made again or not, in the order in which they were made."""
        return [k for k in self.old.keys if not self.old.same(k, self.new) or k in self._moved]

    @cached_property
    def comes(self) -> list[str]:
        """Those that are made, in order."""
        return [k for k in self.new.keys if not self.new.same(k, self.old) or k in self._moved]

    @cached_property
    def _moved(self) -> set[str]:
        """Triggers that fire in another order than before."""
        both = [[k for k in side.keys if k.startswith("trigger:")] for side in (self.old, self.new)]
        common = set(both[0]) & set(both[1])
        was, now = ([k for k in keys if k in common] for keys in both)
        groups = {self.new.group(k) for k, other in zip(now, was, strict=True) if k != other}
        return {k for k in now if self.new.group(k) in groups}

    @property
    def replaced(self) -> list[str]:
        """Views that are replaced where they stand: all that changes."""
        views = self.alone and self.goes == self.comes and all(k.startswith("view:") for k in self.goes)
        return self.comes if views else []

    def before(self) -> Iterator[Step]:
        """What is dropped before tables change."""
        there = list(self.old.keys)
        for key in [] if self.replaced else reversed(self.goes):
            there.remove(key)
            yield Step(f"drop {_said(key)}", self.old.drop(key), self.old.create(key, there))

    def after(self) -> Iterator[Step]:
        """What is made after tables have changed."""
        for key in self.replaced:
            up, down = (side.create(key, (), replace=True) for side in (self.new, self.old))
            yield Step(f"replace {_said(key)}", up, down)
        there = [k for k in self.new.keys if k not in self.comes]
        for key in [] if self.replaced else self.comes:
            yield Step(f"create {_said(key)}", self.new.create(key, there), self.new.drop(key))
            there.append(key)


def objects_of(state: State) -> Objects:
    """The views and stored programs of one side."""
    kinds = tuple(f"{kind}:" for kind in KINDS)
    return Objects({k: f for k, f in state.snapshot.objects.items() if k.startswith(kinds)}, state.sources)


def databases(old: State, new: State) -> list[Step]:
    """What makes the database's own settings those of the other side."""
    was, now = (state.snapshot.objects.get("database:main", {}) for state in (old, new))
    facts = ("character_set", "collation", "comment")
    if [was.get(f) for f in facts] == [now.get(f) for f in facts]:
        return []
    commented = was.get("comment") != now.get("comment")
    return [Step("change the database", (_database(now, commented),), (_database(was, commented),))]


def _database(facts: Mapping[str, Value], commented: bool) -> Code:
    # The comment is as SHOW CREATE DATABASE prints it between its quotes.
    comment = f" COMMENT = '{facts.get('comment') or ''}'" if commented else ""
    return sql(f"ALTER DATABASE CHARACTER SET = {facts['character_set']} COLLATE = {facts['collation']}{comment}")


def naming(objects: Objects, key: str) -> tuple[list[Code], list[Code]]:
    """What drops the views and triggers that name a table, view or column, and what makes them again, in order."""
    kind, _, name = key.partition(":")
    if kind not in {"table", "view", "column"}:
        return [], []
    found = [k for k in objects.naming(set(parts_of(name)), triggers=kind == "column") if k != key]
    there = [k for k in objects.keys if k not in found]
    creates: list[Code] = []
    for k in found:
        creates += objects.create(k, there)
        there.append(k)
    return [code for k in reversed(found) for code in objects.drop(k)], creates


def sequences(old: State, new: State) -> tuple[list[Step], list[Step]]:
    """The steps before and after those of tables, whose defaults may ask sequences."""
    before, after = (
        {k: str(f["definition"]) for k, f in state.snapshot.objects.items() if k.startswith("sequence:")}
        for state in (old, new)
    )
    first = [
        Step(f"create {_said(k)}", (_sequence(after[k]),), (_drop_sequence(k),))
        for k in sorted(after.keys() - before.keys())
    ]
    first += [
        Step(f"change {_said(k)}", (_sequence(after[k], "ALTER"),), (_sequence(before[k], "ALTER"),))
        for k in sorted(after.keys() & before.keys())
        if after[k] != before[k]
    ]
    last = [
        Step(
            f"drop {_said(k)}", (_drop_sequence(k),), (_sequence(before[k]),),
            lossy={k.partition(":")[2]: "Where the sequence stood is gone with it."},
        )
        for k in sorted(before.keys() - after.keys())
    ]  # fmt: skip
    return first, last


def _said(key: str) -> str:
    return f"the {key.partition(':')[0].replace('_', ' ')} {key.partition(':')[2]}"


def _sequence(definition: str, verb: str = "CREATE") -> Code:
    text = plain(definition.replace("CREATE", verb, 1))
    return sql(text.rpartition(" ENGINE=")[0] if verb == "ALTER" else text)


def _drop_sequence(key: str) -> Code:
    return sql(f"DROP SEQUENCE {name_of(parts_of(key.partition(':')[2])[0])}")


def _view(definition: str, *, replace: bool) -> Code:
    text = definition.replace("ALGORITHM=UNDEFINED ", "", 1).replace("SQL SECURITY DEFINER ", "", 1)
    if replace:
        text = text.replace("CREATE ", "CREATE OR REPLACE ", 1)
    return statement(*_clauses(plain(text)))


def _clauses(text: str) -> list[str]:
    """The lines of a view: each clause that is in no parentheses begins one."""
    lines, depth = [""], 0
    for part in _PART.findall(text):
        start = 0
        for found in _CLAUSE.finditer(part) if part[0] not in "'`" else ():
            depth += _opened(part[start : found.start()])
            lines[-1] += part[start : found.start()]
            if depth:
                lines[-1] += " "
            else:
                lines.append("")
            start = found.end()
        depth += _opened(part[start:]) if part[0] not in "'`" else 0
        lines[-1] += part[start:]
    return lines


def _opened(text: str) -> int:
    return text.count("(") - text.count(")")
