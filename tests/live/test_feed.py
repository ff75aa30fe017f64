"""The feed's promise on real sockets: everyone gets 1..n once, and nobody waits for anybody."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from runcast.errors import Restarting
from runcast.lifecycle import State
from tests.live.conftest import Live
from tests.tools.faults import crash_between_commit_and_news, half_a_frame, lost_news, vanish
from tests.tools.people import SignedIn
from tests.tools.rows import as_another_process
from tests.tools.stories import Story, begin
from tests.tools.watchers import Watcher, handshake, watching


def prune(live: Live, story: Story, oldest: int) -> None:
    """Remove the events before `oldest`, as pruning from the front will."""
    database, id_ = live.runtime.database, story.id.hex
    as_another_process(
        database, "DELETE FROM events WHERE execution_id = ? AND seq < ?", id_, oldest
    )
    as_another_process(database, "UPDATE executions SET oldest_seq = ? WHERE id = ?", oldest, id_)


@pytest.fixture
async def story(live: Live, alice: SignedIn) -> Story:
    """Return a running execution of alice's, at event 2."""
    return await begin(live.runtime, alice.user["id"])


async def test_everyone_gets_every_event_once_whenever_they_come(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with AsyncExitStack() as stack:

        async def join(after: int | str | None = None) -> Watcher:
            watcher = watching(live.url, story.id, alice.token, after=after)
            return await stack.enter_async_context(watcher)

        first = [await join() for _ in range(5)]
        for watcher in first:
            assert (await watcher.until("caught_up"))["seq"] == 2
        for _ in range(10):
            await story.tell(20)
        late, resuming, latest = await join(), await join(150), await join("latest")
        hello = await latest.until("hello")
        assert (hello["head"], hello["oldest"]) == (202, 1)
        for watcher in (late, resuming, latest):
            assert (await watcher.until("caught_up"))["seq"] == 202
        await story.tell(3)
        await story.end()
        for watcher in [*first, late, resuming, latest]:
            assert await watcher.closed() == (1000, "")
            assert watcher.frames[-1] == {"type": "end", "state": "succeeded"}
            assert [frame["type"] for frame in watcher.frames].count("caught_up") == 1
        for watcher in [*first, late]:
            assert watcher.seqs == list(range(1, 207))
        assert resuming.seqs == list(range(151, 207))
        assert latest.seqs == list(range(203, 207))


async def test_an_ended_log_is_told_whole_and_closed(
    live: Live, alice: SignedIn, story: Story
) -> None:
    await story.end(State.FAILED)
    async with watching(live.url, story.id, alice.token) as watcher:
        assert await watcher.closed() == (1000, "")
    types = [frame["type"] for frame in watcher.frames]
    assert types == ["hello", "events", "caught_up", "end"]
    assert watcher.frames[-1]["state"] == "failed"


async def test_a_backlog_of_many_pages_comes_in_order(
    live: Live, alice: SignedIn, story: Story
) -> None:
    for _ in range(3):
        await story.tell(1000)
    await story.end()
    async with watching(live.url, story.id, alice.token) as watcher:
        assert await watcher.close_code() == 1000
    assert watcher.seqs == list(range(1, 3004))


async def test_a_log_pruned_from_the_front_tells_the_gap(
    live: Live, alice: SignedIn, story: Story
) -> None:
    await story.tell(10)
    await story.end()
    prune(live, story, 9)
    async with watching(live.url, story.id, alice.token, after=4) as watcher:
        assert (await watcher.until("hello"))["oldest"] == 9
        assert await watcher.next() == {"type": "gap", "from": 5, "to": 8}
        assert await watcher.close_code() == 1000
    assert watcher.seqs == [9, 10, 11, 12, 13]


async def test_closing_the_tab_cancels_nothing(live: Live, alice: SignedIn, story: Story) -> None:
    async with (
        watching(live.url, story.id, alice.token) as closing,
        watching(live.url, story.id, alice.token) as vanishing,
    ):
        await live.until_watched_by(2)
        await closing.connection.close()
        vanishing.connection.transport.abort()
        await live.until_watched_by(0)
    await story.tell()
    assert (await live.runtime.reader.head(story.id)).state is State.RUNNING
    assert await story.head() == 3
    assert len(live.runtime.feeds) == 0


@pytest.mark.parametrize("last_words", [b"", half_a_frame()])
async def test_a_client_that_vanishes_leaves_the_others_alone(
    live: Live, alice: SignedIn, story: Story, last_words: bytes
) -> None:
    raw = await handshake(live.url, f"/ws/{story.id}", alice.token)
    async with watching(live.url, story.id, alice.token) as watcher:
        await live.until_watched_by(2)
        await asyncio.get_running_loop().sock_sendall(raw, last_words)
        vanish(raw)
        await story.tell(100)
        await live.until_watched_by(1)
        await story.end()
        assert await watcher.close_code() == 1000
    assert watcher.seqs == list(range(1, 104))


async def test_two_hundred_idle_watchers_hold_no_connection_to_the_database(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with AsyncExitStack() as stack:
        watchers = [
            await stack.enter_async_context(watching(live.url, story.id, alice.token))
            for _ in range(200)
        ]
        for watcher in watchers:
            await watcher.until("caught_up")
        assert live.runtime.database.connections_in_use == 0
        assert len(live.runtime.feeds) == 1
        await story.end()
        for watcher in watchers:
            assert await watcher.close_code() == 1000
            assert watcher.seqs == [1, 2, 3]


async def test_lost_news_is_found_by_the_look_at_the_heads(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        with lost_news(live.runtime.log):
            await story.tell(3)
        await live.runtime.feeds.look()
        await watcher.until_seq(5)
        with lost_news(live.runtime.log):
            await story.tell(3)
        # What comes next skips ahead, which tells that something was missed.
        await story.tell()
        await watcher.until_seq(9)
        with lost_news(live.runtime.log):
            await story.end()
        await live.runtime.feeds.look()
        assert await watcher.close_code() == 1000
    assert watcher.seqs == list(range(1, 11))
    assert "lag" not in {frame["type"] for frame in watcher.frames}


async def test_what_was_committed_before_a_crash_is_seen_though_nobody_was_told(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        with crash_between_commit_and_news(live.runtime.log), pytest.raises(Restarting):
            await story.tell()
        await live.runtime.feeds.look()
        await watcher.until_seq(3)
    assert watcher.seqs == [1, 2, 3]


async def test_the_subprotocol_is_taken_if_it_is_offered(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token, subprotocol="runcast.v1") as watcher:
        assert watcher.connection.subprotocol == "runcast.v1"
    async with watching(live.url, story.id, alice.token, subprotocol="other") as watcher:
        assert watcher.connection.subprotocol is None
        await watcher.until("hello")


async def test_hello_is_a_snapshot_of_the_execution(
    live: Live, alice: SignedIn, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        hello = await watcher.next()
    shown = await alice.get(f"/api/executions/{story.id}")
    assert hello == {
        "type": "hello",
        "protocol": 1,
        "execution": shown.json(),
        "oldest": 1,
        "head": 2,
        "heartbeat": live.app.settings.heartbeat_seconds,
    }
