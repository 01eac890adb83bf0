"""What looks like a rename: something is gone, and something new is the same but for its name, or a table nearly so.

Only the author of the models knows. Where rows hang on it (a table, a column) nothing is guessed: it is asked or
refused. An index or a constraint with another name is the same either way, so it is renamed where the engine can.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bothways.dialects.naming import rules_for
from bothways.errors import PossibleRename
from bothways.generate import former
from bothways.generate.written import renames
from bothways.snapshot import key_part, parts_of, split_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import sqlalchemy as sa

    from bothways.snapshot import Snapshot, Value

WITH_ROWS = former.WITH_ROWS
KINDS = ("table", "column", "constraint", "index", "view", "sequence", "type")

_INNER = frozenset({"column", "constraint", "index"})
_COLUMN_FACTS = ("type", "not_null", "default", "identity", "generated", "collation", "extra", "key")
_WITH_NAMES = frozenset({"definition", "columns", "default", "generated", "owned_by", "parents"})
"""The facts that can hold names of other objects."""
_NO_MATTER = frozenset({"position", "comment"})


@dataclass(frozen=True, slots=True)
class Guess:
    """Objects of one kind that are gone, and new ones that are the same but for their names, by their keys.

    Usually one of each; with several on a side nobody can tell which became which.
    """

    kind: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    certain: bool = False
    """Whether the engine can rename it in place, and nothing is lost where it was no rename."""

    @property
    def ambiguous(self) -> bool:
        """Whether there is more than one way to pair them."""
        return len(self.old) > 1 or len(self.new) > 1

    def __str__(self) -> str:
        gone, come = (" and ".join(_name(key) for key in keys) for keys in (self.old, self.new))
        if self.ambiguous:
            return f"{self.kind} {gone} could have become {come}"
        return f"{self.kind} {gone} could be {come} now"


def candidates(before: Snapshot, after: Snapshot, renamed: Mapping[str, str] | None = None) -> tuple[Guess, ...]:
    """What looks like a rename, each object in one guess at most. ``renamed`` are the renames that are known already.

    Keys of the old objects are those of ``before``.
    """
    known = _Known(before, renamed or {})
    gone: dict[tuple[str, object], list[str]] = defaultdict(list)
    come: dict[tuple[str, object], list[str]] = defaultdict(list)
    for key in sorted(before.objects):
        if known.key(key) not in after.objects and (sign := _signature(before, key, known, after)):
            gone[sign].append(key)
    there = {known.key(key) for key in before.objects}
    nothing = _Known(after, {})
    for key in sorted(after.objects):
        if key not in there and (sign := _signature(after, key, nothing, before, known.tables)):
            come[sign].append(key)
    guesses = [_guess(before, sign[0], gone[sign], come[sign]) for sign in gone if sign in come]
    left = [[k for sign in side.keys() - other.keys() if sign[0] == "table" for k in side[sign]]
            for side, other in ((gone, come), (come, gone))]  # fmt: skip
    guesses += [_guess(before, "table", old, new) for old, new in _akin(before, after, known, *left)]
    return tuple(g for g in guesses if g.kind != "index" or not any(_is_a_constraints(before, key) for key in g.old))


def certain(guesses: Iterable[Guess]) -> dict[str, str]:
    """The renames that need no telling, by the old objects' keys."""
    return {g.old[0]: own_name(g.new[0]) for g in guesses if g.certain}


def refuse(metadata: sa.MetaData, before: Snapshot, after: Snapshot) -> Mapping[str, str]:
    """The renames that the models tell or that need no telling, by keys of ``before``.

    Raises InvalidModels for a hint that can't be followed, and PossibleRename where rows hang on a guess.
    """
    hinted = renames(metadata, before)
    guesses = told(metadata, candidates(before, after, hinted), before.dialect)
    open_ = [g for g in guesses if g.kind in WITH_ROWS]
    if open_:
        raise possible(open_)
    return together(hinted, certain(guesses))


