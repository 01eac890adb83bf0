"""What looks like a rename, on snapshots of real servers."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bothways import scratch
from bothways.building import build
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.errors import PossibleRename
from bothways.generate.guesses import candidates, certain, own_name, refuse


@pytest.fixture
def snapshot_of(servers, engine_name):
    def snapshot(metadata):
        with scratch.database(servers[engine_name]) as url:

            def look(connection):
                build(connection, metadata)
                return take(connection, version_table="alembic_version")

            return call(url, look, purpose="prove")

    return snapshot


def models(*columns, table="people", info=None, **more):
    metadata = sa.MetaData(**more)
    sa.Table(table, metadata, sa.Column("id", sa.Integer, primary_key=True), *columns, info=info or {})
    return metadata


def text(name, **more):
    return sa.Column(name, sa.String(20), **more)


def pairs(guesses):
    return {(g.kind, *map(own_name, g.old), "→", *map(own_name, g.new)) for g in guesses}


def asked(guesses):
    return {pair for pair in pairs(guesses) if pair[0] in {"table", "column"}}


def test_a_table_with_the_same_columns_could_be_the_old_one(snapshot_of):
    before, after = snapshot_of(models(text("nick"))), snapshot_of(models(text("nick"), table="users"))
    assert asked(candidates(before, after)) == {("table", "people", "→", "users")}


def test_a_table_with_other_columns_is_another_one(snapshot_of):
    before, after = snapshot_of(models(text("nick"))), snapshot_of(models(text("name"), table="users"))
    assert candidates(before, after) == ()


def test_a_table_with_most_of_the_columns_could_be_the_old_one(snapshot_of):
    people = snapshot_of(models(text("nick"), text("city")))
    one_more = snapshot_of(models(text("nick"), text("city"), sa.Column("age", sa.Integer), table="users"))
    one_other = snapshot_of(models(text("nick"), text("town"), table="users"))
    two_others = snapshot_of(models(text("name"), text("town"), table="users"))
    assert asked(candidates(people, one_more)) == {("table", "people", "→", "users")}
    assert asked(candidates(one_more, people)) == {("table", "users", "→", "people")}
    assert asked(candidates(people, one_other)) == {("table", "people", "→", "users")}
    assert candidates(people, two_others) == ()


def test_a_table_that_could_have_become_one_of_several_is_one_guess(snapshot_of):
    after = models(text("nick"), text("city"), text("zip"), table="users")
    sa.Table("members", after, sa.Column("id", sa.Integer), text("nick"), text("city"), text("age"))
    (guess,) = (
        g for g in candidates(snapshot_of(models(text("nick"), text("city"))), snapshot_of(after)) if g.kind == "table"
    )
    assert (guess.old, guess.new) == (("table:people",), ("table:members", "table:users"))


def test_a_column_of_the_same_type_could_be_the_old_one(snapshot_of):
    before = snapshot_of(models(text("nick"), sa.Column("age", sa.Integer)))
    after = snapshot_of(models(text("name"), sa.Column("size", sa.BigInteger)))
    assert pairs(candidates(before, after)) == {("column", "nick", "→", "name")}


def test_a_column_of_another_table_is_another_one(snapshot_of):
    def two(first, second):
        metadata = models(text("a"), *first)
        sa.Table("others", metadata, text("b"), *second)
        return metadata

    before, after = snapshot_of(two([text("nick")], [])), snapshot_of(two([], [text("name")]))
    assert candidates(before, after) == ()


def test_what_could_be_paired_in_several_ways_is_one_guess(snapshot_of):
    before = snapshot_of(models(text("a"), text("b")))
    after = snapshot_of(models(text("c"), text("d")))
    (guess,) = candidates(before, after)
    assert guess.ambiguous
    assert guess.old == ("column:people.a", "column:people.b")
    assert guess.new == ("column:people.c", "column:people.d")
    assert str(guess) == "column people.a and people.b could have become people.c and people.d"


def ruled(check, unique, index, column="nick", table="people"):
    return models(
        text(column),
        sa.CheckConstraint(f"{column} <> 'x'", name=check),
        sa.UniqueConstraint(column, name=unique),
        sa.Index(index, column, "id"),
        table=table,
    )


def test_constraints_and_indexes_that_say_the_same_could_be_the_old_ones(snapshot_of, engine_name):
    before, after = snapshot_of(ruled("ck", "uq", "ix")), snapshot_of(ruled("ck2", "uq2", "ix2"))
    unique = "index" if engine_name == "mysql" else "constraint"
    expected = {("constraint", "ck", "→", "ck2"), (unique, "uq", "→", "uq2"), ("index", "ix", "→", "ix2")}
    assert pairs(candidates(before, after)) == expected


def test_a_constraint_that_says_something_else_is_another_one(snapshot_of):
    before = snapshot_of(models(text("a"), text("b"), sa.UniqueConstraint("a", name="u"), sa.Index("i", "a")))
    after = snapshot_of(models(text("a"), text("b"), sa.UniqueConstraint("b", name="v"), sa.Index("j", "b")))
    assert candidates(before, after) == ()


def test_known_renames_are_seen_through(snapshot_of):
    before = snapshot_of(ruled("ck", "uq", "ix"))
    after = snapshot_of(ruled("ck2", "uq2", "ix2", column="name", table="users"))
    known = {"column:people.nick": "name", "table:people": "users"}
    found = pairs(candidates(before, after, known))
    assert {("constraint", "ck", "→", "ck2"), ("index", "ix", "→", "ix2")} <= found
    assert not asked(candidates(before, after, known))


def test_on_postgresql_a_table_takes_its_key_and_its_sequence_along(servers):
    def snapshot(table):
        with scratch.database(servers["postgresql"]) as url:

            def look(connection):
                build(connection, models(table=table))
                return take(connection, version_table="alembic_version")

            return call(url, look, purpose="prove")

    before, after = snapshot("people"), snapshot("users")
    assert pairs(candidates(before, after)) == {("table", "people", "→", "users")}
    assert pairs(candidates(before, after, {"table:people": "users"})) == {
        ("constraint", "people_pkey", "→", "users_pkey"),
        ("sequence", "people_id_seq", "→", "users_id_seq"),
    }
    hinted = models(table="users", info={"renamed_from": "people"})
    assert list(refuse(hinted, before, after).items()) == [
        ("constraint:people.people_pkey", "users_pkey"),
        ("sequence:people_id_seq", "users_id_seq"),
        ("table:people", "users"),
    ]


def test_a_sequence_with_numbers_of_its_own_is_named_but_not_renamed(servers):
    def snapshot(name):
        metadata = models()
        sa.Sequence(name, metadata=metadata)
        with scratch.database(servers["postgresql"]) as url:

            def look(connection):
                build(connection, metadata)
                return take(connection, version_table="alembic_version")

            return call(url, look, purpose="prove")

    guesses = candidates(snapshot("counter"), snapshot("numbers"))
    assert pairs(guesses) == {("sequence", "counter", "→", "numbers")}
    assert certain(guesses) == {}


def test_an_enum_type_and_a_view_could_be_the_old_ones(snapshot_of, engine_name):
    def seen(enum, view):
        metadata = models(sa.Column("mood", sa.Enum("a", "b", name=enum)))
        sa.event.listen(metadata, "after_create", sa.DDL(f"CREATE VIEW {view} AS SELECT id FROM people"))
        return metadata

    found = pairs(candidates(snapshot_of(seen("mood", "v")), snapshot_of(seen("feeling", "w"))))
    types = {("type", "mood", "→", "feeling")} if engine_name == "postgresql" else set()
    assert found == {("view", "v", "→", "w"), *types}


def test_what_loses_no_rows_is_done_without_asking_where_the_engine_renames_it(snapshot_of, engine_name):
    before, models_ = snapshot_of(ruled("ck", "uq", "ix")), ruled("ck2", "uq2", "ix2")
    after = snapshot_of(models_)
    expected = {
        "postgresql": {"constraint:people.ck": "ck2", "constraint:people.uq": "uq2", "index:people.ix": "ix2"},
        "mysql": {"index:people.uq": "uq2", "index:people.ix": "ix2"},
        "sqlite": {},
    }
    assert refuse(models_, before, after) == expected[engine_name]
    assert certain(candidates(before, after)) == expected[engine_name]


def test_a_possible_rename_of_rows_is_refused_with_both_ways_to_say_what_it_is(snapshot_of):
    before, new = snapshot_of(models(text("nick"))), models(text("name"))
    with pytest.raises(PossibleRename) as caught:
        refuse(new, before, snapshot_of(new))
    assert caught.value.message == "1 possible rename:\n  column people.nick could be people.name now"
    assert 'at people.name in the models: info={"renamed_from": "nick"}' in caught.value.hint
    assert 'or info={"renamed_from": None} if it is new' in caught.value.hint
    assert caught.value.details["guesses"] == [
        {"kind": "column", "old": ["column:people.nick"], "new": ["column:people.name"]}
    ]


def test_what_the_models_say_settles_it(snapshot_of):
    before = snapshot_of(models(text("nick")))
    renamed, new = (
        models(text("name", info={"renamed_from": "nick"})),
        models(text("name", info={"renamed_from": None})),
    )
    assert refuse(renamed, before, snapshot_of(renamed)) == {"column:people.nick": "name"}
    assert refuse(new, before, snapshot_of(new)) == {}


def test_odd_names_are_paired_too(snapshot_of):
    before = snapshot_of(models(text('a."b" (c'), table="Odd.T"))
    after = snapshot_of(models(text("it's %(x)s"), table="Odd.T"))
    assert pairs(candidates(before, after)) == {("column", 'a."b" (c', "→", "it's %(x)s")}
