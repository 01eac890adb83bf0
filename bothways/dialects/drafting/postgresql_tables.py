"""Tables: made whole with their columns, keys, indexes and comments, taken away, and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.code import Code, call, sql
from bothways.dialects.drafting import postgresql_columns as columns
from bothways.dialects.drafting import postgresql_constraints as constraints
from bothways.dialects.drafting.postgresql_side import Side, comment_on, described
from bothways.dialects.drafting.postgresql_words import ident, own, words
from bothways.operations import Step

if TYPE_CHECKING:
    from collections.abc import Collection

_ORDER = "puxcf"
_IDENTITY = {"n": "NOTHING", "f": "FULL", "d": "DEFAULT"}


def make(side: Side, key: str, left_out: Collection[str] = ()) -> tuple[Code, ...]:
    """CREATE TABLE and what belongs to the table, without the constraints that are made on their own."""
    name = key.partition(":")[2]
    persistence = "UNLOGGED " if side.fact(key, "persistence") == "u" else ""
    head = f"CREATE {persistence}TABLE {words(name)}"
    kept = [c for c in side.members("constraint", name) if c not in left_out and side.facts(c).get("local", True)]
    kept.sort(key=lambda c: (_ORDER.find(side.fact(c, "kind")), c))
    lines = [columns.clause(side, c) for c in side.members("column", name) if side.facts(c).get("local", True)]
    lines += [f"CONSTRAINT {ident(own(c))} {side.source(c)}" for c in kept]
    return (_create(side, key, head, lines), *_details(side, key), *_indexes(side, name))


def unmake(side: Side, key: str) -> tuple[Code, ...]:
    """DROP TABLE."""
    table = key.partition(":")[2]
    if side.fact(key, "kind") == "f":
        return (sql(f"DROP FOREIGN TABLE {words(table)}"),)
    return (call("op.drop_table", columns.bare(table), **columns.at(table)),)


def _create(side: Side, key: str, head: str, lines: list[str]) -> Code:
    bound, parents = side.fact(key, "partition_bound"), side.items(key, "parents")
    tail = ""
    if parents and not bound:
        tail = f" INHERITS ({', '.join(parents)})"
    if side.fact(key, "partition_key"):
        tail += f" PARTITION BY {side.fact(key, 'partition_key')}"
    if side.items(key, "options"):
        tail += f" WITH ({', '.join(side.items(key, 'options'))})"
    if bound:
        return sql(f"{head} PARTITION OF {parents[0]} {bound}{tail}")
    if not lines:
        return sql(f"{head} (){tail}")
    body = [f"    {line}," for line in lines[:-1]]
    return sql(f"{head} (", *body, f"    {lines[-1]}", f"){tail}")


def _details(side: Side, key: str) -> list[Code]:
    name = key.partition(":")[2]
    codes: list[Code] = []
    if side.fact(key, "comment"):
        codes.append(call("op.create_table_comment", columns.bare(name), side.fact(key, "comment"), **columns.at(name)))
    for column in side.members("column", name):
        codes += columns.comments(side, column)
    for member in (*side.members("constraint", name), *side.members("index", name)):
        inherited = not side.facts(member).get("local", True) or side.fact(member, "parent")
        if side.fact(member, "comment") and not inherited and (member.startswith("con") or side.keyed(member)):
            codes.append(sql(comment_on(described(side, member), side.fact(member, "comment"))))
    return [*codes, *_switches(side, key)]


def _switches(side: Side, key: str) -> list[Code]:
    facts, table = side.facts(key), words(key.partition(":")[2])
    codes: list[Code] = []
    if facts.get("row_security"):
        codes.append(sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    if facts.get("row_security_forced"):
        codes.append(sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
    if facts.get("replica_identity") in {"n", "f"}:
        codes.append(sql(f"ALTER TABLE {table} REPLICA IDENTITY {_IDENTITY[str(facts['replica_identity'])]}"))
    return codes


def _indexes(side: Side, table: str) -> list[Code]:
    codes: list[Code] = []
    for index in side.members("index", table):
        if not side.keyed(index) and not side.fact(index, "parent"):
            codes += constraints.make_index(side, index)
    return codes


def alterations(old: Side, new: Side, key: str) -> list[Step] | None:
    """The steps that change a table itself; None where it must be made anew."""
    if columns.changed(old, new, key, ("kind", "partition_key", "parents", "partition_bound", "of_type", "foreign")):
        return None
    table = key.partition(":")[2]
    steps = []
    for fact, what in (
        ("persistence", "logging"), ("row_security", "row security"), ("row_security_forced", "forced row security"),
        ("replica_identity", "replica identity"),
    ):  # fmt: skip
        if columns.changed(old, new, key, (fact,)):
            up, down = _switch(new, key, fact), _switch(old, key, fact)
            written = f"Writing {table} anew blocks all access to it meanwhile."
            cautions = (written,) if fact == "persistence" else ()
            steps.append(Step(f"change {what} of {table}", (up,), (down,), {}, cautions))
    if columns.changed(old, new, key, ("comment",)):
        steps.append(Step(f"comment {table}", (_comment(new, key, old),), (_comment(old, key, new),)))
    return steps


def _switch(side: Side, key: str, fact: str) -> Code:
    value = side.facts(key).get(fact)
    name = key.partition(":")[2]
    if fact == "persistence":
        return columns.alter(name, f"SET {'UNLOGGED' if value == 'u' else 'LOGGED'}")
    if fact == "row_security":
        return columns.alter(name, f"{'ENABLE' if value else 'DISABLE'} ROW LEVEL SECURITY")
    if fact == "row_security_forced":
        return columns.alter(name, f"{'' if value else 'NO '}FORCE ROW LEVEL SECURITY")
    if value == "i":
        index = next((i for i in side.members("index", name) if side.facts(i).get("replica_identity")), "")
        return columns.alter(name, f"REPLICA IDENTITY USING INDEX {ident(own(index))}")
    return columns.alter(name, f"REPLICA IDENTITY {_IDENTITY[str(value)]}")


def _comment(side: Side, key: str, other: Side) -> Code:
    table = key.partition(":")[2]
    comment, before = side.fact(key, "comment"), other.fact(key, "comment")
    if not comment:
        return call("op.drop_table_comment", columns.bare(table), existing_comment=before, **columns.at(table))
    existing: dict[str, Code] = {"existing_comment": before} if before else {}
    return call("op.create_table_comment", columns.bare(table), comment, **existing, **columns.at(table))
