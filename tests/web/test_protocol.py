"""The protocol on real sockets: heads and bodies together, streams at once, and half a request not for ever."""

import asyncio
import time

import pytest
import uvicorn
from uvicorn.server import ServerState

from bothways.web.protocol import Protocol, Together


class Recorded:
    """A transport that remembers what it was given."""

    def __init__(self):
        self.sent, self.closed = [], False

    def write(self, data):
        self.sent.append(data)

    def close(self):
        self.closed = True


HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"
STREAM = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


def test_a_head_goes_with_its_body_and_a_streams_head_at_once():
    plain = Recorded()
    both = Together(plain)
    both.write(HEAD)
    assert plain.sent == []
    both.write(b"{}")
    both.write(b"more")
    both.write(STREAM)
    assert plain.sent == [HEAD + b"{}", b"more", STREAM]


@pytest.mark.parametrize("end", ["flush", "close"])
def test_a_head_without_a_body_is_not_forgotten(end):
    plain = Recorded()
    both = Together(plain)
    both.write(HEAD)
    getattr(both, end)()
    assert plain.sent == [HEAD]
    assert plain.closed is (end == "close")


def talk(said, application, *, patience=30.0, seconds=20.0):
    """What a client hears that says some things with pauses between, until it is sent away or has heard enough."""

    async def run():
        config = uvicorn.Config(application, log_config=None, access_log=False, lifespan="off")
        config.load()
        kind = type("Patient", (Protocol,), {"head_seconds": patience})
        state = ServerState()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: kind(config, state, {}), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        heard = b""
        for part in said:
            if isinstance(part, float):
                await asyncio.sleep(part)
            elif isinstance(part, int):
                heard += await reader.readexactly(part - len(heard))
            else:
                writer.write(part)
        started = time.monotonic()
        async with asyncio.timeout(seconds):
            heard += await reader.read()
        waited = time.monotonic() - started
        writer.close()
        server.close()
        await server.wait_closed()
        return heard, waited

    return asyncio.run(run())


async def answering(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


def test_answers_to_get_and_head_are_whole():
    asked = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
    last = b"HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    heard, _ = talk([asked, asked, last], answering)
    assert heard.count(b"HTTP/1.1 200 OK") == 3
    assert heard.count(b"{}") == 2


@pytest.mark.parametrize(
    "said", [[], [b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: "], [b"GET / HTTP/1.1\r\n", 0.1, b"a: b\r\n"]]
)
def test_a_client_that_does_not_finish_its_head_is_sent_away(said):
    heard, waited = talk(said, answering, patience=0.4)
    assert heard == b""
    assert waited < 10


def test_the_second_request_of_a_connection_has_no_more_time_than_the_first():
    asked = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
    heard, waited = talk([asked, 0.2, b"GET / HTTP/1.1\r\nhost: "], answering, patience=0.5)
    assert heard.count(b"200 OK") == 1
    assert waited < 10


def test_an_answer_may_take_longer_than_a_head():
    async def slow(scope, receive, send):
        await asyncio.sleep(0.8)
        await answering(scope, receive, send)

    heard, _ = talk([b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"], slow, patience=0.2)
    assert heard.endswith(b"{}")
