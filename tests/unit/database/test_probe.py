"""Questions to the database that keep nobody waiting."""

import asyncio

import pytest

from runcast.database import probe
from runcast.database.failures import DatabaseAway
from runcast.database.probe import KeptProbe, Probe
from tests.tools.clock import FakeClock


class Database:
    """Answers when it is let, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.answers = asyncio.Event()
        self.failure: Exception | None = None

    async def ask(self) -> int:
        """Answer how often it was asked."""
        self.asked += 1
        number = self.asked
        await self.answers.wait()
        if self.failure is not None:
            raise self.failure
        return number


async def test_all_who_ask_at_once_get_one_answer() -> None:
    database = Database()
    asking = Probe(database.ask)
    both = asyncio.gather(asking.answer(), asking.answer())
    database.answers.set()
    assert list(await both) == [1, 1]
    assert await asking.answer() == 2


async def test_nobody_waits_long_and_what_was_asked_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probe, "PROBE_SECONDS", 0.01)
    database = Database()
    asking = Probe(database.ask)
    for _ in range(2):
        with pytest.raises(DatabaseAway, match="in time"):
            await asking.answer()
    monkeypatch.undo()
    waiting = asyncio.create_task(asking.answer())
    database.answers.set()
    assert await waiting == 1
    asking.stop()


async def test_a_failure_is_told_and_asked_again() -> None:
    database = Database()
    database.answers.set()
    database.failure = ConnectionResetError("x")
    asking = Probe(database.ask)
    with pytest.raises(ConnectionResetError):
        await asking.answer()
    database.failure = None
    assert await asking.answer() == 2


async def test_at_a_stop_what_is_asked_is_given_up() -> None:
    database = Database()
    asking = Probe(database.ask)
    asking.stop()
    waiting = asyncio.create_task(asking.answer())
    await asyncio.sleep(0)
    asking.stop()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_an_answer_is_kept_for_as_long_as_it_may_be(clock: FakeClock) -> None:
    database = Database()
    database.answers.set()
    kept = KeptProbe(database.ask, clock, 5)
    assert kept.last is None
    for seconds, expected in ((0, 1), (4.9, 1), (0.1, 2)):
        clock.advance(seconds)
        assert await kept.answer() == expected
        assert kept.last == expected
    kept.stop()


async def test_a_failure_is_not_kept_and_nothing_from_before_it(clock: FakeClock) -> None:
    database = Database()
    database.answers.set()
    kept = KeptProbe(database.ask, clock, 5)
    await kept.answer()
    database.failure = ConnectionResetError("x")
    clock.advance(5)
    with pytest.raises(ConnectionResetError):
        await kept.answer()
    assert kept.last is None
    database.failure = None
    assert await kept.answer() == 3