def together(hinted: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Both in one order: what belongs to a table is renamed before it, so that its key is right at its turn."""
    both = {**hinted, **more}
    return dict(sorted(both.items(), key=lambda pair: pair[0].startswith("table:")))


def told(metadata: sa.MetaData, guesses: Iterable[Guess], dialect: str) -> tuple[Guess, ...]:
    """The guesses without what the models say is new: ``info={"renamed_from": None}``."""
    new = former.declared_new(metadata, dialect)
    left = (replace(g, new=tuple(key for key in g.new if key not in new)) for g in guesses)
    return tuple(g for g in left if g.new)


def possible(guesses: Collection[Guess]) -> PossibleRename:
    """The error that names what could be a rename, and how to say what it is."""
    first = next(iter(guesses))
    told_so = f'info={{"renamed_from": "{own_name(first.old[0])}"}}'
    return PossibleRename(
        "\n".join([f"{len(guesses)} possible rename{'s' if len(guesses) > 1 else ''}:", *(f"  {g}" for g in guesses)]),
        hint=f'say it at {_name(first.new[0])} in the models: {told_so}, or info={{"renamed_from": None}} if it is new',
        details={"guesses": [{"kind": g.kind, "old": list(g.old), "new": list(g.new)} for g in guesses]},
    )


def own_name(key: str) -> str:
    """An object's own name, as it is."""
    return parts_of(key.partition(":")[2])[-1]


def _guess(before: Snapshot, kind: str, old: list[str], new: list[str]) -> Guess:
    # A sequence with an owner is its column's; one without has numbers of its own.
    free = kind == "sequence" and "owned_by" not in before.objects[old[0]]
    in_place = kind in rules_for(before.dialect).renamed_in_place
    return Guess(kind, tuple(old), tuple(new), in_place and not free and len(old) == len(new) == 1)


def _is_a_constraints(snapshot: Snapshot, index: str) -> bool:
    """Whether an index is how the engine keeps a key or a UNIQUE, whose name it has and with which it goes."""
    return snapshot.objects.get(f"constraint:{_name(index)}", {}).get("kind") in {"p", "u", "x"}


class _Known:
    """A snapshot's keys and texts as they are after the renames that are known."""

    def __init__(self, snapshot: Snapshot, renamed: Mapping[str, str]) -> None:
        self.renamed = renamed
        self.tables = {key.partition(":")[2]: _moved(key, new) for key, new in renamed.items() if _is(key, "table")}
        self.words = {own_name(key): new for key, new in renamed.items() if _is(key, "table", "column", "sequence")}
        self.snapshot = snapshot

    def key(self, key: str) -> str:
        """The key of an object after the renames."""
        kind, _, name = key.partition(":")
        if kind == "table":
            return f"table:{self.tables.get(name, name)}"
        if kind not in _INNER:
            return f"{kind}:{_moved(key, self.renamed[key])}" if key in self.renamed else key
        owner, own = split_name(name)
        new = self.renamed.get(key)
        last = key_part(new) if new is not None else name[len(owner) + 1 :] if owner else key_part(own)
        return f"{kind}:{self.tables.get(owner, owner)}.{last}"

    def fact(self, fact: str, value: Value, own: str) -> Value:
        """A fact with the new names, and where it is a statement without the object's own."""
        if fact not in _WITH_NAMES:
            return value
        if isinstance(value, tuple):
            return tuple(str(self.fact(fact, part, own)) for part in value)
        if not isinstance(value, str):
            return value
        words = {own: "\0", **self.words} if fact == "definition" else self.words
        for old, new in words.items():
            value = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new.replace("\\", r"\\"), value, flags=re.I)
        return value


def _signature(
    snapshot: Snapshot, key: str, known: _Known, other: Snapshot, tables: Mapping[str, str] | None = None
) -> tuple[str, object] | None:
    """What an object is but for its name; None where it can't be the old or the new side of a rename."""
    kind, _, name = key.partition(":")
    if kind not in KINDS:
        return None
    facts = snapshot.objects[key]
    if kind == "table":
        columns = _columns(snapshot, name, known)
        return ("table", (_schema(key), columns)) if columns else None
    own = own_name(key)
    if kind not in _INNER:
        owner = ".".join(parts_of(name)[:-1])
    else:
        owner = known.key(key)[len(kind) + 1 :].rpartition(f".{key_part(own)}")[0]
        stays = f"table:{owner}" in other.objects or owner in set((tables or {}).values())
        if own.startswith("(") or not stays:
            return None
    chosen = _COLUMN_FACTS if kind == "column" else [f for f in facts if f not in _NO_MATTER]
    found = {f: known.fact(f, facts[f], own) for f in chosen if f in facts and snapshot.tier(key, f) == "semantic"}
    return kind, (owner, tuple(sorted(found.items())))


def _akin(
    before: Snapshot, after: Snapshot, known: _Known, gone: list[str], come: list[str]
) -> Iterator[tuple[list[str], list[str]]]:
    """Tables that are gone and new ones with most of their columns; those that could be paired otherwise together."""
    mine = {key: (_schema(key), set(_columns(before, _name(key), known))) for key in gone}
    others = {key: (_schema(key), set(_columns(after, _name(key), _Known(after, {})))) for key in come}
    pairs = [(old, new) for old in sorted(gone) for new in sorted(come) if _most(mine[old], others[new])]
    while pairs:
        olds, news = ({key} for key in pairs[0])
        while more := [pair for pair in pairs if (pair[0] in olds) != (pair[1] in news)]:
            olds |= {old for old, _ in more}
            news |= {new for _, new in more}
        yield sorted(olds), sorted(news)
        pairs = [pair for pair in pairs if pair[0] not in olds]


def _most(one: tuple[object, set[tuple[str, str]]], other: tuple[object, set[tuple[str, str]]]) -> bool:
    """Whether two tables of one schema share two thirds of their columns."""
    return one[0] == other[0] and 3 * len(one[1] & other[1]) >= 2 * max(len(one[1]), len(other[1]), 1)


def _schema(key: str) -> tuple[str, ...]:
    return parts_of(_name(key))[:-1]


def _columns(snapshot: Snapshot, table: str, known: _Known) -> tuple[tuple[str, str], ...]:
    """The names and types of a table's columns."""
    prefix = f"column:{table}."
    return tuple(
        sorted(
            (own_name(known.key(k)), str(f.get("type"))) for k, f in snapshot.objects.items() if k.startswith(prefix)
        )
    )


def _moved(key: str, new: str) -> str:
    """A relation's name in its key once it is renamed."""
    *schema, _ = parts_of(key.partition(":")[2])
    return ".".join(key_part(part) for part in (*schema, new))


def _is(key: str, *kinds: str) -> bool:
    return key.partition(":")[0] in kinds


def _name(key: str) -> str:
    return key.partition(":")[2]
