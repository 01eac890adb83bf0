"""The canonical models mean the same on every engine, and the revisions are what a branch may consist of."""

from __future__ import annotations

import ast
import ipaddress
import itertools
import sys
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from mako.template import Template
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session, configure_mappers

import schema
from bothways import scratch
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.project import Project
from bothways.revisions import upgrade
from bothways.snapshot import Snapshot, difference
from schema import types
from schema.base import Base
from schema.identity import DEFAULT_SETTINGS
from tests.roundtrip.rows import plant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bothways.urls import DatabaseURL

ROOT = Path(__file__).parent.parent
TABLES = schema.metadata.sorted_tables
COLUMNS = [column for table in TABLES for column in table.columns]
REVISIONS = sorted((ROOT / "migrations" / "versions").glob("*/*.py"))
NOW = datetime(2026, 5, 1, 12, 30, 0, 123456, tzinfo=UTC)


def named(item: object) -> str:
    return f"{item.parent.name}-{item.stem}" if isinstance(item, Path) else str(item)


# What the models say


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_names_of_constraints_and_indexes_follow_the_convention_and_fit_every_engine(table):
    kinds = {
        sa.PrimaryKeyConstraint: "pk",
        sa.UniqueConstraint: "uq",
        sa.CheckConstraint: "ck",
        sa.ForeignKeyConstraint: "fk",
        sa.Index: "ix",
    }
    for item in [*table.constraints, *table.indexes]:
        assert item.name is not None
        assert item.name.startswith(f"{kinds[type(item)]}_{table.name}")
        assert len(item.name) <= 63


@pytest.mark.parametrize("item", [*TABLES, *COLUMNS], ids=named)
def test_every_table_and_column_says_what_it_is_for(item):
    assert item.comment
    assert len(item.comment) <= 1024


@pytest.mark.parametrize("column", [c for c in COLUMNS if c.name.endswith("_at") or c.name == "since"], ids=named)
def test_every_moment_is_aware(column):
    assert isinstance(column.type, types.UtcDateTime)


@pytest.mark.parametrize("column", COLUMNS, ids=named)
def test_no_moment_and_no_amount_has_a_type_that_loses_something(column):
    assert not isinstance(column.type, sa.DateTime | sa.Float)
    assert not isinstance(column.type, sa.Numeric)


@pytest.mark.parametrize("column", [c for c in COLUMNS if c.computed is not None or c.identity is not None], ids=named)
def test_what_the_server_makes_is_marked_as_not_for_writing(column):
    assert column.info["write"] is False


def test_hashes_of_secrets_are_marked_as_secret():
    assert [str(c) for c in COLUMNS if c.info.get("secret")] == ["api_keys.secret_hash"]
    assert not [str(c) for c in COLUMNS if "password" in c.name or c.name == "secret"]


def test_the_audit_trail_is_marked_as_append_only():
    assert [t.name for t in TABLES if t.info.get("append_only")] == ["audit_events"]


def test_the_classes_agree_about_their_relationships():
    configure_mappers()
    assert {m.local_table for m in schema.Base.registry.mappers} == set(TABLES)


def test_indexes_are_made_in_the_order_of_writing():
    names = [index.name for index in schema.Product.__table__.indexes]
    assert names == ["ix_products_category_id", "ix_products_listed", "ix_products_tags", "ix_products_deleted_at"]


@pytest.mark.parametrize(
    "feature",
    [
        lambda t: any(isinstance(c.type, sa.Enum) for c in t.columns),
        lambda t: any(isinstance(c, sa.CheckConstraint) for c in t.constraints),
        lambda t: any(i.dialect_options["postgresql"].get("where") is not None for i in t.indexes),
        lambda t: any("lower(" in str(e) for i in t.indexes for e in i.expressions),
        lambda t: any("DESC" in str(e) for i in t.indexes for e in i.expressions),
        lambda t: any(c.computed is not None for c in t.columns),
        lambda t: any(c.identity is not None and c.identity.always for c in t.columns),
        lambda t: any(f.referred_table is t for f in t.foreign_key_constraints),
        lambda t: any(len(f.columns) > 1 for f in t.foreign_key_constraints),
        lambda t: any(f.use_alter for f in t.foreign_key_constraints),
    ],
    ids=["enum", "check", "partial", "expression", "descending", "computed", "identity", "self", "composite", "cycle"],
)
def test_the_models_use_what_makes_migrations_hard(feature):
    assert any(feature(table) for table in TABLES)


