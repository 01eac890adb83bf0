"""Every planted fault is caught and named, and no control raises an alarm."""

import pytest

from tests.faults.bench import CASES, playground

AT_LEAST = {"postgresql": 60, "mysql": 40, "sqlite": 25}
ALL = [pytest.param(engine, case, id=f"{engine}-{case.name}") for engine, cases in CASES.items() for case in cases]


@pytest.fixture(scope="module")
def players(servers):
    """For each engine a function that plays cases on its scratch database, made when first needed."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        found = {}

        def player(engine):
            if engine not in found:
                found[engine] = stack.enter_context(playground(servers[engine]))
            return found[engine]

        yield player


@pytest.mark.parametrize(("engine", "case"), ALL)
def test_a_planted_fault_is_named_and_its_control_is_silent(engine, case, players):
    outcome = players(engine)(case)
    assert outcome.named == outcome.expected, [str(c) for c in outcome.changes]
    assert [str(c) for c in outcome.false_alarms] == []


@pytest.mark.parametrize("engine", CASES)
def test_there_are_enough_faults_and_each_has_a_name_of_its_own(engine):
    names = [case.name for case in CASES[engine]]
    assert len(names) >= AT_LEAST[engine]
    assert len(set(names)) == len(names)
