"""Two nodes on one database count together over Valkey, and go on by themselves when it is killed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from runcast.application import Runcast
from tests.conftest import CHEAP_HASHES, SECRET
from tests.tools import valkey as server
from tests.tools.clock import FakeClock
from tests.tools.people import sign_in
from tests.tools.valkey import Valkey

LIMITS = "requests=100/minute, sign-in=4/minute"
Nodes = tuple[Runcast, Runcast]


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Yield a running Valkey."""
    if server.binary() is None:
        pytest.skip("no Valkey")
    with Valkey(tmp_path) as running:
        yield running


@pytest.fixture
async def nodes(postgres_url: str, clock: FakeClock, valkey: Valkey) -> AsyncIterator[Nodes]:
    """Yield two started applications."""
    first, second = (
        Runcast(
            database_url=postgres_url,
            redis_url=SecretStr(valkey.url),
            secret_key=SECRET,
            clock=clock,
            rate_limits=LIMITS,
            **CHEAP_HASHES,
        )
        for _ in range(2)
    )
    async with AsyncExitStack() as stack:
        for node in (first, second):
            await stack.enter_async_context(node.router.lifespan_context(node))
        yield first, second


async def guess(node: Runcast) -> int:
    """Return the status of a sign-in that is wrong."""
    form = {"grant_type": "password", "username": "a@example.com", "password": "wrong"}
    transport = httpx2.ASGITransport(node)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return (await client.post("/api/auth/token", data=form)).status_code


async def test_guesses_at_two_nodes_are_counted_together(nodes: Nodes) -> None:
    codes = [await guess(nodes[n % 2]) for n in range(6)]
    assert codes == [400] * 4 + [429] * 2


async def test_requests_at_two_nodes_are_counted_together_but_for_a_few(nodes: Nodes) -> None:
    async with sign_in(nodes[0], "alice@example.com") as alice:
        other = httpx2.ASGITransport(nodes[1])
        async with httpx2.AsyncClient(
            transport=other, base_url="http://testserver", headers=dict(alice.headers)
        ) as elsewhere:
            allowed = 0
            for _ in range(150):
                for client in (alice, elsewhere):
                    allowed += (await client.get("/api/auth/me")).status_code == 200
    assert 100 <= allowed <= 110


async def test_without_it_each_node_goes_on_counting_and_none_fails(
    nodes: Nodes, valkey: Valkey
) -> None:
    assert [await guess(nodes[n % 2]) for n in range(2)] == [400, 400]
    await asyncio.to_thread(valkey.kill)
    async with asyncio.timeout(10):
        codes = [[await guess(node) for _ in range(5)] for node in nodes]
    assert codes[0] == [400] * 3 + [429] * 2
    assert codes[1] == [400] * 2 + [429] * 3