# What may be imported


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "schema").glob("*.py")), ids=named)
def test_the_models_import_sqlalchemy_and_the_standard_library_only(path):
    assert imports(path) <= {"schema", "sqlalchemy", "sqlalchemy_utils"} | sys.stdlib_module_names


@pytest.mark.parametrize("path", REVISIONS, ids=named)
def test_a_revision_imports_alembic_and_sqlalchemy_only(path):
    assert imports(path) <= {"alembic", "sqlalchemy"}


@pytest.mark.parametrize("path", REVISIONS, ids=named)
def test_a_revision_says_what_changes_and_has_both_directions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    title, _, reason = (ast.get_docstring(tree) or "").partition("\n")
    assert len(title) > 10
    assert len(reason) > 80
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert all(any(isinstance(n, ast.Call) for n in ast.walk(functions[way])) for way in ("upgrade", "downgrade"))


def test_files_ids_and_changes_of_the_branches_go_together():
    headers = {}
    for path in REVISIONS:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        values = {n.targets[0].id: n.value for n in tree.body if isinstance(n, ast.Assign)}
        headers[path] = {
            k: ast.literal_eval(values[k]) for k in ("revision", "down_revision", "branch_labels", "change")
        }
    ids = [h["revision"] for h in headers.values()]
    assert len(set(ids)) == len(ids)
    assert max(map(len, ids)) <= 32
    for path, header in headers.items():
        number, _, slug = path.stem.partition("_")
        assert header["revision"].endswith(f"_{number}")
        assert header["change"].replace("-", "_") == slug
        assert header["branch_labels"] == ((path.parent.name,) if header["down_revision"] is None else None)


@pytest.mark.parametrize("message", ['a """ + print(1) + """ b', "back\\slash\\", 'ends with "', "nul \0 inside", ""])
def test_a_message_stays_inside_the_docstring_of_a_new_revision(message):
    text = Template(filename=str(ROOT / "migrations" / "script.py.mako")).render(
        message=message, create_date=NOW, imports="", up_revision="lite_0099", down_revision="lite_0018",
        branch_labels=None, depends_on=None, upgrades="", downgrades="",
    )  # fmt: skip
    tree = ast.parse(text)
    assert ast.get_docstring(tree, clean=False).splitlines()[0] == message.replace("\0", "")
    assert [type(node) for node in tree.body[:3]] == [ast.Expr, ast.Import, ast.ImportFrom]


def test_an_index_that_a_column_asks_for_is_made_after_those_that_are_written():
    columns = (sa.Column("a", sa.Integer, index=True), sa.Column("b", sa.Integer))
    table = Base.__table_cls__("indexed", sa.MetaData(), *columns, sa.Index("written", "b"))
    assert [index.name for index in table.indexes] == ["written", "ix_indexed_a"]


# What values become on each engine


@dataclass(frozen=True)
class Place:
    """A database with the models' tables and one table of every type."""

    url: DatabaseURL

    def do(self, work: Callable[[sa.Connection], Any]) -> Any:
        def committed(connection: sa.Connection) -> Any:
            found = work(connection)
            connection.commit()
            return found

        return call(self.url, committed, purpose="write")

    def orm(self, work: Callable[[Session], Any]) -> Any:
        def in_session(connection: sa.Connection) -> Any:
            with Session(connection, expire_on_commit=False) as session:
                found = work(session)
                session.commit()
                return found

        return self.do(in_session)

    def carry(self, column: str, values: list[Any]) -> list[Any]:
        """The values after they have been written and read."""

        def there_and_back(connection: sa.Connection) -> list[Any]:
            connection.execute(sa.delete(PROBE))
            connection.execute(sa.insert(PROBE), [{"id": i, column: v} for i, v in enumerate(values)])
            return list(connection.scalars(sa.select(PROBE.c[column]).order_by(PROBE.c.id)))

        return self.do(there_and_back)


PROBE = sa.Table(
    "probe",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key", types.UuidKey),
    sa.Column("json", types.Json),
    sa.Column("moment", types.UtcDateTime),
    sa.Column("strings", types.StringArray),
    sa.Column("address", types.IpAddress),
    sa.Column("network", types.IpNetwork),
    sa.Column("amount", types.Money),
    sa.Column("email", types.Email),
    sa.Column("label", types.label(100)),
    sa.Column("code", types.code(100)),
    sa.Column("long", types.LongText),
    mysql_charset="utf8mb4",
    mysql_collate="utf8mb4_bin",
)


