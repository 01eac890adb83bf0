"""Models that no revision can be drafted from are refused before any server is asked, all mistakes at once."""

from __future__ import annotations

import importlib
import sys
import textwrap

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

import schema
from bothways import scratch
from bothways.building import build
from bothways.connections import call
from bothways.errors import DiskFull, InvalidModels, ModelsNotImportable
from bothways.generate.models import refuse
from bothways.project import Project
from tests.generate.cases.every import CASES

ENGINES = ("postgresql", "mysql", "sqlite")
PG, MY, LITE = ENGINES
CONVENTION = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}


def whole(name, *more, **options):
    return sa.Column(name, sa.Integer, *more, **options)


def table(name, *parts, **more):
    """A table with a number and what else is given."""
    return lambda metadata: sa.Table(name, metadata, whole("n"), *(part() for part in parts), **more)


def models(*tables):
    metadata = sa.MetaData(naming_convention=CONVENTION)
    for make in tables:
        make(metadata)
    return metadata


def col(*arguments, **more):
    return lambda: sa.Column(*arguments, **more)


def check(name, text="n > 0"):
    return lambda: sa.CheckConstraint(text, name=sa.sql.naming.conv(name))


def unique(name, column="n"):
    return lambda: sa.UniqueConstraint(column, name=sa.sql.naming.conv(name))


def index(name, column="n"):
    return lambda: sa.Index(name, column)


def mistakes(metadata, *engines):
    """The mistakes that are told, without their remedies."""
    try:
        refuse(metadata, engines or ENGINES)
    except InvalidModels as error:
        return sorted(m["what"] for m in error.details["mistakes"])
    return []


def enum(*labels, name="mood"):
    return sa.Enum(*labels, name=name)


