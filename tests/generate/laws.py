"""The laws of the generator, each a function that fails with what was drafted where one is broken."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
from hypothesis import assume
from sqlalchemy.exc import DBAPIError

from bothways import scratch
from bothways.building import build
from bothways.connections import call
from bothways.dialects.drafting import drafter_for
from bothways.dialects.reading import take
from bothways.errors import BothwaysError, InvalidModels
from bothways.generate.lab import Lab
from bothways.operations import Hints, State
from bothways.revisions import trial
from bothways.snapshot import advanced, difference, split_name
from bothways.verify.contents import losses
from bothways.verify.rows import plant
from tests.generate.laboratory import MIGRATIONS, source
from tests.generate.making import metadata
from tests.generate.tightening import tightens

if TYPE_CHECKING:
    from bothways.generate.lab import Drafted
    from bothways.snapshot import Change, Snapshot
    from bothways.urls import DatabaseURL
    from tests.generate.models import Evolution, Models

BYSTANDER = "zz_bystander"
MOST_UNBUILDABLE = 0.2
NO_WAY_BACK = "no way back"
_NULL = re.compile(r"not.null|null value|be null|default value", re.I)


class UnbuildableError(Exception):
    """The server refuses the models."""


class BrokenLawError(AssertionError):
    """A law is broken: which, how, and what was drafted."""


@dataclass
class Tally:
    """How many examples were tried, and how far they came."""

    seen: Counter[str] = field(default_factory=Counter)

    def check(self) -> None:
        """Most sets of models must have been such as the server takes."""
        tried = self.seen["tried"]
        assert tried
        assert self.seen["unbuildable"] <= MOST_UNBUILDABLE * tried, dict(self.seen)


def bystander() -> sa.MetaData:
    """A table with an index, and a view of it, that nothing else refers to."""
    made = sa.MetaData()
    table = sa.Table(
        BYSTANDER,
        made,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("note", sa.String(30), nullable=False, server_default="it's"),
        sa.CheckConstraint("note <> ''", name=f"{BYSTANDER}_ck"),
        sa.Index(f"{BYSTANDER}_ix", "note"),
    )
    view = sa.DDL(f"CREATE VIEW {BYSTANDER}_v AS SELECT note FROM {BYSTANDER}")
    sa.event.listen(table, "after_create", view)
    return made


def builder(models: Models, engine: str):
    """What makes the models, and the bystander with rows, in a database."""
    beside, made = bystander(), metadata(models, engine)

    def make(connection: sa.Connection) -> None:
        build(connection, beside)
        connection.execute(beside.tables[BYSTANDER].insert(), [{"id": 1, "note": "one"}, {"id": 2, "note": "100%"}])
        connection.commit()
        try:
            build(connection, made)
            refused = None
        except InvalidModels as error:
            refused = str(error)
        if refused is not None:
            raise UnbuildableError(refused)

    return make


def obey(server: DatabaseURL, evolution: Evolution, tally: Tally | None = None) -> Drafted:
    """Draft an evolution and hold what was drafted against the laws."""
    tally = tally or Tally()
    tally.seen["tried"] += 1
    try:
        drafted = _draft(server, evolution)
    except UnbuildableError:
        tally.seen["unbuildable"] += 1
        assume(False)
    text = "\n".join(map(source, drafted.drafts))
    law("the upgrade makes the catalog of the models", drafted.left, text)
    law("the downgrade makes the catalog that was", drafted.not_restored, text)
    if drafted.before.objects == drafted.after.objects:
        law("where nothing differs nothing is drafted", [d for d in drafted.drafts if d.steps], text)
    tally.seen["rows " + _carry(server, evolution, drafted, text)] += 1
    return drafted


def drafted_text(server: DatabaseURL, evolution: Evolution) -> str:
    """What is drafted, as the text of revisions. Raises UnbuildableError."""
    return "\n".join(map(source, _draft(server, evolution).drafts))


def law(says: str, against: object, text: str) -> None:
    """Fail where there is anything against a law."""
    if against:
        shown = "\n  ".join(map(str, against))
        raise BrokenLawError(f"{says}, but:\n  {shown}\n\n{text}")


def _draft(server: DatabaseURL, evolution: Evolution) -> Drafted:
    hints = Hints(offline=evolution.offline, keep_data=evolution.keep_data)
    before, after = builder(evolution.before, server.dialect), builder(evolution.after, server.dialect)
    return Lab(server, MIGRATIONS, before, after, hints=hints).draft()


def _carry(server: DatabaseURL, evolution: Evolution, drafted: Drafted, text: str) -> str:
    """Run the drafts both ways over rows; with which rows that could be done."""
    steps = [d for d in drafted.drafts if d.steps]
    if not steps:
        return "not needed"
    refusal = ""
    for kind in ("hard", "plain"):
        with scratch.database(server) as url:

            def trip(connection: sa.Connection, plain: bool = kind == "plain") -> str:
                return Trip(connection, evolution, drafted, text).run(plain=plain)

            refusal = call(url, trip, purpose="prove")
        if not refusal:
            return kind
        if refusal == NO_WAY_BACK:
            return refusal
    law("rows that fit both survive", [] if tightens(evolution) else [refusal], text)
    return "refused"


@dataclass
class Trip:
    """Rows on their way up and down."""

    connection: sa.Connection
    evolution: Evolution
    drafted: Drafted
    text: str

    def run(self, *, plain: bool) -> str:
        """Up and down, everything compared; what the server said where it refuses the rows on the way up."""
        builder(self.evolution.before, self.connection.dialect.name)(self.connection)
        plant(self.connection, self.drafted.before, rows=6, plain=plain, tables=self._tables())
        self.connection.commit()
        start = self._look()
        try:
            for draft in self.drafted.drafts:
                trial.run(self.connection, draft.up, MIGRATIONS)
        except (DBAPIError, BothwaysError) as refused:
            return str(refused)
        up = self._look()
        self._compare_upgraded(start, up)
        self.connection.rollback()
        try:
            for draft in reversed(self.drafted.drafts):
                trial.run(self.connection, draft.down, MIGRATIONS)
        except (DBAPIError, BothwaysError) as refused:
            if self._hopeless(str(refused)):
                return NO_WAY_BACK
            raise
        self._compare_restored(start, self._look())
        return ""

    def _hopeless(self, refusal: str) -> bool:
        """Whether what was declared to be lost has values that nobody can make up: those of keys, checks, references.

        A column that must have a value can be given any.
        """
        declared = any(s.lossy for d in self.drafted.drafts for s in d.steps)
        return declared and not _NULL.search(refusal.partition("[SQL")[0])

    def _tables(self) -> list[str]:
        return [name for name in self.drafted.before.names("table") if name != BYSTANDER]

    def _look(self) -> Snapshot:
        seen = take(self.connection, rows=True)
        # A revision's own transaction could not end inside another one.
        self.connection.rollback()
        return seen

    def _compare_upgraded(self, start: Snapshot, up: Snapshot) -> None:
        left = difference(up, self.drafted.after, tiers=("semantic",))
        law("rows change nothing in what the upgrade makes", left, self.text)
        drafter = drafter_for(up.dialect)
        texts = drafter.sources(self.connection, up, (), {})
        self.connection.rollback()
        again = drafter.draft(State(up, texts), State(self.drafted.after, texts), Hints())
        law("drafted again, nothing is drafted", [s.says for d in again for s in d.steps], self.text)
        untouched = [c for c in _counted(difference(start, up)) if _owner(c.key) not in self._touched()]
        law("the upgrade touches nothing else", [c for c in untouched if c.kind not in _SHARED], self.text)
        law("columns that stay keep their values", list(self._moved(start, up)), self.text)

    def _compare_restored(self, start: Snapshot, back: Snapshot) -> None:
        declared = {name for d in self.drafted.drafts for s in d.steps for name in s.lossy}
        changes = _counted(difference(start, back, tiers=("semantic", "data")))
        law("rows change nothing in what the downgrade makes", [c for c in changes if c.tier == "semantic"], self.text)
        lost = [n for n in losses(changes) if n not in declared and split_name(n)[0] not in declared]
        shown = [f"{name} is lost and not declared" for name in lost]
        law("what a step loses it declares", [*shown, *map(str, changes if lost else ())], self.text)
        away = [c for c in _counted(difference(start, back)) if _owner(c.key) not in self._touched()]
        law("the downgrade touches nothing else", [c for c in away if c.kind not in _SHARED], self.text)

    def _touched(self) -> set[str]:
        """The tables, views, sequences and types that differ, or of which a part does."""
        changes = difference(self.drafted.before, self.drafted.after, tiers=("semantic",))
        found = {_owner(c.key) for c in changes}
        types = {c.name for c in changes if c.kind == "type"}
        # A value whose label goes becomes another one, and its own again.
        for key, facts in self.drafted.before.objects.items():
            if key.startswith("column:") and _type_of(facts) in types:
                found.add(_owner(key))
        return found

    def _moved(self, start: Snapshot, up: Snapshot):
        """Columns that are the same on both sides, and the values in them are not."""
        before, after = self.drafted.before, self.drafted.after
        labels = {c.key for c in difference(before, after) if c.kind == "type"}
        for change in _counted(difference(start, up, tiers=("data",))):
            table = change.name
            if change.fact == "count":
                yield change
            elif change.fact is not None and change.fact.startswith("column "):
                own = [
                    k
                    for k in before.objects
                    if k.startswith(f"column:{table}.") and split_name(k)[1] == change.fact[7:]
                ]
                same = (
                    own
                    and own[0] in after.objects
                    and not difference(before.only(own), after.only(own), tiers=("semantic",))
                )
                if same and not labels:
                    yield change


_SHARED = {"schema", "type", "sequence", "view", "database"}


def _counted(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(c for c in changes if not advanced(c))


def _type_of(facts) -> str:
    return str(facts.get("type")).replace('"', "").removesuffix("[]").removeprefix("public.")


def _owner(key: str) -> str:
    kind, _, name = key.partition(":")
    return name if kind in {"table", "view", "sequence", "type", "schema", "rows"} else split_name(name)[0]
