"""Requests that take too long end, streams end when the service does, and a signal to end is kept back for a while."""

import asyncio
import io
import json
import signal

import pytest

from bothways.web.draining import Draining
from bothways.web.logs import Lines, logger
from bothways.web.requests import Requests, UnderWay


def exchange(app, limit=30.0, meanwhile=None):
    """What a client gets of ``app``, and the line in the log."""
    out, sent = io.StringIO(), []

    async def send(message):
        sent.append(message)

    async def run():
        under_way = UnderWay(limit)
        lines = Lines("info", "json", stream=out)
        requests = Requests(app, lines=lines, log=logger(lines), under_way=under_way)
        async with under_way.watched():
            scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
            task = asyncio.create_task(requests(scope, None, send))
            if meanwhile is not None:
                await meanwhile(under_way)
            await task
            assert asyncio.current_task().cancelling() == 0
            assert under_way.count() == 0

    asyncio.run(run())
    return sent, [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_request_that_takes_too_long_is_a_problem_document():
    ended = []

    async def slow(scope, receive, send):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("its work")

    sent, lines = exchange(slow, limit=0.05)
    document = json.loads(sent[1]["body"])
    assert (sent[0]["status"], document["code"]) == (503, "took-too-long")
    assert "0.05 seconds" in document["detail"]
    assert ended == ["its work"]
    assert (lines[-1]["status"], lines[-1]["level"]) == (503, "warning")


def test_work_that_fails_because_it_was_ended_is_no_fault():
    async def slow(scope, receive, send):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise RuntimeError from None

    sent, lines = exchange(slow, limit=0.05)
    assert json.loads(sent[1]["body"])["code"] == "took-too-long"
    assert [line["event"] for line in lines] == ["request"]


def test_an_answer_that_has_begun_may_take_as_long_as_it_takes():
    async def stream(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.2)
        await send({"type": "http.response.body", "body": b"all"})

    sent, _ = exchange(stream, limit=0.05)
    assert sent[-1]["body"] == b"all"


async def events(scope, receive, send):
    """A stream without an end."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
    await asyncio.Event().wait()


def test_a_stream_of_events_ends_cleanly_when_the_service_does():
    async def end(under_way):
        while not any(e.endless for e in under_way.all):
            await asyncio.sleep(0)
        under_way.end_streams()

    sent, lines = exchange(events, meanwhile=end)
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    assert [line["status"] for line in lines] == [200]


def test_a_stream_that_begins_after_the_end_ends_at_once():
    async def end(under_way):
        under_way.end_streams()

    sent, _ = exchange(events, meanwhile=end)
    assert sent[-1]["more_body"] is False


def test_who_cancels_a_request_otherwise_gets_its_cancellation():
    async def cancel(under_way):
        await asyncio.sleep(0)
        next(iter(under_way.all)).task.cancel()

    with pytest.raises(asyncio.CancelledError):
        exchange(events, meanwhile=cancel)


def test_a_signal_to_end_is_kept_back_and_a_second_one_is_not():
    told, ended = [], []
    before = signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))

    async def run(signals):
        draining = Draining(0.05 if signals == 1 else 60, lambda: ended.append(True))
        async with draining.heard():
            signal.raise_signal(signal.SIGTERM)
            assert draining.begun
            assert told == []
            if signals == 2:
                signal.raise_signal(signal.SIGTERM)
            while not told:
                await asyncio.sleep(0.01)
            assert bool(ended) is (signals == 1)

    try:
        for signals in (1, 2):
            told.clear()
            ended.clear()
            asyncio.run(run(signals))
        assert signal.getsignal(signal.SIGTERM)(15, None) is None
    finally:
        signal.signal(signal.SIGTERM, before)
