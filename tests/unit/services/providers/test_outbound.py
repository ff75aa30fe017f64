"""Requests to providers end in time, at a size, and where they were sent."""

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator

import pytest

from runcast.errors import Unavailable
from runcast.services.providers import outbound
from runcast.services.providers.outbound import MAX_BYTES, Outbound, open_outbound
from tests.tools.clock import FakeClock
from tests.tools.identity_providers import Provider, providing, reply


@pytest.fixture
async def provider(clock: FakeClock) -> AsyncIterator[Provider]:
    """Yield one that serves."""
    async with providing(clock) as provider:
        yield provider


@pytest.fixture
async def out() -> Outbound:
    """Return what asks."""
    return await open_outbound()


async def test_a_document_is_fetched_as_whoever_holds_a_token(
    out: Outbound, provider: Provider
) -> None:
    provider.answers["/x"] = {"a": [1]}
    assert await out.fetch("acme", f"{provider.issuer}/x", "t") == {"a": [1]}
    provider.answers["/x"] = reply([1])
    assert await out.fetch("acme", f"{provider.issuer}/x") == [1]


@pytest.mark.parametrize(
    "answer",
    [
        reply({}, 500),
        reply({}, 404),
        reply({}, 204),
        reply({}, 302, Location="http://169.254.169.254/latest/meta-data"),
        reply(b"<html>"),
        reply(b""),
        reply(b"7"),
        reply(b'{"a": NaN}'),
        reply(b"[" * 100_000),
        reply(b'{"a": "\xff"}'),
        reply(b'{"a":"' + b"x" * MAX_BYTES + b'"}'),
        reply(gzip.compress(b'{"a":"' + b"x" * 10 * MAX_BYTES + b'"}'), Content_Encoding="gzip"),
        reply(gzip.compress(b"{}"), Content_Encoding="gzip"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n{}",
        b"nonsense\r\n\r\n",
        b"",
    ],
    ids=range(17),
)
async def test_whatever_else_is_answered_is_a_refusal_and_goes_nowhere(
    out: Outbound, provider: Provider, answer: bytes
) -> None:
    provider.answers["/x"] = answer
    with pytest.raises(Unavailable):
        await out.fetch("acme", f"{provider.issuer}/x")
    assert provider.asked == {"/x": 1}


async def test_an_answer_without_end_ends_at_a_size(out: Outbound, provider: Provider) -> None:
    async def forever(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 2**16)
            await writer.drain()

    provider.answers["/x"] = forever
    with pytest.raises(Unavailable):
        await out.fetch("acme", f"{provider.issuer}/x")


async def test_one_that_trickles_is_given_up(provider: Provider) -> None:
    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.get_running_loop().create_future()

    provider.answers["/x"] = trickle
    out = await open_outbound(seconds=0.2)
    with pytest.raises(Unavailable):
        await out.fetch("acme", f"{provider.issuer}/x")


async def test_nobody_there_is_a_refusal_that_tells_no_secret(
    out: Outbound, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable) as refused:
        await out.fetch("acme", "http://127.0.0.1:1/x", "swordfish")
    assert "swordfish" not in caplog.text + str(refused.value)
    assert refused.value.__cause__ is None


def test_addresses_are_safe_over_https_or_on_this_machine() -> None:
    assert outbound.is_safe("https://id.example:8443/a?b=c", plainly=False)
    assert outbound.is_safe("http://[::1]:9000/", plainly=True)
    assert not outbound.is_safe("http://[::1]:9000/", plainly=False)
    assert not outbound.is_safe("http://id.example/", plainly=True)
    assert not outbound.is_safe("https://id.example:0/", plainly=True)
