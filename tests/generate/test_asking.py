"""On a terminal a person is asked what was renamed, once for all engines, and the answer is followed."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bothways import scratch
from bothways.building import build
from bothways.cli.generation import Answers
from bothways.connections import call
from bothways.dialects.reading import take
from tests.conftest import ENGINES


def models(*names: str) -> sa.MetaData:
    metadata = sa.MetaData(naming_convention={"pk": "pk_%(table_name)s"})
    columns = [sa.Column(name, sa.String(50)) for name in names]
    sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    return metadata


def snapshot(server, metadata):
    def work(connection):
        build(connection, metadata)
        return take(connection)

    with scratch.database(server) as url:
        return call(url, work, purpose="prove")


def asked(answers, metadata, before, after, *, says):
    """The renames, and what was asked when a person says that."""
    with CliRunner().isolation(input=says) as streams:
        found = dict(answers(metadata, before, after))
        return found, streams[1].getvalue().decode()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_yes_is_a_rename_and_a_no_is_none_and_neither_is_asked_again(servers, engine):
    new = models("display_name")
    before, after = snapshot(servers[engine], models("full_name")), snapshot(servers[engine], new)
    yes, no = Answers(), Answers()
    found, question = asked(yes, new, before, after, says="y\n")
    assert found == {"column:users.full_name": "display_name"}
    assert "column users.full_name is gone and users.display_name is new" in question
    assert asked(yes, new, before, after, says="") == (found, "")
    assert asked(no, new, before, after, says="n\n")[0] == {}
    assert asked(no, new, before, after, says="") == ({}, "")


def test_of_two_that_are_gone_each_new_one_is_offered_until_one_is_taken(servers):
    new = models("c", "d")
    before, after = snapshot(servers["sqlite"], models("a", "b")), snapshot(servers["sqlite"], new)
    found, question = asked(Answers(), new, before, after, says="n\ny\ny\n")
    assert found == {"column:users.a": "d", "column:users.b": "c"}
    assert question.count("was it renamed?") == 3


def test_a_question_begins_on_a_line_of_its_own():
    work = (
        "from bothways.cli.generation import Answers, _Drafting\n"
        "_Drafting().drafting('sqlite', 0, 1)\n"
        "Answers()._yes('column:users.a', 'column:users.b')"
    )
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", work], input=b"n\n", stderr=theirs, check=True)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "and the models\r\x1b[2Kcolumn users.a is gone" in shown
