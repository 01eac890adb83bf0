"""Rows that look real: every table is filled, the same seed gives the same rows, and nobody's rows are touched."""

import json
from decimal import Decimal

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bothways import scratch
from bothways.cli import app
from bothways.connections import call
from bothways.errors import DatabaseBehind, InvalidModels, Refused
from bothways.project import Project
from bothways.seed import plan, seed
from bothways.seed.rules import Bounds, bounds_of
from schema import metadata
from schema.types import Money
from tests.api.conftest import migrate, project_with


@pytest.fixture
def at_head(empty_database):
    """A fresh database at head, on each engine in turn."""
    migrate(empty_database)
    return empty_database


def fill(url, **options):
    """Seed the database; the report."""
    project = project_with({url.dialect: url})
    return seed(project, project.database(url.dialect), **{"size": 30, **options})


def contents(url):
    """Every row of every table, as text."""

    def read(connection):
        return {
            t.name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(t))) for t in metadata.sorted_tables
        }

    return call(url, read)


def test_every_table_is_filled_with_the_same_rows_for_the_same_seed(at_head, servers):
    url = at_head
    report = fill(url)
    first = contents(url)
    assert {name: len(rows) for name, rows in first.items()} == dict(report.tables)
    assert all(first.values())
    with scratch.database(servers[url.dialect]) as again, scratch.database(servers[url.dialect]) as other:
        for place, number in ((again, 1), (other, 2)):
            migrate(place)
            fill(place, number=number)
        assert contents(again) == first
        assert contents(other)["products"] != first["products"]


def test_rows_are_added_only_where_that_is_asked_for(at_head):
    url = at_head
    fill(url)
    first = contents(url)
    with pytest.raises(Refused, match="products") as refused:
        fill(url)
    assert "--append" in refused.value.hint
    assert contents(url) == first
    report = fill(url, append=True)
    for name, rows in contents(url).items():
        assert set(rows) >= set(first[name]) or name == "users"
        assert len(rows) == len(first[name]) + dict(report.tables)[name]


def test_they_look_real(at_head):
    url = at_head
    fill(url, size=200)
    tables = metadata.tables

    def read(connection):
        return [connection.execute(sa.select(tables[name])).all() for name in ("users", "products", "order_lines")]

    users, products, lines = call(url, read)
    assert all(u.email.endswith("@example.com") and " " in u.display_name for u in users)
    assert any(u.current_room_id for u in users)
    assert all(0 <= p.price < 10_000 and p.created_at <= p.updated_at for p in products)
    assert {p.currency for p in products} <= {"EUR", "USD", "GBP", "SEK", "PLN"}
    assert sum(p.price < Decimal(500) for p in products) > len(products) / 2
    assert max(line.line_no for line in lines) < 30
    by_order = {}
    for line in lines:
        by_order.setdefault(line.order_id, []).append(line.line_no)
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in by_order.values())


def test_a_database_without_the_tables_is_told_to_be_upgraded(empty_database):
    with pytest.raises(DatabaseBehind) as behind:
        fill(empty_database)
    assert behind.value.hint == f"bothways upgrade {empty_database.dialect}"


def test_the_command_shows_what_it_did(servers, tmp_path):
    with scratch.database(servers["sqlite"]) as url:
        migrate(url)
        environ = {"BOTHWAYS_SQLITE_URL": url.reveal()}
        config = str(project_with({}).config)
        ran = CliRunner().invoke(app, ["-q", "-c", config, "seed", "sqlite", "--size", "5", "-o", "json"], env=environ)
        assert ran.exit_code == 0, ran.output
        assert json.loads(ran.stdout)["tables"]["products"] == 3
        again = CliRunner().invoke(app, ["-c", config, "seed", "sqlite"], env=environ)
        assert again.exit_code == 3
        assert "has rows already" in again.stderr
        added = CliRunner().invoke(app, ["-c", config, "seed", "sqlite", "--size", "4", "--append"], env=environ)
        assert "rows more" in added.stdout
        wrong = CliRunner().invoke(app, ["-c", config, "seed", "sqlite", "--size", "huge"], env=environ)
        assert wrong.exit_code == 2


MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table(
    "events", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("parent", sa.ForeignKey("events.id")),
    sa.Column("kind", sa.String(8), sa.CheckConstraint("kind in ('a', 'b')", name="kind"), nullable=False, info={info}),
    sa.Column("starts", sa.Date, nullable=False),
    sa.Column("ends", sa.Date, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("place", sa.String(3), nullable=False, unique=True),
    sa.Column("code", sa.String(6), nullable=False),
    sa.CheckConstraint("starts <= ends", name="order"),
    sa.CheckConstraint("seats between 5 and 7", name="seats"),
    sa.CheckConstraint("code not like '%s%'", name="plain"),
)
sa.Table(
    "guests", metadata,
    sa.Column("event", sa.ForeignKey("events.id"), primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("raw", sa.LargeBinary(4)), sa.Column("at", sa.Time), sa.Column("born", sa.Date),
    sa.Column("height", sa.Float), sa.Column("rate", sa.Numeric(4, 3)), sa.Column("key", sa.Uuid),
)
"""


@pytest.mark.parametrize("info", [{"seed": ["a", "b"]}, {}])
def test_conditions_are_respected_or_the_column_is_named(servers, info, monkeypatch):
    scope = {}
    exec(MODELS.replace("{info}", repr(info)), scope)
    monkeypatch.setattr(Project, "metadata", lambda _project: scope["metadata"])
    with scratch.database(servers["sqlite"]) as url:

        def make(connection):
            scope["metadata"].create_all(connection)
            connection.commit()

        call(url, make, purpose="write")
        if not info:
            with pytest.raises(InvalidModels, match="events takes: CHECK constraint failed: kind") as refused:
                fill(url)
            assert '"seed"' in refused.value.hint
            return
        assert dict(fill(url, size=40).tables) == {"events": 20, "guests": 20}


def test_parents_are_fewer_than_children():
    chosen = plan(metadata, 1_000)
    order = [t.name for t in chosen.tables]
    assert order.index("users") < order.index("orders") < order.index("order_lines")
    assert chosen.rows["users"] < chosen.rows["orders"] < chosen.rows["order_returns"] == 1_000
    assert chosen.total == sum(chosen.rows.values())


def test_a_limit_with_a_value_of_the_type_is_kept():
    amounts = sa.MetaData()
    limit = sa.column("price", Money()).between(3, 7)
    sa.Table("ticket", amounts, sa.Column("price", Money), sa.CheckConstraint(limit, name="ck_price"))
    assert bounds_of(amounts.tables["ticket"].c.price) == Bounds(Decimal(3), Decimal(7))
