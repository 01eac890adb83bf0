"""Every change case on every engine: the drafts make the one catalog of the other, both ways, and rows survive."""

from __future__ import annotations

import pytest

from tests.generate.cases.bothways import generate
from tests.generate.cases.every import CASES
from tests.generate.cases.journey import Trouble
from tests.generate.cases.open import OPEN


def trials():
    for case in CASES:
        for engine in case.engines:
            why = OPEN[engine].get(case.name)
            marks = [pytest.mark.xfail(reason=why, raises=Trouble, strict=True)] if why else []
            yield pytest.param(case, engine, id=f"{engine}-{case.name}", marks=marks)


@pytest.mark.parametrize(("case", "engine"), list(trials()))
def test_a_change_is_drafted_both_ways_and_rows_survive(case, engine, servers):
    generate(case, servers[engine])


def test_each_case_has_a_name_of_its_own():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))


def test_a_case_that_an_engine_lacks_says_why():
    assert [case.name for case in CASES if len(case.engines) < 3 and not case.reason] == []


def test_what_is_open_is_a_case():
    pairs = {(case.name, engine) for case in CASES for engine in case.engines}
    assert {(name, engine) for engine, cases in OPEN.items() for name in cases} <= pairs
