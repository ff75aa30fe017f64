"""A server that drains, as a real process: what polls it turns away, who is there is served on."""

import asyncio
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import orjson
import pytest

from runcast_client import Client, StaticToken
from tests.tools import gated_app
from tests.tools.children import address_in
from tests.tools.command_line import CommandLine, ending, lines_to
from tests.tools.watchers import watching

APP = Path(gated_app.__file__)
SECONDS = 30.0


async def begun(line: CommandLine) -> tuple[Process, str]:
    """Return a server that answers, and its address."""
    process = await line.begin("serve", str(APP), "--port", "0")
    printed = await lines_to(process, "data  ")
    return process, address_in(printed[0])


@pytest.fixture
async def poll() -> AsyncIterator[httpx2.AsyncClient]:
    """Yield what a load balancer asks with."""
    async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
        yield client


async def until_not_ready(poll: httpx2.AsyncClient, url: str) -> None:
    """Return once the server says that it drains."""
    async with asyncio.timeout(SECONDS):
        while (answer := await poll.get(f"{url}/health/ready")).status_code == 200:
            continue
    assert answer.json()["detail"].startswith("draining")


async def test_it_serves_on_until_a_second_signal_while_it_is_not_ready(
    tmp_path: Path, poll: httpx2.AsyncClient
) -> None:
    line = CommandLine(tmp_path, RUNCAST_DRAIN_SECONDS="3600")
    process, url = await begun(line)
    token = orjson.loads((tmp_path / "runcast-data/local-credential.json").read_bytes())["token"]
    async with ending(process), Client(url, StaticToken(token)) as client:
        early = await client.executions.start("gated", input={"folder": str(tmp_path), "count": 1})
        async with watching(url, early.id, token) as before:
            await before.until("caught_up")
            process.send_signal(signal.SIGTERM)
            await until_not_ready(poll, url)

            late = await client.executions.start("failing")
            async with watching(url, late.id, token) as during:
                assert (await during.until("end"))["state"] == "failed"
                assert await during.close_code() == 1000
            assert (await poll.get(f"{url}/health/live")).status_code == 200

            process.send_signal(signal.SIGTERM)
            assert await before.close_code() == 1012
        assert await asyncio.wait_for(process.wait(), SECONDS) == 0


async def test_it_stops_by_itself_when_it_has_drained(
    tmp_path: Path, poll: httpx2.AsyncClient
) -> None:
    process, url = await begun(CommandLine(tmp_path, RUNCAST_DRAIN_SECONDS="2"))
    async with ending(process):
        told = asyncio.get_running_loop().time()
        process.send_signal(signal.SIGTERM)
        await until_not_ready(poll, url)
        assert await asyncio.wait_for(process.wait(), SECONDS) == 0
        assert asyncio.get_running_loop().time() - told >= 2
