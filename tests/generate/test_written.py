"""What models write, as each engine gets it, and what they tell of former names."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

import schema
from bothways import scratch
from bothways.building import build
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.errors import InvalidModels
from bothways.generate.declared import dialect_of
from bothways.generate.written import backfills, renames, texts
from bothways.snapshot import Snapshot, difference

CONVENTION = {"ck": "ck_%(table_name)s_%(constraint_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"}
LONG = "a_very_long_name_of_a_check_that_goes_on_and_on_and_on_until_it_is_cut"


def odd_models():
    """Tables with names, defaults and conditions that are hard to write down."""
    metadata = sa.MetaData(naming_convention=CONVENTION)
    sa.Table(
        "Odd Table.x",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("per%cent", sa.Integer, server_default="5", nullable=False),
        sa.Column("it's", sa.String(40), server_default="a 'b' %s :c"),
        sa.Column("größe", sa.String(40)),
        sa.Column("twice", sa.Integer, sa.Computed(sa.column("per%cent") * 2, persisted=True)),
        sa.Column("made", sa.DateTime, server_default=sa.func.now()),
        sa.CheckConstraint(sa.column("per%cent") % 7 < 5, name="MODULO"),
        sa.CheckConstraint("größe LIKE '%\\:x'", name=LONG),
        sa.Index("Odd.Index", "größe", postgresql_where=sa.text("id > 5"), sqlite_where=sa.column("id") > 5),
        sa.Index(None, "made", postgresql_where=sa.column("id").in_([1, 2])),
    )
    return metadata


def head_of(server, metadata):
    with scratch.database(server) as url:

        def look(connection):
            build(connection, metadata)
            return take(connection, version_table="alembic_version"), texts(metadata, connection.dialect)

        return call(url, look, purpose="prove")


@pytest.mark.parametrize("make", [odd_models, lambda: schema.metadata], ids=["odd names", "our own models"])
def test_every_text_belongs_to_an_object_of_the_snapshot(servers, engine_name, make):
    snapshot, found = head_of(servers[engine_name], make())
    missing = [key for key in found if key.partition("/")[0] not in snapshot.objects]
    assert not missing
    wanted = {k for k, f in snapshot.objects.items() if "check" in str(f.get("definition")).lower()[:6]}
    assert wanted <= set(found) | {k for k in wanted if "json_valid" in str(snapshot.objects[k])}


def test_a_server_that_gets_a_text_prints_what_it_printed_before(servers, engine_name):
    metadata = odd_models()
    snapshot, found = head_of(servers[engine_name], metadata)
    again = odd_models()
    table = next(iter(again.tables.values()))
    for constraint in [c for c in table.constraints if isinstance(c, sa.CheckConstraint)]:
        key = next(k for k in found if str(constraint.name)[:40].lower() in k.lower() and k.startswith("constraint"))
        constraint.sqltext = sa.text(found[key].replace(":", "\\:"))
    for column in table.columns:
        texts_of = {k.rpartition("/")[2]: v for k, v in found.items() if f'x".{column.name}/' in k}
        if "default" in texts_of:
            column.server_default.arg = sa.text(texts_of["default"].replace(":", "\\:"))
        if "generated" in texts_of:
            column.computed.sqltext = sa.text(texts_of["generated"])
    assert not difference(snapshot, head_of(servers[engine_name], again)[0], tiers=("semantic",))


def test_conditions_are_written_with_values_and_without_tables():
    found = texts(odd_models(), "postgresql")
    assert found['constraint:"Odd Table.x"."ck_Odd Table.x_MODULO"'] == '"per%cent" % 7 < 5'
    assert found['column:"Odd Table.x".it\'s/default'] == "'a ''b'' %s :c'"
    assert found['column:"Odd Table.x".twice/generated'] == '"per%cent" * 2'
    assert found['index:"Odd Table.x"."Odd.Index"/where'] == "id > 5"
    assert found['index:"Odd Table.x"."ix_Odd Table.x_made"/where'] == "id IN (1, 2)"


def test_an_engine_without_partial_indexes_has_no_predicates():
    assert not [key for key in texts(odd_models(), "mysql") if key.endswith("/where")]
    assert [k for k in texts(odd_models(), "sqlite") if k.endswith("/where")] == [
        'index:"Odd Table.x"."Odd.Index"/where'
    ]


def test_an_expression_as_a_default_stands_in_parentheses_where_the_engine_wants_them():
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("c", sa.Integer, server_default=sa.func.abs(-3)))
    assert texts(metadata, "sqlite") == {"column:t.c/default": "(abs(-3))"}
    assert texts(metadata, "postgresql") == {"column:t.c/default": "abs(-3)"}


def test_what_an_engine_never_gets_is_left_out():
    metadata = sa.MetaData()
    sa.Table(
        "t",
        metadata,
        sa.Column("c", sa.Integer),
        sa.Column("e", sa.Enum("a", "b", name="kind", create_constraint=True)),
        sa.CheckConstraint("c > 0", name="here").ddl_if("postgresql"),
        sa.Index("ix", "c", postgresql_where=sa.text("c > 1"), sqlite_where=sa.text("c > 2")).ddl_if("sqlite"),
    )
    assert texts(metadata, "postgresql") == {"constraint:t.here": "c > 0"}
    assert texts(metadata, "sqlite") == {"constraint:t.kind": "e IN ('a', 'b')", "index:t.ix/where": "c > 2"}


def test_a_schema_is_named_as_the_snapshot_names_it():
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("c", sa.Integer, server_default="1"), schema="public")
    sa.Table("t", metadata, sa.Column("c", sa.Integer, server_default="1"), schema="other")
    assert list(texts(metadata, "postgresql")) == ["column:other.t.c/default", "column:t.c/default"]


def test_backfills_are_told_by_column():
    metadata = sa.MetaData()
    sa.Table("a.b", metadata, sa.Column("n", sa.Integer, info={"backfill": "1 + 1"}), sa.Column("m", sa.Integer))
    assert backfills(metadata) == {'column:"a.b".n': "1 + 1"}


# Former names


def before(engine_name="postgresql"):
    metadata = sa.MetaData()
    sa.Table(
        "people",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nick", sa.String(20)),
        sa.Column("mood", sa.Enum("sad", "glad", name="mood", create_constraint=True)),
        sa.CheckConstraint("nick <> ''", name="ck_old"),
        sa.UniqueConstraint("nick", name="uq_old"),
        sa.Index("ix_old", "mood"),
    )
    return metadata


def after(table="users", *, old="people"):
    metadata = sa.MetaData()
    sa.Table(
        table,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20), info={"renamed_from": "nick"}),
        sa.Column(
            "mood",
            sa.Enum("sad", "happy", name="mood", create_constraint=True),
            info={"renamed_labels": {"glad": "happy"}},
        ),
        sa.CheckConstraint("name <> ''", name="ck_new", info={"renamed_from": "ck_old"}),
        sa.UniqueConstraint("name", name="uq_new", info={"renamed_from": "uq_old"}),
        sa.Index("ix_new", "mood", info={"renamed_from": "ix_old"}),
        info={"renamed_from": old},
    )
    return metadata


def test_former_names_are_told_in_the_heads_keys_and_tables_come_last(servers, engine_name):
    head, _ = head_of(servers[engine_name], before())
    unique = "index" if engine_name == "mysql" else "constraint"
    label = "label:mood.glad" if engine_name == "postgresql" else "label:people.mood.glad"
    expected = [
        (label, "happy"),
        ("column:people.nick", "name"),
        ("constraint:people.ck_old", "ck_new"),
        (f"{unique}:people.uq_old", "uq_new"),
        ("index:people.ix_old", "ix_new"),
        ("table:people", "users"),
    ]
    # SQLite makes constraints and indexes anew, and has no enums.
    made_anew = engine_name == "sqlite"
    expected = [pair for pair in expected if not made_anew or pair[0].startswith(("column:", "table:"))]
    assert list(renames(after(), head).items()) == expected


def test_a_hint_is_spent_once_the_head_has_followed_it(servers, engine_name):
    head, _ = head_of(servers[engine_name], after())
    assert renames(after(), head) == {}


def snapshot(*keys):
    return Snapshot("postgresql", "15", {key: {} for key in keys})


def columns(**former):
    metadata = sa.MetaData()
    infos = {name: {"renamed_from": old} if old else {} for name, old in former.items()}
    sa.Table("t", metadata, *(sa.Column(name, sa.Integer, info=info) for name, info in infos.items()))
    return metadata


def keys(*names):
    return snapshot("table:t", *(f"column:t.{name}" for name in names))


def test_a_head_with_both_names_is_refused():
    with pytest.raises(InvalidModels, match=r"column t\.new is said to be renamed from t\.old, but the head"):
        renames(columns(new="old"), keys("old", "new"))


def test_names_that_move_up_are_renamed_from_the_last_to_the_first():
    assert list(renames(columns(b="a", c="b"), keys("a", "b")).items()) == [("column:t.b", "c"), ("column:t.a", "b")]
    assert renames(columns(b="a", c="b"), keys("b", "c")) == {}


def test_a_hint_on_something_new_says_nothing():
    assert renames(columns(new="old", other=None), keys("other")) == {}
    assert renames(columns(new="old"), snapshot()) == {}
    assert renames(columns(new=None), keys("old")) == {}


def test_a_hint_that_names_what_the_head_never_had_is_refused_with_what_was_meant():
    with pytest.raises(InvalidModels, match=r"t\.full_name is said to be renamed from t\.nmae, .* neither") as caught:
        renames(columns(full_name="nmae"), keys("name"))
    assert "did you mean name?" in caught.value.message
    metadata = sa.MetaData()
    sa.Table("users", metadata, sa.Column("full_name", sa.Text), info={"renamed_from": "poeple"})
    with pytest.raises(InvalidModels, match="did you mean people"):
        renames(metadata, snapshot("table:people", "column:people.name"))
    assert renames(metadata, snapshot()) == {}


def test_a_label_that_the_head_never_had_is_refused_with_the_one_that_was_meant():
    metadata = sa.MetaData()
    mood = sa.Enum("sad", "happy", name="mood")
    sa.Table("a", metadata, sa.Column("c", mood, info={"renamed_labels": {"gald": "happy"}}))
    head = Snapshot("postgresql", "15", {"type:mood": {"labels": ("sad", "glad")}})
    with pytest.raises(InvalidModels, match="did you mean glad"):
        renames(metadata, head)


def texts_with(*labels, checked, **more):
    mood = sa.Enum(*labels, name="mood", native_enum=False, create_constraint=checked, length=20)
    metadata = sa.MetaData()
    sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("mood", mood, **more))
    return metadata


HAPPY = {"info": {"renamed_labels": {"glad": "it's happy"}}}


def test_new_labels_of_a_text_that_nothing_lists_are_refused_as_nobody_can_tell_whether_rows_have_them(
    servers, engine_name
):
    head, _ = head_of(servers[engine_name], texts_with("sad", "glad", checked=False))
    after = texts_with("sad", "it's happy", checked=False, **HAPPY)
    with pytest.raises(InvalidModels, match="without a CHECK") as caught:
        renames(after, head)
    assert "bothways revision --empty" in caught.value.message
    assert ("create_constraint=True" in caught.value.message) == (engine_name == "sqlite")


def test_new_labels_of_a_text_with_a_check_are_followed_once_or_refused(servers, engine_name):
    old, new = texts_with("sad", "glad", checked=True), texts_with("sad", "it's happy", checked=True, **HAPPY)
    assert renames(new, head_of(servers[engine_name], new)[0]) == {}
    head, _ = head_of(servers[engine_name], old)
    if engine_name == "sqlite":
        assert renames(new, head) == {}
    else:
        with pytest.raises(InvalidModels, match="three changes"):
            renames(new, head)


def test_labels_of_arrays_variants_and_schemas_are_found():
    metadata = sa.MetaData()
    mood = sa.Enum("sad", "happy", name="mood", schema="x")
    info = {"renamed_labels": {"glad": "happy"}}
    sa.Table("a", metadata, sa.Column("c", postgresql.ARRAY(mood), info=info))
    sa.Table("b", metadata, sa.Column("c", sa.String().with_variant(mood, "postgresql"), info=info))
    head = Snapshot("postgresql", "15", {"type:x.mood": {"labels": ("sad", "glad")}})
    assert renames(metadata, head) == {"label:x.mood.glad": "happy"}


def test_a_dialect_is_found_by_its_name():
    assert [dialect_of(name).name for name in ("postgresql", "mysql", "sqlite")] == ["postgresql", "mysql", "sqlite"]
