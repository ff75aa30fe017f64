"""Law 7 under pruning: whose cursor lies in what has gone is told which events, and goes on."""

from datetime import timedelta
from typing import Any

import pytest

from runcast.database import UnitOfWork
from runcast.services import pruning
from runcast.services.event_log import LogReader
from runcast.services.event_log.reader import LogPage
from runcast.services.pruning import Retention
from tests.live.conftest import Live
from tests.tools.clock import FakeClock
from tests.tools.people import SignedIn
from tests.tools.stories import Story, begin
from tests.tools.watchers import watching

SECOND = timedelta(seconds=1)


async def prune(live: Live, clock: FakeClock) -> None:
    """Remove all that may go of what has ended by now."""
    clock.advance(2)
    async with UnitOfWork(live.runtime.database) as uow:
        await pruning.prune(uow, clock.now(), Retention(SECOND, None, 1000 * SECOND))


@pytest.fixture
async def story(live: Live, alice: SignedIn) -> Story:
    """Return a running execution of alice's, at event 2."""
    return await begin(live.runtime, alice.user["id"])


async def test_a_cursor_in_what_was_pruned_is_told_the_gap_and_goes_on(
    live: Live, alice: SignedIn, clock: FakeClock, story: Story
) -> None:
    await story.tell(10)
    await story.end()
    await prune(live, clock)
    async with watching(live.url, story.id, alice.token, after=4) as watcher:
        assert (await watcher.until("hello"))["oldest"] == 13
        assert await watcher.next() == {"type": "gap", "from": 5, "to": 12}
        assert await watcher.closed() == (1000, "")
    assert watcher.seqs == [13]
    assert watcher.frames[-1] == {"type": "end", "state": "succeeded"}


async def test_who_reads_page_by_page_is_told_what_went_in_between(
    live: Live,
    alice: SignedIn,
    clock: FakeClock,
    story: Story,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(3):
        await story.tell(1000)
    await story.end()
    read = LogReader.page

    async def prune_before_the_second(reader: LogReader, *args: Any, **options: Any) -> LogPage:
        if args[1]:
            await prune(live, clock)
        return await read(reader, *args, **options)

    monkeypatch.setattr(LogReader, "page", prune_before_the_second)
    async with watching(live.url, story.id, alice.token) as watcher:
        assert await watcher.closed() == (1000, "")
    first = len(watcher.seqs) - 1
    assert watcher.seqs == [*range(1, first + 1), 3003]
    gaps = [frame for frame in watcher.frames if frame["type"] == "gap"]
    assert gaps == [{"type": "gap", "from": first + 1, "to": 3002}]


async def test_who_follows_live_misses_nothing_of_what_is_pruned_behind_them(
    live: Live, alice: SignedIn, clock: FakeClock, story: Story
) -> None:
    async with watching(live.url, story.id, alice.token) as watcher:
        await watcher.until("caught_up")
        await story.tell(10)
        await story.end()
        await prune(live, clock)
        assert await watcher.closed() == (1000, "")
    assert watcher.seqs == list(range(1, 14))


async def test_an_execution_that_was_removed_is_there_for_nobody(
    live: Live, alice: SignedIn, clock: FakeClock, story: Story
) -> None:
    await story.end()
    clock.advance(2)
    async with UnitOfWork(live.runtime.database) as uow:
        await pruning.prune(uow, clock.now(), Retention(None, SECOND, 1000 * SECOND))
    async with watching(live.url, story.id, alice.token) as watcher:
        assert await watcher.close_code() == 4404
    assert (await alice.get(f"/api/executions/{story.id}/events")).status_code == 404
