"""Renames that models tell, drafted and run both ways on each engine, with rows."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bothways.building import build
from bothways.generate.guesses import refuse
from bothways.generate.lab import Lab
from bothways.generate.written import labels
from bothways.operations import Hints
from tests.generate.laboratory import MIGRATIONS, source

CONVENTION = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}


def models(table="people", column="nick", *, info=None, column_info=None):
    metadata = sa.MetaData(naming_convention=CONVENTION)
    sa.Table(
        table,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(column, sa.String(20), nullable=False, unique=True, info=column_info or {}),
        sa.CheckConstraint(f"{column} <> ''", name="filled"),
        sa.Index(None, column, "id"),
        info=info or {},
    )
    sa.Table(
        "pets",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("owner", sa.ForeignKey(f"{table}.id")),
    )
    return metadata


PEOPLE = "insert into people (id, nick) values (1, 'x'), (2, 'y')"
PETS = "insert into pets (id, owner) values (1, 2)"


@pytest.fixture
def drafted(servers, engine_name):
    def draft(before, after, rows=(PEOPLE, PETS)):
        asked = []

        def decide(now, wanted):
            asked.append(now)
            assert len(asked) < 5, "the same renames are told for ever"
            return refuse(after, now, wanted)

        def head(connection):
            build(connection, before)
            for row in rows:
                connection.exec_driver_sql(row)
            connection.commit()

        hints = Hints(labels=labels(after))
        lab = Lab(servers[engine_name], MIGRATIONS, head, lambda c: build(c, after), decide=decide, hints=hints)
        found = lab.draft()
        assert not found.left
        assert not found.not_restored
        return found

    return draft


def text(found):
    return "\n".join(map(source, found.drafts))


def test_a_table_and_its_column_are_renamed_and_lose_nothing(drafted):
    hints = {"info": {"renamed_from": "people"}, "column_info": {"renamed_from": "nick"}}
    found = drafted(models(), models("users", "name", **hints))
    assert not [step.lossy for draft in found.drafts for step in draft.steps if step.lossy]
    assert 'op.rename_table("people", "users")' in text(found)


def test_what_has_its_name_by_convention_takes_the_new_one_where_the_engine_can(drafted, engine_name):
    found = drafted(models(), models("users", info={"renamed_from": "people"}))
    renamed = {
        "postgresql": [
            "pk_people TO pk_users",
            "uq_people_nick TO uq_users_nick",
            "ix_people_nick RENAME TO ix_users_nick",
        ],
        "mysql": ["RENAME INDEX uq_people_nick TO uq_users_nick", "RENAME INDEX ix_people_nick TO ix_users_nick"],
        "sqlite": [],
    }
    for words in renamed[engine_name]:
        assert words in text(found)


def test_a_hint_that_was_followed_writes_nothing_more(drafted):
    hints = {"column_info": {"renamed_from": "gone"}}
    assert drafted(models(), models(**hints)).drafts == ()


def moody(*labels, **more):
    metadata = sa.MetaData(naming_convention=CONVENTION)
    mood = sa.Enum(*labels, name="mood", create_constraint=True)
    sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("mood", mood, **more))
    return metadata


def test_rows_with_a_label_that_is_renamed_have_the_new_one_and_the_old_one_again(drafted):
    # Neither list of labels takes the other's rows: without their change there and back the drafts would not run.
    after = moody("sad", "it's good", info={"renamed_labels": {"glad": "it's good"}})
    found = drafted(moody("sad", "glad"), after, ["insert into p (id, mood) values (1, 'sad'), (2, 'glad'), (3, null)"])
    assert not [step.lossy for draft in found.drafts for step in draft.steps if step.lossy]


def test_a_label_and_its_column_and_its_table_are_renamed_together(drafted):
    after = sa.MetaData(naming_convention=CONVENTION)
    mood = sa.Enum("sad", "happy", name="mood", create_constraint=True)
    hints = {"renamed_from": "mood", "renamed_labels": {"glad": "happy"}}
    column = sa.Column("feeling", mood, info=hints)
    sa.Table("q", after, sa.Column("id", sa.Integer, primary_key=True), column, info={"renamed_from": "p"})
    found = drafted(moody("sad", "glad"), after, ["insert into p (id, mood) values (1, 'sad'), (2, 'glad')"])
    assert not [step.lossy for draft in found.drafts for step in draft.steps if step.lossy]