# What servers refuse; then, what they take and nobody could work with.
BREAKS = {
    "columns that differ by case": ([table("t", col("A", sa.Integer), col("a", sa.Integer))], {MY, LITE}),
    "columns that differ by the case of an umlaut": ([table("t", col("Ä", sa.Integer), col("ä", sa.Integer))], {MY}),
    "tables that differ by case": ([table("T"), table("t")], {LITE}, {MY}),
    "indexes of one name": ([table("t", index("i")), table("u", index("i"))], {PG, LITE}),
    "indexes of one table that differ by case": ([table("t", index("i"), index("I"))], {MY, LITE}),
    "an index named as another table": ([table("t", index("u")), table("u")], {PG, LITE}),
    "a unique constraint named as another table": ([table("t", unique("u")), table("u")], {PG}),
    "unique constraints of one name": ([table("t", unique("q")), table("u", unique("q"))], {PG}),
    "an index named as a unique constraint": ([table("t", unique("q"), index("q"))], {PG, MY}),
    "a check named as a unique constraint": ([table("t", unique("q"), check("q"))], {PG, MY}, {LITE}),
    "checks that differ by case": ([table("t", check("k"), check("K", "n > 1"))], {MY}, {LITE}),
    "a long name of a table": ([table("t" * 65)], {PG, MY}),
    "a name that ends with a blank": ([table("t ")], {MY}),
    "a column that ends with a blank": ([table("t", col("c ", sa.Integer))], {MY}),
    "a name beyond the basic plane": ([table("t", col("c😀", sa.Integer))], {MY}),
    "a NUL in a name": ([table("t", col("c\0", sa.Integer))], {PG, MY, LITE}),
    "a table of SQLite's own": ([table("sqlite_t")], {LITE}),
    "an index of SQLite's own": ([table("t", index("SQLite_i"))], {LITE}),
    "an index named PRIMARY": ([table("t", index("Primary"))], {MY}),
    "a column of PostgreSQL's own": ([table("t", col("xmin", sa.Integer))], {PG}),
    "an enum named as a table": ([table("mood", col("c", enum("a")))], {PG}),
    "a table without columns": ([lambda m: sa.Table("t", m)], {MY, LITE}),
    "a type of PostgreSQL": ([table("t", col("c", postgresql.INET()))], {MY, LITE}),
    "a type of MySQL": ([table("t", col("c", mysql.SET("a", "b")))], {PG, LITE}),
    "a string without a length": ([table("t", col("c", sa.String))], {MY}),
    "an enum without a name": ([table("t", col("c", sa.Enum("a")))], {PG}),
    "a table that isn't there": ([table("t", lambda: whole("c", sa.ForeignKey("gone.id")))], {PG, MY, LITE}),
    "reserved words": ([table("select", col("order", sa.Integer), index("table"))], set()),
    "odd but good names": ([table('a."b" %(x)s', col("it's :c?", sa.Integer), index(" i `x`"))], set()),
    "tabs and quotes of all kinds": ([table("ß", col("[x]", sa.Integer)), table("ss", col("\\", sa.Integer))], set()),
    "a column like SQLite's tables": ([table("t", col("sqlite_c", sa.Integer))], set()),
    "names as long as may be": ([table("t" * 63, col("ä" * 31, sa.Integer), index("i" * 63))], set()),
    "a variant for each engine": (
        [table("t", col("c", sa.Text().with_variant(postgresql.INET(), "postgresql")))],
        set(),
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_an_engine_refuses_is_refused_and_nothing_else(servers, engine_name, name):
    tables, refused, *ours = BREAKS[name]
    assert bool(mistakes(models(*tables), engine_name)) == (engine_name in refused.union(*ours))
    with scratch.database(servers[engine_name]) as url:
        if engine_name in refused:
            with pytest.raises(Exception):  # noqa: B017 - each driver has another one
                call(url, lambda c: build(c, models(*tables)), purpose="prove")
        else:
            call(url, lambda c: build(c, models(*tables)), purpose="prove")


CUT = "ä" * 40
DOUBTFUL = {
    "a name that PostgreSQL cuts": ([table("t", col(CUT, sa.Integer))], {PG}),
    "two names that PostgreSQL cuts to one": ([table("t" * 63 + "a"), table("t" * 63 + "b")], {PG}),
    "a table without a name": ([table("")], {PG, MY, LITE}),
    "a check of one name in two tables": ([table("t", check("k")), table("u", check("k"))], {MY}),
    "a line break in a name": ([table("t", col("a\nb", sa.Integer))], {PG, MY, LITE}),
    "half a character": ([table("t", col("\ud83d", sa.Integer))], {PG, MY, LITE}),
    "a table of ours": ([table("Bothways_runs")], {PG, MY, LITE}),
    "Alembic's table": ([table("alembic_version")], {PG, MY, LITE}),
    "a schema": ([table("t", schema="other")], {MY, LITE}),
    "a schema of PostgreSQL's own": ([table("t", schema="pg_x")], {PG, MY, LITE}),
    "one enum with two lists of labels": (
        [table("t", col("c", enum("a"))), table("u", col("c", enum("a", "b")))],
        {PG},
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_would_work_for_a_while_is_refused_too(engine, name):
    tables, refused = DOUBTFUL[name]
    assert bool(mistakes(models(*tables), engine)) == (engine in refused)


SHOP = """
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData(naming_convention={"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"})
sa.Table("item", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Imports models from a file, whose first five lines are SHOP's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"shop_{abs(hash(tmp_path.name))}"

    def load(text):
        (tmp_path / f"{name}.py").write_text(SHOP.lstrip() + text)
        importlib.invalidate_caches()
        sys.modules.pop(name, None)
        return importlib.import_module(name).metadata

    yield load
    sys.modules.pop(name, None)


KEY = 'sa.Column("id", sa.Integer, primary_key=True)'
REFUSED = {
    "a check of an unknown column": (
        f'sa.Table("t", metadata, {KEY},\n    sa.CheckConstraint("nope > 0", name="c"))',
        set(ENGINES), "table t", (6, 7),
    ),
    "a check that is no SQL": (
        f'sa.Table("t", metadata, {KEY},\n    sa.CheckConstraint("id >", name="c"))', set(ENGINES), "table t", (6, 7)
    ),
    "a default by an unknown function": (
        f'sa.Table("t", metadata, {KEY},\n    sa.Column("n", sa.Integer, server_default=sa.text("(nofunc())")))',
        {PG, MY}, "table t", (6, 7),
    ),
    "a text as the default of a number": (
        f'sa.Table("t", metadata, {KEY},\n    sa.Column("n", sa.Integer, server_default="abc"))',
        {PG, MY}, "table t", (6, 7),
    ),
    "a view of an unknown column": (
        'sa.event.listen(metadata, "after_create", sa.DDL("CREATE VIEW v AS SELECT nope FROM item"))',
        {PG, MY}, "a DDL of the models", (6,),
    ),
    "a view named as a table": (
        'sa.event.listen(metadata, "after_create", sa.DDL("CREATE VIEW item AS SELECT 1 AS n"))',
        set(ENGINES), "a DDL of the models", (6,),
    ),
    "a trigger that is no SQL": (
        'sa.event.listen(metadata.tables["item"], "after_create", sa.DDL("CREATE TRIGGER t"))',
        set(ENGINES), "a DDL of table item", (6,),
    ),
    "a listener that sends nonsense": (
        """def made(_target, connection, **_more):
    connection.exec_driver_sql("CREATE NONSENSE")

sa.event.listen(metadata, "after_create", made)""",
        set(ENGINES), "what is made with the models", (7,),
    ),
    "a foreign key of another type": (
        f'sa.Table("t", metadata, {KEY},\n    sa.Column("i", sa.String(9), sa.ForeignKey("item.id")))',
        {PG, MY}, "table t", (6, 7),
    ),
    "an enum with a label that is too long": (
        f'sa.Table("t", metadata, {KEY},\n    sa.Column("e", sa.Enum("x" * 70, name="e")))', {PG}, "enum e", (7,)
    ),
    "a check of a number that counts by itself": (
        f'sa.Table("t", metadata, {KEY},\n    sa.CheckConstraint("id > 0", name="c"))', {MY}, "table t", (6, 7)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_only_the_server_refuses_is_told_with_its_words_the_statement_and_the_line(
    servers, engine_name, shop, name
):
    text, engines, what, lines = REFUSED[name]
    metadata = shop(text)
    with scratch.database(servers[engine_name]) as url:
        if engine_name not in engines:
            call(url, lambda c: build(c, metadata), purpose="prove")
            return
        with pytest.raises(InvalidModels) as caught:
            call(url, lambda c: build(c, metadata), purpose="prove")
    (told,) = caught.value.details["mistakes"]
    assert told["what"].startswith(f"{engine_name} refuses {what}")
    assert not told["what"].endswith(": ")
    assert "<class" not in told["what"]
    assert int(told["where"].rpartition(":")[2]) in lines
    assert caught.value.details["sql"].startswith(("CREATE", "ALTER"))


def test_a_condition_or_a_listener_that_raises_is_told_with_its_line(servers, engine_name, shop):
    check = 'sa.CheckConstraint("id > 0", name="c").ddl_if(callable_=lambda *a, **k: 1 / 0)'
    metadata = shop(f'sa.Table("t", metadata, {KEY},\n    {check})\n')
    (told,) = mistakes(metadata, engine_name)
    assert told.startswith("table t has a ddl_if that raises at shop_")
    assert told.endswith(".py:7: ZeroDivisionError: division by zero")
    listener = 'sa.event.listen(metadata, "after_create",\n    lambda *a, **k: 1 / 0)'
    for models in (metadata, shop(listener)):
        with scratch.database(servers[engine_name]) as url, pytest.raises(InvalidModels) as caught:
            call(url, lambda c, models=models: build(c, models), purpose="prove")
        (told,) = caught.value.details["mistakes"]
        assert "raises ZeroDivisionError: division by zero" in told["what"]
        assert told["where"].endswith(".py:7")


def test_a_password_in_what_a_server_refuses_is_not_repeated(servers, engine_name, shop):
    metadata = shop('sa.event.listen(metadata, "after_create", sa.DDL("CREATE NONSENSE PASSWORD \'hunter2\'"))')
    with scratch.database(servers[engine_name]) as url, pytest.raises(InvalidModels) as caught:
        call(url, lambda c: build(c, metadata), purpose="prove")
    assert "hunter2" not in str(caught.value.to_dict())


def test_a_server_that_lacks_space_or_a_privilege_is_not_taken_for_a_mistake_of_the_models(servers, engine_name, shop):
    metadata = shop("import errno\n\ndef full(*_a, **_k):\n    raise OSError(errno.ENOSPC, 'full')\n")
    sa.event.listen(metadata, "after_create", sys.modules[next(n for n in sys.modules if n.startswith("shop_"))].full)
    with scratch.database(servers[engine_name]) as url, pytest.raises(DiskFull):
        call(url, lambda c: build(c, metadata), purpose="prove")


def test_a_foreign_key_to_nothing_is_told_with_what_could_be_meant(shop):
    keys = ('"itme.id"', '"item.ID"', '"item.name"')
    columns = ",\n    ".join(f'sa.Column("c{i}", sa.ForeignKey({key}))' for i, key in enumerate(keys))
    metadata = shop(f'sa.Table("t", metadata,\n    {KEY},\n    {columns})\n')
    with pytest.raises(InvalidModels) as caught:
        refuse(metadata, ENGINES)
    told = caught.value.details["mistakes"]
    assert [(m["what"], m["remedy"]) for m in told] == [
        ("column t.c0 refers to itme.id, but the models have no table itme", "did you mean item?"),
        ("column t.c1 refers to item.ID, but table item has no column ID", "did you mean id?"),
    ]
    assert [m["where"].rpartition(":")[2] for m in told] == ["8", "9"]


def test_a_type_that_several_engines_lack_is_one_mistake_and_the_same_one_each_time(shop):
    metadata = shop('sa.Table("t", metadata, sa.Column("h", postgresql.HSTORE()))')
    assert mistakes(metadata) == ["column t.h has the type HSTORE, which the engine lacks (mysql, sqlite)"]


def test_our_own_models_pass():
    refuse(schema.metadata, ENGINES)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_the_change_cases_prove_is_never_refused_but_for_a_missing_name(engine):
    told = {}
    for case in (case for case in CASES if engine in case.engines):
        for make in (case.before, case.after):
            metadata = sa.MetaData()
            make(metadata)
            found = [what for what in mistakes(metadata, engine) if "without a name" not in what]
            if found:
                told[case.name] = found
    assert not told


def test_a_constraint_without_a_name_is_told_with_the_engines_that_it_matters_on():
    metadata = sa.MetaData()
    sa.Table("p", metadata, whole("id", primary_key=True))
    sa.Table("t", metadata, whole("a", unique=True), whole("p", sa.ForeignKey("p.id")), sa.CheckConstraint("a > 1"))
    assert mistakes(metadata) == [
        "table p has the PRIMARY KEY without a name (id) (postgresql, sqlite)",
        "table t has a CHECK without a name",
        "table t has a FOREIGN KEY without a name (p)",
        "table t has a UNIQUE without a name (a)",
    ]


@pytest.mark.parametrize(
    ("former", "told"),
    [
        ({"a": "x", "b": "x"}, ["column t.b and column t.a are both said to be renamed from x"]),
        ({"a": "b", "b": None}, ["column t.a is said to be renamed from b, which is still there"]),
        ({"a": "a"}, ["column t.a is said to be renamed from its own name"]),
        ({"a": 5}, ["column t.a has 5 as its former name: that is no name"]),
        ({"a": "b", "b": "c"}, []),
        (
            {"a": "b", "b": "a"},
            [
                "column t.a and b are said to exchange their names, and nobody could tell whether they have yet",
                "column t.b and a are said to exchange their names, and nobody could tell whether they have yet",
            ],
        ),
    ],
)
def test_former_names_that_contradict_each_other_are_told(former, told):
    metadata = sa.MetaData()
    sa.Table("t", metadata, *(whole(name, info={"renamed_from": old}) for name, old in former.items()))
    assert mistakes(metadata) == told


def test_hints_on_tables_constraints_and_indexes_are_looked_at_too():
    hint = {"renamed_from": "x"}
    metadata = models(
        table("t", lambda: sa.Index("i", "n", info=hint), index("x"), info={"renamed_from": "u"}),
        table("u", lambda: sa.UniqueConstraint("n", name="q", info={"renamed_from": "q"})),
    )
    assert mistakes(metadata, PG) == [
        "constraint u.q is said to be renamed from its own name",
        "index t.i is said to be renamed from x, which is still there",
        "table t is said to be renamed from u, which is still there",
    ]


@pytest.mark.parametrize(
    ("info", "told"),
    [
        ({"backfill": ""}, "has a backfill that is no SQL expression"),
        ({"backfill": 5}, "has a backfill that is no SQL expression"),
        ({"backfill": "1; DROP TABLE u; --"}, "has a backfill that is more than one expression: it has a semicolon"),
        ({"renamed_labels": ["a"]}, "has renamed_labels that are no dictionary of texts"),
        ({"renamed_labels": {"x": "y"}}, "has no label 'y', which 'x' is said to be now"),
        ({"renamed_labels": {"a": "b"}}, "still has the label 'a', which is said to be 'b' now"),
    ],
)
def test_other_hints_that_say_nothing_are_told(info, told):
    assert mistakes(models(table("t", col("c", enum("a", "b"), info=info)))) == [f"column t.c {told}"]
    good = {"backfill": "'x;' || '; it''s'", "renamed_labels": {"old": "a"}}
    assert mistakes(models(table("t", col("c", enum("a", "b"), info=good)))) == []


FILE = '''
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Note(Base):
    """Notes."""

    __tablename__ = "note"
    __table_args__ = (
        sa.CheckConstraint(
            "stars > 0"
        ),
        sa.Index("sqlite_note", "stars"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stars: Mapped[int] = mapped_column(unique=True)
    stars_: Mapped[int] = mapped_column("Stars", sa.Integer)

old = sa.Table(
    "bothways_old",
    Base.metadata,
    sa.Column("n", sa.Integer),
    sa.UniqueConstraint("n"),
)
'''


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a module of models and import it."""

    def write(text, name="models_with_mistakes"):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.chdir(tmp_path)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name)

    return write


def test_each_mistake_is_told_with_its_file_and_line(written):
    with pytest.raises(InvalidModels) as caught:
        refuse(written(FILE).Base.metadata, ["sqlite"])
    places = {m["what"]: m["where"] for m in caught.value.details["mistakes"]}
    lines = FILE.splitlines()

    def place(text):
        return f"models_with_mistakes.py:{next(i for i, line in enumerate(lines, 1) if text in line)}"

    assert places == {
        "table note has the PRIMARY KEY without a name (id)": place("id: Mapped"),
        "table note has a CHECK without a name": place("sa.CheckConstraint("),
        "index 'sqlite_note' of note has a name that begins with sqlite_, which the engine keeps for itself": place(
            '"sqlite_note"'
        ),
        "table note has a UNIQUE without a name (stars)": place("stars: Mapped"),
        "column 'Stars' of note and column 'stars' of note have names that the engine takes for the same": place(
            '"Stars"'
        ),
        "table bothways_old begins with bothways_, which is for what Bothways keeps in a database": place("sa.Table("),
        "table bothways_old has a UNIQUE without a name (n)": place('sa.UniqueConstraint("n")'),
    }
    shown = [line.strip().partition(": ")[0] for line in caught.value.message.splitlines()[1::2]]
    assert shown == sorted(shown, key=lambda where: int(where.rpartition(":")[2]))
    assert caught.value.message.startswith("7 mistakes in the models:\n  models_with_mistakes.py:")


def test_models_made_at_run_time_are_told_by_their_tables_names():
    with pytest.raises(InvalidModels, match="one mistake in the models:\n  table "):
        refuse(models(lambda m: sa.Table("bothways_" + "made", m, whole("n"))), [PG])


def test_many_mistakes_are_counted_and_not_all_shown():
    metadata = sa.MetaData()
    sa.Table("t", metadata, *(whole(f"c{n}", unique=True) for n in range(300)))
    with pytest.raises(InvalidModels) as caught:
        refuse(metadata, [PG])
    assert caught.value.message.startswith("300 mistakes in the models:")
    assert caught.value.message.endswith("and 270 more")
    assert len(caught.value.details["mistakes"]) == 300


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "import sqlalchemy as sa\n\nimport no_such_module\n",
            "broken_models.py:3: ModuleNotFoundError: No module named",
        ),
        ("x = (1,\n", "broken_models.py:1: SyntaxError: '(' was never closed"),
        (
            "import sqlalchemy as sa\n" + 2 * 'sa.Table("t", m := sa.MetaData(), sa.Column("a"), sa.Column("a"))\n',
            "broken_models.py:2: DuplicateColumnError: A column with name 'a' is already",
        ),
    ],
)
def test_models_that_do_not_import_are_told_with_file_and_line(tmp_path, monkeypatch, text, told):
    (tmp_path / "broken_models.py").write_text(text)
    (tmp_path / "alembic.ini").write_text(
        "[DEFAULT]\nbothways.models = broken_models\n[sqlite]\nversion_locations = v/sqlite\nsqlalchemy.url = sqlite://\n"
    )
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "broken_models", raising=False)
    with pytest.raises(ModelsNotImportable) as caught:
        Project.load(tmp_path / "alembic.ini", environ={}).metadata()
    assert told in caught.value.message
    assert "Traceback" not in caught.value.message
    assert "\n" not in caught.value.message
