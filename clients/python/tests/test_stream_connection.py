"""How a stream is opened; what it brings is the business of the conformance cases."""

import asyncio

import httpx2
import pytest

from clients.python.tests.recorded_server import URL
from runcast_client import stream_connection
from runcast_client.connections import Closed
from runcast_client.gateway import Gateway
from runcast_client.policy import BROKEN


async def never(request: httpx2.Request) -> httpx2.Response:
    await asyncio.Event().wait()
    raise AssertionError(request)


async def test_a_stream_that_does_not_begin_is_a_broken_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream_connection, "OPENING_SECONDS", 0.01)
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(never)) as http:
        gateway = Gateway(URL, None, http, timeout=None)
        with pytest.raises(Closed, match="in time") as closed:
            await stream_connection.dial_stream(gateway, "e1", 0, None)
    assert closed.value.code == BROKEN
