"""Bothways' generator on a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.dialects.drafting import drafter_for
from bothways.operations import State
from bothways.revisions import trial
from tests.generate.cases.journey import Trouble, models, on_scratch, plant, travel
from tests.generate.laboratory import MIGRATIONS, drafted, source

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from bothways.code import Code
    from bothways.generate.lab import Drafted
    from bothways.snapshot import Snapshot
    from bothways.urls import DatabaseURL
    from tests.generate.cases.case import Case


def generate(case: Case, server: DatabaseURL) -> Drafted:
    """Draft a case's change and try it with its rows. Raises Trouble where it is not right."""
    found = _drafted(case, server)
    try:
        _judge(case, server, found)
    except Trouble as trouble:
        text = "\n".join(map(source, found.drafts))
        raise Trouble(trouble.stage, f"{trouble.detail}\n{text}") from trouble.__cause__
    return found


def _drafted(case: Case, server: DatabaseURL) -> Drafted:
    try:
        return drafted(server, models(case.before), models(case.after), renamed=case.renamed, hints=case.hints)
    except Exception as error:
        statement = (getattr(error, "details", None) or {}).get("sql", "")
        raise Trouble("draft fails", f"{type(error).__name__}: {error}\n{statement}") from error


def _judge(case: Case, server: DatabaseURL, found: Drafted) -> None:
    if found.left:
        raise Trouble("left", "; ".join(map(str, found.left)))
    if case.left_alone:
        if found.drafts:
            raise Trouble("not left alone", case.left_alone)
        return
    if found.not_restored:
        raise Trouble("not restored", "; ".join(map(str, found.not_restored)))
    declared = {key for draft in found.drafts for step in draft.steps for key in step.lossy}
    known = {key for key in declared if {f"table:{key}", f"column:{key}"} & set(found.before.objects)}
    if not case.lossy <= declared or not known <= case.lossy | case.may_lose:
        wanted = f"{sorted(case.lossy)} and at most {sorted(case.may_lose)}"
        raise Trouble("declared lossy", f"{sorted(declared)}, not {wanted}")
    there = on_scratch(server, lambda c: _travel(case, c, found))
    if again := drafter_for(server.dialect).draft(State(there), State(found.after), case.hints):
        raise Trouble("drafted again", "; ".join(step.says for draft in again for step in draft.steps))


def _travel(case: Case, connection: sa.Connection, found: Drafted) -> Snapshot:
    plant(case, connection)
    ups = [draft.up for draft in found.drafts]
    downs = [draft.down for draft in reversed(found.drafts)]
    return travel(case, connection, found.after, lambda c: _run(c, ups), lambda c: _run(c, downs))


def _run(connection: sa.Connection, bodies: Sequence[Sequence[Code]]) -> None:
    for body in bodies:
        trial.run(connection, body, MIGRATIONS)
