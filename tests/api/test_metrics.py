"""Figures: what was counted is told, by any of several workers, and never by what a caller wrote."""

import asyncio
import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from bothways.connections import call
from bothways.crud.gate import Load
from bothways.runs import Outcome, Wish, records
from bothways.runs.tables import LEDGER
from bothways.runs.tally import tally
from bothways.runs.verdicts import keep
from bothways.web.metrics.families import Families
from bothways.web.metrics.figures import BOUNDS, Figures
from bothways.web.metrics.workers import Workers
from tests.api.conftest import project_with, serving

SECONDS = "bothways_http_request_duration_seconds"


def samples(text):
    """Every sample of a page, by its name and labels."""
    return {
        (s.name, *sorted(s.labels.values())): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


def test_requests_are_counted_by_route_and_databases_by_where_they_stand(migrated):
    with serving({"sqlite": migrated["sqlite"]}) as client:
        for path in ("/api/v1/sqlite/products", "/api/v1/sqlite/products", "/canary-1", "/api/v1/canary-2/x"):
            client.get(path)
        client.request("CANARY", "/health/live")
        answer = client.get("/metrics")
        found = samples(answer.text)
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "canary" not in answer.text.lower()
    assert found[f"{SECONDS}_count", "/api/v1/{database}/products", "200", "GET"] == 2
    assert found[f"{SECONDS}_count", "404", "GET", "none"] == 2
    assert found[f"{SECONDS}_count", "/health/live", "405", "other"] == 1
    assert found["bothways_database_at_head", "sqlite"] == 1
    assert found["bothways_database_reachable", "sqlite"] == 1
    assert found["bothways_pending_revisions", "sqlite"] == 0
    assert found["bothways_http_requests_under_way",] == 1
    assert found["bothways_database_statement_seconds_count", "sqlite"] == 2
    assert found["bothways_pool_size", "sqlite"] == 15
    assert found["bothways_pool_in_use", "sqlite"] == 0


def test_runs_and_verdicts_are_told_as_each_database_has_recorded_them(migrated, engine_name):
    url = migrated[engine_name]
    database = project_with({engine_name: url}).database(engine_name)

    def record(connection):
        LEDGER.ensure(connection)
        first = records.add(connection, Wish(engine_name, "verify", None, "anna"), ())
        connection.commit()
        records.begin(connection, first.id, "here", "1")
        keep(connection, database.branch.name, "0" * 64, first.id, {"revision": "one", "verdict": "lossy"})
        records.end(connection, first.id, "succeeded", Outcome("done", (), ()))

    call(url, record, purpose="write")
    assert tally(database).verdicts == {"lossy": 1}
    with serving({engine_name: url}) as client:
        found = samples(client.get("/metrics").text)
    assert found["bothways_migration_runs", engine_name, "succeeded", "verify"] == 1
    assert found["bothways_proved_revisions", "lossy", engine_name] == 1
    assert found["bothways_migration_last_success_timestamp_seconds", engine_name, "verify"] > 1_700_000_000
    assert found["bothways_last_proof_timestamp_seconds", engine_name] > 1_700_000_000


def test_they_can_be_turned_off(migrated):
    with serving({"sqlite": migrated["sqlite"]}, metrics=False) as client:
        assert client.get("/metrics").status_code == 404
        assert "/metrics" not in client.get("/openapi.json").json()["paths"]


@given(st.lists(st.floats(min_value=0, max_value=100), max_size=30))
def test_each_request_is_in_its_class_and_all_together_in_the_last(durations):
    figures = Figures()
    for seconds in durations:
        figures.request("GET", "/a", 200, seconds)
    family = next(m for m in Families([figures.taken()]).collect() if m.name == SECONDS)
    buckets = {s.labels["le"]: s.value for s in family.samples if s.name.endswith("_bucket")}
    for bound in BOUNDS if durations else ():
        assert buckets[str(bound)] == sum(d <= bound for d in durations)
    assert buckets.get("+Inf", 0) == len(durations)


def test_any_worker_tells_what_all_have_counted(tmp_path):
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    mine, other, gone = Figures(), Figures(pools=lambda: {"a": Load(10, 3, 1)}), Figures(under_way=lambda: 7)
    for number, figures in enumerate((mine, other, gone)):
        figures.request("GET", "/a", 200, number)
        figures.statement("a", None)(None)

    async def write(figures, process):
        workers = Workers(figures, tmp_path)
        async with workers.writing():
            pass
        (tmp_path / f"{os.getpid()}.json").rename(tmp_path / f"{process}.json")

    asyncio.run(write(other, os.getppid()))
    asyncio.run(write(gone, int(ended.stdout)))
    (tmp_path / "1.json").write_text("{half a")
    found = {
        (s.name, *s.labels.values()): s.value
        for m in Families(Workers(mine, tmp_path).all()).collect()
        for s in m.samples
    }
    assert found[f"{SECONDS}_count", "GET", "/a", "200"] == 3
    assert found[f"{SECONDS}_sum", "GET", "/a", "200"] == 3
    assert found["bothways_database_statement_seconds_count", "a"] == 3
    assert found["bothways_pool_in_use", "a"] == 3
    assert found["bothways_workers",] == 2
    # Nothing is under way in a process that has ended.
    assert found["bothways_http_requests_under_way",] == 0
