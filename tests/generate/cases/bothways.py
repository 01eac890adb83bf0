"""Bothways' generator on a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways import scratch
from bothways.connections import call
from bothways.dialects.drafting import drafter_for
from bothways.operations import State
from bothways.revisions import trial
from tests.generate.cases.journey import Trouble, models, plant, travel
from tests.generate.laboratory import MIGRATIONS, drafted, source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bothways.code import Code
    from bothways.generate.lab import Drafted
    from bothways.urls import DatabaseURL
    from tests.generate.cases.case import Case


def generate(case: Case, server: DatabaseURL) -> str:
    """Draft a case's change and try it with its rows; the text of the drafts. Raises Trouble where it is not right."""
    found = _drafted(case, server)
    text = "\n".join(map(source, found.drafts))
    try:
        _judge(case, server, found)
    except Trouble as trouble:
        raise Trouble(trouble.stage, f"{trouble.detail}\n{text}") from trouble.__cause__
    return text


def _drafted(case: Case, server: DatabaseURL) -> Drafted:
    try:
        return drafted(server, models(case.before), models(case.after), renamed=case.renamed, hints=case.hints)
    except NotImplementedError:
        raise
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
    with scratch.database(server) as url:
        plant(case, url)
        there = travel(
            case,
            url,
            found.after,
            lambda at: _run(at, [draft.up for draft in found.drafts]),
            lambda at: _run(at, [draft.down for draft in reversed(found.drafts)]),
        )
    if again := drafter_for(server.dialect).draft(State(there), State(found.after), case.hints):
        raise Trouble("drafted again", "; ".join(step.says for draft in again for step in draft.steps))


def _run(url: DatabaseURL, bodies: Sequence[Sequence[Code]]) -> None:
    for body in bodies:
        call(url, lambda c, b=body: trial.run(c, b, MIGRATIONS), purpose="prove")
