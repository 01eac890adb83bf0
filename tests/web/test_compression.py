"""Large answers are compressed for those who take it; what a client unpacks is what was said."""

import asyncio
import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothways.web.compression import LEAST, Compression

JSON = (b"content-type", b"application/json")


def answer(parts, accepted=b"gzip, br", headers=(JSON,), status=200):
    """The messages that a client gets of an answer in those parts."""
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        for part in parts[:-1]:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": parts[-1]})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", accepted)] if accepted else []}
    asyncio.run(Compression(app)(scope, None, send))
    return dict(sent[0]["headers"]), [m["body"] for m in sent[1:]]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        (b"gzip, deflate, br", b"br"),
        (b"gzip", b"gzip"),
        (b"br;q=0.5, gzip;q=1.0", b"gzip"),
        (b"*", b"br"),
        (b"br;q=0, *", b"gzip"),
        (b"GZIP", b"gzip"),
        (b"identity", None),
        (b"gzip;q=0", None),
        (b"gzip;q=", None),
        (b"", None),
    ],
)
def test_the_client_says_what_it_takes(accepted, encoding):
    headers, bodies = answer([b"x" * 5000], accepted)
    assert headers.get(b"content-encoding") == encoding
    assert headers[b"vary"] == b"accept-encoding"
    assert (len(b"".join(bodies)) < 200) is (encoding is not None)


@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=6), st.sampled_from([b"gzip", b"br"]))
def test_what_is_unpacked_is_what_was_said(parts, accepted):
    headers, bodies = answer(parts, accepted)
    unpack = {b"gzip": gzip.decompress, b"br": brotli.decompress, None: bytes}[headers.get(b"content-encoding")]
    assert unpack(b"".join(bodies)) == b"".join(parts)
    large = len(parts) > 1 or len(parts[0]) >= LEAST
    assert (b"content-encoding" in headers) is large


def test_each_part_of_a_stream_can_be_read_when_it_comes():
    lines = [b'{"n": 1}\n', b'{"n": 2}\n', b""]
    _, bodies = answer(lines, b"gzip", [(b"content-type", b"application/x-ndjson")])
    reader = zlib.decompressobj(31)
    assert [reader.decompress(body) for body in bodies] == lines


@pytest.mark.parametrize(
    "headers",
    [
        [(b"content-type", b"text/event-stream")],
        [(b"content-type", b"image/png")],
        [],
        [JSON, (b"set-cookie", b"session=1")],
        [JSON, (b"content-encoding", b"zstd")],
        [JSON, (b"content-length", b"12")],
    ],
)
def test_what_should_be_left_alone_is(headers):
    given, bodies = answer([b"x" * 5000], headers=headers)
    assert given == dict(headers)
    assert bodies == [b"x" * 5000]


def test_the_length_is_not_that_of_the_larger_answer():
    headers, _ = answer([b"x" * 5000], headers=[JSON, (b"content-length", b"5000"), (b"vary", b"origin")])
    assert b"content-length" not in headers
    assert headers[b"vary"] == b"origin, accept-encoding"