@pytest.fixture(scope="module")
def place(engine_name, servers) -> Iterator[Place]:
    with scratch.database(servers[engine_name]) as url:
        found = Place(url)
        found.do(schema.metadata.create_all)
        found.do(PROBE.metadata.create_all)
        yield found


few = settings(max_examples=20, deadline=None)
text = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1001, 1, 1), datetime(9998, 12, 31), timezones=zones)  # noqa: DTZ001 - Hypothesis wants it
amounts = st.decimals(Decimal("-9999999999.99"), Decimal("9999999999.99"), places=2)
numbers = st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15, allow_subnormal=False)
json = st.recursive(
    st.none() | st.booleans() | numbers | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)


def lists(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.none() | values, min_size=1, max_size=12)


@few
@given(values=lists(moments))
def test_moments_keep_their_microseconds_and_come_back_in_utc(place, values):
    found = place.carry("moment", values)
    assert found == values
    assert all(v.tzinfo is UTC for v in found if v is not None)


@few
@given(values=lists(amounts))
def test_amounts_are_exact(place, values):
    found = place.carry("amount", values)
    assert found == values
    assert all(v.as_tuple().exponent == -2 for v in found if v is not None)


@few
@given(values=lists(st.lists(text, max_size=5)))
def test_arrays_of_strings_come_back(place, values):
    assert place.carry("strings", values) == values


@few
@given(values=lists(st.dictionaries(text, json, max_size=5) | st.lists(json, max_size=5)))
def test_json_comes_back(place, values):
    assert place.carry("json", values) == values


@few
@given(values=lists(st.uuids()))
def test_keys_come_back(place, values):
    assert place.carry("key", values) == values


@few
@given(values=lists(st.ip_addresses()), masks=st.lists(st.integers(0, 32), min_size=12, max_size=12))
def test_addresses_and_networks_come_back_as_objects(place, values, masks):
    assert place.carry("address", values) == values
    networks = [v and ipaddress.ip_network((v, m), strict=False) for v, m in zip(values, masks, strict=False)]
    assert place.carry("network", networks) == networks


@few
@given(values=lists(text.map(lambda t: t[:100])), column=st.sampled_from(["label", "code", "long"]))
def test_texts_come_back(place, values, column):
    assert place.carry(column, values) == values


def test_long_texts_come_back(place):
    code = "print('👩‍💻')\n" * 20_000
    assert place.carry("long", [code]) == [code]


def test_addresses_of_people_are_kept_in_lower_case(place):
    assert place.carry("email", [" Ann.O'Hara+x@Example.ORG ", None]) == ["ann.o'hara+x@example.org", None]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("moment", datetime(2026, 5, 1)),  # noqa: DTZ001 - a naive one is what is refused
        ("amount", 1.5),
        ("amount", Decimal("0.001")),
        ("amount", Decimal("10000000000")),
        ("amount", Decimal("NaN")),
        ("amount", True),
        ("strings", "lone"),
        ("strings", ["a", None]),
        ("address", "fe80::1%eth0"),
        ("address", "300.1.1.1"),
        ("network", "10.0.0.1/8"),
        ("email", "no at sign"),
        ("email", "two@at@signs.org"),
        ("email", "ann@localhost"),
        ("email", f"ann@{'x' * 260}.org"),
    ],
)
def test_what_is_not_such_a_value_is_refused_before_it_reaches_the_server(place, column, value):
    with pytest.raises(StatementError) as refused:
        place.carry(column, [value])
    assert isinstance(refused.value.orig, ValueError | TypeError)


def test_amounts_are_compared_added_and_multiplied_as_amounts(place):
    def ask(connection):
        amount = PROBE.c.amount
        connection.execute(sa.delete(PROBE))
        values = [Decimal("9.50"), Decimal("-1.05"), Decimal("100.00")]
        connection.execute(sa.insert(PROBE), [{"id": i, "amount": v} for i, v in enumerate(values)])
        over = connection.scalars(sa.select(amount).where(amount > Decimal("9.49")).order_by(amount)).all()
        total = connection.scalar(sa.select(sa.func.sum(amount)))
        twice = connection.scalar(sa.select(amount * 2).where(PROBE.c.id == 0))
        literal = sa.select(amount).where(amount == sa.literal(Decimal("-1.05"), types.Money(), literal_execute=True))
        return over, total, twice, connection.scalar(literal)

    over, total, twice, literal = place.do(ask)
    assert over == [Decimal("9.50"), Decimal("100.00")]
    assert (total, twice, literal) == (Decimal("108.45"), Decimal("19.00"), Decimal("-1.05"))


