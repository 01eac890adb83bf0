"""The laws of the generator, for any set of models and whatever becomes of it, on each engine's own server."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.generate.evolutions import ALL, EDITS, evolutions
from tests.generate.laws import Tally, obey
from tests.generate.ready import READY
from tests.generate.regressions import REGRESSIONS


def test_what_any_two_sets_of_models_differ_in_is_made_and_unmade_and_rows_survive(engine_name, servers):
    kinds = READY[engine_name]
    if not kinds & set(EDITS):
        pytest.skip(f"nothing is drafted on {engine_name} yet")
    tally = Tally()

    @settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(evolutions(engine_name, kinds))
    def laws(evolution):
        obey(servers[engine_name], evolution, tally)

    laws()
    tally.check()


@pytest.mark.parametrize("engine", sorted(READY))
def test_only_kinds_that_exist_are_ready(engine):
    assert READY[engine] <= ALL


def _cases():
    for case in REGRESSIONS:
        marks = [pytest.mark.xfail(strict=True, reason=case.open)] if case.open else []
        yield pytest.param(case, id=f"{case.engine}: {case.says}", marks=marks)


@pytest.mark.parametrize("case", list(_cases()))
def test_what_broke_a_law_once_does_so_no_more(case, servers):
    obey(servers[case.engine], case.evolution)
