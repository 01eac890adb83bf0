"""Runs on every engine: in a process of their own, one at a time, recorded in their database, and never left behind."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bothways import apply, runs, scratch
from bothways.connections import call
from bothways.errors import Conflict, IrreversibleRevision, NotFound, Refused, RunUnderWay, UnknownRevision
from bothways.processes import alive, pid_of
from bothways.runs import records
from bothways.runs.verdicts import last
from tests.runs.conftest import SECONDS, lite


def test_an_upgrade_runs_and_its_record_says_what_happened(place):
    run = place.ended(place.start())
    assert (run.state, run.outcome["message"]) == ("succeeded", "3 revisions ran; database 'main' is at r3")
    assert place.at() == ("r3",)
    report = run.outcome["report"]
    assert (report["schema"], report["before"], report["after"]) == ("bothways/run/1", [], ["r3"])
    assert [step["id"] for step in report["steps"]] == ["r1", "r2", "r3"]
    told = [(e.kind, e.data.get("revision"), e.data.get("state")) for e in place.events(run)]
    steps = [("step", r, state) for r in ("r1", "r2", "r3") for state in ("begins", "done")]
    assert told == [("created", None, None), ("started", None, None), *steps, ("ended", None, "succeeded")]
    assert [e.number for e in place.events(run)] == list(range(1, 10))


def test_a_downgrade_runs_as_far_as_it_is_told(place):
    apply.upgrade(place.project, place.database)
    run = place.ended(place.start("downgrade", "r1"))
    assert (run.state, run.outcome["before"], run.outcome["after"]) == ("succeeded", ["r3"], ["r1"])
    assert place.at() == ("r1",)
    assert runs.newest(place.database) == (run,)


def test_a_proof_keeps_its_verdicts_for_each_revision(place):
    run = place.ended(place.start("verify", "r2:r3"))
    assert (run.state, run.outcome["report"]["schema"]) == ("succeeded", "bothways/proof/1")
    assert place.at() == ()
    kept = {k.revision: k for k in call(place.url, lambda c: last(c, place.database.branch.name))}
    assert {name: k.proof["verdict"] for name, k in kept.items()} == {"r2": "lossless", "r3": "lossless"}
    assert kept["r2"].run == run.id
    assert [e.data["revision"] for e in place.events(run) if e.kind == "proof"] == ["r2", "r3"]


def test_a_proof_that_is_cancelled_leaves_no_scratch_database(gated, servers):
    run = gated.start("verify", "r4", grace=SECONDS)
    gated.waits()
    there = (gated.tiny.folder / "waits").read_text()
    assert scratch.PREFIX in there
    runs.cancel(gated.project, run.id)
    found = gated.ended(run)
    assert (found.state, found.outcome["message"]) == (
        "cancelled",
        "ended between two revisions; database 'main' is as it was: a proof works on scratch databases",
    )
    assert not any(left.name in there for left in scratch.list_all(servers[gated.url.dialect]))


def test_only_one_run_has_a_database(gated):
    first = gated.start()
    gated.waits()
    with pytest.raises(RunUnderWay) as caught:
        gated.start("verify")
    assert caught.value.details == {"database": "main", "run": first.id}
    gated.open()
    assert gated.ended(first).state == "succeeded"
    assert call(gated.url, records.holder) is None


def test_of_several_that_start_at_once_one_has_the_database(gated):
    def attempt(_number):
        try:
            return gated.start()
        except RunUnderWay:
            return None

    with ThreadPoolExecutor(4) as threads:
        started = [run for run in threads.map(attempt, range(4)) if run is not None]
    assert len(started) == 1
    assert runs.newest(gated.database)[0].id == started[0].id
    gated.open()
    assert gated.ended(started[0]).state == "succeeded"


def test_a_run_that_is_cancelled_ends_between_two_revisions(gated):
    gated.tiny.revision("r5", "pass", "pass")
    run = gated.start(grace=SECONDS)
    gated.waits()
    runs.cancel(gated.project, run.id)
    gated.open()
    found = gated.ended(run)
    assert (found.state, found.outcome["after"]) == ("cancelled", ["r4"])
    assert found.outcome["message"] == "ended between two revisions; database 'main' is at r4"
    assert gated.at() == ("r4",)


@pytest.mark.parametrize("kind", ["upgrade", "verify"])
@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.5, 0.8])
def test_a_run_may_be_cancelled_as_soon_as_it_is_there(gated, kind, seconds):
    run = gated.start(kind)
    time.sleep(seconds)
    runs.cancel(gated.project, run.id)
    found = gated.ended(run)
    assert found.state == "cancelled", found.outcome
    assert "database 'main' is " in found.outcome["message"]
    assert [e.number for e in gated.events(run)] == list(range(1, len(gated.events(run)) + 1))
    # A file that a revision writes to takes no word of who cancels; a signal has told the worker.
    assert {e.kind for e in gated.events(run)} >= {"created", "started", "ended"}


def test_a_revision_that_goes_on_for_too_long_is_ended_and_the_database_is_told_of(gated):
    run = gated.start()
    gated.waits()
    asked = runs.cancel(gated.project, run.id)
    assert asked.under_way or asked.state == "cancelled"
    found = gated.ended(run)
    assert found.state == "cancelled"
    assert "in the middle of r4 on its way up" in found.outcome["message"]
    assert found.outcome["after"] == ["r3"]
    assert gated.at() == ("r3",)
    with pytest.raises(Conflict, match="has ended: cancelled"):
        runs.cancel(gated.project, run.id)


def test_a_worker_that_is_killed_is_found_and_the_database_can_be_used(gated):
    run = gated.start()
    gated.waits()
    process = gated.find(run).process
    os.kill(pid_of(process), signal.SIGKILL)
    found = gated.ended(run)
    assert (found.state, found.outcome["after"]) == ("lost", ["r3"])
    assert "ended without a word; database 'main' is at r3" in found.outcome["message"]
    assert not alive(process)
    if gated.url.dialect == "mysql":
        call(gated.url, lambda c: c.exec_driver_sql("DROP TABLE IF EXISTS made_by_r4"), purpose="migrate")
    gated.open()
    assert gated.ended(gated.start()).state == "succeeded"
    assert gated.at() == ("r4",)


def test_a_revision_that_fails_is_told_with_its_place_and_without_an_address(place):
    place.tiny.revision("r4", 'op.execute("SELECT * FROM not_there")', "pass")
    run = place.ended(place.start())
    assert (run.state, run.outcome["after"]) == ("failed", ["r3"])
    error = run.outcome["report"]["error"]
    assert (error["code"], error["details"]["revision"]) == ("migration-failed", "r4")
    assert error["details"]["place"].startswith("r4.py:")
    assert place.url.address not in str(run)


def test_a_revision_that_ends_its_process_is_told(place):
    place.tiny.revision("r4", "import os\nos._exit(3)", "pass")
    run = place.ended(place.start())
    assert run.state == "failed"
    assert "in the middle of r4 on its way up (code 3)" in run.outcome["message"]
    assert run.outcome["after"] == ["r3"]


def test_what_cannot_be_run_is_refused_before_anything_is_recorded(tmp_path):
    place = lite(tmp_path)
    with pytest.raises(UnknownRevision):
        place.start("upgrade", "r9")
    place.tiny.revision("r4", "pass", "pass", more="irreversible = 'so it is'")
    place.ended(place.start())
    with pytest.raises(IrreversibleRevision):
        place.start("downgrade", "r1")
    assert len(runs.newest(place.database)) == 1


def test_a_policy_may_refuse_a_run(tmp_path):
    place = lite(tmp_path)

    def refuse(wish):
        assert (wish.database, wish.kind, wish.by) == ("main", "upgrade", "tester")
        raise Refused("not on a Friday")

    with pytest.raises(Refused, match="Friday"):
        place.start(policies=[refuse])
    assert runs.newest(place.database) == ()


@pytest.mark.parametrize(
    "name", ["", "main", "main-", "main-" + "0" * 22, "nowhere-" + "0" * 22, "main-'; drop table x"]
)
def test_a_run_that_is_not_there_is_not_found(tmp_path, name):
    place = lite(tmp_path)
    with pytest.raises(NotFound):
        runs.find(place.project, name)


def test_the_worker_gets_the_address_of_its_own_database_only(tmp_path, monkeypatch):
    place = lite(tmp_path)
    monkeypatch.setenv("BOTHWAYS_SECRET", "canary")
    place.tiny.revision("r4", "import os\nassert 'canary' not in str(os.environ)", "pass")
    assert place.ended(place.start()).state == "succeeded"