def test_a_limit_with_a_value_of_the_type_is_the_same_amount_on_every_engine(servers, engine_name):
    metadata = sa.MetaData()
    limit = sa.column("price", types.Money()).between(0, Decimal("1000.50"))
    ticket = sa.Table("ticket", metadata, sa.Column("price", types.Money), sa.CheckConstraint(limit, name="ck_price"))

    def ask(connection):
        metadata.create_all(connection)
        connection.execute(sa.insert(ticket), [{"price": Decimal("12.50")}, {"price": Decimal("1000.50")}])
        for beyond in ("-0.01", "1000.51"):
            with pytest.raises(DBAPIError), connection.begin_nested():
                connection.execute(sa.insert(ticket), {"price": Decimal(beyond)})
        return connection.scalars(sa.select(ticket.c.price).order_by(ticket.c.price)).all()

    with scratch.database(servers[engine_name]) as url:
        assert call(url, ask, purpose="write") == [Decimal("12.50"), Decimal("1000.50")]


# What the rules of the models do on each engine


def user(**more: Any) -> schema.User:
    return schema.User(**{"email": f"{uuid.uuid4().hex}@example.org", "display_name": "Ann", **more})


def test_the_server_makes_what_is_left_out(place):
    def ask(session):
        ann, role = user(), schema.Role(name=uuid.uuid4().hex)
        profile = schema.UserProfile(user=ann)
        session.add_all([ann, role, profile])
        session.flush()
        for made in (ann, role, profile):
            session.refresh(made)
        return ann.created_at, ann.is_active, role.description, role.permissions, profile.settings, profile.locale

    made, active, description, permissions, settings_, locale = place.orm(ask)
    assert abs(made - datetime.now(UTC)) < timedelta(minutes=5)
    assert (active, description, permissions) == (True, "A role that isn't described yet", [])
    assert (settings_, locale) == (DEFAULT_SETTINGS, "en")


def test_the_server_computes_the_total_of_a_line(place):
    def ask(session):
        product = schema.Product(sku=uuid.uuid4().hex, name="Pen", price=Decimal("1.10"))
        order = schema.Order(reference=uuid.uuid4().hex[:20], customer_id=(ann := user(id=uuid.uuid4())).id)
        session.add_all([ann, product])
        session.flush()
        line = schema.OrderLine(line_no=1, product_id=product.id, quantity=3, unit_price=Decimal("0.10"))
        order.lines.append(line)
        session.add(order)
        session.flush()
        session.refresh(line)
        return line.line_total

    assert place.orm(ask) == Decimal("0.30")


def refused(place: Place, *rows: Any) -> bool:
    try:
        place.orm(lambda session: (session.add_all(rows), session.flush()))
    except IntegrityError:
        return True
    except sa.exc.OperationalError as error:  # MariaDB's and MySQL's number for a check
        return error.orig is not None and error.orig.args[0] in {3819, 4025}
    return False


def test_a_price_below_zero_is_refused_and_nothing_is_allowed(place):
    def product(price):
        return schema.Product(sku=uuid.uuid4().hex, name="Pen", price=Decimal(price))

    assert refused(place, product("-0.01"))
    assert not refused(place, product("0"))


def test_an_address_in_capitals_is_refused_even_past_the_models(place):
    row = {"id": uuid.uuid4(), "email": sa.literal_column("'BIG@EXAMPLE.ORG'"), "display_name": "Ann"}
    with pytest.raises((IntegrityError, sa.exc.OperationalError)):
        place.do(lambda c: c.execute(sa.insert(schema.User).values(row)))


def test_two_users_cannot_have_one_address(place):
    address = f"{uuid.uuid4().hex}@example.org"
    assert refused(place, user(email=address), user(email=address.upper()))


def test_a_name_of_an_api_key_is_taken_until_the_key_is_withdrawn(place):
    ann = user(id=uuid.uuid4())
    prefixes = (uuid.uuid4().hex[:12] for _ in itertools.count())

    def key(**more: Any) -> schema.ApiKey:
        return schema.ApiKey(user_id=ann.id, name="ci", prefix=next(prefixes), secret_hash="0" * 64, **more)

    assert not refused(place, ann)
    assert not refused(place, key(revoked_at=NOW), key(revoked_at=NOW), key())
    assert refused(place, key())


def test_a_category_is_not_its_own_parent(place):
    key = uuid.uuid4()
    assert refused(place, schema.Category(id=key, parent_id=key, slug="a", name="A"))


