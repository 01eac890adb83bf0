"""What the OpenAPI document says holds: requests made from it, good and bad, by every role, on every engine.

The long run is ``script/bench contract``; here is a sample, the same in every run.
"""

import pytest

from bench.attacking.contract import Attack
from bench.attacking.target import CALLERS, attacked
from bothways import scratch
from tests.api.conftest import migrate

SEED = 20_261_121
EXAMPLES = 1
BOUNDARIES = 3


@pytest.fixture(scope="module")
def target(servers, engine_name):
    with scratch.database(servers[engine_name]) as url:
        migrate(url)
        with attacked(url) as found:
            yield found


@pytest.mark.filterwarnings("ignore")
def test_no_answer_but_what_the_document_says(target):
    attack = Attack(target, SEED)
    for operation in attack.operations():
        attack.fuzz(operation, EXAMPLES)
        attack.cover(operation, BOUNDARIES)
    told = [f"{len(found)} times: {found[0]}" for found in attack.tally.kinds().values()]
    assert not told, "\n".join(told)
    asked = {operation for operation, _ in attack.tally.operations}
    assert {f"{o.method.upper()} {o.path}" for o in attack.operations()} <= asked
    assert {caller for caller, _ in attack.tally.callers} == set(CALLERS)
    assert {200, 201, 204, 401, 403, 404, 409, 422} <= set(attack.tally.statuses)
