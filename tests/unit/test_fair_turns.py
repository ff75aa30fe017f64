"""Turns: who goes on when, who waits no longer, and what comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from runcast.errors import Unavailable
from runcast.fair_turns import FairTurns, ask_as, asking

MOST = 4


class Queue:
    """Turns, one at once, with who got one in order."""

    def __init__(self) -> None:
        self.turns = FairTurns(at_once=1, most=MOST)
        self.went: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def ask(self, *names: str) -> list[asyncio.Task[None]]:
        """Let these ask, each after the other; the part before a dot is as whom."""
        asked = [asyncio.create_task(self._take(name)) for name in names]
        self.tasks += asked
        await asyncio.sleep(0)
        return asked

    async def give_back(self, times: int = 1) -> None:
        """End so many turns."""
        for _ in range(times):
            self.turns.give_back(self.went[-1].partition(".")[0])
            await asyncio.sleep(0)

    async def _take(self, name: str) -> None:
        await self.turns.take(name.partition(".")[0])
        self.went.append(name)


@pytest.fixture
async def queue() -> AsyncIterator[Queue]:
    """Yield one."""
    queue = Queue()
    yield queue
    queue.turns.stop()
    await asyncio.gather(*queue.tasks, return_exceptions=True)


async def test_turns_go_round_between_those_who_ask(queue: Queue) -> None:
    await queue.ask("a.1", "a.2", "a.3", "a.4", "b.1")
    await queue.give_back(4)
    assert queue.went == ["a.1", "a.2", "b.1", "a.3", "a.4"]


async def test_who_asks_alone_may_use_all_of_it(queue: Queue) -> None:
    asked = await queue.ask(*(f"a.{n}" for n in range(MOST + 2)))
    assert queue.turns.waiting == MOST
    with pytest.raises(Unavailable):
        await asked[-1]
    await queue.give_back(MOST)
    assert queue.went == [f"a.{n}" for n in range(MOST + 1)]


async def test_once_it_is_full_who_has_most_makes_room(queue: Queue) -> None:
    flood = await queue.ask(*(f"a.{n}" for n in range(MOST + 1)))
    await queue.ask("b.1")
    with pytest.raises(Unavailable):
        await flood[-1]
    assert queue.turns.waiting == MOST
    await queue.give_back(2)
    assert queue.went == ["a.0", "a.1", "b.1"]


async def test_room_is_made_until_both_have_the_same(queue: Queue) -> None:
    await queue.ask(*(f"a.{n}" for n in range(MOST + 1)))
    asked = await queue.ask("b.1", "b.2", "b.3")
    with pytest.raises(Unavailable):
        await asked[-1]
    assert not asked[1].done()


async def test_a_full_circle_of_strangers_refuses_another(queue: Queue) -> None:
    await queue.ask("a", "b", "c", "d", "e")
    (asked,) = await queue.ask("f")
    with pytest.raises(Unavailable):
        await asked


async def test_a_turn_that_nobody_waits_for_is_there_for_the_next(queue: Queue) -> None:
    await queue.ask("a")
    await queue.give_back()
    await queue.ask("b")
    assert queue.went == ["a", "b"]


async def test_who_leaves_makes_room(queue: Queue) -> None:
    asked = await queue.ask("a.1", "a.2", "b.1")
    asked[1].cancel()
    await asyncio.sleep(0)
    assert queue.turns.waiting == 1
    await queue.give_back()
    assert queue.went == ["a.1", "b.1"]


async def test_who_leaves_just_as_their_turn_comes_gives_it_back(queue: Queue) -> None:
    asked = await queue.ask("a.1", "b.1", "c.1")
    queue.turns.give_back("a")
    asked[1].cancel()
    await asyncio.gather(asked[1], return_exceptions=True)
    await asked[2]
    assert queue.went == ["a.1", "c.1"]


async def test_who_leaves_just_as_they_are_refused_gives_nothing_back(queue: Queue) -> None:
    flood = await queue.ask(*(f"a.{n}" for n in range(MOST + 1)))
    taking = asyncio.create_task(queue.turns.take("b"))
    queue.tasks.append(taking)
    await asyncio.sleep(0)
    flood[-1].cancel()
    await asyncio.gather(flood[-1], return_exceptions=True)
    assert queue.went == ["a.0"]
    assert queue.turns.waiting == MOST


async def test_nobody_has_more_at_once_than_they_may_and_what_they_leave_is_for_others() -> None:
    turns = FairTurns(at_once=3, each=2)
    assert [turns.take_now(who) for who in ("a", "a", "a", "b", "c")] == [
        True,
        True,
        False,
        True,
        False,
    ]
    went: list[str] = []

    async def take(who: str) -> None:
        await turns.take(who)
        went.append(who)

    taking = [asyncio.create_task(take(who)) for who in ("a", "a", "b", "c")]
    await asyncio.sleep(0)
    # Who has two waits on while another, who asked later, goes on.
    turns.give_back("b")
    await asyncio.sleep(0)
    assert went == ["b"]
    turns.give_back("a")
    await asyncio.sleep(0)
    assert went == ["b", "a"]
    turns.give_back("a")
    turns.give_back("a")
    await asyncio.gather(*taking)
    assert sorted(went) == ["a", "a", "b", "c"]


async def test_a_task_asks_as_whom_it_was_last_told_and_no_other_does() -> None:
    async def told(who: str) -> object:
        ask_as(who)
        await asyncio.sleep(0)
        return asking()

    assert list(await asyncio.gather(told("a"), told("b"))) == ["a", "b"]
    assert asking() == ""


async def test_at_the_end_nobody_waits(queue: Queue) -> None:
    asked = await queue.ask("a.1", "a.2", "b.1")
    queue.turns.stop()
    queue.turns.stop()
    ended = await asyncio.gather(*asked[1:], return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in ended)
    assert queue.turns.waiting == 0


async def test_a_turn_is_given_back_however_it_ends() -> None:
    turns = FairTurns(at_once=1)
    for ending in ("well", "badly"):
        with suppress(ZeroDivisionError):
            async with turns.turn("a"):
                assert not turns.take_now("b")
                if ending == "badly":
                    raise ZeroDivisionError
    assert turns.take_now("b")