def test_a_room_keeps_its_host_and_frees_the_people_in_it_when_it_goes(place):
    host, guest = user(id=uuid.uuid4()), user(id=uuid.uuid4())
    room = schema.Room(id=uuid.uuid4(), host_id=host.id, title="Interview", initial_code="")
    keys = {"host": host.id, "guest": guest.id, "room": room.id}
    assert not refused(place, host, guest)
    assert not refused(place, room)
    enter = sa.update(schema.User).where(schema.User.id.in_([host.id, guest.id])).values(current_room_id=room.id)
    place.do(lambda c: c.execute(enter))
    with pytest.raises(IntegrityError):
        place.do(lambda c: c.execute(sa.delete(schema.User).where(schema.User.id == keys["host"])))
    place.do(lambda c: c.execute(sa.delete(schema.Room).where(schema.Room.id == keys["room"])))
    places = sa.select(schema.User.current_room_id).where(schema.User.id.in_([keys["host"], keys["guest"]]))
    assert place.do(lambda c: c.scalars(places).all()) == [None, None]


def test_an_order_takes_its_lines_and_returns_with_it_but_a_customer_stays(place):
    ann = user(id=uuid.uuid4())
    product = schema.Product(id=uuid.uuid4(), sku=uuid.uuid4().hex, name="Pen", price=Decimal(1))
    order = schema.Order(id=uuid.uuid4(), reference=uuid.uuid4().hex[:20], customer_id=ann.id)
    line = schema.OrderLine(order_id=order.id, line_no=1, product_id=product.id, quantity=2, unit_price=Decimal(1))
    back = schema.OrderReturn(id=uuid.uuid4(), order_id=order.id, line_no=1, quantity=1)
    keys = {"ann": ann.id, "order": order.id, "back": back.id}
    for row in (ann, product, order, line, back):
        assert not refused(place, row)
    with pytest.raises(IntegrityError):
        place.do(lambda c: c.execute(sa.delete(schema.User).where(schema.User.id == keys["ann"])))
    place.do(lambda c: c.execute(sa.delete(schema.Order).where(schema.Order.id == keys["order"])))
    left = sa.select(sa.func.count()).select_from(schema.OrderReturn).where(schema.OrderReturn.id == keys["back"])
    assert place.do(lambda c: c.scalar(left)) == 0


def test_a_return_names_a_line_that_exists(place):
    assert refused(place, schema.OrderReturn(order_id=uuid.uuid4(), line_no=1, quantity=1))


def test_texts_for_people_sort_without_regard_to_case_where_the_engine_can(place):
    place.carry("label", ["b", "A", "a", "B"])
    found = place.do(lambda c: c.scalars(sa.select(PROBE.c.label).order_by(PROBE.c.label)).all())
    if place.url.dialect == "postgresql":
        assert sorted(found) == ["A", "B", "a", "b"]
    else:
        assert [v.lower() for v in found] == ["a", "a", "b", "b"]


def test_codes_sort_byte_by_byte_on_every_engine(place):
    place.carry("code", ["b", "A", "a", "é", "B"])
    found = place.do(lambda c: c.scalars(sa.select(PROBE.c.code).order_by(PROBE.c.code)).all())
    assert found == ["A", "B", "a", "b", "é"]


@pytest.mark.parametrize("first", ["postgresql", "mysql"])
def test_the_tables_made_on_one_engine_are_whole_on_the_next(servers, first):
    def create(connection: sa.Connection) -> set[str | None]:
        schema.metadata.create_all(connection)
        return {key["name"] for key in sa.inspect(connection).get_foreign_keys("users")}

    for engine in (first, "sqlite", first):
        with scratch.database(servers[engine]) as url:
            assert call(url, create, purpose="write") == {"fk_users_current_room_id_rooms"}


# The rows that travel


def planted(servers: Any) -> tuple[Snapshot, int]:
    """What a database holds after planting at the initial revision, and how many rows that is."""
    with scratch.database(servers["sqlite"]) as url:
        project = Project.load(ROOT / "alembic.ini", environ={})
        database = replace(project.database("sqlite"), url=url)

        def fill(connection: sa.Connection) -> Snapshot:
            upgrade(connection, project, database, "lite_0001")
            plant(connection, 500)
            connection.commit()
            return take(connection, rows=True)

        found = call(url, fill, purpose="migrate")
    return found, sum(int(facts["count"] or 0) for key, facts in found.objects.items() if key.startswith("rows:"))


def test_planted_rows_are_the_same_every_time(servers):
    (first, count), (second, _) = planted(servers), planted(servers)
    assert difference(first, second) == ()
    assert 450 <= count <= 600
