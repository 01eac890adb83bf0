"""The laws can be broken: each notices the fault that it is there for, in drafts written by hand."""

from dataclasses import dataclass

import pytest

from bothways import scratch
from bothways.code import call, sql
from bothways.connections import call as connect
from bothways.dialects.reading import take
from bothways.generate.lab import Drafted
from bothways.operations import Draft, Step
from tests.generate.laws import BYSTANDER, BrokenLawError, Trip, builder
from tests.generate.models import Column, Evolution, Models, Table

SMALL = Models((Table("t", (Column("id", required=True), Column("note", "string(40)")), ("id",)),))
LARGE = Models(
    (Table("t", (Column("id", required=True), Column("note", "string(40)"), Column("stars")), ("id",)),),
)
ADD = sql("ALTER TABLE t ADD COLUMN stars INTEGER")
DROP = call("op.drop_column", "t", "stars")
LOSS = {"t.stars": "the column is dropped"}


@dataclass(frozen=True)
class Fault:
    says: str
    evolution: Evolution
    step: Step


FAULTS = {
    "an upgrade that changes values": Fault(
        "columns that stay keep their values",
        Evolution(SMALL, LARGE),
        Step("", (ADD, sql("UPDATE t SET note = 'lost'")), (DROP,)),
    ),
    "an upgrade that loses rows": Fault(
        "columns that stay keep their values", Evolution(SMALL, LARGE), Step("", (ADD, sql("DELETE FROM t")), (DROP,))
    ),
    "an upgrade that writes to another table": Fault(
        "the upgrade touches nothing else",
        Evolution(SMALL, LARGE),
        Step("", (ADD, sql(f"DELETE FROM {BYSTANDER}")), (DROP,)),
    ),
    "a downgrade that writes to another table": Fault(
        "the downgrade touches nothing else",
        Evolution(LARGE, SMALL),
        Step("", (DROP,), (ADD, sql(f"DELETE FROM {BYSTANDER}")), LOSS | {BYSTANDER: "because"}),
    ),
    "an upgrade that leaves something undone": Fault(
        "rows change nothing in what the upgrade makes", Evolution(SMALL, LARGE), Step("", (), ())
    ),
    "a downgrade that leaves something undone": Fault(
        "rows change nothing in what the downgrade makes", Evolution(SMALL, LARGE), Step("", (ADD,), ())
    ),
    "a loss that nobody declares": Fault(
        "what a step loses it declares", Evolution(LARGE, SMALL), Step("", (DROP,), (ADD,))
    ),
}


def trip(server, evolution, step, monkeypatch):
    """Carry rows through a draft of one step."""
    before, after = (seen(server, models) for models in (evolution.before, evolution.after))
    drafted = Drafted((Draft((step,)),), before, after)
    # Whether it is drafted again is the drafter's affair, and here nobody drafts.
    monkeypatch.setattr("tests.generate.laws.drafter_for", lambda _: Nothing())
    with scratch.database(server) as url:
        return connect(url, lambda c: Trip(c, evolution, drafted, "").run(plain=False), purpose="prove")


class Nothing:
    """Drafts nothing."""

    def sources(self, connection, snapshot, keys, written):
        return {}

    def draft(self, before, after, hints):
        return ()


def seen(server, models):
    """The snapshot of a database made of the models."""

    def look(connection):
        builder(models, server.dialect)(connection)
        return take(connection)

    with scratch.database(server) as url:
        return connect(url, look, purpose="prove")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_breaks_the_law_that_forbids_it(fault, engine_name, servers, monkeypatch):
    planted = FAULTS[fault]
    with pytest.raises(BrokenLawError, match=planted.says):
        trip(servers[engine_name], planted.evolution, planted.step, monkeypatch)


@pytest.mark.parametrize(
    ("evolution", "step"),
    [
        (Evolution(SMALL, LARGE), Step("", (ADD,), (DROP,))),
        (Evolution(LARGE, SMALL), Step("", (DROP,), (ADD,), LOSS)),
    ],
    ids=["adding", "dropping"],
)
def test_an_honest_draft_breaks_none(evolution, step, engine_name, servers, monkeypatch):
    assert trip(servers[engine_name], evolution, step, monkeypatch) == ""
