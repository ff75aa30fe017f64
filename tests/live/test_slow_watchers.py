"""Law 10 on real sockets: who reads slowly, or never, hurts neither the work nor anybody else."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.live.conftest import Live
from tests.tools.faults import vanish
from tests.tools.people import SignedIn
from tests.tools.stories import begin
from tests.tools.watchers import end_of, handshake, watching


@pytest.fixture
def options() -> dict[str, Any]:
    """Return settings under which buffers are full at once."""
    return {"feed_buffer_bytes": 2**16, "socket_buffer_bytes": 2**12, "stuck_seconds": 60}


async def test_nobody_waits_for_one_that_reads_nothing_and_it_is_cut_off(
    live: Live, alice: SignedIn
) -> None:
    live.narrow()
    story = await begin(live.runtime, alice.user["id"])
    stuck = await handshake(live.url, f"/ws/{story.id}", alice.token)
    async with AsyncExitStack() as stack:
        readers = [
            await stack.enter_async_context(watching(live.url, story.id, alice.token))
            for _ in range(5)
        ]
        await live.until_watched_by(6)
        for _ in range(5):
            await story.tell(20, size=5000)
            head = await story.head()
            await asyncio.gather(*(reader.until_seq(head) for reader in readers))
        live.heartbeat.look(asyncio.get_running_loop().time() + 59)
        assert len(live.heartbeat) == 6
        live.heartbeat.look(asyncio.get_running_loop().time() + 61)
        await live.until_watched_by(5)
        await story.tell()
        await story.end()
        for reader in readers:
            assert await reader.close_code() == 1000
            assert reader.seqs == list(range(1, 105))
    assert len(await end_of(stuck)) < 100 * 5000
    stuck.close()


async def test_one_that_reads_slowly_is_told_its_lag_and_then_everything(
    live: Live, alice: SignedIn
) -> None:
    live.narrow()
    story = await begin(live.runtime, alice.user["id"])
    async with watching(live.url, story.id, alice.token, slow=True) as slow:
        await slow.until("caught_up")
        for _ in range(10):
            await story.tell(10, size=10_000)
        assert (await slow.until("lag"))["behind"] > 0
        await slow.until("caught_up")
        await story.tell()
        await story.end()
        assert await slow.close_code() == 1000
    assert slow.seqs == list(range(1, 105))
    types = [frame["type"] for frame in slow.frames]
    assert types.count("caught_up") == types.count("lag") + 1


async def test_one_that_keeps_up_is_told_no_lag_however_much_comes_at_once(
    live: Live, alice: SignedIn
) -> None:
    story = await begin(live.runtime, alice.user["id"])
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        await story.tell(100, size=10_000)
        await story.end()
        assert await watcher.close_code() == 1000
    assert watcher.seqs == list(range(1, 104))
    assert "lag" not in {frame["type"] for frame in watcher.frames}


async def test_one_that_asks_and_reads_no_answers_is_cut_off(live: Live, alice: SignedIn) -> None:
    live.narrow()
    story = await begin(live.runtime, alice.user["id"])
    stuck = await handshake(live.url, f"/ws/{story.id}", alice.token)
    await live.until_watched_by(1)
    await story.tell(100, size=10_000)
    ping = b"\x81\x8f\0\0\0\0" + b'{"type":"ping"}'
    for _ in range(200):
        await asyncio.get_running_loop().sock_sendall(stuck, ping)
    await live.until_watched_by(0)
    await end_of(stuck)
    stuck.close()


async def test_a_revoked_session_is_written_nothing_more_even_if_it_cannot_be_told(
    live: Live, alice: SignedIn
) -> None:
    live.narrow()
    story = await begin(live.runtime, alice.user["id"])
    stuck = await handshake(live.url, f"/ws/{story.id}", alice.token)
    await live.until_watched_by(1)
    await story.tell(100, size=10_000)
    await alice.post("/api/auth/logout")
    await live.runtime.guard.look()
    reason = b"the credential has expired or was revoked"
    close_frame = bytes((0x88, 2 + len(reason))) + (4401).to_bytes(2, "big") + reason
    received = await end_of(stuck, close_frame)
    assert len(received) < 100 * 10_000
    assert received.endswith(close_frame)
    vanish(stuck)
