"""The doctor's smaller judgements; what it says of whole projects is in test_cli.py and test_bad_input.py."""

import pytest

from bothways.dialects import NAMES, dialect_for
from bothways.doctor import _server


@pytest.mark.parametrize(
    ("version", "level"),
    [("MariaDB 10.11.19", "ok"), ("MariaDB 10.6.4", "problem"), ("MySQL 8.0.18", "problem"), ("MySQL 9.7.4", "ok")],
)
def test_a_server_that_is_too_old_is_a_problem_with_a_remedy(version, level):
    finding = _server("database x", version, dialect_for("mysql").oldest)
    assert finding.level == level
    assert (finding.remedy is None) is (level == "ok")


def test_every_dialect_says_how_old_its_servers_may_be():
    for name in NAMES:
        assert dialect_for(name).oldest
