"""The figures of all change cases as a page of Markdown."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import alembic
import sqlalchemy as sa

from tests.generate.cases.case import ENGINES
from tests.generate.cases.every import MODULES
from tests.generate.cases.open import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.generate.cases.case import Case

TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB"}
OK = "ok"
WORDS = {
    "up fails": "up fails",
    "up leaves": "differs after up",
    "down fails": "down fails",
    "down leaves": "differs after down",
    "rows differ": "wrong rows",
    "not left alone": "false alarm",
}
"""What a table's cells say for where a journey ended; others stand as they are."""


HEAD = """# What becomes of a change of the models

Written by `script/bench cases --write` on {today}, {machine},
Python {python}, SQLAlchemy {sqlalchemy}, Alembic {alembic}; {servers}. Don't edit.

There are {cases} changes in `tests/generate/cases`: {pairs} pairs of a change and an engine that has such a thing.
{measured} of them, the *measured* ones, are the single changes in the table of what Alembic's autogenerate sees that
was made before the generator was begun; the others are what real models do besides.

Each is tried in the same way for both, on scratch databases with rows in them: the models as they were are created,
the change is generated, its code is run. It is **ok** where the catalog is then that of the new models, where the rows
are what they must be, and where the downgrade gives back the catalog and every value that is not declared as lost.
Catalogs are Bothways' snapshots, compared in all that has a meaning (not: the order of columns). Where nothing may be
done, writing anything is a *false alarm*. Bothways must moreover draft nothing when it is asked again.

Alembic runs with `compare_type`, `compare_server_default`, `render_as_batch` on SQLite, `include_schemas` where models
name a schema, and PYTHONHASHSEED=0, for what it writes hangs on that. It is told of no renames, and it has no word for
filling a column; such changes are counted like all others, since people make them.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case on one engine: where plain Alembic and Bothways ended, ``ok`` where all was right."""

    case: str
    engine: str
    plain: str
    bothways: str
    plain_detail: str = ""
    bothways_detail: str = ""
    seconds: float = 0.0


def page(outcomes: Sequence[Outcome], versions: dict[str, str]) -> str:
    """The whole page."""
    return "\n".join([*_head(outcomes, versions), *_totals(outcomes), *_exceptions(outcomes), *_tables(outcomes)])


def percent(part: int, whole: int) -> str:
    """A share in words: ``97.3 %``, cut off, never rounded up."""
    return f"{part * 1000 // whole / 10:.1f} %" if whole else "—"


def measured(case: Case) -> bool:
    """Whether a case comes from the table that was measured before the generator was begun."""
    return bool(case.line)


def _head(outcomes: Sequence[Outcome], versions: dict[str, str]) -> Iterator[str]:
    cases = [case for module in MODULES for case in module.CASES]
    yield HEAD.format(
        today=datetime.now(UTC).date(),
        machine=f"{platform.system()}, {os.cpu_count()} CPUs",
        python=platform.python_version(),
        sqlalchemy=sa.__version__,
        alembic=alembic.__version__,
        servers=", ".join(versions.values()),
        cases=len(cases),
        pairs=len(outcomes),
        measured=sum(map(measured, cases)),
    )


def _totals(outcomes: Sequence[Outcome]) -> Iterator[str]:
    old = {case.name for module in MODULES for case in module.CASES if measured(case)}
    yield "| engine | measured | plain Alembic | Bothways | all | plain Alembic | Bothways |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for engine in ENGINES:
        mine = [o for o in outcomes if o.engine == engine]
        if mine:
            yield f"| {TITLES[engine]} | {_sums([o for o in mine if o.case in old])} | {_sums(mine)} |"
    yield f"| together | {_sums([o for o in outcomes if o.case in old])} | {_sums(outcomes)} |"
    yield ""


def _sums(outcomes: Sequence[Outcome]) -> str:
    whole = len(outcomes)
    plain, ours = (sum(getattr(o, who) == OK for o in outcomes) for who in ("plain", "bothways"))
    return f"{whole} | {plain} ({percent(plain, whole)}) | {ours} ({percent(ours, whole)})"


def _exceptions(outcomes: Sequence[Outcome]) -> Iterator[str]:
    wrong = [o for o in outcomes if o.bothways != OK]
    yield "## Where Bothways fails"
    yield ""
    for outcome in wrong:
        reason = OPEN[outcome.engine].get(outcome.case) or "not looked into yet"
        yield f"- {TITLES[outcome.engine]}, {outcome.case}: {_word(outcome.bothways)}. {reason[0].upper()}{reason[1:]}."
    if not wrong:
        yield "Nowhere."
    yield ""


def _tables(outcomes: Sequence[Outcome]) -> Iterator[str]:
    found = {(o.case, o.engine): o for o in outcomes}
    for module in MODULES:
        yield f"## {module.__name__.rpartition('.')[2].capitalize()}"
        yield ""
        yield "Plain Alembic → Bothways; **bold** what was measured."
        yield ""
        yield f"| change | {' | '.join(TITLES.values())} |"
        yield "|---|---|---|---|"
        for case in module.CASES:
            cells = [_cell(found.get((case.name, engine))) for engine in ENGINES]
            yield f"| {f'**{case.name}**' if measured(case) else case.name} | {' | '.join(cells)} |"
        yield ""
        if reasons := sorted({f"{case.reason}" for case in module.CASES if case.reason}):
            yield f"— where an engine has no such thing: {'; '.join(reasons)}."
            yield ""


def _cell(outcome: Outcome | None) -> str:
    return "—" if outcome is None else f"{_word(outcome.plain)} → {_word(outcome.bothways)}"


def _word(stage: str) -> str:
    return WORDS.get(stage, stage)
